import { isDeepStrictEqual } from 'node:util';
import { eq, sql } from 'drizzle-orm';
import { type Database, transaction } from '../../db/client.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { service } from '../../db/schema/services.ts';
import type { RolloutStatus } from '../../domain/rollout-status.ts';
import { healthOf } from '../../domain/service-health.ts';
import type { ServiceStatus } from '../../domain/service-status.ts';
import { notifyChange } from '../audit/append.ts';
import { followHealth } from './health-intervals.ts';
import { fence, type Lease } from './lease.ts';
import type { LoadedService } from './load-service.ts';
import { tellStatus } from './tell-status.ts';

export type Recording = {
  readonly lease: Lease;
  readonly loaded: LoadedService;
  readonly service: ServiceStatus;
  readonly rollout: RolloutStatus | null;
  readonly now: Date;
  readonly origin: 'live' | 'demo';
  /** Why the metrics source gave nothing in this pass; null when it answered, undefined when it was not asked. */
  readonly metricsProblem?: string | null | undefined;
  /** Null: nothing to look at again until somebody or something calls. */
  readonly requeueAfterMs: number | null;
};

/** As it comes back from a JSONB column. */
function asStored(status: unknown): unknown {
  return JSON.parse(JSON.stringify(status));
}

/**
 * Stores what was seen and how the service does when it differs from what is stored, when to look again, and that this
 * generation was handled; never touches intent. Screens are told only of a difference.
 */
export async function recordStatus(db: Database, recording: Recording): Promise<void> {
  const { loaded, lease, now, requeueAfterMs } = recording;
  const { row, active } = loaded;
  const serviceChanged = !isDeepStrictEqual(asStored(recording.service), row.status);
  const status = recording.rollout;
  const rolloutChanged =
    active !== null && status !== null && !isDeepStrictEqual(asStored(status), active.row.status);
  const nextReconcileAt =
    requeueAfterMs === null ? null : sql`clock_timestamp() + ${requeueAfterMs} * interval '1 millisecond'`;
  await transaction(db, async (tx) => {
    await fence(tx, lease);
    await tx
      .update(service)
      .set({
        observedGeneration: row.generation,
        nextReconcileAt,
        attempts: 0,
        lookedAt: now,
        ...(serviceChanged ? { status: recording.service, statusAt: now } : {}),
      })
      .where(eq(service.id, row.id));
    await followHealth(tx, { row, health: healthOf(recording.service), now, origin: recording.origin });
    if (serviceChanged) await notifyChange(tx, { projectId: row.projectId, topic: 'service', id: row.id });
    const { clusterId } = loaded.serving.scope;
    const { service: seen, metricsProblem } = recording;
    await tellStatus(tx, { row, clusterId, status: seen, metricsProblem }, recording);
    if (active === null || !rolloutChanged) return;
    await tx.update(rollout).set({ status, statusAt: now }).where(eq(rollout.id, active.row.id));
    await notifyChange(tx, { projectId: row.projectId, topic: 'rollout', id: active.row.id });
  });
}
