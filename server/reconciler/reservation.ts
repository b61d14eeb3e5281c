import { and, eq, isNull } from 'drizzle-orm';
import type { Queries, Transaction } from '../../db/client.ts';
import { budget, budgetReservation } from '../../db/schema/budgets.ts';
import { environment } from '../../db/schema/environments.ts';
import { service } from '../../db/schema/services.ts';
import { budgetScopeSchema, budgetSettingsSchema } from '../../domain/budget/budget-schema.ts';
import { anyProduct, type EnvelopePlace, heldOf, peakOf } from '../../domain/envelope/envelope.ts';
import { envelopeSchema } from '../../domain/envelope/envelope-schema.ts';
import { inUnit } from '../../domain/preflight/money-of.ts';
import { capacityUnknown, preflightBlocker } from '../../domain/preflight/preflight-refusal.ts';
import type { Blocker, Refusal } from '../../domain/refusal.ts';
import { endedPhases } from '../../domain/rollout.ts';
import { newId } from '../id.ts';
import { gpuPrices } from '../rows/gpu-rates.ts';
import { lockForStart, type Preflight, preflight } from '../rows/preflight.ts';
import { isFresh } from '../rows/room.ts';
import { queueRefusal } from './queue-refusal.ts';
import type { PlannedStart } from './start-guards.ts';
import { gpuRecords } from './start-records.ts';

/**
 * Why a rollout may not start for want of money or room, counted under locks that every other start takes too; null when
 * it may, and always for one that touches no GPU.
 */
export async function reservationRefusal(
  tx: Transaction,
  start: PlannedStart,
): Promise<Refusal | Blocker | null> {
  const ask = await gpuRecords(tx, start);
  if (ask === null) return null;
  await lockForStart(tx, ask);
  const found = await preflight(tx, ask);
  if (found.room === null || !isFresh(found.room, start.now)) return capacityUnknown;
  return (
    preflightBlocker(found.checks) ?? (await queueRefusal(tx, { promotionId: start.promotionId, ask, found }))
  );
}

type Reserving = Pick<Preflight, 'envelope' | 'holds'> & {
  readonly rows: readonly (typeof budgetReservation.$inferInsert)[];
};

/**
 * What a rollout reserves, counted under the locks of its guard; its rows are stored in the transaction that inserts the
 * rollout. Null for one that touches no GPU.
 */
export async function reserving(
  tx: Transaction,
  rolloutId: string,
  start: PlannedStart,
): Promise<Reserving | null> {
  const ask = await gpuRecords(tx, start);
  if (ask === null) return null;
  const { envelope, holds } = await preflight(tx, ask);
  const shared = {
    projectId: start.projectId,
    rolloutId,
    envelope,
    createdAt: start.now,
    updatedAt: start.now,
  };
  const rows = [
    { ...shared, id: newId(), budgetId: null, held: '0' },
    ...holds.map(({ budgetId, amount }) => ({ ...shared, id: newId(), budgetId, held: String(amount) })),
  ];
  return { envelope, holds, rows };
}

/** What the audit entry of a start says of it. */
export function reservedDetail({ envelope, holds }: Pick<Preflight, 'envelope' | 'holds'>) {
  return {
    peakMilliGpu: peakOf(envelope),
    holds: holds.map(({ budgetId, unit, amount }) => ({ budgetId, unit, held: String(amount) })),
  };
}

type Following = {
  readonly rolloutId: string;
  readonly serviceId: string;
  readonly place: EnvelopePlace;
  readonly now: Date;
};

/** What a rollout holds at its new place: the steps that are over are given back, all of it when it goes back or ends. */
export async function followReservation(tx: Transaction, following: Following): Promise<void> {
  const { rolloutId, serviceId, place, now } = following;
  const rows = await tx
    .select({ reservation: budgetReservation, budget })
    .from(budgetReservation)
    .leftJoin(budget, eq(budget.id, budgetReservation.budgetId))
    .where(and(eq(budgetReservation.rolloutId, rolloutId), isNull(budgetReservation.endedAt)));
  const ended = endedPhases.some((phase) => phase === place.phase);
  for (const { reservation, budget: counted } of rows) {
    const held =
      counted === null || ended ? 0n : await heldAt(tx, { reservation, counted, place, serviceId, now });
    await tx
      .update(budgetReservation)
      .set({ held: String(held), updatedAt: now, ...(ended ? { endedAt: now } : {}) })
      .where(eq(budgetReservation.id, reservation.id));
  }
}

export type Holding = Pick<Following, 'place' | 'serviceId' | 'now'> & {
  readonly reservation: typeof budgetReservation.$inferSelect;
  readonly counted: typeof budget.$inferSelect;
};

/** What a reservation holds at a place, at today's prices; while a product has none, what was held stays held. */
export async function heldAt(tx: Queries, holding: Holding): Promise<bigint> {
  const { reservation, counted, place, serviceId, now } = holding;
  const { gpuProduct } = budgetScopeSchema.parse(counted.scope);
  const { rateMode } = budgetSettingsSchema.parse(counted.settings);
  const held = Object.fromEntries(
    Object.entries(heldOf(envelopeSchema.parse(reservation.envelope), place)).filter(
      ([product]) => gpuProduct === null || product === gpuProduct || product === anyProduct,
    ),
  );
  const [home] = await tx
    .select({ clusterId: environment.clusterId })
    .from(service)
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .where(eq(service.id, serviceId));
  const asked = { clusterId: home?.clusterId ?? '', products: Object.keys(held), now };
  const rates = counted.unit === 'currency' ? (await gpuPrices(tx, asked)).rateOf(rateMode) : {};
  return inUnit(held, { unit: counted.unit, rates }) ?? BigInt(reservation.held);
}
