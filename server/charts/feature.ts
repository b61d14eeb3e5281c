import { and, asc, eq, gte, lte, sql } from 'drizzle-orm';
import { driftFeature, driftMonitor, driftWindow } from '../../db/schema/drift.ts';
import type { SubjectKey, Words } from '../../domain/chart/chart-answer.ts';
import type { ChartSpec } from '../../domain/chart/chart-spec.ts';
import type { DriftTest } from '../../domain/drift/drift-tests.ts';
import { effectText, testWords } from '../../domain/drift/drift-words.ts';
import { windowVerdictsSchema } from '../../domain/drift/monitor-schema.ts';
import { figureText } from '../../domain/figure-text.ts';
import { onlyRow } from '../rows/row-project.ts';
import { isOfLength } from '../rows/window-length.ts';
import type { ChartAsk, ChartPart } from './chart-part.ts';
import { chartService, serviceNames } from './chart-service.ts';
import { stepOf } from './drift.ts';

const mostWindows = 4_400;

type FeatureSpec = Extract<ChartSpec, { kind: 'feature' }>;

/** How far one thing that is judged of a feature moved, its distribution unless said otherwise, window by window, with the limit from which it counts; too little data is a gap. */
export async function featurePart(ask: ChartAsk, spec: FeatureSpec): Promise<ChartPart> {
  const { serviceId, featureId, test = 'distribution' } = spec;
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
  const windows = await windowsOf(ask, spec);
  const judged = windows.flatMap(({ verdict }) => (verdict === null ? [] : [verdict]));
  const limit = judged.at(-1)?.limit;
  const subject: SubjectKey = `feature ${featureId}`;
  return {
    title: test === 'distribution' ? 'Drift of a feature, PSI' : `Drift of a feature: ${testWords[test]}`,
    unit: test === 'distribution' ? 'psi' : 'share',
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
    words: wordsOf({ subject, test }, judged.at(-1) ?? null),
    names: { ...serviceNames(service), [subject]: feature.name },
  };
}

type Verdict = { readonly effect: number; readonly limit: number; readonly verdict: 'steady' | 'drifted' };

/** Ascending; only the feature's own verdicts leave the database. */
async function windowsOf(
  { db, range }: ChartAsk,
  { serviceId, featureId, test = 'distribution' }: FeatureSpec,
) {
  const [monitor] = await db.select().from(driftMonitor).where(eq(driftMonitor.serviceId, serviceId));
  if (monitor === undefined) return [];
  const rows = await db
    .select({
      start: driftWindow.windowStart,
      end: driftWindow.windowEnd,
      verdicts: sql<unknown>`(
        select coalesce(jsonb_agg(one), '[]') from jsonb_array_elements(${driftWindow.verdicts} -> 'verdicts') one
        where one ->> 'featureId' = ${featureId} and one ->> 'test' = ${test})`,
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

type Told = { readonly subject: SubjectKey; readonly test: DriftTest };

function wordsOf({ subject, test }: Told, last: Verdict | null): Words {
  if (last === null) return ['Too few rows to say.'];
  const moved =
    test === 'distribution'
      ? `${effectText(test, last.effect)}, it counts from ${figureText(last.limit)}`
      : `${testWords[test]} by ${effectText(test, last.effect)}, it counts from ${effectText(test, last.limit)}`;
  return [{ subject }, last.verdict === 'drifted' ? ` drifted: ${moved}.` : ` did not drift: ${moved}.`];
}
