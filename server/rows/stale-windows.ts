import { sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';

/**
 * Says that rows were added to or taken from a window that starts at `fromMs`, in the transaction that does it: where it was
 * judged already it is judged anew. Writes nothing for rows that come in time.
 */
export async function markStale(tx: Transaction, serviceId: string, fromMs: number): Promise<void> {
  if (!Number.isFinite(fromMs)) return;
  const from = new Date(fromMs).toISOString();
  await tx.execute(sql`
    update drift_monitor set stale_from = least(stale_from, ${from}::timestamptz)
    where service_id = ${serviceId} and judged_until > ${from}::timestamptz`);
}
