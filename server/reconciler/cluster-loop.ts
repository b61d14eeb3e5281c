import { type Database, type Queries, snapshotAfter } from '../../db/client.ts';
import type { PodLife, WatchGap } from '../../domain/metering/pod-life.ts';
import type { Blocker } from '../../domain/refusal.ts';
import { Alarm } from '../alarm.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { log } from '../log.ts';
import { MeteringWriter } from '../metering/metering-writer.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { AnalysisTotals } from './analysis-totals.ts';
import { answerRequests } from './cluster-requests.ts';
import { ObjectivePace } from './follow-objectives.ts';
import { keepFreezes } from './keep-freezes.ts';
import { keepRetrains } from './keep-retrains.ts';
import { type Lease, LeaseLost, releaseLease, takeLease } from './lease.ts';
import { LogStreams } from './log-streams.ts';
import { isRoomWanted, lookAtRoom } from './look-at-room.ts';
import type { MetricsAccess } from './metrics-sources.ts';
import { type Intent, type RefusedRevisions, readIntent, reconcile } from './reconcile.ts';
import { backOff, claimDue, makeDue, untilNextDue } from './schedule.ts';
import { StartDispersions } from './start-dispersions.ts';
import { DatabaseOutage, isDatabaseGone, type LastKnown } from './without-database.ts';

export type LoopOptions = {
  readonly db: Database;
  readonly cluster: Cluster;
  readonly metricsOf: (access: MetricsAccess) => Metrics;
  /** The cluster's clock: the database's, plus the offset of a sandbox. */
  readonly clock: (queries: Queries) => Promise<Date>;
  /** Unique to this process. */
  readonly holder: string;
  readonly origin?: 'live' | 'demo';
  readonly leaseMs?: number;
  readonly concurrency?: number;
  readonly onWrite?: (what: string) => void;
  /** Why nothing may be written in a namespace now, asked once a pass of a managed service; null when all may be. */
  readonly mayWrite?: (namespace: string, lease: Lease) => Promise<Blocker | null>;
  /** Pods that lived while nobody watched the cluster. */
  readonly backFill?: (gap: WatchGap) => Promise<readonly PodLife[]>;
  /** Done right after the lease was taken and every minute while it is held, never twice at once. */
  readonly upkeep?: (lease: Lease) => Promise<void>;
};

const upkeepEveryMs = 60_000;
const lookEveryMs = 15_000;
const freezeEveryMs = 10_000;
const defaultLeaseMs = 15_000;
const defaultConcurrency = 4;
const longestSleepMs = 30_000;
const passesFirstMs = 50;
const longestPutOffMs = 500;
/** A pass tells of what it did itself; what is told of a service that has rested for this long, others did. */
const ownNewsMs = 250;
/** A row that somebody holds locked is due but cannot be claimed; a wake still ends the sleep at once. */
const shortestSleepMs = 20;

/**
 * Reconciles the services of one cluster while this process holds its lease: claims what is due, works on a few at a
 * time, and sleeps until the next is due or something wakes it. What a pass throws backs that service off and leaves the
 * others alone; a lost lease stops writing at once.
 */
