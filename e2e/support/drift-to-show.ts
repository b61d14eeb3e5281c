import { eq } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { driftAlert, driftMonitor } from '../../db/schema/drift.ts';
import { DriftFixture, movedHour, usualHour } from '../../server/drift-fixture.ts';
import { judgeDrift } from '../../server/jobs/drift/judge-due.ts';
import type { ProjectFixture } from '../../server/test-fixture.ts';

const hourMs = 3_600_000;
const mostLooks = 10;

export type ShownDrift = { readonly serviceId: string; readonly featureId: string; readonly alertId: string };

/** A service with four usual weeks behind it whose feature `amount` moved two hours ago, so that its alert lasts. */
export async function showDrift(fixture: ProjectFixture): Promise<ShownDrift> {
  const { db } = fixture;
  const begin = new Date(Math.floor(Date.now() / hourMs) * hourMs - 3 * hourMs);
  const at = (hours: number) => new Date(begin.getTime() + hours * hourMs);
  const drift = await DriftFixture.create(fixture, begin, 'next');
  const { serviceId } = drift;
  await drift.count({ from: begin, hours: 3 }, usualHour);
  await drift.count({ from: at(1), hours: 2, only: 'amount' }, movedHour);
  await drift.watch(begin);
  const alertId = await judged(db, { serviceId, now: new Date(at(3).getTime() + 600_000) });
  const featureId = drift.features.find(({ name }) => name === 'amount')?.featureId ?? '';
  return { serviceId, featureId, alertId };
}

/** The alert of the service, once the three hours are judged: here, or by the worker that may be at it just now. */
async function judged(db: Database, { serviceId, now }: { serviceId: string; now: Date }): Promise<string> {
  for (let look = 0; look < mostLooks; look += 1) {
    await judgeDrift(db, { now });
    // Waits for whoever judges it.
    await db.select().from(driftMonitor).where(eq(driftMonitor.serviceId, serviceId)).for('update');
    const [alert] = await db.select().from(driftAlert).where(eq(driftAlert.serviceId, serviceId));
    if (alert !== undefined) return alert.id;
  }
  throw new Error('The moved hours opened no alert.');
}
