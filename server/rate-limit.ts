import { sql } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { DomainError } from '../domain/refusal.ts';

const signInWindowMs = 15 * 60_000;

/** Counts an attempt under each key in Postgres and throws rateLimited once one has had more than its limit in the window (15 minutes unless given). */
export async function countAttempt(
  db: Database,
  limits: readonly { key: string; limit: number }[],
  windowMs = signInWindowMs,
): Promise<void> {
  for (const { key, limit } of limits) {
    const { rows } = await db.execute<{ count: number; retry_seconds: number }>(sql`
      insert into rate_window as w (key, window_start, count)
      values (${key}, to_timestamp(floor(extract(epoch from clock_timestamp()) * 1000 / ${windowMs}::int) * ${windowMs}::int / 1000), 1)
      on conflict (key, window_start) do update set count = w.count + 1
      returning count, ceil(extract(epoch from window_start) + ${windowMs / 1000}::int - extract(epoch from clock_timestamp()))::int as retry_seconds`);
    const row = rows[0];
    if (row !== undefined && row.count > limit)
      throw new DomainError({
        code: 'rateLimited',
        message: `Too many attempts. Try again in ${Math.ceil(row.retry_seconds / 60)} minutes.`,
        params: { retrySeconds: row.retry_seconds },
      });
  }
}
