import { sql } from 'drizzle-orm';
import type { Queries } from '../../../db/client.ts';

const minuteMs = 60_000;
/** Rows of a window still come so long after a later one has come. */
const watermarkMs = 2 * minuteMs;
/** When nothing comes any more, a window is over after so long. */
const idleMs = 10 * minuteMs;
/** Accepted batches that are not counted yet hold a window up, but not for ever. */
const mostUncountedMs = 60 * minuteMs;

type Asked = { readonly serviceId: string; readonly endMs: number; readonly now: Date };

/**
 * Whether a window may be judged: later rows have come and the watermark has passed its end, or nothing has come for ten
 * minutes; and all that was accepted has been counted.
 */
export async function isSettled(queries: Queries, { serviceId, endMs, now }: Asked): Promise<boolean> {
  const sinceMs = now.getTime() - endMs;
  if (sinceMs < watermarkMs) return false;
  const { rows } = await queries.execute<{ uncounted: boolean; later: boolean }>(sql`
    select
      exists (
        select from ingest_batch
        where service_id = ${serviceId} and folded_at is null and undone_at is null
      ) as uncounted,
      exists (
        select from drift_series s join drift_five_minutes w on w.series_id = s.id
        where s.service_id = ${serviceId} and w.window_start >= ${new Date(endMs).toISOString()}::timestamptz
      ) as later`);
  const found = rows[0];
  if (found?.uncounted === true && sinceMs < mostUncountedMs) return false;
  return found?.later === true || sinceMs >= idleMs;
}
