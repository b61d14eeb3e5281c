import { eq, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { environment } from '../../db/schema/environments.ts';
import { sandboxCluster } from '../../db/schema/sandbox.ts';

/** Now by the clock that is furthest ahead among the project's clusters: a sandbox may be. */
export async function latestNow(db: Queries, projectId: string, databaseNow: Date): Promise<Date> {
  const rows = await db
    .select({ offset: sql<number>`max(${sandboxCluster.clockOffsetMs})::float8` })
    .from(environment)
    .innerJoin(sandboxCluster, eq(sandboxCluster.clusterId, environment.clusterId))
    .where(eq(environment.projectId, projectId));
  return new Date(databaseNow.getTime() + Math.max(0, rows[0]?.offset ?? 0));
}
