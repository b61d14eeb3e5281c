import { and, asc, eq, isNull, or, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { cluster, environment } from '../../db/schema/environments.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { service } from '../../db/schema/services.ts';
import { type FullQuota, fullQuotas, type SeenWaiting, seenWaiting } from '../../domain/gpu-waiting.ts';
import { idSchema } from '../../domain/name.ts';
import type { Blocker } from '../../domain/refusal.ts';
import { rolloutStatusSchema } from '../../domain/rollout-status.ts';
import { serviceStatusSchema } from '../../domain/service-status.ts';
import { query } from '../query.ts';
import { roomOf } from '../rows/room.ts';
import { loadWaiting } from '../rows/waiting-pods.ts';

/** A service of which the cluster refuses pods, so that not even a pod waits. */
type Refused = {
  readonly serviceId: string;
  readonly rolloutId: string | null;
  readonly service: string;
  readonly environment: string;
  readonly blocker: Blocker;
};

type Waiting = {
  readonly clusters: readonly (SeenWaiting & { readonly id: string; readonly name: string })[];
  readonly refused: readonly Refused[];
  readonly quotas: readonly (FullQuota & { readonly observedAt: Date })[];
};

/**
 * What of a project waits for GPUs: pods without a node in the scheduler's words, services whose pods a ResourceQuota refuses,
 * and the GPU quotas of its namespaces that are used up, with who holds them. Of other projects only how much waits.
 */
export const getWaitingGpus = query(
  {
    permission: 'gpus.waiting',
    schema: z.object({ projectId: idSchema }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, projectId, principal }): Promise<Waiting> => {
    const seesAll = principal.kind === 'user' && principal.instanceRoles.length > 0;
    const places = await db
      .select({ namespace: environment.namespace, clusterId: cluster.id, cluster: cluster.name })
      .from(environment)
      .innerJoin(cluster, eq(cluster.id, environment.clusterId))
      .where(eq(environment.projectId, projectId))
      .orderBy(asc(cluster.name), asc(environment.namespace));
    const clusters: Waiting['clusters'][number][] = [];
    for (const [id, own] of Map.groupBy(places, ({ clusterId }) => clusterId)) {
      const stored = await loadWaiting(db, id);
      if (stored === null) continue;
      const namespaces = seesAll ? null : new Set(own.map(({ namespace }) => namespace));
      clusters.push({ id, name: own[0]?.cluster ?? '', ...seenWaiting(stored, namespaces) });
    }
    return { clusters, refused: await refusedOf(db, projectId), quotas: await quotasOf(db, places) };
  },
);

async function quotasOf(
  db: Queries,
  places: readonly { namespace: string; clusterId: string }[],
): Promise<Waiting['quotas'][number][]> {
  const found: Waiting['quotas'][number][] = [];
  for (const place of places) {
    const room = await roomOf(db, place);
    if (room === null || room.namespace.quotas.kind === 'unread') continue;
    const holders = room.cluster.holders.kind === 'read' ? room.cluster.holders.value : [];
    for (const full of fullQuotas(place.namespace, room.namespace.quotas.value, holders))
      found.push({ ...full, observedAt: room.observedAt });
  }
  return found;
}

/** Looked at in the database: of most services nothing is refused. */
const refuses = (status: PgColumn): SQL =>
  sql`jsonb_path_exists(${status}, '$.blockers[*] ? (@.code == "quotaExceeded")')`;

const isRefusal = ({ code }: Blocker): boolean => code === 'quotaExceeded';

/** A rollout tells it of its canary; a service without one tells it of what serves. */
async function refusedOf(db: Queries, projectId: string): Promise<Refused[]> {
  const rows = await db
    .select({
      serviceId: service.id,
      service: service.name,
      environment: environment.name,
      status: service.status,
      rolloutId: rollout.id,
      rolloutStatus: rollout.status,
    })
    .from(service)
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .leftJoin(rollout, and(eq(rollout.serviceId, service.id), isNull(rollout.endedAt)))
    .where(and(eq(service.projectId, projectId), or(refuses(service.status), refuses(rollout.status))))
    .orderBy(asc(service.name));
  return rows.flatMap(({ status, rolloutStatus, ...row }): Refused[] => {
    const blockers =
      row.rolloutId === null
        ? status === null
          ? []
          : serviceStatusSchema.parse(status).blockers
        : rolloutStatus === null
          ? []
          : rolloutStatusSchema.parse(rolloutStatus).blockers;
    const found = blockers.find(isRefusal);
    return found === undefined ? [] : [{ ...row, blocker: found }];
  });
}
