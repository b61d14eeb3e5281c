import { and, eq } from 'drizzle-orm';
import type { Queries, Transaction } from '../../db/client.ts';
import { capacityReading } from '../../db/schema/capacity.ts';
import { type WaitingPods, waitingPodsSchema } from '../../domain/metering/waiting-pods.ts';
import { waitingSubject } from './room.ts';

/** Stores the pods that wait for GPUs, in the place of those that did before. */
export async function saveWaiting(
  tx: Transaction,
  { clusterId, at, waiting }: { clusterId: string; at: Date; waiting: WaitingPods },
): Promise<void> {
  const row = { clusterId, subject: waitingSubject, observedAt: at, reading: waiting };
  await tx
    .insert(capacityReading)
    .values(row)
    .onConflictDoUpdate({
      target: [capacityReading.clusterId, capacityReading.subject],
      set: { observedAt: row.observedAt, reading: row.reading },
    });
}

/** The pods of a cluster that wait for GPUs; null where its pods were never watched. */
export async function loadWaiting(queries: Queries, clusterId: string): Promise<WaitingPods | null> {
  const [row] = await queries
    .select({ reading: capacityReading.reading })
    .from(capacityReading)
    .where(and(eq(capacityReading.clusterId, clusterId), eq(capacityReading.subject, waitingSubject)));
  return row === undefined ? null : waitingPodsSchema.parse(row.reading);
}
