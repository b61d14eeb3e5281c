import { and, asc, eq, gte, lte, sql } from 'drizzle-orm';
import { driftFeature, driftMonitor, driftWindow } from '../../db/schema/drift.ts';
import type { SubjectKey, Words } from '../../domain/chart/chart-answer.ts';
import { windowVerdictsSchema } from '../../domain/drift/monitor-schema.ts';
import { figureText } from '../../domain/figure-text.ts';
import { onlyRow } from '../rows/row-project.ts';
import { isOfLength } from '../rows/window-length.ts';
import type { ChartAsk, ChartPart } from './chart-part.ts';
import { chartService, serviceNames } from './chart-service.ts';
import { stepOf } from './drift.ts';

const mostWindows = 4_400;

type FeatureSpec = { readonly serviceId: string; readonly featureId: string };

/** How far the distribution of a feature moved, window by window, with the limit from which it counts; too little data is a gap. */
export async function featurePart(ask: ChartAsk, { serviceId, featureId }: FeatureSpec): Promise<ChartPart> {
  const { db, projectId } = ask;
  const service = await chartService(ask, serviceId);
  const feature = onlyRow(
    await db
      .select({ name: driftFeature.name })
      .from(driftFeature)
      .where(
        and(
          eq(driftFeature.id, featureId),
          eq(driftFeature.serviceId, serviceId),
          eq(driftFeature.projectId, projectId),
        ),
      ),
  );
  const windows = await windowsOf(ask, { serviceId, featureId });
  const judged = windows.flatMap(({ verdict }) => (verdict === null ? [] : [verdict]));
  const limit = judged.at(-1)?.limit;
  const subject: SubjectKey = `feature ${featureId}`;
  return {
    title: 'Drift of a feature, PSI',
    unit: 'psi',
    ...stepOf(windows),
    series: [
      {
        key: 'effect',
        label: feature.name,
        subject,
        role: 'stable',
        points: windows.map(({ start, verdict }) => [start.getTime(), verdict?.effect ?? null]),
      },
    ],
    thresholds: limit === undefined ? [] : [{ value: limit, label: 'Counts as drift', tone: 'warn' }],
    words: wordsOf(subject, judged.at(-1) ?? null),
    names: { ...serviceNames(service), [subject]: feature.name },
  };
}

type Verdict = { readonly effect: number; readonly limit: number; readonly verdict: 'steady' | 'drifted' };

/** Ascending; only the feature's own verdicts leave the database. */
async function windowsOf({ db, range }: ChartAsk, { serviceId, featureId }: FeatureSpec) {
  const [monitor] = await db.select().from(driftMonitor).where(eq(driftMonitor.serviceId, serviceId));
  if (monitor === undefined) return [];
  const rows = await db
    .select({
      start: driftWindow.windowStart,
      end: driftWindow.windowEnd,
      verdicts: sql<unknown>`(
        select coalesce(jsonb_agg(one), '[]') from jsonb_array_elements(${driftWindow.verdicts} -> 'verdicts') one
        where one ->> 'featureId' = ${featureId} and one ->> 'test' = 'distribution')`,
    })
    .from(driftWindow)
    .where(
      and(
        eq(driftWindow.monitorId, monitor.id),
        isOfLength(monitor.windowLength),
        gte(driftWindow.windowStart, new Date(range.from)),
        lte(driftWindow.windowStart, new Date(range.to)),
      ),
    )
    .orderBy(asc(driftWindow.windowStart))
    .limit(mostWindows);
  const { verdicts: schema } = windowVerdictsSchema.shape;
  return rows.map(({ start, end, verdicts }) => {
    const [own] = schema.parse(verdicts);
    const verdict: Verdict | null = own === undefined || own.verdict === 'insufficientData' ? null : own;
    return { start, end, verdict };
  });
}

function wordsOf(subject: SubjectKey, last: Verdict | null): Words {
  if (last === null) return ['Too few rows to say.'];
  const moved = `PSI ${figureText(last.effect)}, it counts from ${figureText(last.limit)}`;
  return [{ subject }, last.verdict === 'drifted' ? ` drifted: ${moved}.` : ` did not drift: ${moved}.`];
}
