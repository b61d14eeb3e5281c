import { type SQL, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { addCounters, type Counters, storedCounters } from '../../domain/drift/counters.ts';
import { wholeSegment } from '../../domain/drift/feature.ts';
import { coarsestStretches, dayMs, fiveMinutesMs, type Stretch } from '../../domain/drift/window.ts';

export type CounterRange = {
  readonly serviceId: string;
  readonly binningId: string;
  /** All revisions of the service unless given. */
  readonly revisionIds?: readonly string[] | undefined;
  /** All features of the binning unless given. */
  readonly featureIds?: readonly string[] | undefined;
  /** All rows together unless given. */
  readonly segment?: string | undefined;
  readonly from: Date;
  readonly to: Date;
};

/** Arrays come as text: the driver would make an object of every number. */
export type CounterText = { readonly counts: string; readonly sums: string; readonly apart: string };
type Row = CounterText & { key: string };

/**
 * Counters of every feature with rows in the range, whose ends are moved outward to 5 minutes; from day, hour and 5-minute
 * rows, the longest that fit. Rows of 5 minutes live for eight days: what is older is exact only from hour to hour.
 */
export async function readCounters(queries: Queries, range: CounterRange): Promise<Map<string, Counters>> {
  const { segment = wholeSegment } = range;
  return await readKeyed(queries, range, { key: sql`s.feature_id`, where: sql`s.segment = ${segment}` });
}

/** Counters of one feature by each segment whose name begins so, all ends moved as in `readCounters`. */
export async function readSegments(
  queries: Queries,
  range: Omit<CounterRange, 'segment' | 'featureIds'> & {
    readonly featureId: string;
    readonly prefix: string;
  },
): Promise<Map<string, Counters>> {
  const { featureId, prefix } = range;
  const of = { key: sql`s.segment`, where: sql`starts_with(s.segment, ${prefix})` };
  return await readKeyed(queries, { ...range, featureIds: [featureId] }, of);
}

type Keyed = { readonly key: SQL; readonly where: SQL };

async function readKeyed(
  queries: Queries,
  range: CounterRange,
  keyed: Keyed,
): Promise<Map<string, Counters>> {
  const stretches = coarsestStretches(range.from.getTime(), range.to.getTime());
  if (stretches.length === 0) return new Map();
  const parts = stretches.map((stretch) => rowsOf(range, stretch, keyed));
  const { rows } = await queries.execute<Row>(sql.join(parts, sql` union all `));
  const found = new Map<string, Counters>();
  for (const row of rows) {
    const counters = countersOf(row);
    const known = found.get(row.key);
    found.set(row.key, known === undefined ? counters : addCounters(known, counters));
  }
  return found;
}

function tableOf({ windowMs }: Stretch): SQL {
  if (windowMs === dayMs) return sql`drift_day`;
  return windowMs === fiveMinutesMs ? sql`drift_five_minutes` : sql`drift_hour`;
}

function rowsOf(range: CounterRange, stretch: Stretch, { key, where }: Keyed): SQL {
  const { serviceId, binningId, revisionIds, featureIds } = range;
  return sql`
    select ${key} as key, w.counts::text, w.sums::text, w.apart::text
    from drift_series s join ${tableOf(stretch)} w on w.series_id = s.id
    where s.service_id = ${serviceId} and s.binning_id = ${binningId} and ${where}
      ${revisionIds === undefined ? sql`` : sql`and s.revision_id = any(${sql.param([...revisionIds])}::uuid[])`}
      ${featureIds === undefined ? sql`` : sql`and s.feature_id = any(${sql.param([...featureIds])}::uuid[])`}
      and w.window_start >= ${new Date(stretch.fromMs).toISOString()}::timestamptz
      and w.window_start < ${new Date(stretch.toMs).toISOString()}::timestamptz`;
}

const partsOf = (array: string): string[] => (array === '{}' ? [] : array.slice(1, -1).split(','));
const numbersOf = (array: string): number[] => partsOf(array).map(Number);
const sumsOf = (array: string): bigint[] => partsOf(array).map(BigInt);

export const countersOf = ({ counts, sums, apart }: CounterText): Counters =>
  storedCounters(numbersOf(counts), sumsOf(sums), numbersOf(apart));
