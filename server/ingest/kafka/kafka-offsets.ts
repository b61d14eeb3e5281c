import { sql } from 'drizzle-orm';
import { type Database, type Queries, transaction } from '../../../db/client.ts';
import type { LostReason } from '../../../domain/drift/row-reject.ts';
import { databaseClock } from '../../clock.ts';
import { retryingDeadlocks } from '../../command.ts';
import { type NewBatch, storeBatchesIn } from '../append-batch.ts';
import { addTallies } from '../tallies.ts';
import type { TopicView } from './kafka-log.ts';

export type ReadTopic = {
  readonly projectId: string;
  readonly serviceId: string;
  readonly topic: string;
  readonly view: Pick<TopicView, 'clusterId' | 'topicId'>;
};

/** Offsets to read next, by partition. */
export async function positions(
  db: Queries,
  { serviceId, view }: Pick<ReadTopic, 'serviceId' | 'view'>,
): Promise<Map<number, bigint>> {
  const { rows } = await db.execute<{ partition: number; next: string }>(sql`
    select partition, next::text as next from kafka_offset
    where service_id = ${serviceId} and cluster_id = ${view.clusterId} and topic_id = ${view.topicId}`);
  return new Map(rows.map(({ partition, next }) => [partition, BigInt(next)]));
}

/** What was read of a topic of this name before: nothing, this topic, or one that stood here before it. */
export async function readBefore(
  db: Queries,
  { serviceId, topic, view }: Pick<ReadTopic, 'serviceId' | 'topic' | 'view'>,
): Promise<'nothing' | 'this' | 'former'> {
  const { rows } = await db.execute<{ same: boolean }>(sql`
    select topic_id = ${view.topicId} as same from kafka_offset
    where service_id = ${serviceId} and cluster_id = ${view.clusterId} and topic = ${topic}`);
  if (rows.some(({ same }) => same)) return 'this';
  return rows.length > 0 ? 'former' : 'nothing';
}

/** Begins partitions that were never read; `gap` says that records before them may have been missed. */
export async function beginPartitions(
  db: Database,
  { projectId, serviceId, topic, view }: ReadTopic,
  { starts, gap }: { readonly starts: ReadonlyMap<number, bigint>; readonly gap: boolean },
): Promise<void> {
  const partitions = [...starts.keys()].toSorted((left, right) => left - right);
  await db.execute(sql`
    insert into kafka_offset (project_id, service_id, cluster_id, topic_id, partition, topic, next, log_end, gap_at, updated_at)
    select ${projectId}, ${serviceId}, ${view.clusterId}, ${view.topicId}, partition, ${topic}, next, next,
      case when ${gap} then clock_timestamp() end, clock_timestamp()
    from unnest(${sql.param(partitions)}::int[], ${sql.param(partitions.map((one) => String(starts.get(one))))}::bigint[])
      as begun(partition, next)
    on conflict do nothing`);
}

type Advance = {
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
  /** Where the log ends. */
  readonly end: bigint;
};

type Stored = { readonly batches: readonly NewBatch[]; readonly lost: ReadonlyMap<LostReason, number> };

/**
 * Stores what was read of a partition and where to go on, in one transaction: a record counts once, whoever is killed
 * when. False, with nothing stored, when another consumer read on from there.
 */
export async function storeRead(
  db: Database,
  { projectId, serviceId, topic, view }: ReadTopic,
  { partition, from, to, end, batches, lost }: Advance & Stored,
): Promise<boolean> {
  return await retryingDeadlocks(db, async (tx) => {
    const { rows } = await tx.execute(sql`
      update kafka_offset set next = ${String(to)}::bigint, log_end = ${String(end)}::bigint, updated_at = clock_timestamp()
      where service_id = ${serviceId} and cluster_id = ${view.clusterId} and topic_id = ${view.topicId}
        and partition = ${partition} and next = ${String(from)}::bigint
      returning 1`);
    if (rows.length === 0) return false;
    const answers = await storeBatchesIn(tx, batches);
    const repeated = [...answers.values()].filter((answer) => answer instanceof Error).length;
    const tallied = new Map(repeated === 0 ? lost : [...lost, ['recordRepeated', repeated] as const]);
    if (tallied.size > 0)
      await addTallies(tx, {
        projectId,
        serviceId,
        source: `kafka ${topic}`,
        at: await databaseClock(tx),
        kind: 'lostRow',
        rows: tallied,
      });
    return true;
  });
}

/** Goes on behind records that ended before they were read; the gap stands on record. */
export async function leapGap(
  db: Database,
  { serviceId, view }: ReadTopic,
  { partition, from, to, end }: Advance,
): Promise<void> {
  // A log that ends before the offset lost its tail, and nobody knows what stands there now.
  const records = to > from ? String(to - from) : null;
  await transaction(db, async (tx) => {
    await tx.execute(sql`
      update kafka_offset set next = ${String(to)}::bigint, log_end = ${String(end)}::bigint, gap_at = clock_timestamp(),
        gap_records = case when ${records}::bigint is not null then coalesce(gap_records, 0) + ${records}::bigint end,
        updated_at = clock_timestamp()
      where service_id = ${serviceId} and cluster_id = ${view.clusterId} and topic_id = ${view.topicId}
        and partition = ${partition} and next = ${String(from)}::bigint`);
  });
}
