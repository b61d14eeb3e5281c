import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { type Database, type Queries, transaction } from '../../db/client.ts';
import { capacityReading } from '../../db/schema/capacity.ts';
import { environment } from '../../db/schema/environments.ts';
import { promotion } from '../../db/schema/promotions.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { service } from '../../db/schema/services.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { log } from '../log.ts';
import { clusterSubject, namespaceSubject } from '../rows/room.ts';
import { fence, type Lease } from './lease.ts';

type Looking = {
  readonly db: Database;
  readonly cluster: Cluster;
  readonly lease: Lease;
  readonly clock: (queries: Queries) => Promise<Date>;
};

/** A look counts for a minute; it is renewed well before. */
const renewAfterMs = 25_000;

/**
 * Looks at what the cluster has room for and stores it, unless somebody has lately. A cluster that cannot be asked leaves
 * the last look as it is, and that grows too old to decide on.
 */
export async function lookAtRoom({ db, cluster, lease, clock }: Looking): Promise<void> {
  if (cluster.capacity === undefined) return;
  const { clusterId } = cluster;
  const now = await clock(db);
  const [last] = await db
    .select({ observedAt: capacityReading.observedAt })
    .from(capacityReading)
    .where(and(eq(capacityReading.clusterId, clusterId), eq(capacityReading.subject, clusterSubject)));
  const ageMs = now.getTime() - (last?.observedAt?.getTime() ?? 0);
  if (ageMs >= 0 && ageMs < renewAfterMs) return;
  const places = await db
    .select({ namespace: environment.namespace })
    .from(environment)
    .where(eq(environment.clusterId, clusterId));
  const namespaces = [...new Set(places.map(({ namespace }) => namespace))];
  const seen = await cluster.capacity(namespaces).catch((error: unknown) => {
    log.warn({ error, cluster: clusterId }, 'What the cluster has room for could not be read.');
    return null;
  });
  if (seen === null) return;
  const rows = [
    { subject: clusterSubject, reading: seen.cluster as unknown },
    ...[...seen.namespaces].map(([name, reading]) => ({ subject: namespaceSubject(name), reading })),
  ]
    .toSorted((left, right) => (left.subject < right.subject ? -1 : 1))
    .map((row) => ({ ...row, clusterId, observedAt: now }));
  await transaction(db, async (tx) => {
    await fence(tx, lease);
    await tx
      .insert(capacityReading)
      .values(rows)
      .onConflictDoUpdate({
        target: [capacityReading.clusterId, capacityReading.subject],
        set: { observedAt: sql`excluded.observed_at`, reading: sql`excluded.reading` },
      });
  });
}

/** Whether anybody waits for room in the cluster: a request that is not decided or not started, or a rollout under way. */
export async function isRoomWanted(queries: Queries, clusterId: string): Promise<boolean> {
  const ofCluster = eq(environment.clusterId, clusterId);
  const asked = await queries
    .select({ id: promotion.id })
    .from(promotion)
    .innerJoin(service, eq(service.id, promotion.serviceId))
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .where(and(ofCluster, inArray(promotion.state, ['open', 'approved'])))
    .limit(1);
  if (asked.length > 0) return true;
  const active = await queries
    .select({ id: rollout.id })
    .from(rollout)
    .innerJoin(service, eq(service.id, rollout.serviceId))
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .where(and(ofCluster, isNull(rollout.endedAt)))
    .limit(1);
  return active.length > 0;
}
