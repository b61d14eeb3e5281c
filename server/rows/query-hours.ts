import { sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import type { QueryHour } from '../../domain/queries/patterns.ts';
import { keptKeys } from '../../domain/queries/patterns.ts';

/** Hours of a service whose clients are known, of the last 7 days, oldest first; only the busiest clients of each count. */
export async function queryHours(
  queries: Queries,
  serviceId: string,
  { untilMs }: { readonly untilMs: number },
): Promise<QueryHour[]> {
  const until = new Date(untilMs);
  const since = new Date(untilMs - 7 * 86_400_000);
  const { rows } = await queries.execute<
    Record<'start' | 'clients' | 'busiest' | 'compared' | 'repeated', string>
  >(sql`
    select extract(epoch from hour_start) * 1000 as start, count(*) as clients, max(rows) as busiest,
      sum(compared) as compared, sum(repeated) as repeated
    from (
      select *, row_number() over (partition by hour_start order by rows desc, key) as place
      from query_pattern
      where service_id = ${serviceId} and hour_start >= ${since.toISOString()}::timestamptz
        and hour_start < ${until.toISOString()}::timestamptz) ranked
    where place <= ${keptKeys}
    group by hour_start order by hour_start`);
  return rows.map((row) => ({
    startMs: Number(row.start),
    clients: Number(row.clients),
    busiestRows: Number(row.busiest),
    compared: Number(row.compared),
    repeated: Number(row.repeated),
  }));
}
