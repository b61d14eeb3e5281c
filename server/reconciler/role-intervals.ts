import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { given, prepared, type ValueOf } from '../../db/prepared.ts';
import type { rollout } from '../../db/schema/rollouts.ts';
import { roleInterval } from '../../db/schema/services.ts';
import type { RolloutProgress } from '../../domain/rollout.ts';
import { newId } from '../id.ts';

type RolloutRow = Pick<
  typeof rollout.$inferSelect,
  'id' | 'projectId' | 'serviceId' | 'fromRevisionId' | 'toRevisionId'
>;

/** Opens the canary's interval when the rollout has none yet: also for a rollout that a command began. */
async function openCanary(tx: Transaction, row: RolloutRow, at: Date): Promise<void> {
  const present = await tx
    .select({ id: roleInterval.id })
    .from(roleInterval)
    .where(and(eq(roleInterval.rolloutId, row.id), eq(roleInterval.role, 'canary')))
    .limit(1);
  if (present.length === 0) await insertCanary(tx, row, at);
}

/** Opens the canary's interval of a rollout that begins with it. */
export function insertCanary(tx: Transaction, row: RolloutRow, at: Date) {
  const { id: rolloutId, projectId, serviceId, toRevisionId: revisionId } = row;
  return insertedCanary(tx, { id: newId(), projectId, serviceId, revisionId, rolloutId, fromAt: at });
}

const newColumns = ['id', 'projectId', 'serviceId', 'revisionId', 'rolloutId', 'fromAt'] as const;
type NewInterval = Pick<typeof roleInterval.$inferSelect, (typeof newColumns)[number]>;

const insertedCanary = prepared((queries, value: ValueOf<NewInterval>) =>
  queries.insert(roleInterval).values({ ...given(value, newColumns), role: 'canary' }),
);

/** Writes down who was what from when: the canary's first effective weight, its end, and who became stable. */
export async function followRoles(
  tx: Transaction,
  row: RolloutRow,
  { progress, now }: { progress: RolloutProgress; now: Date },
): Promise<void> {
  await openCanary(tx, row, now);
  const canary = and(
    eq(roleInterval.rolloutId, row.id),
    eq(roleInterval.role, 'canary'),
    isNull(roleInterval.toAt),
  );
  if (progress.effectiveAt !== null)
    await tx
      .update(roleInterval)
      .set({ effectiveAt: progress.effectiveAt })
      .where(and(canary, isNull(roleInterval.effectiveAt)));
  if (progress.endedAt === null) return;
  await tx.update(roleInterval).set({ toAt: now }).where(canary);
  if (progress.phase !== 'succeeded') return;
  await tx
    .update(roleInterval)
    .set({ toAt: now })
    .where(
      and(
        eq(roleInterval.serviceId, row.serviceId),
        isNull(roleInterval.toAt),
        sql`${roleInterval.role} = 'stable'`,
      ),
    );
  await tx.insert(roleInterval).values({
    id: newId(),
    projectId: row.projectId,
    serviceId: row.serviceId,
    revisionId: row.toRevisionId,
    rolloutId: row.id,
    role: 'stable',
    fromAt: now,
    effectiveAt: now,
  });
}
