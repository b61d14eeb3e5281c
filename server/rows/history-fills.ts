import { sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';

/** Batches of history are kept as long as the service, so that no day is filled twice from one source. */
export const historySource = 'history ';

/** History of a service from one source. */
export type HistoryFill = {
  readonly source: string;
  readonly days: number;
  /** Days whose rows are in the counters. */
  readonly countedDays: number;
  readonly rows: number;
  /** First and last day, YYYY-MM-DD. */
  readonly fromDay: string;
  readonly toDay: string;
  readonly receivedAt: Date;
};

/** Newest first. */
export async function historyFills(queries: Queries, serviceId: string): Promise<HistoryFill[]> {
  const { rows } = await queries.execute<{
    source: string;
    days: number;
    counted: number;
    rows: number;
    first: string;
    last: string;
    at: string;
  }>(sql`
    select substr(source, ${historySource.length + 1}::int) as source, count(*)::int as days, count(folded_at)::int as counted,
      sum(rows)::float8 as rows, min(batch_id) as first, max(batch_id) as last, extract(epoch from max(received_at)) * 1000 as at
    from ingest_batch
    where service_id = ${serviceId} and starts_with(source, ${historySource}) and undone_at is null
    group by source order by max(received_at) desc limit 100`);
  return rows.map(({ source, days, counted, rows: total, first, last, at }) => ({
    source,
    days,
    countedDays: counted,
    rows: total,
    fromDay: first,
    toDay: last,
    receivedAt: new Date(Number(at)),
  }));
}
