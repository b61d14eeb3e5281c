/** A record as its producer wrote it; headers by name, the last one of a name. */
export type LogRecord = {
  readonly offset: bigint;
  readonly writtenAtMs: number;
  readonly value: Buffer | null;
  readonly headers: ReadonlyMap<string, string>;
};

/** What one request gave of a partition: records from where it was asked, and where to go on. */
export type PartitionRead =
  | {
      readonly kind: 'records';
      readonly partition: number;
      readonly records: readonly LogRecord[];
      /** After the last record, also of those that nobody is shown: aborted ones and marks of transactions. */
      readonly next: bigint;
      /** Where the log ends for readers of committed records. */
      readonly end: bigint;
    }
  | { readonly kind: 'outOfRange'; readonly partition: number };

export type TopicView = {
  readonly clusterId: string;
  /** Another one once the topic was made anew. */
  readonly topicId: string;
  readonly partitions: readonly number[];
};

/** Why a topic cannot be read now: a sentence that says what to do. */
export class KafkaProblem extends Error {
  override readonly name = 'KafkaProblem';
}

/** One topic of a Kafka cluster, read without a group. Every failure is a KafkaProblem. */
export interface KafkaLog {
  topic(): Promise<TopicView>;
  /** First or next offset by partition. */
  offsets(partitions: readonly number[], at: 'earliest' | 'latest'): Promise<ReadonlyMap<number, bigint>>;
  /** Waits up to a second for committed records from these offsets; partitions whose leader is unknown are missing. */
  read(topicId: string, from: ReadonlyMap<number, bigint>): Promise<readonly PartitionRead[]>;
  close(): Promise<void>;
}
