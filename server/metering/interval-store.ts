import { and, desc, eq, isNull, or, type SQL, sql } from 'drizzle-orm';
import type { Queries, Transaction } from '../../db/client.ts';
import { nodeInterval, podInterval, watchInterval } from '../../db/schema/metering.ts';
import {
  type NodeInterval,
  nodeFactsSchema,
  type PodInterval,
  podFactsSchema,
} from '../../domain/metering/facts.ts';
import type { RowChanges } from './interval-rows.ts';
import type { Stored } from './metering-book.ts';

/** What metering of a cluster goes on from. */
export async function loadOpenIntervals(queries: Queries, clusterId: string): Promise<Stored> {
  const nodes = await queries
    .select()
    .from(nodeInterval)
    .where(and(eq(nodeInterval.clusterId, clusterId), isNull(nodeInterval.toAt)));
  const pods = await queries
    .select()
    .from(podInterval)
    .where(and(eq(podInterval.clusterId, clusterId), isNull(podInterval.toAt)));
  const [watch] = await queries
    .select({ seenUntil: watchInterval.seenUntil })
    .from(watchInterval)
    .where(eq(watchInterval.clusterId, clusterId))
    .orderBy(desc(watchInterval.seenUntil))
    .limit(1);
  return {
    nodes: nodes.map((row) => ({ ...row, facts: nodeFactsSchema.parse(row.facts) })),
    pods: pods.map((row) => ({ ...row, facts: podFactsSchema.parse(row.facts) })),
    seenUntil: watch?.seenUntil ?? null,
  };
}

/** Rows of one statement: PostgreSQL takes at most 65,535 parameters. */
const atOnce = 1_000;

function* parts<Row>(rows: readonly Row[]): Generator<Row[]> {
  for (let start = 0; start < rows.length; start += atOnce) yield rows.slice(start, start + atOnce);
}

const changed = {
  toAt: sql`excluded.to_at`,
  facts: sql`excluded.facts`,
  source: sql`excluded.source`,
  estimated: sql`excluded.estimated`,
};

export async function saveNodes(tx: Transaction, { put, drop }: RowChanges<NodeInterval>): Promise<void> {
  for (const part of parts(drop))
    await tx
      .delete(nodeInterval)
      .where(
        or(
          ...part.map(({ clusterId, nodeUid, fromAt }) =>
            and(
              eq(nodeInterval.clusterId, clusterId),
              eq(nodeInterval.nodeUid, nodeUid),
              eq(nodeInterval.fromAt, fromAt),
            ),
          ),
        ),
      );
  for (const part of parts(put))
    await tx
      .insert(nodeInterval)
      .values(part)
      .onConflictDoUpdate({
        target: [nodeInterval.clusterId, nodeInterval.nodeUid, nodeInterval.fromAt],
        set: changed,
      });
}

export async function savePods(tx: Transaction, { put, drop }: RowChanges<PodInterval>): Promise<void> {
  for (const part of parts(drop))
    await tx
      .delete(podInterval)
      .where(
        or(
          ...part.map(({ clusterId, podUid, fromAt }) =>
            and(
              eq(podInterval.clusterId, clusterId),
              eq(podInterval.podUid, podUid),
              eq(podInterval.fromAt, fromAt),
            ),
          ),
        ),
      );
  for (const part of parts(put)) await tx.execute(putPods(part));
}

/** One parameter for all rows: a burst of pods has thousands, and the query builder spends more on each than the database. */
function putPods(rows: readonly PodInterval[]): SQL {
  const sets = ['to_at', 'node_uid', 'bucket', 'facts', 'source', 'estimated'].map(
    (name) => sql`${sql.identifier(name)} = excluded.${sql.identifier(name)}`,
  );
  return sql`
    insert into ${podInterval} (cluster_id, pod_uid, node_uid, from_at, to_at, bucket, facts, source, estimated)
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as put ("clusterId" uuid, "podUid" text,
      "nodeUid" text, "fromAt" timestamptz, "toAt" timestamptz, bucket text, facts jsonb, source text, estimated boolean)
    on conflict (cluster_id, pod_uid, from_at) do update set ${sql.join(sets, sql`, `)}`;
}

/** Moves the end of what was watched on; makes the interval when it is new. */
export async function saveWatch(
  tx: Transaction,
  { clusterId, fromAt, seenUntil }: { clusterId: string; fromAt: Date; seenUntil: Date },
): Promise<void> {
  await tx
    .insert(watchInterval)
    .values({ clusterId, fromAt, seenUntil })
    .onConflictDoUpdate({
      target: [watchInterval.clusterId, watchInterval.fromAt],
      set: { seenUntil: sql`greatest(${watchInterval.seenUntil}, excluded.seen_until)` },
    });
}
