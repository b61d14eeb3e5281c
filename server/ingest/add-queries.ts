import { sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import type { SentQueries } from '../../domain/queries/patterns.ts';

/** Keys of one hour of a service that are counted until its busiest are picked; more are nobody's clients but a fault. */
const mostKeys = 2_000;

type Asked = { readonly projectId: string; readonly serviceId: string; readonly queries: SentQueries };

/** Adds what clients asked to their hours, in the order of keys; a batch is added once, with the commit that stores it. */
export async function addQueries(tx: Transaction, { projectId, serviceId, queries }: Asked): Promise<void> {
  if (queries.keys.length === 0) return;
  const hour = new Date(queries.hour).toISOString();
  const column = (of: (one: SentQueries['keys'][number]) => string | number) =>
    sql.param(queries.keys.map(of));
  await tx.execute(sql`
    insert into query_pattern as known (project_id, service_id, hour_start, key, rows, compared, repeated)
    select ${projectId}, ${serviceId}, date_trunc('hour', ${hour}::timestamptz, 'UTC'), key, sum(rows), sum(compared), sum(repeated)
    from unnest(${column(({ key }) => key)}::text[], ${column(({ rows }) => rows)}::bigint[],
      ${column(({ compared }) => compared)}::bigint[], ${column(({ repeated }) => repeated)}::bigint[])
      as sent(key, rows, compared, repeated)
    where (select count(*) from query_pattern
      where service_id = ${serviceId} and hour_start = date_trunc('hour', ${hour}::timestamptz, 'UTC')) < ${mostKeys}
    group by key order by key
    on conflict (service_id, hour_start, key) do update set
      rows = known.rows + excluded.rows, compared = known.compared + excluded.compared,
      repeated = known.repeated + excluded.repeated`);
}
