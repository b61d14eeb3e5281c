import type { Database } from '../../../db/client.ts';
import { sandboxCounters } from '../../../domain/sandbox/counters.ts';
import { randomKey, randomUnit } from '../../../domain/sandbox/random.ts';
import { clockOffsetMs, databaseClock } from '../../clock.ts';
import { type IngestParts, ingestParts } from '../../ingest/ingest-parts.ts';
import { takeBatch } from '../../ingest/take-batch.ts';
import { repeat } from '../../jobs/repeat.ts';
import { sandboxRecord } from '../../metrics/sandbox-query.ts';
import { DemoStage } from '../demo-stage.ts';
import { demoRow } from './demo-rows.ts';
import { type DemoService, demoPrincipal, demoServices } from './demo-services.ts';
import { bringHistory, bringTraining, driftsFrom, setMonitor } from './demo-setting.ts';

/** Of one batch; so late does a row come. */
const batchMs = 30_000;
/** Sent after a pause; what lies longer ago is missing, as it would be of a model server that was away. */
const mostBatches = 10;

/** The rows that the demo's services send about what they predicted, as model servers would, through the product's own ingest. */
export class DemoTraffic {
  readonly #parts: IngestParts;
  /** Services whose reference, history and monitor are there. */
  readonly #settled = new Set<string>();
  readonly #sentUntilMs = new Map<string, number>();

  constructor(db: Database) {
    this.#parts = ingestParts(db);
  }

  /** Sends what was predicted since the last time; the first time in a database it brings what there is to compare with. */
  async send(now: Date): Promise<void> {
    for (const demo of await demoServices(this.#parts.db)) {
      if (!this.#settled.has(demo.serviceId)) await this.#settle(demo, now);
      const driftsAt = await driftsFrom(this.#parts.db, demo);
      if (driftsAt !== null) await this.#sendSince(demo, { now, driftsFromMs: driftsAt.getTime() });
    }
  }

  async #settle(demo: DemoService, now: Date): Promise<void> {
    const { db } = this.#parts;
    const { projectId, serviceId } = demo;
    const ada = await demoPrincipal(db, 'ada', projectId);
    const omar = await demoPrincipal(db, 'omar', projectId);
    // Whoever took the demo's people away wants no demo.
    if (ada === null || omar === null) return;
    const stage = new DemoStage(db, now);
    if ((await driftsFrom(db, demo)) === null) await bringTraining(stage.as(ada), demo, now);
    await bringHistory(this.#parts, demo, now);
    if (await setMonitor(stage.as(omar), demo)) this.#settled.add(serviceId);
  }

  async #sendSince(demo: DemoService, at: { now: Date; driftsFromMs: number }): Promise<void> {
    const { serviceId } = demo;
    const untilMs = Math.floor(at.now.getTime() / batchMs) * batchMs;
    const earliestMs = untilMs - mostBatches * batchMs;
    const sentMs = this.#sentUntilMs.get(serviceId) ?? untilMs - batchMs;
    for (let fromMs = Math.max(earliestMs, sentMs); fromMs < untilMs; fromMs += batchMs) {
      await this.#sendBatches(demo, { fromMs, driftsFromMs: at.driftsFromMs });
      this.#sentUntilMs.set(serviceId, fromMs + batchMs);
    }
  }

  /** A batch per revision: the same one whoever sends it, so that two processes count it once. */
  async #sendBatches(demo: DemoService, { fromMs, driftsFromMs }: { fromMs: number; driftsFromMs: number }) {
    const { serviceId, serviceName, requestsPerRow, columns } = demo;
    for (const [revision, requests] of await this.#requests(demo, fromMs)) {
      const source = `${serviceName}-r${revision}`;
      const key = randomKey(`demo rows ${source} ${fromMs}`);
      const total = Math.floor(requests / requestsPerRow + randomUnit(key, 0, 1_000));
      if (total === 0) continue;
      const rows = Array.from({ length: total }, (_, index) => {
        const atMs = fromMs + Math.floor(((index + randomUnit(key, index, 1_001)) * batchMs) / total);
        return { ts: new Date(atMs), ...demoRow(columns, { key, index, atMs, driftsFromMs }) };
      });
      const batch = { source, batchId: new Date(fromMs).toISOString(), revision, rows };
      await takeBatch(this.#parts, { kind: 'service', serviceId }, Buffer.from(JSON.stringify(batch)));
    }
  }

  /** Requests that the sandbox answered, by revision. */
  async #requests(demo: DemoService, fromMs: number): Promise<Map<number, number>> {
    const { db } = this.#parts;
    const aheadMs = await clockOffsetMs(db, demo.clusterId);
    const instants = [fromMs + aheadMs, fromMs + batchMs + aheadMs];
    const record = await sandboxRecord(db, demo, new Date(instants[1] ?? 0));
    const requests = new Map<number, number>();
    if (record === null) return requests;
    const byPod = Map.groupBy(
      sandboxCounters(record.history, instants),
      ({ pod, revisionNumber }) => `${pod} ${revisionNumber}`,
    );
    for (const samples of byPod.values()) {
      const [first, last] = samples;
      if (first === undefined || last === undefined || first.atMs >= last.atMs) continue;
      const before = requests.get(first.revisionNumber) ?? 0;
      requests.set(first.revisionNumber, before + Math.max(0, last.requests - first.requests));
    }
    return requests;
  }
}

/** Sends until `close`. */
export function startDemoTraffic(db: Database): { close(): Promise<void> } {
  const traffic = new DemoTraffic(db);
  return repeat({
    everyMs: batchMs,
    run: async () => await traffic.send(await databaseClock(db)),
    failed: 'The demo could not send its rows; it is tried again.',
  });
}
