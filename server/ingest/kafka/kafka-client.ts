import {
  type Connection,
  fetchV13,
  listOffsetsV7,
  metadataV12,
  type ResponseError,
} from '@platformatic/kafka';
import { committedRecords } from './committed-records.ts';
import { KafkaConnections, type KafkaTarget } from './kafka-connections.ts';
import { type KafkaLog, KafkaProblem, type PartitionRead, type TopicView } from './kafka-log.ts';
import { problemOf } from './kafka-problems.ts';

const waitMs = 1_000;
/** Of one answer, and of one partition in it; a larger batch of records comes alone. */
const mostBytes = 4 * 1024 * 1024;
const mostPartitionBytes = 1024 * 1024;
const readCommitted = 1;
const marks = { earliest: -2n, latest: -1n } as const;

type Broker = { readonly host: string; readonly port: number };
type Partition = fetchV13.FetchResponsePartition;

/** A topic over Kafka's own protocol: manual assignment, committed records only, no offsets kept at the brokers. */
export class KafkaClient implements KafkaLog {
  readonly #connections: KafkaConnections;
  readonly #topic: string;
  #leaders = new Map<number, Broker>();

  constructor(target: KafkaTarget, topic: string) {
    this.#connections = new KafkaConnections(target);
    this.#topic = topic;
  }

  async topic(): Promise<TopicView> {
    const connection = await this.#connections.any();
    const { brokers, clusterId, topics } = await this.#asked(connection, () =>
      metadataV12.api.async(connection, [this.#topic], false, false),
    );
    const found = topics.find(({ name }) => name === this.#topic);
    if (found === undefined) throw new KafkaProblem(`The brokers tell nothing of the topic ${this.#topic}.`);
    const byId = new Map(brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
    this.#leaders = new Map();
    for (const { partitionIndex, leaderId } of found.partitions) {
      const leader = byId.get(leaderId);
      if (leader !== undefined) this.#leaders.set(partitionIndex, leader);
    }
    const partitions = found.partitions.map(({ partitionIndex }) => partitionIndex);
    return { clusterId: clusterId ?? '', topicId: found.topicId, partitions };
  }

  async offsets(
    partitions: readonly number[],
    at: 'earliest' | 'latest',
  ): Promise<ReadonlyMap<number, bigint>> {
    const found = new Map<number, bigint>();
    for (const [leader, mine] of this.#byLeader(partitions)) {
      const connection = await this.#connections.to(leader);
      const asked = mine.map((partitionIndex) => ({
        partitionIndex,
        currentLeaderEpoch: -1,
        timestamp: marks[at],
      }));
      const { topics } = await this.#asked(connection, () =>
        listOffsetsV7.api.async(connection, -1, readCommitted, [{ name: this.#topic, partitions: asked }]),
      );
      for (const { partitionIndex, offset } of topics.flatMap((one) => one.partitions))
        found.set(partitionIndex, offset);
    }
    return found;
  }

  async read(topicId: string, from: ReadonlyMap<number, bigint>): Promise<readonly PartitionRead[]> {
    const answers = [...this.#byLeader([...from.keys()])].map(([leader, mine]) =>
      this.#readFrom(
        leader,
        topicId,
        new Map(mine.map((partition) => [partition, from.get(partition) ?? 0n])),
      ),
    );
    return (await Promise.all(answers)).flat();
  }

  async close(): Promise<void> {
    await this.#connections.close();
  }

  async #readFrom(
    leader: Broker,
    topicId: string,
    from: ReadonlyMap<number, bigint>,
  ): Promise<readonly PartitionRead[]> {
    const connection = await this.#connections.to(leader);
    const partitions = [...from].map(([partition, fetchOffset]) => ({
      partition,
      currentLeaderEpoch: -1,
      fetchOffset,
      lastFetchedEpoch: -1,
      partitionMaxBytes: mostPartitionBytes,
    }));
    const { responses } = await this.#asked(connection, () =>
      fetchV13.api
        .async(connection, waitMs, 1, mostBytes, readCommitted, 0, -1, [{ topicId, partitions }], [], '')
        .catch(withoutOutOfRange),
    );
    return responses
      .flatMap((one) => one.partitions)
      .map((one) => readOf(one, from.get(one.partitionIndex) ?? 0n));
  }

  #byLeader(partitions: readonly number[]): Map<Broker, number[]> {
    const groups = new Map<Broker, number[]>();
    for (const partition of partitions) {
      const leader = this.#leaders.get(partition);
      if (leader !== undefined) groups.set(leader, [...(groups.get(leader) ?? []), partition]);
    }
    return groups;
  }

  /** The address of the connection is the one that was checked; the sentence names it. */
  async #asked<Answer>(connection: Connection, ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask();
    } catch (error) {
      throw problemOf(error, `${connection.host}:${connection.port}`, this.#topic);
    }
  }
}

const outOfRange = 1;

/** An answer whose only errors are offsets out of range is one. */
function withoutOutOfRange(error: unknown) {
  const response = (error as Partial<ResponseError>).response as
    | Awaited<ReturnType<typeof fetchV13.api.async>>
    | undefined;
  const codes = response?.responses.flatMap(({ partitions }) => partitions.map((one) => one.errorCode));
  if (response === undefined || response.errorCode !== 0) throw error;
  if (codes?.some((code) => code !== 0 && code !== outOfRange) !== false) throw error;
  return response;
}

function readOf(partition: Partition, from: bigint): PartitionRead {
  const { partitionIndex, errorCode, lastStableOffset } = partition;
  if (errorCode === outOfRange) return { kind: 'outOfRange', partition: partitionIndex };
  return {
    kind: 'records',
    partition: partitionIndex,
    ...committedRecords(partition, from),
    end: lastStableOffset,
  };
}
