import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';

type Opening = {
  readonly shareId: string;
  /** One of the row's own list, or empty. */
  readonly hostOrigin: string;
  /** What the host says; empty when it says nothing. */
  readonly viewer: string;
};

/** More viewers of one page on one day are counted together, so that a host cannot fill the table. */
const mostPerDay = 500;

/** Counts an opening of today; no address is among what is kept. */
export async function countOpening(db: Database, { shareId, hostOrigin, viewer }: Opening): Promise<void> {
  await db.execute(sql`
    with seen as (
      select count(*) as total, bool_or(host_origin = ${hostOrigin} and viewer = ${viewer}) as known
      from share_opening where share_id = ${shareId} and day = (clock_timestamp() at time zone 'UTC')::date)
    insert into share_opening as o (share_id, day, host_origin, viewer, count, last_at)
    select ${shareId}::uuid, (clock_timestamp() at time zone 'UTC')::date, ${hostOrigin},
      case when total < ${mostPerDay} or known then ${viewer} else '' end, 1, clock_timestamp()
    from seen
    on conflict (share_id, day, host_origin, viewer) do update set count = o.count + 1, last_at = excluded.last_at`);
}
