import { eq, sql } from 'drizzle-orm';
import type { Transaction } from '../db/client.ts';
import { asColumn, prepared, type ValueOf } from '../db/prepared.ts';
import { service } from '../db/schema/services.ts';

/** Has the worker look at a service soon although nothing of what is wanted of it has changed. */
export async function lookSoon(tx: Transaction, serviceId: string, now: Date): Promise<void> {
  await tx.update(service).set({ nextReconcileAt: now }).where(eq(service.id, serviceId));
}

/** Marks the service's intent as changed and due now; the audit entry's notification then wakes the worker early. */
export async function wakeService(tx: Transaction, serviceId: string, now: Date): Promise<number> {
  const rows = await wakingService(tx, serviceId, now);
  return rows[0]?.generation ?? 0;
}

const wokenServices = prepared((queries, value: ValueOf<{ serviceId: string; now: Date }>) =>
  queries
    .update(service)
    .set({
      generation: sql`${service.generation} + 1`,
      nextReconcileAt: asColumn(value('now'), service.nextReconcileAt),
      attempts: 0,
    })
    .where(eq(service.id, value('serviceId')))
    .returning({ generation: service.generation }),
);

/** The statement of `wakeService`. */
export function wakingService(tx: Transaction, serviceId: string, now: Date) {
  return wokenServices(tx, { serviceId, now });
}
