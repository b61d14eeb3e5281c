import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { asc } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { cluster as clusterTable } from '../../db/schema/environments.ts';
import { renewalShare } from '../../domain/service-account-token.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { openToken } from '../cluster/seal.ts';
import type { ChangeHub, HubEvent } from '../http/change-hub.ts';
import { instanceId } from '../instance-id.ts';
import { sealDue } from '../ledger/seal.ts';
import { log } from '../log.ts';
import { backFill } from './back-fill.ts';
import { clusterClock } from './cluster-clock.ts';
import { ClusterLoop, type LoopOptions } from './cluster-loop.ts';
import { answerTrials } from './connection-trials.ts';
import { answerGpuLooks } from './gpu-looks.ts';
import { keepChartSamples } from './keep-chart-samples.ts';
import type { Lease } from './lease.ts';
import { answerMetricsProbes } from './metrics-probes.ts';
import { MetricsSources } from './metrics-sources.ts';
import { openCluster } from './open-cluster.ts';
import { renewToken } from './token-renewal.ts';
import { answerUnopened, tellUnopened } from './unopened-cluster.ts';
import { WriteGate } from './write-gate.ts';

export type WorkerOptions = {
  readonly db: Database;
  readonly hub: Pick<ChangeHub, 'subscribe'>;
  /** Opens the sealed tokens of clusters; null in a process that has none. */
  readonly workerPrivateKey: string | null;
  readonly origin?: 'live' | 'demo';
  /** Share of its life after which a cluster's token is renewed; tests renew at once. */
  readonly tokenRenewalShare?: number;
};

export type Worker = { close(): Promise<void> };

type Running = {
  readonly generation: number;
  /** In use; another one in the row came from a renewal by whoever holds the lease. */
  sealedToken: string | null;
  readonly cluster: Cluster;
  readonly metrics: MetricsSources;
  readonly loop: ClusterLoop;
};

/** Clusters are looked up again this often even if no hint came. */
const lookAgainMs = 30_000;

/** Runs a loop for every registered cluster until `close`; a cluster whose connection changed is opened anew. */
export async function openWorker(options: WorkerOptions): Promise<Worker> {
  const worker = new RunningWorker(options);
  await worker.follow();
  return worker;
}

