import { and, eq, isNotNull, isNull } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { budgetReservation } from '../../db/schema/budgets.ts';
import { environment } from '../../db/schema/environments.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { service } from '../../db/schema/services.ts';
import type { Hold } from '../../domain/budget/projection.ts';
import { envelopeSchema } from '../../domain/envelope/envelope-schema.ts';
import type { Release } from '../../domain/preflight/room-fit.ts';

const columns = {
  envelope: budgetReservation.envelope,
  held: budgetReservation.held,
  budgetId: budgetReservation.budgetId,
  namespace: environment.namespace,
  startedAt: rollout.startedAt,
  pausedAt: rollout.pausedAt,
  heldAt: rollout.heldAt,
};

/** By when a rollout has ended by its plan at the latest; null while it is paused or held, or when that is over. */
function untilOf(
  row: { startedAt: Date; pausedAt: Date | null; heldAt: Date | null; envelope: unknown },
  now: Date,
): Date | null {
  if (row.pausedAt !== null || row.heldAt !== null) return null;
  const { longestMs } = envelopeSchema.parse(row.envelope);
  const until = new Date(row.startedAt.getTime() + longestMs);
  return until > now ? until : null;
}

/** What running rollouts hold of each budget, and by when they give it back. */
export async function budgetHolds(queries: Queries, now: Date): Promise<Map<string, Hold[]>> {
  const rows = await queries
    .select(columns)
    .from(budgetReservation)
    .innerJoin(rollout, eq(rollout.id, budgetReservation.rolloutId))
    .innerJoin(service, eq(service.id, rollout.serviceId))
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .where(and(isNull(budgetReservation.endedAt), isNotNull(budgetReservation.budgetId)));
  const holds = new Map<string, Hold[]>();
  for (const row of rows) {
    const id = row.budgetId ?? '';
    holds.set(id, [...(holds.get(id) ?? []), { amount: BigInt(row.held), until: untilOf(row, now) }]);
  }
  return holds;
}

/** The GPUs of old revisions that running rollouts of a cluster give back when they end. */
export async function gpuReleases(queries: Queries, clusterId: string, now: Date): Promise<Release[]> {
  const rows = await queries
    .select(columns)
    .from(budgetReservation)
    .innerJoin(rollout, eq(rollout.id, budgetReservation.rolloutId))
    .innerJoin(service, eq(service.id, rollout.serviceId))
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .where(
      and(
        isNull(budgetReservation.endedAt),
        isNull(budgetReservation.budgetId),
        eq(environment.clusterId, clusterId),
      ),
    );
  return rows.map((row) => {
    const { before } = envelopeSchema.parse(row.envelope);
    const milli = Object.values(before).reduce((sum, amount) => sum + amount, 0);
    return { gpus: Math.floor(milli / 1_000), namespace: row.namespace, until: untilOf(row, now) };
  });
}
