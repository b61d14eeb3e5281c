import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import type { ContributionPart } from '../../domain/drift/contribution.ts';
import { addCounters, apartList, type Counters } from '../../domain/drift/counters.ts';
import { wholeSegment } from '../../domain/drift/feature.ts';
import { dayMs, fiveMinutesMs, hourMs } from '../../domain/drift/window.ts';
import { markStale } from '../rows/stale-windows.ts';

export type CounterScope = { readonly projectId: string; readonly serviceId: string };

type Row = { readonly series: string; readonly windowMs: number; readonly counters: Counters };
type Added = { readonly series: number; readonly windowMs: number; readonly counters: Counters };

const granularities = [
  { windowMs: fiveMinutesMs, table: sql`drift_five_minutes` },
  { windowMs: hourMs, table: sql`drift_hour` },
  { windowMs: dayMs, table: sql`drift_day` },
] as const;

/** Key of a series, unique within a service. */
const seriesKey = ({ revisionId, binningId, featureId, segment }: ContributionPart): string =>
  `${revisionId} ${binningId} ${featureId} ${segment}`;

/** Counters as if each row had been there minus once. */
function negated(counters: Counters): Counters {
  const { apart } = counters;
  const minus = (rows: number) => (rows === 0 ? 0 : -rows);
  return {
    counts: counters.counts.map(minus),
    sums: counters.sums.map((sum) => -sum),
    apart: {
      null: minus(apart.null),
      notFinite: minus(apart.notFinite),
      otherType: minus(apart.otherType),
      new: minus(apart.new),
      below: minus(apart.below),
      above: minus(apart.above),
      clamped: minus(apart.clamped),
    },
  };
}

/**
 * Adds parts to the 5-minute, hour and day rows of a service, or takes them away again; the caller holds the service's
 * counters lock and the transaction. Back-filled parts have no 5-minute rows; taken away are those only from days that
 * still have such rows.
 */
export async function addParts(
  tx: Transaction,
  scope: CounterScope,
  { parts, takeAway = false }: { parts: readonly ContributionPart[]; takeAway?: boolean },
): Promise<void> {
  const signed = takeAway ? parts.map((part) => ({ ...part, counters: negated(part.counters) })) : parts;
  const ids = await seriesIds(tx, scope, signed);
  const fine = signed.filter(({ finest }) => finest === 'fiveMinutes');
  const days = takeAway ? await presentDays(tx) : await makeDays(tx, fine);
  const kept = fine.filter(({ windowMs }) => days.has(Math.floor(windowMs / dayMs)));
  for (const { windowMs, table } of granularities) {
    const rows = summed(windowMs === fiveMinutesMs ? kept : signed, windowMs);
    await upsert(
      tx,
      table,
      rows.map(({ series, ...row }) => ({ ...row, series: ids.get(series) ?? 0 })),
    );
  }
  // Windows are judged by all rows: labels of them change no verdict.
  const judged = signed.filter(({ segment }) => segment === wholeSegment);
  if (judged.length > 0)
    await markStale(tx, scope.serviceId, Math.min(...judged.map(({ windowMs }) => windowMs)));
}

/** Parts of each series put together into windows of one length. */
function summed(parts: readonly ContributionPart[], windowMs: number): Row[] {
  const rows = new Map<string, Row>();
  for (const part of parts) {
    const start = Math.floor(part.windowMs / windowMs) * windowMs;
    const series = seriesKey(part);
    const key = `${start} ${series}`;
    const known = rows.get(key);
    const counters = known === undefined ? part.counters : addCounters(known.counters, part.counters);
    rows.set(key, { series, windowMs: start, counters });
  }
  return [...rows.values()];
}

/** Ids of the series of the parts, made where they are missing. */
async function seriesIds(
  tx: Transaction,
  { projectId, serviceId }: CounterScope,
  parts: readonly ContributionPart[],
): Promise<Map<string, number>> {
  const series = [...new Map(parts.map((part) => [seriesKey(part), part])).values()];
  const column = (of: (part: ContributionPart) => string) => sql.param(series.map(of));
  const wanted = sql`
    unnest(${column((part) => part.revisionId)}::uuid[], ${column((part) => part.binningId)}::uuid[],
      ${column((part) => part.featureId)}::uuid[], ${column((part) => part.segment)}::text[])
      as wanted(revision_id, binning_id, feature_id, segment)`;
  const known = sql`
    s.service_id = ${serviceId} and s.revision_id = wanted.revision_id and s.binning_id = wanted.binning_id
    and s.feature_id = wanted.feature_id and s.segment = wanted.segment`;
  await tx.execute(sql`
    insert into drift_series (project_id, service_id, revision_id, binning_id, feature_id, segment)
    select ${projectId}, ${serviceId}, wanted.* from ${wanted}
    where not exists (select from drift_series s where ${known})`);
  const { rows } = await tx.execute<{ id: string; key: string }>(sql`
    select s.id::text as id, s.revision_id || ' ' || s.binning_id || ' ' || s.feature_id || ' ' || s.segment as key
    from ${wanted} join drift_series s on ${known}`);
  return new Map(rows.map(({ id, key }) => [key, Number(id)]));
}

/** Days (since 1970) of the parts, whose partitions are there afterwards. */
async function makeDays(tx: Transaction, parts: readonly ContributionPart[]): Promise<Set<number>> {
  const days = new Set(parts.map(({ windowMs }) => Math.floor(windowMs / dayMs)));
  const present = await presentDays(tx);
  for (const day of [...days].filter((one) => !present.has(one)).toSorted((left, right) => left - right))
    await tx.execute(sql`select drift_day_partition(${new Date(day * dayMs).toISOString()}::timestamptz)`);
  return days;
}

async function presentDays(tx: Transaction): Promise<Set<number>> {
  const { rows } = await tx.execute<{ day: string }>(
    sql`select extract(epoch from day)::bigint::text as day from drift_partition_days() as day`,
  );
  return new Set(rows.map(({ day }) => (Number(day) * 1_000) / dayMs));
}

/** The arrays travel as text: a list of lists of different lengths is no PostgreSQL array. */
async function upsert(tx: Transaction, table: SQL, rows: readonly Added[]): Promise<void> {
  if (rows.length === 0) return;
  const column = (of: (row: Added) => string | number) => sql.param(rows.map(of));
  const array = (values: readonly (number | bigint)[]) => `{${values.join(',')}}`;
  const sumOf = (name: string) => sql`
    coalesce((select array_agg(a + b order by place) from unnest(t.${sql.identifier(name)}, excluded.${sql.identifier(name)})
      with ordinality as both_lists(a, b, place)), '{}')`;
  await tx.execute(sql`
    insert into ${table} as t (series_id, window_start, counts, sums, apart)
    select series_id, window_start, counts::bigint[], sums::bigint[], apart::bigint[]
    from unnest(${column(({ series }) => series)}::bigint[],
      ${column(({ windowMs }) => new Date(windowMs).toISOString())}::timestamptz[],
      ${column(({ counters }) => array(counters.counts))}::text[], ${column(({ counters }) => array(counters.sums))}::text[],
      ${column(({ counters }) => array(apartList(counters)))}::text[]) as added(series_id, window_start, counts, sums, apart)
    on conflict (series_id, window_start) do update set
      counts = ${sumOf('counts')}, sums = ${sumOf('sums')}, apart = ${sumOf('apart')}`);
}
