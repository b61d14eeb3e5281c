import { asc, eq } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { cluster } from '../../db/schema/environments.ts';
import { nodeInterval, podInterval, watchInterval } from '../../db/schema/metering.ts';
import { noDevices } from '../../domain/metering/observed.ts';
import { at } from '../../domain/metering/observed-fixture.ts';
import type { PodLife } from '../../domain/metering/pod-life.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { MeteringNews, OpenMetering } from '../cluster/metering-feed.ts';
import { newId } from '../id.ts';
import { type Lease, releaseLease, takeLease } from '../reconciler/lease.ts';
import { type MeteringOptions, MeteringReading } from './metering-reading.ts';

const nothing: MeteringNews = {
  state: 'live',
  sentence: null,
  whole: false,
  readAt: null,
  seenFrom: null,
  nodes: [],
  pods: [],
  devices: null,
};

/** For tests: a cluster whose news the test tells, at the time that it says, and what was written of it. */
export class ToldCluster {
  readonly db: Database;
  readonly clusterId = newId();
  #news: MeteringNews[] = [];
  #reading: MeteringReading | null = null;
  #lease: Lease | null = null;

  constructor(db: Database) {
    this.db = db;
  }

  static async create(db: Database, kind: 'sandbox' | 'kubernetes' = 'kubernetes'): Promise<ToldCluster> {
    const told = new ToldCluster(db);
    const createdAt = new Date();
    await db
      .insert(cluster)
      .values({ id: told.clusterId, name: `cluster ${told.clusterId}`, kind, credential: 'none', createdAt });
    return told;
  }

  readonly #feed: OpenMetering = () => ({
    take: async () => this.#news.shift() ?? nothing,
    close: async () => undefined,
  });

  /** A worker with an epoch of its own begins to read: its first turn is a list. */
  async begin(metering: OpenMetering = this.#feed, backFill?: MeteringOptions['backFill']): Promise<void> {
    await this.end();
    const { db, clusterId } = this;
    if (this.#lease !== null) await releaseLease(db, this.#lease);
    this.#lease = await takeLease(db, { clusterId, holder: newId(), leaseMs: 600_000 });
    const port = { clusterId } as Cluster;
    const clock = async () => new Date();
    this.#reading = await MeteringReading.open(
      { db, cluster: port, clock, ...(backFill === undefined ? {} : { backFill }) },
      metering,
      () => undefined,
    );
  }

  /** The worker stops reading. */
  async end(): Promise<void> {
    await this.#reading?.close();
    this.#reading = null;
  }

  get lease(): Lease {
    if (this.#lease === null) throw new Error('Nobody reads.');
    return this.#lease;
  }

  /** One turn at a time of the morning. */
  async hear(time: string, news: Partial<MeteringNews> = {}, lease = this.lease): Promise<void> {
    const devices = news.whole === true ? noDevices : null;
    this.#news.push({ ...nothing, readAt: at(time), devices, ...news });
    await this.turn(lease);
  }

  async turn(lease = this.lease): Promise<void> {
    if (this.#reading === null) throw new Error('Nobody reads.');
    await this.#reading.turn(lease);
  }

  /** As if nobody had ever read it. */
  async forget(): Promise<void> {
    for (const table of [podInterval, nodeInterval, watchInterval])
      await this.db.delete(table).where(eq(table.clusterId, this.clusterId));
  }

  /** A worker begins, and Prometheus tells it of these. */
  async beginFilled(lives: readonly PodLife[]): Promise<void> {
    await this.begin(this.#feed, async () => lives);
  }

  /** Waits for what Prometheus tells, and one more turn. */
  async filled(time: string): Promise<void> {
    await this.#reading?.settled();
    await this.hear(time);
  }

  async pods(podUid?: string) {
    const rows = await this.db
      .select()
      .from(podInterval)
      .where(eq(podInterval.clusterId, this.clusterId))
      .orderBy(asc(podInterval.podUid), asc(podInterval.fromAt));
    return podUid === undefined ? rows : rows.filter((row) => row.podUid === podUid);
  }

  async nodes() {
    return await this.db
      .select()
      .from(nodeInterval)
      .where(eq(nodeInterval.clusterId, this.clusterId))
      .orderBy(asc(nodeInterval.nodeUid), asc(nodeInterval.fromAt));
  }

  async watched() {
    return await this.db
      .select()
      .from(watchInterval)
      .where(eq(watchInterval.clusterId, this.clusterId))
      .orderBy(asc(watchInterval.fromAt));
  }
}

const clock = (at: Date | null): string =>
  at === null ? '' : at.toISOString().slice(11, 19).replace(/:00$/, '');

/** For tests: "serving 10:05–10:20 watch", with "?" where it is estimated. */
export function told(
  rows: readonly { bucket?: string; fromAt: Date; toAt: Date | null; source: string; estimated: boolean }[],
): string[] {
  return rows.map(
    ({ bucket = 'node', fromAt, toAt, source, estimated }) =>
      `${bucket} ${clock(fromAt)}–${clock(toAt)} ${source}${estimated ? '?' : ''}`,
  );
}
