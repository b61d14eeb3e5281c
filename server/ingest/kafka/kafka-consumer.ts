import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../../../db/client.ts';
import { newId } from '../../id.ts';
import { openKafkaSecret } from '../../kafka-secret.ts';
import { log } from '../../log.ts';
import { userEgressRules } from '../../rows/egress-allowances.ts';
import { type IngestParts, ingestParts } from '../ingest-parts.ts';
import { type KafkaLog, KafkaProblem } from './kafka-log.ts';
import { releaseSource, renewSource, type Source, takeSources, tellSource } from './source-lease.ts';
import { TopicReader } from './topic-reader.ts';

const lookEveryMs = 2_000;
const renewEveryMs = 5_000;
const emptyPauseMs = 250;
const shortestPauseMs = 1_000;
const longestPauseMs = 15_000;

type Options = { readonly db: Database; readonly workerPrivateKey: string | null };

/** Reads the topics of services that no other worker reads, until `close`. */
export class KafkaConsumer {
  readonly #options: Options;
  readonly #parts: IngestParts;
  readonly #holder = `${hostname()}/${process.pid}/${newId()}`;
  readonly #closing = new AbortController();
  /** By the id of the source. */
  readonly #reading = new Map<string, Promise<void>>();
  readonly #looking: Promise<void>;

  constructor(options: Options) {
    this.#options = options;
    this.#parts = ingestParts(options.db);
    this.#looking = this.#look();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#looking;
    await Promise.all(this.#reading.values());
  }

  async #look(): Promise<void> {
    const { db } = this.#options;
    while (!this.#closing.signal.aborted) {
      try {
        for (const source of await takeSources(db, this.#holder, [...this.#reading.keys()])) {
          const reading = this.#read(source).finally(() => this.#reading.delete(source.id));
          this.#reading.set(source.id, reading);
        }
      } catch (error) {
        log.warn({ error }, 'Kafka sources could not be looked up; it is tried again.');
      }
      await this.#pause(lookEveryMs);
    }
  }

  /** Until the source is changed, lost to another worker, or this one closes. */
  async #read(source: Source): Promise<void> {
    const { db } = this.#options;
    let topic = await this.#log(source);
    let reader = this.#reader(source, topic);
    let failures = 0;
    let renewedAt = performance.now();
    while (!this.#closing.signal.aborted) {
      try {
        if (performance.now() - renewedAt > renewEveryMs || failures > 0) {
          if (!(await renewSource(db, source, this.#holder))) break;
          renewedAt = performance.now();
        }
        const records = await reader.round();
        await tellSource(db, source, { holder: this.#holder, why: null });
        failures = 0;
        if (records === 0) await this.#pause(emptyPauseMs);
      } catch (error) {
        failures += 1;
        await this.#tell(source, error);
        await topic.close();
        await this.#pause(Math.min(longestPauseMs, shortestPauseMs * 2 ** Math.min(failures - 1, 10)));
        topic = await this.#log(source);
        reader = this.#reader(source, topic);
      }
    }
    await topic.close();
    await releaseSource(db, source.id, this.#holder).catch(() => undefined);
  }

  /** The client of Kafka takes a second and 50 MB: it is loaded where there is something to read. */
  async #log(source: Source): Promise<KafkaLog> {
    const { KafkaClient } = await import('./kafka-client.ts');
    const { db, workerPrivateKey } = this.#options;
    const { id: sourceId, brokers, access, sealedSecret, topic } = source;
    const password = () => {
      if (sealedSecret === null) return null;
      const opened = openKafkaSecret(workerPrivateKey, sealedSecret, { sourceId, brokers, access });
      if (opened === null) throw new KafkaProblem('This worker cannot open the password: give it again.');
      return opened;
    };
    return new KafkaClient({ brokers, access, password, rules: () => userEgressRules(db) }, topic);
  }

  #reader({ projectId, serviceId, topic, format, startAt }: Source, log: KafkaLog): TopicReader {
    const reading = { projectId, serviceId, topic, format, startAt };
    return new TopicReader(this.#parts, reading, log);
  }

  async #tell(source: Source, error: unknown): Promise<void> {
    const { db } = this.#options;
    if (!(error instanceof KafkaProblem))
      log.warn({ error, topic: source.topic }, 'A Kafka topic could not be read; it is tried again.');
    const why =
      error instanceof KafkaProblem ? error.message : 'What was read could not be stored; it is tried again.';
    await tellSource(db, source, { holder: this.#holder, why }).catch(() => undefined);
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#closing.signal }).catch(() => undefined);
  }
}
