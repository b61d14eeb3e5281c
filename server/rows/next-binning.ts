import { and, eq, isNotNull, isNull } from 'drizzle-orm';
import type { Queries, Transaction } from '../../db/client.ts';
import { driftBinning, driftMonitor } from '../../db/schema/drift.ts';
import { guardedAction } from '../../db/schema/promotions.ts';
import { driftRebase } from '../../db/schema/rebases.ts';
import { monitorSettingsSchema } from '../../domain/drift/monitor-schema.ts';
import { windowAt } from '../../domain/drift/window-clock.ts';
import { onlyRow } from './row-project.ts';

type RebaseRow = typeof driftRebase.$inferSelect;

export type LearningRebase = Pick<RebaseRow, 'id' | 'serviceId'> & {
  readonly days: number;
  readonly requestedBy: string;
};

/** The signed request of a service whose new bins are still to be learned from rows that come; null without one. */
export async function rebaseThatLearns(queries: Queries, serviceId: string): Promise<LearningRebase | null> {
  const [row] = await queries
    .select({
      id: driftRebase.id,
      serviceId: driftRebase.serviceId,
      days: driftRebase.newBinsDays,
      requestedBy: guardedAction.requestedBy,
    })
    .from(driftRebase)
    .innerJoin(guardedAction, eq(guardedAction.id, driftRebase.actionId))
    .where(
      and(
        eq(driftRebase.serviceId, serviceId),
        eq(driftRebase.state, 'approved'),
        isNotNull(driftRebase.newBinsDays),
        isNull(driftRebase.nextBinningId),
      ),
    );
  return row === undefined || row.days === null ? null : { ...row, days: row.days };
}

type Begun = { readonly rebase: LearningRebase; readonly binningId: string; readonly now: Date };

/** Dates the reference: whole days from the next midnight on; it is in force at the end of the window that runs then. */
export async function beginNextBinning(tx: Transaction, { rebase, binningId, now }: Begun): Promise<void> {
  const monitor = onlyRow(
    await tx.select().from(driftMonitor).where(eq(driftMonitor.serviceId, rebase.serviceId)),
  );
  const { timeZone } = monitorSettingsSchema.parse(monitor.settings);
  const endOf = (length: typeof monitor.windowLength, atMs: number) =>
    windowAt({ length, timeZone }, atMs).toMs;
  const fromMs = endOf('day', now.getTime());
  let toMs = fromMs;
  for (let day = 0; day < rebase.days; day += 1) toMs = endOf('day', toMs);
  await tx
    .update(driftRebase)
    .set({
      nextBinningId: binningId,
      fromAt: new Date(fromMs),
      toAt: new Date(toMs),
      activatesAt: new Date(endOf(monitor.windowLength, toMs - 1)),
    })
    .where(eq(driftRebase.id, rebase.id));
}

/** From now on rows count on the new bins alone; what was counted on the ones before stays. */
export async function useNextBinning(
  tx: Transaction,
  { serviceId, binningId }: { readonly serviceId: string; readonly binningId: string },
): Promise<void> {
  const active = and(eq(driftBinning.serviceId, serviceId), eq(driftBinning.state, 'active'));
  await tx.update(driftBinning).set({ state: 'former' }).where(active);
  await tx.update(driftBinning).set({ state: 'active' }).where(eq(driftBinning.id, binningId));
}

/** Of a request that came to nothing: rows count on its bins no more. */
export async function dropNextBinning(
  tx: Transaction,
  { nextBinningId }: Pick<RebaseRow, 'nextBinningId'>,
): Promise<void> {
  if (nextBinningId === null) return;
  await tx
    .update(driftBinning)
    .set({ state: 'former' })
    .where(and(eq(driftBinning.id, nextBinningId), eq(driftBinning.state, 'next')));
}
