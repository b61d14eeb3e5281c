import { and, count, eq, ne, type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { cluster, environment } from '../../db/schema/environments.ts';
import { service } from '../../db/schema/services.ts';
import type { ServiceStatus } from '../../domain/service-status.ts';
import { type Condition, followConditions, type NoticeDraft, type When } from '../notice.ts';
import { noticePlace } from '../rows/rollout-notices.ts';
import { onlyRow } from '../rows/row-project.ts';

type Seen = {
  readonly row: Pick<typeof service.$inferSelect, 'id' | 'projectId' | 'environmentId'>;
  readonly clusterId: string;
  readonly status: ServiceStatus;
  /** Why the metrics source gave nothing in this pass; null when it answered, undefined when it was not asked. */
  readonly metricsProblem: string | null | undefined;
};

/**
 * Tells when a fight or an unreachable cluster or metrics source begins and when it is over. While nothing changes it only
 * reads, once: one notice stands for all services of a project in that cluster or environment.
 */
export async function tellStatus(tx: Transaction, seen: Seen, when: When): Promise<void> {
  const { row, clusterId, status, metricsProblem } = seen;
  const cut = status.blockers.find(({ code }) => code === 'clusterUnreachable');
  const fight = status.serving.fight;
  const conditions: Condition[] = [
    {
      dedupKey: `clusterUnreachable:${clusterId}`,
      draft: cut === undefined ? null : () => clusterDraft(tx, seen, cut.message),
      // Watches of other namespaces may still be down: it is over when no service says so any more.
      isOver: async () => (await cutServices(tx, seen)) === 0,
    },
  ];
  // Of a picture that is not up to date nothing is concluded.
  if (status.serving.fresh)
    conditions.push({
      dedupKey: `fight:${row.id}`,
      draft: fight === null ? null : () => fightDraft(tx, seen, fight),
    });
  if (metricsProblem !== undefined)
    conditions.push({
      dedupKey: `metricsUnreachable:${row.environmentId}`,
      draft: metricsProblem === null ? null : () => metricsDraft(tx, seen, metricsProblem),
    });
  await followConditions(tx, { projectId: row.projectId, conditions }, when);
}

type Draft = Omit<NoticeDraft, 'projectId' | 'dedupKey'>;
type Fight = NonNullable<ServiceStatus['serving']['fight']>;

async function fightDraft(tx: Transaction, { row }: Seen, fight: Fight): Promise<Draft> {
  const { service: name, environment: where, production } = await noticePlace(tx, row.id);
  const { manager, object, fields } = fight;
  const place = { service: name, environment: where, production };
  return {
    notice: { kind: 'fight', ...place, manager, object, fields: fields.join(', ') },
    object: { kind: 'service', id: row.id },
    serviceId: row.id,
  };
}

async function clusterDraft(tx: Transaction, { row, clusterId }: Seen, message: string): Promise<Draft> {
  const named = await tx.select({ name: cluster.name }).from(cluster).where(eq(cluster.id, clusterId));
  const own = and(eq(service.projectId, row.projectId), eq(environment.clusterId, clusterId));
  const { name } = onlyRow(named);
  const services = await countServices(tx, own);
  return {
    notice: { kind: 'clusterUnreachable', cluster: name, services, message },
    object: { kind: 'cluster', id: clusterId },
    serviceId: null,
  };
}

async function metricsDraft(tx: Transaction, { row }: Seen, message: string): Promise<Draft> {
  const { environment: name, production } = await noticePlace(tx, row.id);
  const services = await countServices(tx, eq(service.environmentId, row.environmentId));
  return {
    notice: { kind: 'metricsUnreachable', environment: name, production, services, message },
    object: { kind: 'environment', id: row.environmentId },
    serviceId: null,
  };
}

async function countServices(tx: Transaction, which: SQL | undefined): Promise<number> {
  const rows = await tx
    .select({ services: count() })
    .from(service)
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .where(which);
  return rows[0]?.services ?? 0;
}

/** Other services of the project whose last pass could not reach the cluster. */
async function cutServices(tx: Transaction, { row, clusterId }: Seen): Promise<number> {
  return await countServices(
    tx,
    and(
      eq(service.projectId, row.projectId),
      ne(service.id, row.id),
      eq(environment.clusterId, clusterId),
      sql`${service.status}->'blockers' @> '[{"code": "clusterUnreachable"}]'`,
    ),
  );
}
