import { sql } from 'drizzle-orm';
import { ledgerHourSum } from '../../db/schema/ledger.ts';
import type { SubjectKey } from '../../domain/chart/chart-answer.ts';
import type { ChartRange } from '../../domain/chart/chart-series.ts';
import { chartStep } from '../../domain/chart/chart-step.ts';
import { groupWord } from '../../domain/ledger/group-words.ts';
import { ownedBuckets } from '../../domain/ledger/spend.ts';
import { formatNumber } from '../../domain/number-format.ts';
import { groupLabels } from '../rows/cost-group-labels.ts';
import { openRows } from '../rows/open-hours.ts';
import type { ChartAsk, ChartPart } from './chart-part.ts';
import { chartService, serviceNames } from './chart-service.ts';

const hourMs = 3_600_000;
/** Lines that can be told apart; what holds less is summed. */
const mostLines = 5;

type Held = Map<string, Map<number, number>>;
type Row = { group: string | null; at_ms: number; gpu_ms: number };

/**
 * GPUs that the project held on average of each step, by service, or of one service by version: what was reserved for it,
 * busy or not. Whole hours, sealed ones from the ledger's sums; a step in which nothing was held is 0.
 */
export async function gpuUsePart(
  ask: ChartAsk,
  { serviceId }: { serviceId?: string | undefined },
): Promise<ChartPart> {
  const service = serviceId === undefined ? null : await chartService(ask, serviceId);
  const grouping = service === null ? 'service' : 'modelVersion';
  const range = wholeHours(ask.range);
  const stepMs = chartStep(range, ask.maxPoints, hourMs);
  const held = await heldBy(ask, { range, stepMs, serviceId: serviceId ?? null });
  const label = await groupLabels(ask.db, grouping, [...held.keys()]);
  const totalOf = (steps: ReadonlyMap<number, number>) =>
    [...steps.values()].reduce((sum, ms) => sum + ms, 0);
  const sorted = [...held].sort(([, left], [, right]) => totalOf(right) - totalOf(left));
  const until = Math.min(range.to, ask.now.getTime());
  const at = Array.from(
    { length: Math.max(0, Math.ceil((until - range.from) / stepMs)) },
    (_, index) => range.from + index * stepMs,
  );
  const lines: readonly (readonly [string, ReadonlyMap<number, number>])[] =
    sorted.length <= mostLines
      ? sorted
      : [
          ...sorted.slice(0, mostLines - 1),
          ['~others', summed(sorted.slice(mostLines - 1).map(([, steps]) => steps))],
        ];
  const series = lines.map(([group, steps]) => ({
    key: group,
    label: groupWord(grouping, { group, label: label(group) }),
    subject: group.startsWith('~') ? null : (`${grouping} ${group}` satisfies SubjectKey),
    role: 'other' as const,
    points: at.map((start) => [start, (steps.get(start) ?? 0) / Math.min(stepMs, until - start)] as const),
  }));
  const gpuHours = sorted.reduce((sum, [, steps]) => sum + totalOf(steps), 0) / hourMs;
  return {
    title: 'GPUs held',
    unit: 'gpu',
    range,
    stepMs,
    series,
    thresholds: [],
    words: [
      sorted.length === 0
        ? 'No GPU was held in this time.'
        : `${formatNumber(gpuHours, 1)} GPU-hours were held in this time.`,
    ],
    names: {
      ...(service === null ? {} : serviceNames(service)),
      ...Object.fromEntries(
        series.flatMap((each) => (each.subject === null ? [] : [[each.subject, each.label]])),
      ),
    },
  };
}

const wholeHours = ({ from, to }: ChartRange): ChartRange => ({
  from: Math.floor(from / hourMs) * hourMs,
  to: Math.ceil(to / hourMs) * hourMs,
});

/** GPU-milliseconds by group and step. */
async function heldBy(
  { db, projectId }: ChartAsk,
  { range, stepMs, serviceId }: { range: ChartRange; stepMs: number; serviceId: string | null },
): Promise<Held> {
  const column = sql.identifier(serviceId === null ? 'service_id' : 'model_version_id');
  const [sealed, open] = await Promise.all([
    db.execute<Row>(sql`
      select ${column}::text as "group", sum(quantity)::float8 as gpu_ms,
        (${range.from}::float8 + floor((extract(epoch from hour_at) * 1000 - ${range.from}::float8) / ${stepMs}::float8) * ${stepMs}::float8) as at_ms
      from ${ledgerHourSum}
      where project_id = ${projectId} ${serviceId === null ? sql`` : sql`and service_id = ${serviceId}`}
        and line = 'gpu' and bucket = any(${sql.param([...ownedBuckets])}::text[])
        and hour_at >= ${new Date(range.from).toISOString()}::timestamptz
        and hour_at < ${new Date(range.to).toISOString()}::timestamptz
      group by 1, 3 having sum(quantity) <> 0`),
    openRows(db, { from: new Date(range.from), to: new Date(range.to) }),
  ]);
  const held: Held = new Map();
  // A milli-GPU-second is a GPU-millisecond.
  for (const { group, at_ms, gpu_ms } of sealed.rows) add(held, group ?? '~none', { at: at_ms, ms: gpu_ms });
  const owned: ReadonlySet<string> = new Set(ownedBuckets);
  for (const row of open) {
    if (row.projectId !== projectId || row.line !== 'gpu' || !owned.has(row.bucket) || row.quantity === 0n)
      continue;
    if (serviceId !== null && row.serviceId !== serviceId) continue;
    const group = (serviceId === null ? row.serviceId : row.modelVersionId) ?? '~none';
    const at = range.from + Math.floor((row.hourAt.getTime() - range.from) / stepMs) * stepMs;
    add(held, group, { at, ms: Number(row.quantity) });
  }
  return held;
}

function add(held: Held, group: string, { at, ms }: { at: number; ms: number }): void {
  const steps = held.get(group) ?? new Map<number, number>();
  held.set(group, steps.set(at, (steps.get(at) ?? 0) + ms));
}

function summed(all: readonly ReadonlyMap<number, number>[]): Map<number, number> {
  const sum = new Map<number, number>();
  for (const steps of all) for (const [at, ms] of steps) sum.set(at, (sum.get(at) ?? 0) + ms);
  return sum;
}
