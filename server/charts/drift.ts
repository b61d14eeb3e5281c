import { and, asc, eq, gte, lte, sql } from 'drizzle-orm';
import { driftMonitor, driftWindow } from '../../db/schema/drift.ts';
import type { Words } from '../../domain/chart/chart-answer.ts';
import { countOf } from '../../domain/figure-text.ts';
import { isOfLength } from '../rows/window-length.ts';
import type { ChartAsk, ChartPart } from './chart-part.ts';
import { chartService, serviceNames } from './chart-service.ts';

/** Of more windows than this the newest are drawn: half a year of hours. */
const mostWindows = 4_400;

/** How many features drifted, window by window; a window without a verdict is a gap, and so is a service that nobody monitors. */
export async function driftPart(ask: ChartAsk, { serviceId }: { serviceId: string }): Promise<ChartPart> {
  const service = await chartService(ask, serviceId);
  const windows = await judgedWindows(ask, serviceId);
  const last = windows.at(-1);
  return {
    title: 'Features that drifted, by window',
    unit: 'count',
    ...stepOf(windows),
    series: [
      {
        key: 'drifted',
        label: 'Drifted features',
        subject: null,
        role: 'stable',
        points: windows.map(({ start, drifted, hasVerdict }) => [
          start.getTime(),
          hasVerdict ? drifted : null,
        ]),
      },
    ],
    thresholds: [],
    words: wordsOf(last ?? null),
    names: serviceNames(service),
  };
}

/** How many rows each window had; an hour in which nobody sent any has no window. */
export async function windowRowsPart(
  ask: ChartAsk,
  { serviceId }: { serviceId: string },
): Promise<ChartPart> {
  const service = await chartService(ask, serviceId);
  const windows = await judgedWindows(ask, serviceId);
  const rows = windows.reduce((sum, window) => sum + window.rows, 0);
  return {
    title: 'Rows by window',
    unit: 'count',
    ...stepOf(windows),
    series: [
      {
        key: 'rows',
        label: 'Rows',
        subject: null,
        role: 'stable',
        points: windows.map((window) => [window.start.getTime(), window.rows]),
      },
    ],
    thresholds: [],
    words: [
      rows === 0
        ? 'No window of this time was judged.'
        : `${countOf(rows, 'row')} were counted in this time.`,
    ],
    names: serviceNames(service),
  };
}

type Judged = { start: Date; end: Date; rows: number; drifted: number; judged: number; hasVerdict: boolean };

/** How many verdicts drifted is counted where they lie, because they are long. */
async function judgedWindows({ db, range }: ChartAsk, serviceId: string): Promise<Judged[]> {
  const [monitor] = await db.select().from(driftMonitor).where(eq(driftMonitor.serviceId, serviceId));
  if (monitor === undefined) return [];
  const features = (condition: string) => sql<number>`(
    select count(distinct one ->> 'featureId')::int
    from jsonb_array_elements(${driftWindow.verdicts} -> 'verdicts') one where ${sql.raw(condition)})`;
  return await db
    .select({
      start: driftWindow.windowStart,
      end: driftWindow.windowEnd,
      rows: driftWindow.rows,
      drifted: features(`one ->> 'verdict' = 'drifted'`),
      judged: features(`one ->> 'verdict' <> 'insufficientData'`),
      hasVerdict: sql<boolean>`${driftWindow.whyNone} is null`,
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
}

/** A step a window. */
export function stepOf(windows: readonly { readonly start: Date; readonly end: Date }[]): {
  stepMs?: number;
} {
  const last = windows.at(-1);
  return last === undefined ? {} : { stepMs: last.end.getTime() - last.start.getTime() };
}

function wordsOf(last: Judged | null): Words {
  if (last === null) return ['No window of this time was judged.'];
  if (last.judged === 0) return ['The last window had too few rows to say.'];
  if (last.drifted === 0) return [`None of ${countOf(last.judged, 'feature')} drifted in the last window.`];
  return [`${last.drifted} of ${countOf(last.judged, 'feature')} drifted in the last window.`];
}
