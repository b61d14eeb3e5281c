import { eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { metricInterval } from '../../db/schema/services.ts';
import { type Principal, systemPrincipal } from '../../domain/principal.ts';
import { createSandboxCluster } from '../cluster/sandbox.ts';
import type { Context } from '../context.ts';
import { newId } from '../id.ts';
import { MeteringReading } from '../metering/metering-reading.ts';
import { createSandboxMetrics } from '../metrics/sandbox.ts';
import { AnalysisTotals } from '../reconciler/analysis-totals.ts';
import { boundariesBetween } from '../reconciler/boundaries.ts';
import { chartRows } from '../reconciler/chart-samples.ts';
import { storeIntervals } from '../reconciler/evidence-store.ts';
import { ObjectivePace } from '../reconciler/follow-objectives.ts';
import { releaseLease, takeLease } from '../reconciler/lease.ts';
import { loadService } from '../reconciler/load-service.ts';
import { type Hands, reconcile } from '../reconciler/reconcile.ts';
import { StartDispersions } from '../reconciler/start-dispersions.ts';

const leaseMs = 120_000;
/** A service that wants to be looked at no sooner than this is at rest. */
const atRestMs = 30_000;
const hourMs = 3_600_000;
const mostHours = 7 * 24 + 1;

/** How closely history is replayed: at least so long between two passes, and so long while nothing moves. */
export type Pace = { readonly leastMs: number; readonly restMs: number };

/** The seeder's time and hands: commands and the loop of the product itself, on a clock that starts in the past. */
export class DemoStage {
  readonly db: Database;
  #nowMs: number;
  #hands: Hands | null = null;

  constructor(db: Database, start: Date) {
    this.db = db;
    this.#nowMs = start.getTime();
  }

  get now(): Date {
    return new Date(this.#nowMs);
  }

  /** Goes on in time; never back. */
  moveTo(at: Date): void {
    this.#nowMs = Math.max(this.#nowMs, at.getTime());
  }

  /** A context of a person of the demo, or of Fairlead itself, at the stage's time. */
  as(principal: Principal = systemPrincipal): Context {
    return {
      db: this.db,
      clock: async () => this.now,
      principal,
      requestId: newId(),
      idempotencyKey: null,
      sessionIdHash: null,
      origin: 'demo',
      publicUrl: 'http://127.0.0.1',
      workerPublicKey: '',
    };
  }

  /** Takes the sandbox's lease, so that no worker acts while time is replayed. */
  async open(clusterId: string): Promise<void> {
    const { db } = this;
    const lease = await takeLease(db, { clusterId, holder: `demo/${newId()}`, leaseMs });
    if (lease === null)
      throw new Error('The sandbox cluster is held by a worker, so the demo cannot be filled.');
    const clock = async () => this.now;
    const metrics = createSandboxMetrics({ db, clusterId, clock });
    this.#hands = {
      db,
      cluster: createSandboxCluster({ db, clusterId, clock }),
      metricsOf: () => metrics,
      lease,
      clock,
      origin: 'demo',
      refusedRevisions: new Map(),
      totals: new AnalysisTotals(),
      pace: new ObjectivePace(),
      dispersions: new StartDispersions(),
    };
  }

  async close(): Promise<void> {
    if (this.#hands !== null) await releaseLease(this.db, this.#hands.lease);
    this.#hands = null;
  }

  /**
   * Counts by whole hours what the sandbox answered where the replay did not look closely, so that history reaches back
   * further than what is worth replaying; hours of which anything was counted already are left alone.
   */
  async measureHours(serviceId: string, from: Date): Promise<void> {
    const hands = this.#hands;
    const loaded = await loadService(this.db, serviceId);
    if (hands === null || loaded === null) throw new Error('Open the stage first.');
    const span = { fromMs: from.getTime(), toMs: this.#nowMs };
    const boundaries = boundariesBetween(span, hourMs, mostHours);
    const answer = await hands
      .metricsOf(loaded.metrics)
      .counters({ scope: loaded.serving.scope, boundaries: boundaries.map((at) => new Date(at)) });
    if (answer.kind !== 'samples') return;
    const counted = await this.db
      .selectDistinct({
        hour: sql<string>`date_trunc('hour', ${metricInterval.intervalEnd} - interval '1 ms', 'UTC')`,
      })
      .from(metricInterval)
      .where(eq(metricInterval.serviceId, serviceId));
    const taken = new Set(counted.map(({ hour }) => new Date(hour).getTime() + hourMs));
    const charts = chartRows(answer.samples, boundaries)
      .filter((row) => !taken.has(row.intervalEnd.getTime()))
      .map((row) => ({ ...row, intervalMs: hourMs }));
    const { projectId } = loaded.row;
    await storeIntervals(this.db, hands.lease, { projectId, serviceId, rollout: null, analysis: [], charts });
  }

  /** Lets the loop work on these services until the given time: each when it asks to be looked at, within the pace. */
  async runUntil(at: Date, serviceIds: readonly string[], pace: Pace): Promise<void> {
    const dueMs = new Map(serviceIds.map((serviceId) => [serviceId, this.#nowMs]));
    for (;;) {
      const [serviceId, due] = [...dueMs].reduce((first, other) => (other[1] < first[1] ? other : first));
      if (due >= at.getTime()) break;
      this.#nowMs = Math.max(this.#nowMs, due);
      const { requeueAfterMs } = await reconcile(await this.#heldHands(), serviceId);
      const waitMs = requeueAfterMs === null || requeueAfterMs >= atRestMs ? pace.restMs : requeueAfterMs;
      dueMs.set(serviceId, this.#nowMs + Math.max(pace.leastMs, waitMs));
    }
    this.#nowMs = Math.max(this.#nowMs, at.getTime());
  }

  /** What the GPUs did so far, as intervals; the worker goes on from there. */
  async meter(): Promise<void> {
    const { cluster, clock } = await this.#heldHands();
    if (cluster.metering === undefined) throw new Error('The sandbox is not metered.');
    const reading = await MeteringReading.open(
      { db: this.db, cluster, clock },
      cluster.metering,
      () => undefined,
    );
    await reading.turn((await this.#heldHands()).lease);
    await reading.close();
  }

  /** On a slow machine the story takes longer than a lease, so it is renewed on the way. */
  async #heldHands(): Promise<Hands> {
    const hands = this.#hands;
    if (hands === null) throw new Error('Open the stage first.');
    const { lease } = hands;
    if (lease.safeUntilMs - performance.now() > leaseMs / 2) return hands;
    const { clusterId, holder } = lease;
    const renewed = await takeLease(this.db, { clusterId, holder, leaseMs });
    if (renewed === null) throw new Error('A worker took the sandbox cluster while the demo was filled.');
    this.#hands = { ...hands, lease: renewed };
    return this.#hands;
  }
}
