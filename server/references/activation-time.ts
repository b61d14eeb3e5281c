import { eq } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { driftMonitor } from '../../db/schema/drift.ts';
import { monitorSettingsSchema } from '../../domain/drift/monitor-schema.ts';
import { windowAt } from '../../domain/drift/window-clock.ts';
import { onlyRow } from '../rows/row-project.ts';

/** The end of the window that runs: what ends by then is judged as before. */
export async function activationTime(tx: Transaction, serviceId: string, now: Date): Promise<Date> {
  const monitor = onlyRow(await tx.select().from(driftMonitor).where(eq(driftMonitor.serviceId, serviceId)));
  const { timeZone } = monitorSettingsSchema.parse(monitor.settings);
  return new Date(windowAt({ length: monitor.windowLength, timeZone }, now.getTime()).toMs);
}
