import { and, desc, eq, isNull } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { serviceAlert } from '../../db/schema/alerts.ts';
import { service } from '../../db/schema/services.ts';
import { blocker } from '../../domain/refusal.ts';
import { environmentRefs } from '../rows/environment-refs.ts';
import type { WrongItem } from './wrong.ts';

const fixes = {
  railBroken: 'Look at the service; roll back, or mend what it depends on.',
  objectiveBurn: 'Look at the service: going on like this, its error budget will not last.',
} as const;

/** Alerts that are on: rails that are broken after the bake time, objectives that burn; the severe ones first. */
export async function wrongAlerts(db: Queries, projectId: string): Promise<WrongItem[]> {
  const rows = await db
    .select({ alert: serviceAlert, name: service.name, environmentId: service.environmentId })
    .from(serviceAlert)
    .innerJoin(service, eq(service.id, serviceAlert.serviceId))
    .where(and(eq(serviceAlert.projectId, projectId), isNull(serviceAlert.endedAt)))
    // "high" comes before "low".
    .orderBy(serviceAlert.severity, desc(serviceAlert.startedAt))
    .limit(50);
  const environments = await environmentRefs(
    db,
    rows.map((row) => row.environmentId),
  );
  return rows.map(({ alert, name, environmentId }) => ({
    kind: 'service' as const,
    id: alert.serviceId,
    title: name,
    environmentName: environments(environmentId).name,
    blocker: blocker({
      code: alert.kind,
      message: alert.sentence,
      params: { key: alert.key, severity: alert.severity },
      owner: 'operator',
      fix: fixes[alert.kind],
    }),
    at: alert.startedAt,
  }));
}
