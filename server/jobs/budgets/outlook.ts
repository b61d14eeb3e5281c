import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { budgetReservation } from '../../../db/schema/budgets.ts';
import { rollout } from '../../../db/schema/rollouts.ts';
import { service } from '../../../db/schema/services.ts';
import { burnNow, steadyBurn } from '../../../domain/budget/burn.ts';
import type { RunningRollout } from '../../../domain/budget/forecast.ts';
import { type GpuRate, rolloutRates } from '../../../domain/budget/rollout-rates.ts';
import { envelopeSchema } from '../../../domain/envelope/envelope-schema.ts';
import { scalingSchema } from '../../../domain/service-spec.ts';
import type { BudgetRow } from '../../rows/budget-rows.ts';
import { type BudgetHour, serviceBurns } from '../../rows/budget-spend.ts';

const hourMs = 3_600_000;

/** What runs now and what is under way: the parts of the run rate. */
export type Running = { readonly steadyPerHour: bigint; readonly rollouts: readonly RunningRollout[] };

export async function runningOf(
  tx: Transaction,
  budget: BudgetRow,
  { hours, now }: { hours: readonly BudgetHour[]; now: Date },
): Promise<Running> {
  const moving = await movingRollouts(tx, budget.id);
  const open = Math.floor(now.getTime() / hourMs) * hourMs;
  const lastHour = hours.filter(({ hourAt, sealed }) => sealed && hourAt.getTime() < open).at(-1)?.hourAt;
  const burns = lastHour === undefined ? [] : await serviceBurns(tx, budget, lastHour);
  const movingIds = new Set(moving.map(({ serviceId }) => serviceId));
  const autoscaledIds = await autoscaledServices(
    tx,
    burns.map(({ serviceId }) => serviceId),
  );
  const steadyPerHour = steadyBurn({
    burn: burnNow(hours, now),
    moving: burns.filter(({ serviceId }) => movingIds.has(serviceId)),
    autoscaled: burns.filter(({ serviceId }) => autoscaledIds.has(serviceId) && !movingIds.has(serviceId)),
  });
  const rate = rateOf(budget, hours);
  const { gpuProduct } = budget.scope;
  return {
    steadyPerHour,
    rollouts: moving.map(({ envelope, place }) => rolloutRates(envelope, place, { now, gpuProduct, rate })),
  };
}

/** What a GPU second has cost the budget so far; a unit of GPU time costs itself. */
function rateOf({ unit }: BudgetRow, hours: readonly BudgetHour[]): GpuRate {
  if (unit === 'gpuHours') return { amount: 1n, milliGpuSeconds: 1n };
  const last = hours.slice(-168);
  return {
    amount: last.reduce((total, { amount }) => total + amount, 0n),
    milliGpuSeconds: last.reduce(
      (total, { milliGpuSeconds, unpriced }) => total + milliGpuSeconds - unpriced,
      0n,
    ),
  };
}

/** Rollouts that hold something of the budget, by their reservations. */
async function movingRollouts(tx: Transaction, budgetId: string) {
  const rows = await tx
    .select({
      serviceId: rollout.serviceId,
      phase: rollout.phase,
      stepIndex: rollout.stepIndex,
      stepStartedAt: rollout.stepStartedAt,
      envelope: budgetReservation.envelope,
    })
    .from(budgetReservation)
    .innerJoin(rollout, eq(rollout.id, budgetReservation.rolloutId))
    .where(and(eq(budgetReservation.budgetId, budgetId), isNull(budgetReservation.endedAt)));
  return rows.map(({ serviceId, envelope, ...place }) => ({
    serviceId,
    place,
    envelope: envelopeSchema.parse(envelope),
  }));
}

async function autoscaledServices(tx: Transaction, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await tx
    .select({ id: service.id, scaling: service.scaling })
    .from(service)
    .where(inArray(service.id, [...ids]));
  return new Set(
    rows.filter(({ scaling }) => scalingSchema.parse(scaling).kind === 'auto').map(({ id }) => id),
  );
}