class RunningWorker implements Worker {
  readonly #options: WorkerOptions;
  readonly #holder = `${hostname()}/${process.pid}/${randomUUID()}`;
  readonly #running = new Map<string, Running>();
  readonly #unsubscribe: () => void;
  readonly #timer: NodeJS.Timeout;
  readonly #trials = new Set<Promise<unknown>>();
  #following: Promise<void> | null = null;
  #followAgain = false;
  #closed = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#unsubscribe = options.hub.subscribe((event) => this.#hear(event));
    this.#timer = setInterval(() => void this.follow(), lookAgainMs);
  }

  /** What is due is decided from the rows; a hint only makes the loops look now. */
  #hear(event: HubEvent): void {
    const clusters = event.kind === 'resync' || event.change.topic === 'cluster';
    if (clusters) {
      void this.follow();
      this.#answerTrials();
    }
    const changed = event.kind === 'change' && event.change.topic === 'service' ? event.change.id : undefined;
    for (const { loop } of this.#running.values()) loop.wake(changed);
  }

  #answerTrials(): void {
    const { db, workerPrivateKey } = this.#options;
    const all = [answerTrials, answerMetricsProbes, answerGpuLooks].map((answer) =>
      answer(db, workerPrivateKey),
    );
    const answered: Promise<unknown> = Promise.all(all)
      .catch((error: unknown) => log.warn({ error }, 'A trial or a look at metrics could not be answered.'))
      .finally(() => this.#trials.delete(answered));
    this.#trials.add(answered);
  }

  /** Opens loops for new or changed clusters and closes those of clusters that are gone; one at a time. */
  async follow(): Promise<void> {
    if (this.#closed) return;
    if (this.#following !== null) {
      this.#followAgain = true;
      return await this.#following;
    }
    this.#following = this.#follow()
      .catch((error: unknown) => log.error({ error }, 'The clusters could not be looked up.'))
      .finally(() => {
        this.#following = null;
      });
    await this.#following;
    if (!this.#followAgain) return;
    this.#followAgain = false;
    await this.follow();
  }

  async #follow(): Promise<void> {
    const rows = await this.#options.db.select().from(clusterTable).orderBy(asc(clusterTable.id));
    const wanted = new Map(rows.map((row) => [row.id, row]));
    for (const [id, running] of this.#running)
      if (wanted.get(id)?.generation !== running.generation) await this.#end(id, running);
      else this.#useRenewed(running, wanted.get(id)?.sealedToken ?? null);
    for (const row of wanted.values())
      if (!this.#running.has(row.id) && !this.#closed) await this.#begin(row);
  }

  /** A connection and its watches outlive the token with which they were opened. */
  #useRenewed(running: Running, sealedToken: string | null): void {
    const { workerPrivateKey } = this.#options;
    if (sealedToken === null || workerPrivateKey === null || running.sealedToken === sealedToken) return;
    const { access, clusterId } = running.cluster;
    running.sealedToken = sealedToken;
    try {
      access?.useToken(openToken(workerPrivateKey, sealedToken, clusterId));
    } catch (error) {
      log.error({ error, clusterId }, 'The renewed token of a cluster could not be opened.');
    }
  }

  /** What only a cluster with credentials needs: its token's renewal, and the right to write being asked for. */
  async #guards(
    row: typeof clusterTable.$inferSelect,
    { access }: Cluster,
  ): Promise<Pick<LoopOptions, 'upkeep' | 'mayWrite'>> {
    const { db, workerPrivateKey, tokenRenewalShare: share = renewalShare } = this.#options;
    if (access === undefined) return {};
    const { id: clusterId, generation } = row;
    const gate = new WriteGate({ db, clusterId, access, instanceId: await instanceId(db) });
    const mayWrite: LoopOptions['mayWrite'] = (namespace, lease) => gate.blockerOf(namespace, lease);
    const renewal =
      workerPrivateKey === null ? null : { db, clusterId, generation, access, workerPrivateKey, share };
    const upkeep = async (lease: Lease): Promise<void> => {
      if (renewal !== null) await renewToken(renewal, lease);
      await gate.keepClaims(lease);
    };
    return { mayWrite, upkeep };
  }

  async #begin(row: typeof clusterTable.$inferSelect): Promise<void> {
    const { db, workerPrivateKey, origin = 'live' } = this.#options;
    try {
      const cluster = await openCluster(db, row, workerPrivateKey);
      const metrics = new MetricsSources(db, row, workerPrivateKey);
      const clock = clusterClock(row);
      const { upkeep, ...guards } = await this.#guards(row, cluster);
      const seal = async (lease: Lease) => void (await sealDue({ db, clusterId: row.id, clock }, lease));
      const metricsOf: LoopOptions['metricsOf'] = (access) => metrics.of(access);
      const sample = async () => void (await keepChartSamples({ db, clusterId: row.id, metricsOf, clock }));
      const loop = new ClusterLoop({
        db,
        cluster,
        metricsOf,
        clock,
        holder: this.#holder,
        backFill: (gap) => backFill({ db, clusterId: row.id, workerPrivateKey }, gap),
        origin,
        ...guards,
        upkeep: async (lease) => void (await Promise.all([upkeep?.(lease), seal(lease), sample()])),
      });
      const { generation, sealedToken } = row;
      this.#running.set(row.id, { generation, sealedToken, cluster, metrics, loop });
    } catch (error) {
      log.error({ error, cluster: row.name }, 'A cluster could not be opened; it is tried again.');
      await answerUnopened(db, row.id, error);
      await tellUnopened(db, row.id, { error, origin });
    }
  }

  async #end(id: string, { loop, cluster, metrics }: Running): Promise<void> {
    this.#running.delete(id);
    await loop.close();
    await Promise.allSettled([cluster.close(), metrics.close()]);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#unsubscribe();
    clearInterval(this.#timer);
    await Promise.all([this.#following, ...this.#trials]);
    await Promise.all([...this.#running].map(([id, running]) => this.#end(id, running)));
  }
}
