import { and, asc, desc, eq, inArray } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { cluster, environment } from '../../db/schema/environments.ts';
import { project } from '../../db/schema/identity.ts';
import { podInterval, watchInterval } from '../../db/schema/metering.ts';
import { model, modelVersion } from '../../db/schema/models.ts';
import { service, serviceRevision } from '../../db/schema/services.ts';
import { type GpuPart, type GpuTotals, gpuParts, gpuTotals, type Visible } from '../../domain/gpu-map.ts';
import { nodeHourRows } from '../../domain/ledger/node-hour.ts';
import type { NodeFacts } from '../../domain/metering/facts.ts';
import { podFactsSchema } from '../../domain/metering/facts.ts';
import { idSchema } from '../../domain/name.ts';
import type { Principal } from '../../domain/principal.ts';
import { clockOffsetMs } from '../clock.ts';
import { query } from '../query.ts';
import { loadLedgerFacts, nodeHoursOf } from '../rows/ledger-facts.ts';

type MapNode = {
  readonly uid: string;
  readonly facts: Pick<NodeFacts, 'name' | 'instanceType' | 'capacityType' | 'gpuProduct' | 'physicalGpus'>;
  readonly parts: readonly GpuPart[];
  readonly totals: GpuTotals;
};

export type MapCluster = {
  readonly id: string;
  readonly name: string;
  readonly kind: 'sandbox' | 'kubernetes';
  /** Last moment at which all its pods were seen; null when they never were. */
  readonly seenUntil: Date | null;
  readonly now: Date;
  /** Nodes with GPUs, by product and name. */
  readonly nodes: readonly MapNode[];
};

/** Every GPU of the clusters that a project runs on, and who holds it now; whoever sees the instance sees all clusters. */
export const getGpuMap = query(
  {
    permission: 'gpus.map',
    schema: z.object({ projectId: idSchema }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, projectId, principal, ctx }) => {
    const visible = visibleTo(principal);
    const databaseNow = await ctx.clock(db);
    const clusters: MapCluster[] = [];
    for (const row of await clustersOf(db, visible === null ? null : projectId))
      clusters.push(await mapOf(db, row, { visible, databaseNow }));
    return { clusters, names: await namesOf(db, clusters) };
  },
);

/** Projects that the reader is a member of; instance roles see into all. */
function visibleTo({ kind, instanceRoles, memberships }: Principal): Visible {
  return kind === 'user' && instanceRoles.length > 0 ? null : new Set(memberships.keys());
}

type ClusterRow = Pick<MapCluster, 'id' | 'name' | 'kind'>;

async function clustersOf(db: Queries, projectId: string | null): Promise<ClusterRow[]> {
  const columns = { id: cluster.id, name: cluster.name, kind: cluster.kind };
  if (projectId === null) return await db.select(columns).from(cluster).orderBy(asc(cluster.name));
  return await db
    .selectDistinct(columns)
    .from(cluster)
    .innerJoin(environment, eq(environment.clusterId, cluster.id))
    .where(eq(environment.projectId, projectId))
    .orderBy(asc(cluster.name));
}

const secondMs = 1_000;

type Reading = { readonly visible: Visible; readonly databaseNow: Date };

async function mapOf(db: Queries, row: ClusterRow, { visible, databaseNow }: Reading): Promise<MapCluster> {
  const now = new Date(databaseNow.getTime() + (await clockOffsetMs(db, row.id)));
  const [seen] = await db
    .select({ until: watchInterval.seenUntil })
    .from(watchInterval)
    .where(eq(watchInterval.clusterId, row.id))
    .orderBy(desc(watchInterval.seenUntil))
    .limit(1);
  const seenUntil = seen?.until ?? null;
  // What was last seen is shown as of then: later than it nothing is known.
  const at = seenUntil !== null && seenUntil < now ? seenUntil : now;
  const fromMs = at.getTime() - secondMs;
  const facts = await loadLedgerFacts(db, { clusterId: row.id, from: new Date(fromMs), to: at });
  const nodes = nodeHoursOf(facts, fromMs, at.getTime()).flatMap(({ nodeUid: uid, hour }): MapNode[] => {
    const known = hour.node.at(-1)?.facts;
    if (known === undefined || known.physicalGpus === 0) return [];
    const parts = gpuParts(nodeHourRows(hour).rows, visible);
    return [{ uid, facts: known, parts, totals: gpuTotals(parts) }];
  });
  const order = ({ facts: { gpuProduct, name } }: MapNode) => `${gpuProduct ?? ''} ${name}`;
  return {
    ...row,
    seenUntil,
    now,
    nodes: nodes.toSorted((left, right) => order(left).localeCompare(order(right), 'en', { numeric: true })),
  };
}

const partsOf = (clusters: readonly MapCluster[]): GpuPart[] =>
  clusters.flatMap(({ nodes }) => nodes.flatMap(({ parts }) => parts));

/** Names by id of everything that the parts speak of. */
async function namesOf(db: Queries, clusters: readonly MapCluster[]): Promise<Record<string, string>> {
  const parts = partsOf(clusters);
  const holders = parts.flatMap(({ holder }) => (holder.kind === 'known' ? [holder] : []));
  const ids = (key: 'projectId' | 'serviceId' | 'revisionId') => [
    ...new Set(holders.map((holder) => holder[key]).filter((id) => id !== null)),
  ];
  const found: (readonly [string, string])[] = [];
  const projectIds = ids('projectId');
  if (projectIds.length > 0) {
    const rows = await db
      .select({ id: project.id, name: project.name })
      .from(project)
      .where(inArray(project.id, projectIds));
    for (const { id, name } of rows) found.push([id, name]);
  }
  const serviceIds = ids('serviceId');
  if (serviceIds.length > 0) {
    const rows = await db
      .select({ id: service.id, name: service.name, place: environment.name })
      .from(service)
      .innerJoin(environment, eq(environment.id, service.environmentId))
      .where(inArray(service.id, serviceIds));
    for (const { id, name, place } of rows) found.push([id, `${name} in ${place}`]);
  }
  const revisionIds = ids('revisionId');
  if (revisionIds.length > 0) {
    const rows = await db
      .select({ id: serviceRevision.id, model: model.name, number: modelVersion.number })
      .from(serviceRevision)
      .innerJoin(modelVersion, eq(modelVersion.id, serviceRevision.modelVersionId))
      .innerJoin(model, eq(model.id, modelVersion.modelId))
      .where(inArray(serviceRevision.id, revisionIds));
    for (const row of rows) found.push([row.id, `${row.model} version ${row.number}`]);
  }
  for (const [uid, name] of await podNames(db, clusters)) found.push([uid, name]);
  return Object.fromEntries(found);
}

async function podNames(db: Queries, clusters: readonly MapCluster[]): Promise<Map<string, string>> {
  const uids = [...new Set(partsOf(clusters).flatMap(({ podUids }) => podUids))];
  if (uids.length === 0) return new Map();
  const of = clusters.map(({ id }) => id);
  const rows = await db
    .selectDistinctOn([podInterval.podUid], { uid: podInterval.podUid, facts: podInterval.facts })
    .from(podInterval)
    .where(and(inArray(podInterval.clusterId, of), inArray(podInterval.podUid, uids)));
  return new Map(rows.map(({ uid, facts }) => [uid, podFactsSchema.parse(facts).name]));
}
