import {
  type KafkaLog,
  KafkaProblem,
  type LogRecord,
  type PartitionRead,
  type TopicView,
} from './kafka-log.ts';

type Partition = { first: bigint; readonly records: LogRecord[] };

/** For tests: a topic in memory. */
export class MemoryLog implements KafkaLog {
  topicId = '00000000-0000-4000-8000-000000000001';
  /** Nobody answers while it is true. */
  away = false;
  /** Records that one read gives of a partition. */
  most = 3;
  readonly partitions: Partition[] = [];

  /** Writes values round robin over this many partitions. */
  write(values: readonly unknown[], partitions = 2): void {
    while (this.partitions.length < partitions) this.partitions.push({ first: 0n, records: [] });
    for (const [index, value] of values.entries()) this.append(index % partitions, value);
  }

  append(
    partition: number,
    value: unknown,
    { headers = {}, writtenAtMs = 0 }: { headers?: Record<string, string>; writtenAtMs?: number } = {},
  ): void {
    const place = this.partitions[partition];
    if (place === undefined) throw new Error(`There is no partition ${partition}.`);
    const offset = place.first + BigInt(place.records.length);
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    place.records.push({
      offset,
      writtenAtMs,
      value: Buffer.from(text),
      headers: new Map(Object.entries(headers)),
    });
  }

  /** The broker's retention: the oldest records are gone. */
  expire(partition: number, records: number): void {
    const place = this.partitions[partition];
    if (place === undefined) return;
    place.records.splice(0, records);
    place.first += BigInt(records);
  }

  async topic(): Promise<TopicView> {
    this.#answer();
    return { clusterId: 'cluster', topicId: this.topicId, partitions: [...this.partitions.keys()] };
  }

  async offsets(partitions: readonly number[], at: 'earliest' | 'latest'): Promise<Map<number, bigint>> {
    this.#answer();
    return new Map(
      partitions.map((partition) => [
        partition,
        at === 'latest' ? this.#end(partition) : this.#first(partition),
      ]),
    );
  }

  async read(_topicId: string, from: ReadonlyMap<number, bigint>): Promise<PartitionRead[]> {
    this.#answer();
    return [...from].map(([partition, offset]) => this.#readFrom(partition, offset));
  }

  async close(): Promise<void> {}

  #readFrom(partition: number, from: bigint): PartitionRead {
    const end = this.#end(partition);
    if (from < this.#first(partition) || from > end) return { kind: 'outOfRange', partition };
    const records = (this.partitions[partition]?.records ?? [])
      .filter(({ offset }) => offset >= from)
      .slice(0, this.most);
    return { kind: 'records', partition, records, next: from + BigInt(records.length), end };
  }

  #first(partition: number): bigint {
    return this.partitions[partition]?.first ?? 0n;
  }

  #end(partition: number): bigint {
    return this.#first(partition) + BigInt(this.partitions[partition]?.records.length ?? 0);
  }

  #answer(): void {
    if (this.away) throw new KafkaProblem('Nobody answers.');
  }
}
