import { eq, sql } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { sandboxCluster } from '../db/schema/sandbox.ts';

/** Reads the time once for a pass or a command; the seeder of an empty database passes its own. */
export type Clock = (queries: Queries) => Promise<Date>;

/** The database's clock, so that no two machines disagree. */
export const databaseClock: Clock = async (queries) => {
  const { rows } = await queries.execute<{ now: string }>(
    sql`select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as now`,
  );
  const now = rows[0]?.now;
  if (now === undefined) throw new Error('PostgreSQL did not tell the time.');
  return new Date(now);
};

/** Milliseconds that a sandbox cluster's clock is ahead; 0 for real clusters. */
export async function clockOffsetMs(queries: Queries, clusterId: string): Promise<number> {
  const rows = await queries
    .select({ offset: sandboxCluster.clockOffsetMs })
    .from(sandboxCluster)
    .where(eq(sandboxCluster.clusterId, clusterId));
  return rows[0]?.offset ?? 0;
}

/** False when PostgreSQL cannot be asked right now. */
export async function databaseAnswers(queries: Queries): Promise<boolean> {
  return await databaseClock(queries).then(
    () => true,
    () => false,
  );
}
