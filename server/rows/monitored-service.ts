import { and, eq, isNull } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { type driftMonitor, driftReference } from '../../db/schema/drift.ts';
import type { PersistenceRule } from '../../domain/drift/alert-spans.ts';
import { usualPersistence } from '../../domain/drift/alert-spans.ts';
import type { BinnedFeature } from '../../domain/drift/feature.ts';
import { type MonitorSettings, monitorSettingsSchema } from '../../domain/drift/monitor-schema.ts';
import type { WindowClock } from '../../domain/drift/window-clock.ts';
import { activeBinnings } from './active-binning.ts';
import { type KnownAlert, knownAlerts } from './known-drift-alerts.ts';

export type MonitorRow = typeof driftMonitor.$inferSelect;
type ReferenceRow = typeof driftReference.$inferSelect;

/** All that judging a window of a service depends on, besides its counters. */
export type Monitored = {
  readonly monitor: MonitorRow;
  readonly settings: MonitorSettings;
  readonly clock: WindowClock;
  readonly binningId: string;
  readonly features: readonly BinnedFeature[];
  /** Of the kind that the monitor judges against; null for a rule that needs no row. */
  readonly reference: ReferenceRow | null;
  alerts: readonly KnownAlert[];
};

const hourMs = 3_600_000;

export function persistenceOf({ persistence }: MonitorSettings): PersistenceRule {
  const { needed, of, cooldownHours } = persistence;
  return { needed, of, clearShare: usualPersistence.clearShare, cooldownMs: cooldownHours * hourMs };
}

/** Null while the service has no binning, so that nothing is counted. */
export async function monitoredService(
  queries: Queries,
  monitor: MonitorRow,
  now: Date,
): Promise<Monitored | null> {
  const { serviceId, windowLength, referenceKind } = monitor;
  const active = (await activeBinnings(queries, serviceId)).find(({ state }) => state === 'active');
  if (active === undefined) return null;
  const settings = monitorSettingsSchema.parse(monitor.settings);
  const [reference] = await queries
    .select()
    .from(driftReference)
    .where(
      and(
        eq(driftReference.serviceId, serviceId),
        eq(driftReference.kind, referenceKind),
        isNull(driftReference.replacedAt),
      ),
    );
  return {
    monitor,
    settings,
    clock: { length: windowLength, timeZone: settings.timeZone },
    binningId: active.binningId,
    features: active.features,
    reference: reference ?? null,
    alerts: await knownAlerts(queries, serviceId, now),
  };
}
