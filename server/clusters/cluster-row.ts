import { eq } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { cluster } from '../../db/schema/environments.ts';
import { DomainError } from '../../domain/refusal.ts';

/** The cluster, locked for the command's transaction; throws clusterUnknown. */
export async function lockedCluster(
  tx: Transaction,
  clusterId: string,
): Promise<typeof cluster.$inferSelect> {
  const rows = await tx.select().from(cluster).where(eq(cluster.id, clusterId)).for('update');
  const found = rows[0];
  if (found === undefined)
    throw new DomainError({ code: 'clusterUnknown', message: 'There is no such cluster.' });
  return found;
}
