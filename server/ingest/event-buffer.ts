import { payloadRows } from '../../domain/drift/inference-payload.ts';
import { type LostReason, mostBatchRows } from '../../domain/drift/row-reject.ts';
import { newId } from '../id.ts';
import { log } from '../log.ts';
import type { NewBatch } from './append-batch.ts';
import type { InferenceEvent } from './cloud-event.ts';
import { EventHours } from './event-hours.ts';
import type { IngestParts } from './ingest-parts.ts';
import { revisionIdOfPod } from './revision-of.ts';
import type { Counting, Revision } from './service-catalogue.ts';
import { fromRows } from './take-batch.ts';
import { noteLost } from './tallies.ts';

const flushEveryMs = 1_000;
/** The worker sees a new pod within seconds; what it has not seen for so long is not of the service. */
const longestUnknownMs = 120_000;
const mostBytes = 32 * 1024 * 1024;
/** Keys of events that were taken, so that one that comes twice counts once. */
const mostKeys = 50_000;

type Waiting = { readonly serviceId: string; readonly event: InferenceEvent; readonly atMs: number };

/**
 * Holds events so that their sender is answered at once, and stores them every second as batches. What it cannot hold,
 * place or read is tallied as lost; a database that is away makes it hold on and not lose.
 */
export class EventBuffer {
  readonly #parts: IngestParts;
  readonly #keys = new Set<string>();
  readonly #lost = new Map<string, Map<LostReason, number>>();
  readonly #came = new EventHours();
  readonly #now: () => number;
  #waiting: Waiting[] = [];
  #unstored: NewBatch[] = [];
  #bytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #flushing: Promise<void> = Promise.resolve();

  constructor(parts: IngestParts, now: () => number = () => performance.now()) {
    this.#parts = parts;
    this.#now = now;
  }

  take(serviceId: string, event: InferenceEvent): void {
    const key = `${serviceId} ${event.pod} ${event.id} ${event.side}`;
    if (this.#keys.has(key)) return;
    this.#came.count(serviceId, event);
    if (this.#bytes + event.body.length > mostBytes) return this.#lose(serviceId, 'bufferFull');
    this.#keys.add(key);
    const [oldest] = this.#keys;
    if (this.#keys.size > mostKeys && oldest !== undefined) this.#keys.delete(oldest);
    this.#waiting.push({ serviceId, event, atMs: this.#now() });
    this.#bytes += event.body.length;
    this.#flushSoon();
  }

  #flushSoon(): void {
    this.#timer ??= setTimeout(() => void this.flush(), flushEveryMs).unref();
  }

  /** Stores what waits; one after the other, and what could not be stored goes with the next. */
  flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#flushing = this.#flushing.then(async () => {
      try {
        await this.#flushOnce();
      } catch (error) {
        log.warn({ error }, 'Logged requests could not be stored; it is tried again.');
      }
      if (this.#waiting.length > 0 || this.#unstored.length > 0) this.#flushSoon();
    });
    return this.#flushing;
  }

  async close(): Promise<void> {
    await this.flush();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #flushOnce(): Promise<void> {
    for (const serviceId of new Set(this.#waiting.map((one) => one.serviceId)))
      await this.#prepare(serviceId);
    while (this.#unstored[0] !== undefined) {
      await this.#parts.appender.append(this.#unstored[0]);
      this.#unstored.shift();
    }
    await this.#came.store(this.#parts.db);
    for (const [serviceId, reasons] of this.#lost) {
      this.#lost.delete(serviceId);
      await noteLost(this.#parts.db, { serviceId, source: 'kserve', rows: reasons });
    }
  }

  /** Turns the events of a service into batches; those of pods that nobody knows yet wait on. */
  async #prepare(serviceId: string): Promise<void> {
    const counting = await this.#parts.catalogues.of(serviceId);
    const byRevision = new Map<Revision, unknown[]>();
    const pods = new Map<string, Revision | null>();
    const mine = this.#waiting.filter((one) => one.serviceId === serviceId);
    for (const { event } of mine)
      if (!pods.has(event.pod)) pods.set(event.pod, await this.#revisionOf(counting, event));
    const left: Waiting[] = [];
    for (const one of mine) {
      const revision = numbered(counting, one.event) ?? pods.get(one.event.pod) ?? null;
      if (revision === null && this.#now() - one.atMs < longestUnknownMs) {
        left.push(one);
        continue;
      }
      this.#bytes -= one.event.body.length;
      if (revision === null) this.#lose(serviceId, 'podUnknown');
      else this.#read(one, { revision, byRevision });
    }
    const taken = new Set(mine);
    this.#waiting = [...left, ...this.#waiting.filter((one) => !taken.has(one))];
    for (const [revision, rows] of byRevision) this.#unstored.push(...batchesOf(counting, revision, rows));
  }

  async #revisionOf(counting: Counting, event: InferenceEvent): Promise<Revision | null> {
    const id = await revisionIdOfPod(this.#parts.db, counting.catalogue, event.pod);
    return counting.catalogue.revisions.find((revision) => revision.id === id) ?? null;
  }

  #read(
    { serviceId, event }: Waiting,
    { revision, byRevision }: { revision: Revision; byRevision: Map<Revision, unknown[]> },
  ): void {
    const rows = payloadRows(event.side, jsonOf(event.body), revision.names);
    if (rows === null) return this.#lose(serviceId, 'unreadable');
    const known = byRevision.get(revision) ?? [];
    byRevision.set(revision, known);
    for (const row of rows) known.push({ ...row, ...(event.ts === null ? {} : { ts: event.ts }) });
  }

  #lose(serviceId: string, reason: LostReason): void {
    const reasons = this.#lost.get(serviceId) ?? new Map<LostReason, number>();
    this.#lost.set(serviceId, reasons.set(reason, (reasons.get(reason) ?? 0) + 1));
  }
}

const numbered = ({ catalogue }: Counting, { revision }: InferenceEvent): Revision | null =>
  catalogue.revisions.find(({ number }) => number === revision) ?? null;

function batchesOf(counting: Counting, revision: Revision, rows: readonly unknown[]): NewBatch[] {
  const batches: NewBatch[] = [];
  for (let from = 0; from < rows.length; from += mostBatchRows) {
    const batchId = newId();
    const key = { source: 'kserve', batchId };
    const place = { counting, revisionId: revision.id, sha256: batchId };
    batches.push(fromRows(key, rows.slice(from, from + mostBatchRows), place).batch);
  }
  return batches;
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}
