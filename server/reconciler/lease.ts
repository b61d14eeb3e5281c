import { and, eq, gt, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client.ts';
import { prepared, type ValueOf } from '../../db/prepared.ts';
import { clusterLease } from '../../db/schema/environments.ts';

/** The right to write to one cluster: the epoch fences every save and every write to the cluster. */
export type Lease = {
  readonly clusterId: string;
  readonly holder: string;
  readonly epoch: number;
  /** By this process's monotonic clock (ms), with a margin: after it nothing may be written any more. */
  readonly safeUntilMs: number;
};

/** Thrown by a save or before a write when another worker may hold the lease. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
  constructor(clusterId: string) {
    super(`The lease of cluster ${clusterId} is not held any more, so nothing was written.`);
  }
}

/** Clocks of machines may run at slightly different rates. */
const marginShare = 0.2;

/**
 * Takes or renews the lease on the database clock: null while another holder's is valid. Renewing in time keeps the
 * epoch; every other success raises it, so an old holder's saves fail.
 */
export async function takeLease(
  db: Database,
  { clusterId, holder, leaseMs }: { clusterId: string; holder: string; leaseMs: number },
): Promise<Lease | null> {
  const askedAtMs = performance.now();
  await db
    .insert(clusterLease)
    .values({ clusterId, epoch: 0, leaseUntil: new Date(0) })
    .onConflictDoNothing();
  const mine = sql`(${clusterLease.holder} = ${holder} and ${clusterLease.leaseUntil} > clock_timestamp())`;
  const rows = await db
    .update(clusterLease)
    .set({
      holder,
      epoch: sql`case when ${mine} then ${clusterLease.epoch} else ${clusterLease.epoch} + 1 end`,
      leaseUntil: sql`clock_timestamp() + ${leaseMs} * interval '1 millisecond'`,
    })
    .where(
      and(
        eq(clusterLease.clusterId, clusterId),
        sql`(${clusterLease.holder} = ${holder} or ${clusterLease.leaseUntil} <= clock_timestamp())`,
      ),
    )
    .returning({ epoch: clusterLease.epoch });
  const epoch = rows[0]?.epoch;
  if (epoch === undefined) return null;
  return { clusterId, holder, epoch, safeUntilMs: askedAtMs + leaseMs * (1 - marginShare) };
}

/**
 * Gives the lease back, so that another worker need not wait for its end; does nothing when it is not ours. It ended a minute
 * ago: a clock that is set back a little meanwhile does not make it valid again.
 */
export async function releaseLease(db: Database, { clusterId, holder, epoch }: Lease): Promise<void> {
  await db
    .update(clusterLease)
    .set({ leaseUntil: sql`clock_timestamp() - interval '1 minute'` })
    .where(
      and(
        eq(clusterLease.clusterId, clusterId),
        eq(clusterLease.holder, holder),
        eq(clusterLease.epoch, epoch),
      ),
    );
}

/** Throws LeaseLost unless this process surely holds the lease; asked before each write to the cluster. */
export function assertHeld(lease: Lease): void {
  if (performance.now() >= lease.safeUntilMs) throw new LeaseLost(lease.clusterId);
}

const heldLeases = prepared((queries, value: ValueOf<Pick<Lease, 'clusterId' | 'holder' | 'epoch'>>) =>
  queries
    .select({ epoch: clusterLease.epoch })
    .from(clusterLease)
    .where(
      and(
        eq(clusterLease.clusterId, value('clusterId')),
        eq(clusterLease.holder, value('holder')),
        eq(clusterLease.epoch, value('epoch')),
        gt(clusterLease.leaseUntil, sql`clock_timestamp()`),
      ),
    )
    .for('share'),
);

/** Fences a transaction: throws LeaseLost unless the epoch is current, and keeps it so until the commit. */
export async function fence(tx: Transaction, lease: Lease): Promise<void> {
  const { clusterId, holder, epoch } = lease;
  const rows = await heldLeases(tx, { clusterId, holder, epoch });
  if (rows.length === 0) throw new LeaseLost(lease.clusterId);
}
