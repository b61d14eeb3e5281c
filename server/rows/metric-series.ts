import { sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { serviceRevision } from '../../db/schema/services.ts';
import { type RevisionSeries, revisionSeries } from '../../domain/metric-series.ts';
import { DomainError } from '../../domain/refusal.ts';
import type { RolloutPlan } from '../../domain/rollout-plan.ts';
import type { AuditItem } from '../audit/queries.ts';
import { metricBars, usualIntervalMs } from './metric-bars.ts';

const dayMs = 86_400_000;
const longestRangeMs = 7 * dayMs;
/** More bars than this per revision are summed by the database before they are read. */
const mostBars = 2_160;

export const rangeSchema = {
  fromAt: z.date().optional(),
  toAt: z.date().optional(),
  widthPixels: z.int().min(50).max(4_000).default(800),
};
export type Range = { readonly from: Date; readonly to: Date };

export type SeriesRole = 'stable' | 'canary' | 'other';

export type MetricSeries = {
  readonly range: Range;
  readonly stepMs: number;
  /** Bound that "slow" means here; null when no check of the plan names one. */
  readonly slowerThanMs: number | null;
  readonly revisions: readonly (RevisionSeries & {
    readonly number: number;
    readonly role: SeriesRole;
    readonly label: string;
  })[];
  readonly marks: readonly { readonly at: Date; readonly label: string; readonly auditSeq: number }[];
};

/** The range asked for, or the given one; throws when it is empty or longer than a week. */
export function rangeOf(asked: { fromAt?: Date | undefined; toAt?: Date | undefined }, usual: Range): Range {
  const to = asked.toAt ?? usual.to;
  const from = asked.fromAt ?? (asked.toAt === undefined ? usual.from : new Date(to.getTime() - dayMs / 24));
  const length = to.getTime() - from.getTime();
  if (length <= 0)
    throw new DomainError({ code: 'invalidInput', message: 'The range ends before it begins.' });
  if (length > longestRangeMs)
    throw new DomainError({ code: 'invalidInput', message: 'A range is at most 7 days long.' });
  return { from, to };
}

/** Latency bound of the plan's first check of slow requests; null when it has none. */
export function slowBoundOf(plan: RolloutPlan): number | null {
  const slow = plan.checks.find((check) => check.kind !== 'drift' && check.of === 'slow');
  return slow?.kind === 'drift' ? null : (slow?.slowerThanMs ?? null);
}

type Asked = {
  readonly serviceId: string;
  readonly range: Range;
  readonly widthPixels: number;
  readonly slowerThanMs: number | null;
  readonly roles: ReadonlyMap<number, SeriesRole>;
  readonly marks: MetricSeries['marks'];
};

/** Chart series of every revision that served in the range, capped to twice the width in points. */
export async function metricSeries(queries: Queries, asked: Asked): Promise<MetricSeries> {
  const { range, slowerThanMs, widthPixels } = asked;
  const length = range.to.getTime() - range.from.getTime();
  const stepMs = usualIntervalMs * Math.max(1, Math.ceil(length / usualIntervalMs / mostBars));
  const bars = await metricBars(queries, { serviceId: asked.serviceId, range, stepMs, withLatency: true });
  const names = await revisionNames(queries, asked.serviceId, [...bars.keys()]);
  const revisions = [...bars].map(([number, own]) => ({
    number,
    role: asked.roles.get(number) ?? ('other' as const),
    label: names.get(number) ?? `r${number}`,
    ...revisionSeries(own, { slowerThanMs, maxPoints: widthPixels * 2 }),
  }));
  const marks = asked.marks.filter((mark) => mark.at >= range.from && mark.at <= range.to);
  return { range, stepMs, slowerThanMs, revisions, marks };
}

/** Acts as marks on the time axis; the service's clock may be ahead of the one that audit entries carry. */
export function marksOf(timeline: readonly AuditItem[], offsetMs: number): MetricSeries['marks'] {
  return timeline.map((item) => ({
    at: new Date(item.at.getTime() + offsetMs),
    label: item.sentence ?? item.action,
    auditSeq: item.seq,
  }));
}

async function revisionNames(
  queries: Queries,
  serviceId: string,
  numbers: readonly number[],
): Promise<Map<number, string>> {
  if (numbers.length === 0) return new Map();
  const { rows } = await queries.execute<{ number: number; label: string }>(sql`
    select r.number, 'r' || r.number || ' · ' || m.name || ' ' || v.number as label
    from ${serviceRevision} r join model_version v on v.id = r.model_version_id join model m on m.id = v.model_id
    where r.service_id = ${serviceId} and r.number in (${sql.join(
      numbers.map((number) => sql`${number}`),
      sql`, `,
    )})`);
  return new Map(rows.map((row) => [row.number, row.label]));
}
