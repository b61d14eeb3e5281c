import { and, eq, gt, inArray, isNull, or, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { nodeInterval, podInterval } from '../../db/schema/metering.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { service } from '../../db/schema/services.ts';
import type { HeldPod } from '../../domain/gpu-use/pod-use.ts';
import { nodeFactsSchema, podFactsSchema } from '../../domain/metering/facts.ts';
import type { RolloutPhase } from '../../domain/rollout.ts';

const holdsGpu = sql`(${podInterval.facts}->'gpu'->>'n')::bigint > 0`;

export type PodHolding = HeldPod & { readonly namespace: string; readonly heldSince: Date };

/** Names of the nodes that are there, by uid. */
async function nodeNames(db: Queries, clusterId: string): Promise<Map<string, string>> {
  const rows = await db
    .select({ uid: nodeInterval.nodeUid, facts: nodeInterval.facts })
    .from(nodeInterval)
    .where(and(eq(nodeInterval.clusterId, clusterId), isNull(nodeInterval.toAt)));
  return new Map(rows.map(({ uid, facts }) => [uid, nodeFactsSchema.parse(facts).name]));
}

/** Pods that hold GPUs of a cluster now, whoever they belong to. */
export async function podsHolding(db: Queries, clusterId: string): Promise<PodHolding[]> {
  const nodes = await nodeNames(db, clusterId);
  const rows = await db
    .select({
      uid: podInterval.podUid,
      nodeUid: podInterval.nodeUid,
      facts: podInterval.facts,
      heldSince: sql<string>`(
        select extract(epoch from min(first.from_at)) * 1000 from ${podInterval} as first
        where first.cluster_id = ${podInterval}.cluster_id and first.pod_uid = ${podInterval}.pod_uid)`,
    })
    .from(podInterval)
    .where(and(eq(podInterval.clusterId, clusterId), isNull(podInterval.toAt), holdsGpu));
  return rows.map(({ uid, nodeUid, facts, heldSince }) => {
    const { namespace, name, gpu } = podFactsSchema.parse(facts);
    const since = new Date(Number(heldSince));
    return { uid, namespace, name, gpu, node: nodes.get(nodeUid) ?? '', heldSince: since };
  });
}

/** A rollout that ended lately and whose pods held GPUs of a node that they hold no more. */
export type EndedOnNode = {
  readonly clusterId: string;
  readonly nodeUid: string;
  readonly rolloutId: string;
  readonly serviceName: string;
  readonly phase: RolloutPhase;
  readonly endedAt: Date;
};

async function endedRollouts(db: Queries, of: { projectId: string; since: Date }) {
  const rows = await db
    .select({
      rolloutId: rollout.id,
      serviceName: service.name,
      phase: rollout.phase,
      startedAt: rollout.startedAt,
      endedAt: rollout.endedAt,
      from: rollout.fromRevisionId,
      to: rollout.toRevisionId,
    })
    .from(rollout)
    .innerJoin(service, eq(service.id, rollout.serviceId))
    .where(and(eq(rollout.projectId, of.projectId), gt(rollout.endedAt, of.since)));
  return rows.flatMap(({ endedAt, from, to, ...row }) =>
    endedAt === null ? [] : [{ ...row, endedAt, revisionIds: [to, ...(from === null ? [] : [from])] }],
  );
}

type Asked = { readonly clusterId: string; readonly projectId: string; readonly since: Date };

/** The rollout of the project that ended last on each node of a cluster and took pods with GPUs away there. */
export async function endedOnNodes(
  db: Queries,
  { clusterId, projectId, since }: Asked,
): Promise<EndedOnNode[]> {
  const ended = await endedRollouts(db, { projectId, since });
  const revisionIds = [...new Set(ended.flatMap((each) => each.revisionIds))];
  if (revisionIds.length === 0) return [];
  const revisionId = sql<string>`${podInterval.facts}->>'revisionId'`;
  const gone = await db
    .select({
      nodeUid: podInterval.nodeUid,
      revisionId,
      goneMs: sql<string>`extract(epoch from max(${podInterval.toAt})) * 1000`,
    })
    .from(podInterval)
    .where(
      and(
        eq(podInterval.clusterId, clusterId),
        or(isNull(podInterval.toAt), gt(podInterval.toAt, since)),
        inArray(revisionId, revisionIds),
        holdsGpu,
      ),
    )
    .groupBy(podInterval.nodeUid, podInterval.podUid, revisionId)
    .having(sql`bool_and(${podInterval.toAt} is not null)`);
  const last = new Map<string, EndedOnNode>();
  for (const { nodeUid, revisionId: of, goneMs } of gone)
    for (const { startedAt, revisionIds: moved, ...found } of ended) {
      const known = last.get(nodeUid);
      const took = moved.includes(of) && Number(goneMs) >= startedAt.getTime();
      if (took && (known === undefined || known.endedAt < found.endedAt))
        last.set(nodeUid, { clusterId, nodeUid, ...found });
    }
  return [...last.values()];
}
