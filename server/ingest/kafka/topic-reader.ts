import type { KafkaFields } from '../../../domain/kafka-source.ts';
import type { IngestParts } from '../ingest-parts.ts';
import type { KafkaLog, PartitionRead, TopicView } from './kafka-log.ts';
import {
  beginPartitions,
  leapGap,
  positions,
  type ReadTopic,
  readBefore,
  storeRead,
} from './kafka-offsets.ts';
import { prepareRecords } from './record-batches.ts';

/** Leaders move and partitions are added: the brokers are asked again after so long. */
const viewMs = 60_000;

export type Reading = Pick<KafkaFields, 'topic' | 'format' | 'startAt'> & {
  readonly projectId: string;
  readonly serviceId: string;
};

/** Reads a topic round by round; what it knows it forgets when a round fails, so that the next one begins at the database. */
export class TopicReader {
  readonly #parts: IngestParts;
  readonly #reading: Reading;
  readonly #log: KafkaLog;
  #view: TopicView | null = null;
  #viewedAtMs = 0;
  #next = new Map<number, bigint>();

  constructor(parts: IngestParts, reading: Reading, log: KafkaLog) {
    this.#parts = parts;
    this.#reading = reading;
    this.#log = log;
  }

  /** Reads and stores once; answers how many records it went on by. Throws KafkaProblem and errors of the database. */
  async round(): Promise<number> {
    try {
      const view = await this.#viewed();
      let records = 0;
      for (const read of await this.#log.read(view.topicId, this.#next))
        records += await this.#store({ ...this.#reading, view }, read);
      return records;
    } catch (error) {
      this.#view = null;
      throw error;
    }
  }

  async #viewed(): Promise<TopicView> {
    const now = performance.now();
    if (this.#view !== null && now - this.#viewedAtMs < viewMs) return this.#view;
    const view = await this.#log.topic();
    const read = { ...this.#reading, view };
    const { db } = this.#parts;
    this.#next = await positions(db, read);
    const begun = view.partitions.filter((partition) => !this.#next.has(partition));
    if (begun.length > 0) {
      await this.#begin(read, begun);
      this.#next = await positions(db, read);
    }
    this.#view = view;
    this.#viewedAtMs = now;
    return view;
  }

  /** What comes to a topic that is read already, or that was made anew, is read from its first record. */
  async #begin(read: ReadTopic, partitions: readonly number[]): Promise<void> {
    const { db } = this.#parts;
    const before = await readBefore(db, read);
    const at = before === 'nothing' ? this.#reading.startAt : 'earliest';
    const starts = await this.#log.offsets(partitions, at);
    await beginPartitions(db, read, { starts, gap: before === 'former' });
  }

  async #store(topic: ReadTopic, read: PartitionRead): Promise<number> {
    const { partition } = read;
    const from = this.#next.get(partition);
    if (from === undefined) return 0;
    if (read.kind === 'outOfRange') {
      await this.#leap(topic, partition, from);
      return 0;
    }
    if (read.next === from) return 0;
    const counting = await this.#parts.catalogues.of(this.#reading.serviceId);
    const { clusterId, topicId } = topic.view;
    const place = { ...this.#reading, counting, partition: `${clusterId} ${topicId} ${partition}` };
    const { waitsAt, ...prepared } = await prepareRecords(this.#parts, place, read.records);
    const to = waitsAt ?? read.next;
    if (to === from) return 0;
    const stored = await storeRead(this.#parts.db, topic, {
      ...prepared,
      partition,
      from,
      to,
      end: read.end,
    });
    // Somebody else read on: what stands in the database is right.
    if (stored) this.#next.set(partition, to);
    else this.#view = null;
    return stored ? Number(to - from) : 0;
  }

  async #leap(topic: ReadTopic, partition: number, from: bigint): Promise<void> {
    const first = (await this.#log.offsets([partition], 'earliest')).get(partition) ?? from;
    const end = (await this.#log.offsets([partition], 'latest')).get(partition) ?? from;
    await leapGap(this.#parts.db, topic, { partition, from, to: first > from ? first : end, end });
    this.#view = null;
  }
}
