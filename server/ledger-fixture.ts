import { sql } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { nodeInterval, podInterval, watchInterval } from '../db/schema/metering.ts';
import { priceEntry } from '../db/schema/prices.ts';
import type { NodeFacts, PodBucket, PodFacts } from '../domain/metering/facts.ts';
import { fraction } from '../domain/metering/fraction.ts';
import { newId } from './id.ts';
import { sealDue } from './ledger/seal.ts';
import { type Lease, takeLease } from './reconciler/lease.ts';

/** For tests: the first moment of a month that is over. */
export const monthAt = new Date('2026-03-01T00:00:00Z');

/** For tests: so many minutes later. */
export const after = (minutes: number, from = monthAt): Date => new Date(from.getTime() + minutes * 60_000);

/** For tests: a node with eight GPUs that costs 8 per hour. */
export const exampleNode: NodeFacts = {
  schema: 1,
  name: 'gpu-1',
  instanceType: 'big.8',
  region: 'here',
  zone: null,
  capacityType: 'onDemand',
  gpuProduct: 'NVIDIA-H100-80GB-HBM3',
  physicalGpus: 8,
  unhealthyGpus: fraction(0),
  gpusRegistered: true,
  milliCpu: 192_000,
  memoryMib: 2_000_000,
};

type PodChange = Partial<PodFacts> & {
  readonly fromAt: Date;
  readonly toAt: Date | null;
  readonly nodeUid?: string;
  readonly bucket?: PodBucket;
};

/** For tests: intervals of one cluster as metering would write them, and its seal at any moment. */
export class LedgerFixture {
  readonly db: Database;
  readonly clusterId: string;
  now = monthAt;
  #lease: Lease | null = null;

  constructor(db: Database, clusterId: string) {
    this.db = db;
    this.clusterId = clusterId;
  }

  async node(
    nodeUid: string,
    change: { fromAt: Date; toAt: Date | null; facts?: Partial<NodeFacts> },
  ): Promise<void> {
    const facts = { ...exampleNode, name: nodeUid, ...change.facts };
    const { clusterId } = this;
    const { fromAt, toAt } = change;
    await this.db
      .insert(nodeInterval)
      .values({ clusterId, nodeUid, fromAt, toAt, facts, source: 'watch', estimated: false });
  }

  async pod(
    podUid: string,
    { fromAt, toAt, nodeUid = 'gpu-1', bucket = 'serving', ...change }: PodChange,
  ): Promise<void> {
    const facts: PodFacts = {
      schema: 1,
      namespace: 'nowhere',
      name: podUid,
      owners: [],
      labels: {},
      revisionId: null,
      imageDigests: [],
      gpu: fraction(1),
      gpuEstimated: false,
      milliCpu: 1_000,
      memoryMib: 1_024,
      runId: null,
      ...change,
    };
    const { clusterId } = this;
    await this.db
      .insert(podInterval)
      .values({ clusterId, podUid, nodeUid, fromAt, toAt, bucket, facts, source: 'watch', estimated: false });
  }

  /** All pods were seen from `fromAt` to `seenUntil`. */
  async watched(fromAt: Date, seenUntil: Date): Promise<void> {
    const { clusterId } = this;
    await this.db
      .insert(watchInterval)
      .values({ clusterId, fromAt, seenUntil })
      .onConflictDoUpdate({ target: [watchInterval.clusterId, watchInterval.fromAt], set: { seenUntil } });
  }

  async price(
    amountNano: bigint,
    createdBy: string,
    change: { validFrom?: Date; source?: 'contract' | 'list'; instanceType?: string } = {},
  ) {
    const { validFrom = new Date('2026-01-01T00:00:00Z'), source = 'list' } = change;
    const id = newId();
    await this.db.insert(priceEntry).values({
      id,
      instanceType: change.instanceType ?? exampleNode.instanceType ?? '*',
      capacityType: 'onDemand',
      unit: 'nodeHour',
      amountNano: String(amountNano),
      source,
      sourceNote: 'Tests.',
      validFrom,
      createdAt: validFrom,
      createdBy,
    });
    return id;
  }

  /** The job's round at a moment of the cluster's clock; returns how many hours it looked at. */
  async seal(now: Date): Promise<number> {
    this.now = now;
    const { db, clusterId } = this;
    this.#lease ??= await takeLease(db, { clusterId, holder: 'test', leaseMs: 3_600_000 });
    if (this.#lease === null) throw new Error('Another holder has the lease.');
    return await sealDue({ db, clusterId, clock: async () => now }, this.#lease);
  }

  /** Sums over all rows of the ledger, which must be those of its hour sums and day sums. */
  async totals() {
    const sums = async (table: string) =>
      (
        await this.db.execute<{ line: string; quantity: string; loaded: string; openCost: string }>(sql`
          select line, sum(quantity)::text as quantity, coalesce(sum(loaded_nano), 0)::text as loaded,
                 coalesce(sum(open_cost_nano), 0)::text as "openCost"
          from ${sql.identifier(table)} where cluster_id = ${this.clusterId} group by line order by line`)
      ).rows;
    return {
      entries: await sums('ledger_entry'),
      hours: await sums('ledger_hour_sum'),
      days: await sums('ledger_day_sum'),
    };
  }
}