export class ClusterLoop {
  readonly #options: LoopOptions;
  readonly #leaseMs: number;
  readonly #alarm = new Alarm();
  readonly #running = new Map<string, Promise<void>>();
  /** When each service's last pass ended, by this process's monotonic clock. */
  readonly #passedAtMs = new Map<string, number>();
  /** What others have just changed, which will be due: its intent is read together with the claim. */
  #changed: string | null = null;
  /** Woken while a pass was running: to be looked at again right after. */
  readonly #again = new Set<string>();
  readonly #refusedRevisions: RefusedRevisions = new Map();
  readonly #logs: LogStreams;
  readonly #metering: MeteringWriter;
  #answering: Promise<void> | null = null;
  #answerAgain = false;
  #upkeep: Promise<void> | null = null;
  #upkeepAtMs = 0;
  #looking: Promise<void> | null = null;
  #lookAtMs = 0;
  #freezing: Promise<void> | null = null;
  #freezeAtMs = 0;
  #begunAtMs = -Infinity;
  /** Since when the rest waits for passes; null while it does not. */
  #putOffAtMs: number | null = null;
  readonly #outage = new DatabaseOutage();
  #totals = new AnalysisTotals();
  readonly #pace = new ObjectivePace();
  readonly #dispersions = new StartDispersions();
  readonly #unwatch: () => void;
  readonly #ended: Promise<void>;
  #lease: Lease | null = null;
  #closed = false;

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#leaseMs = options.leaseMs ?? defaultLeaseMs;
    this.#logs = new LogStreams(options);
    this.#metering = new MeteringWriter(options);
    this.#unwatch = options.cluster.onChange((serviceId) => void this.due({ serviceId }));
    this.#ended = this.#run();
  }

  /** Looks again at once: at what is due, or first makes something due. `serviceId` is a service that was changed. */
  wake(serviceId?: string): void {
    if (serviceId !== undefined && this.#restedMs(serviceId) > ownNewsMs) this.#changed = serviceId;
    this.#alarm.ring();
  }

  /** How long its last pass is over; 0 for a service that had none here. */
  #restedMs(serviceId: string): number {
    const nowMs = performance.now();
    return nowMs - (this.#passedAtMs.get(serviceId) ?? nowMs);
  }

  /** Makes services due and wakes the loop; a service that is being worked on is looked at again afterwards. */
  async due(which: Parameters<typeof makeDue>[1]): Promise<void> {
    if ('serviceId' in which && this.#running.has(which.serviceId)) this.#again.add(which.serviceId);
    else
      await makeDue(this.#options.db, which).catch((error: unknown) =>
        log.warn({ error }, 'A service could not be made due; its time will come.'),
      );
    this.wake();
  }

  /** Ends after the passes under way; gives the lease back. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#unwatch();
    this.#alarm.ring();
    await this.#ended;
    const kept = [this.#logs.close(), this.#metering.close()];
    await Promise.allSettled([
      ...this.#running.values(),
      this.#answering,
      this.#upkeep,
      this.#looking,
      this.#freezing,
      ...kept,
    ]);
    if (this.#lease !== null) await releaseLease(this.#options.db, this.#lease).catch(() => undefined);
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#closed) {
      let sleepMs: number;
      try {
        sleepMs = await this.#turn();
        failures = 0;
      } catch (error) {
        failures += 1;
        sleepMs = Math.min(10_000, 250 * 2 ** Math.min(failures, 6)) * (0.5 + Math.random() / 2);
        log.warn({ error, cluster: this.#options.cluster.clusterId }, 'A turn of the reconcile loop failed.');
        if (this.#lease !== null && isDatabaseGone(error))
          await this.#outage.watch(this.#options.cluster, this.#lease, new Date());
      }
      if (!this.#closed) await this.#alarm.sleep(sleepMs);
    }
  }

  /** Renews the lease, answers requests, starts what is due; returns how long nothing will be due. */
  async #turn(): Promise<number> {
    const { db, cluster, holder, concurrency = defaultConcurrency } = this.#options;
    const { clusterId } = cluster;
    const renewMs = this.#leaseMs / 3;
    const before = this.#lease;
    const lease = this.#isRecent(before)
      ? before
      : await takeLease(db, { clusterId, holder, leaseMs: this.#leaseMs });
    this.#lease = lease;
    if (lease === null) return renewMs;
    if (lease.epoch !== before?.epoch) {
      // Another worker may have added to the evidence meanwhile.
      this.#totals = new AnalysisTotals();
      this.#upkeepAtMs = 0;
      await makeDue(db, { clusterId });
    }
    await this.#outage.settle(db, this.#options.origin ?? 'live');
    const running = new Set(this.#running.keys());
    const most = concurrency - running.size;
    const { claimed, ahead } = await this.#claim({ clusterId, running, most });
    for (const serviceId of claimed)
      this.#start(serviceId, ahead?.found?.row.id === serviceId ? ahead : undefined);
    const firstMs = this.#passesFirstMs(claimed.length > 0);
    if (firstMs > 0) return firstMs;
    this.#lookBeside(lease);
    if (this.#running.size >= concurrency) return renewMs;
    const dueMs = await untilNextDue(db, { clusterId, running: new Set(this.#running.keys()) });
    return Math.max(shortestSleepMs, Math.min(renewMs, dueMs ?? longestSleepMs));
  }

  /** Claims what is due, and reads the intent of what has just been changed in the same round trip. */
  async #claim(free: Parameters<typeof claimDue>[1]): Promise<{
    readonly claimed: readonly string[];
    readonly ahead?: Intent;
  }> {
    const { db, clock } = this.#options;
    const changed = this.#changed;
    this.#changed = null;
    if (changed === null || this.#running.has(changed)) return { claimed: await claimDue(db, free) };
    const [claimed, ahead] = await snapshotAfter(
      db,
      { first: (queries) => claimDue(queries, free), plansOnce: true },
      (queries) => readIntent(queries, { clock, serviceId: changed }),
    );
    return { claimed, ahead };
  }

  /** How long the rest has to wait for passes that have just begun, which would share the processor with it; 0 for no longer. */
  #passesFirstMs(hasBegun: boolean): number {
    const nowMs = performance.now();
    if (hasBegun) this.#begunAtMs = nowMs;
    const waitMs = this.#begunAtMs + passesFirstMs - nowMs;
    if (waitMs > 0) this.#putOffAtMs ??= nowMs;
    return this.#putOffAtMs === null || nowMs - this.#putOffAtMs > longestPutOffMs ? 0 : Math.max(0, waitMs);
  }

  /** What is looked after beside the passes, and holds up none of them. */
  #lookBeside(lease: Lease): void {
    this.#putOffAtMs = null;
    this.#answer();
    this.#logs.look();
    this.#metering.keep(lease);
    this.#keepUp(lease);
    this.#look(lease);
    this.#freeze(lease);
  }

  /** A cluster that is slow to answer a probe must hold up neither the lease nor the passes. */
  #answer(): void {
    const { db, cluster, metricsOf } = this.#options;
    if (this.#answering !== null) {
      this.#answerAgain = true;
      return;
    }
    this.#answerAgain = false;
    this.#answering = answerRequests({ db, cluster, metricsOf })
      .then(() => undefined)
      .catch((error: unknown) => log.warn({ error }, 'A request of the web could not be answered.'))
      .finally(() => {
        this.#answering = null;
        if (this.#answerAgain && !this.#closed) this.#answer();
      });
  }

  #keepUp(lease: Lease): void {
    const { upkeep, cluster } = this.#options;
    if (upkeep === undefined || this.#upkeep !== null || performance.now() < this.#upkeepAtMs) return;
    this.#upkeepAtMs = performance.now() + upkeepEveryMs;
    this.#upkeep = upkeep(lease)
      .catch((error: unknown) =>
        log.warn({ error, cluster: cluster.clusterId }, 'The upkeep of a cluster failed.'),
      )
      .finally(() => {
        this.#upkeep = null;
      });
  }

  /** Whoever opens a decision page sees a look that is recent enough to decide on. */
  #look(lease: Lease): void {
    const { db, cluster, clock } = this.#options;
    if (cluster.capacity === undefined || this.#looking !== null || performance.now() < this.#lookAtMs)
      return;
    this.#lookAtMs = performance.now() + lookEveryMs;
    this.#looking = isRoomWanted(db, cluster.clusterId)
      .then((wanted) => (wanted ? lookAtRoom({ db, cluster, clock, lease }) : undefined))
      .catch((error: unknown) =>
        log.warn({ error, cluster: cluster.clusterId }, 'The look at the room of a cluster failed.'),
      )
      .finally(() => {
        this.#looking = null;
      });
  }

  /** What budgets ask to freeze, and trainings, are looked after beside the passes, which read what came of it. */
  #freeze(lease: Lease): void {
    const { cluster, origin = 'live' } = this.#options;
    if (this.#freezing !== null || performance.now() < this.#freezeAtMs) return;
    this.#freezeAtMs = performance.now() + freezeEveryMs;
    const keeping = { ...this.#options, origin, lease: renewing(lease, () => this.#lease) };
    this.#freezing = keepFreezes(keeping)
      .catch((error: unknown) =>
        log.warn(
          { error, cluster: cluster.clusterId },
          'The freezes of a cluster could not be looked after.',
        ),
      )
      .then(() => keepRetrains(keeping))
      .catch((error: unknown) =>
        log.warn({ error, cluster: cluster.clusterId }, 'Trainings of a cluster could not be looked after.'),
      )
      .finally(() => {
        this.#freezing = null;
      });
  }

  /** A wake need not renew what was renewed a moment ago. */
  #isRecent(lease: Lease | null): lease is Lease {
    return lease !== null && lease.safeUntilMs - performance.now() > this.#leaseMs / 2;
  }

  #start(serviceId: string, ahead?: Intent): void {
    const pass = this.#pass(serviceId, ahead).finally(() => {
      this.#running.delete(serviceId);
      this.#passedAtMs.set(serviceId, performance.now());
      if (this.#again.delete(serviceId)) void this.due({ serviceId });
      else this.wake();
    });
    this.#running.set(serviceId, pass);
  }

  async #pass(serviceId: string, ahead: Intent | undefined): Promise<void> {
    const { db, origin = 'live' } = this.#options;
    // The lease is renewed while passes run; each check reads the newest.
    const current = () => this.#lease;
    const lease = current();
    if (lease === null) return;
    const hands = {
      ...this.#options,
      lease: renewing(lease, current),
      origin,
      refusedRevisions: this.#refusedRevisions,
      totals: this.#totals,
      pace: this.#pace,
      dispersions: this.#dispersions,
      remember: (id: string, known: LastKnown | null) => this.#outage.remember(id, known),
    };
    try {
      const { requeueAfterMs } = await reconcile(hands, serviceId, ahead);
      if (requeueAfterMs === 0) this.#again.add(serviceId);
    } catch (error) {
      if (error instanceof LeaseLost) {
        if (current()?.epoch === lease.epoch) this.#lease = null;
        log.warn({ error }, 'Another worker took over.');
        return;
      }
      log.error({ error, serviceId }, 'A pass over a service failed; it is tried again later.');
      await backOff(db, serviceId, Math.random()).catch(() => undefined);
    }
  }
}

/** The lease as it was claimed, valid for as long as renewals of the same epoch say. */
function renewing(lease: Lease, current: () => Lease | null): Lease {
  const { clusterId, holder, epoch } = lease;
  return {
    clusterId,
    holder,
    epoch,
    get safeUntilMs() {
      const newest = current();
      return newest?.epoch === epoch ? newest.safeUntilMs : 0;
    },
  };
}
