import { and, asc, eq, isNotNull, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { cluster, environment } from '../../db/schema/environments.ts';
import type { Blocker } from '../../domain/refusal.ts';
import { blockerSchema } from '../../domain/refusal-schema.ts';

type WrongCluster = {
  readonly kind: 'cluster';
  readonly id: string;
  readonly title: string;
  readonly environmentName: string;
  readonly blocker: Blocker;
  /** Its end is in the blocker; when it began is not known. */
  readonly at: null;
};

/** Clusters under the project's environments whose token will end without a new one. */
export async function wrongClusters(db: Queries, projectId: string): Promise<WrongCluster[]> {
  const rows = await db
    .select({
      id: cluster.id,
      name: cluster.name,
      problem: cluster.tokenProblem,
      environments: sql<string>`string_agg(${environment.name}, ', ' order by ${environment.position})`,
    })
    .from(cluster)
    .innerJoin(environment, eq(environment.clusterId, cluster.id))
    .where(and(eq(environment.projectId, projectId), isNotNull(cluster.tokenProblem)))
    .groupBy(cluster.id)
    .orderBy(asc(cluster.name))
    .limit(20);
  return rows.map(({ id, name, problem, environments }) => ({
    kind: 'cluster',
    id,
    title: name,
    environmentName: environments,
    blocker: blockerSchema.parse(problem),
    at: null,
  }));
}
