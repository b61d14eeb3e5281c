import { and, eq, inArray } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { cluster, environment } from '../../db/schema/environments.ts';
import { service } from '../../db/schema/services.ts';
import { inOrder } from '../../domain/environment-order.ts';
import type { Principal } from '../../domain/principal.ts';
import { activeRollouts, type RolloutRecord } from '../rows/active-rollouts.ts';
import { type EnvironmentRef, environmentRefColumns } from '../rows/environment-refs.ts';
import { revisionRefs } from '../rows/revision-refs.ts';

/** A column of the matrix; those with the same group name stand side by side. */
export type MatrixEnvironment = EnvironmentRef & {
  readonly groupName: string | null;
  readonly position: number;
};

export type ServiceRecordRow = typeof service.$inferSelect;

export type MatrixAsked = {
  readonly projectId: string;
  readonly principal: Principal;
  readonly environments: readonly MatrixEnvironment[];
  /** Services of one page. */
  readonly names: readonly string[];
  readonly now: Date;
};

/** What is read of a page before it is judged; every lookup is one round trip for all cells. */
export type MatrixFacts = {
  readonly environments: readonly MatrixEnvironment[];
  readonly services: readonly ServiceRecordRow[];
  /** Of the stable revisions and of those that are being rolled out. */
  readonly revisions: Awaited<ReturnType<typeof revisionRefs>>;
  readonly active: ReadonlyMap<string, RolloutRecord>;
};

/** Environments of the project in their order; at most 500. */
export async function matrixColumns(db: Queries, projectId: string): Promise<MatrixEnvironment[]> {
  const rows = await db
    .select({
      ...environmentRefColumns,
      groupName: environment.groupName,
      position: environment.position,
    })
    .from(environment)
    .innerJoin(cluster, eq(cluster.id, environment.clusterId))
    .where(eq(environment.projectId, projectId))
    .limit(500);
  return inOrder(rows);
}

export async function matrixFacts(queries: Queries, asked: MatrixAsked): Promise<MatrixFacts> {
  const { projectId, environments, names } = asked;
  const services = await queries
    .select()
    .from(service)
    .where(and(eq(service.projectId, projectId), inArray(service.name, [...names])));
  const active = await activeRollouts(
    queries,
    services.map((row) => row.id),
  );
  const revisions = await revisionRefs(queries, [
    ...services.map((row) => row.stableRevisionId),
    ...[...active.values()].map((row) => row.toRevisionId),
  ]);
  return { environments, services, revisions, active };
}
