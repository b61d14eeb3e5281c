import { and, desc, eq, gt, inArray, isNull, not, or } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { driftAlert } from '../../db/schema/drift.ts';
import { service } from '../../db/schema/services.ts';
import { blocker } from '../../domain/refusal.ts';
import { alertView } from '../rows/drift-alert-view.ts';
import { environmentRefs } from '../rows/environment-refs.ts';
import type { WrongItem } from './wrong.ts';

/** Drift alerts that last and that nobody has set aside; those that nobody takes care of first. */
export async function wrongDrift(
  db: Queries,
  { projectId, now }: { readonly projectId: string; readonly now: Date },
): Promise<WrongItem[]> {
  const rows = await db
    .select({ alert: driftAlert, name: service.name, environmentId: service.environmentId })
    .from(driftAlert)
    .innerJoin(service, eq(service.id, driftAlert.serviceId))
    .where(
      and(
        eq(driftAlert.projectId, projectId),
        isNull(driftAlert.clearedAt),
        inArray(driftAlert.state, ['open', 'acknowledged', 'real', 'dataFault']),
        or(isNull(driftAlert.snoozedUntil), not(gt(driftAlert.snoozedUntil, now))),
      ),
    )
    .orderBy(desc(eq(driftAlert.state, 'open')), desc(driftAlert.openedAt))
    .limit(50);
  const environments = await environmentRefs(
    db,
    rows.map(({ environmentId }) => environmentId),
  );
  return rows.map(({ alert, name, environmentId }) => ({
    kind: 'driftAlert',
    id: alert.id,
    title: name,
    environmentName: environments(environmentId).name,
    blocker: blocker({
      code: 'drift',
      message: alertView(alert).sentence,
      params: { key: alert.kind },
      owner: 'engineer',
      fix: 'Look at what drifted and say what it is: real, expected, or a data fault.',
    }),
    at: alert.openedAt,
  }));
}
