import { eq, sql } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { driftBinning, driftMonitor } from '../../../db/schema/drift.ts';
import { service } from '../../../db/schema/services.ts';
import { monitorSettingsSchema } from '../../../domain/drift/monitor-schema.ts';
import { windowAt } from '../../../domain/drift/window-clock.ts';
import { systemPrincipal } from '../../../domain/principal.ts';
import { appendAudit } from '../../audit/append.ts';
import { newId } from '../../id.ts';
import type { When } from '../../notice.ts';

/** Level, not edge: whatever made a service's first binning, from then on it is watched, with alerts switched off. */
export async function addMonitors(tx: Transaction, { now, origin }: When): Promise<number> {
  const rows = await tx
    .select({ projectId: service.projectId, serviceId: service.id, name: service.name })
    .from(driftBinning)
    .innerJoin(service, eq(service.id, driftBinning.serviceId))
    .where(
      sql`${driftBinning.state} = 'active'
        and not exists (select from ${driftMonitor} where ${driftMonitor.serviceId} = ${service.id})`,
    )
    .limit(100);
  let added = 0;
  const clock = { length: 'hour', timeZone: 'UTC' } as const;
  const judgedUntil = new Date(windowAt(clock, now.getTime()).fromMs);
  for (const { projectId, serviceId, name } of rows) {
    const id = newId();
    const settings = monitorSettingsSchema.parse({});
    const how = { windowLength: clock.length, referenceKind: 'sameHours', settings } as const;
    const inserted = await tx
      .insert(driftMonitor)
      .values({ id, projectId, serviceId, ...how, createdAt: now, judgedUntil })
      .onConflictDoNothing()
      .returning({ id: driftMonitor.id });
    if (inserted.length === 0) continue;
    added += 1;
    await appendAudit(tx, {
      projectId,
      actor: systemPrincipal,
      action: 'monitors.update',
      now,
      origin,
      drafts: [
        {
          object: { kind: 'driftMonitor', id, name },
          sentence: `began to watch the drift of ${name}`,
          after: how,
          related: [{ kind: 'service', id: serviceId }],
        },
      ],
    });
  }
  return added;
}
