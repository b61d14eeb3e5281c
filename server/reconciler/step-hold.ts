import { and, eq, isNull } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { budget, budgetReservation } from '../../db/schema/budgets.ts';
import type { EnvelopePlace } from '../../domain/envelope/envelope.ts';
import { budgetAmountText } from '../../domain/preflight/check-budget.ts';
import { type Blocker, blocker } from '../../domain/refusal.ts';
import { readiness } from '../../domain/rollout-observed.ts';
import type { ObservedServing } from '../../domain/serving.ts';
import { budgetStates, budgetsById } from '../rows/counted-budgets.ts';
import { currencyOf } from '../rows/price-entries.ts';
import type { LoadedRollout } from './load-service.ts';
import { heldAt } from './reservation.ts';

type Moving = { readonly active: LoadedRollout; readonly observed: ObservedServing };

/** The place that the next raise leads to; null when there is none to hold. */
function nextPlace({ active: { rollout }, observed }: Moving): EnvelopePlace | null {
  const { progress, intent, plan, firstStepIndex, isWayBack, toNumber } = rollout;
  if (isWayBack || intent.goal !== 'complete') return null;
  // Before its pods are ready no weight goes to it anyway.
  if (progress.phase === 'starting')
    return readiness(observed, toNumber).whole ? { phase: 'stepping', stepIndex: firstStepIndex } : null;
  const next = progress.stepIndex + 1;
  return progress.phase === 'stepping' && next < plan.steps.length
    ? { phase: 'stepping', stepIndex: next }
    : null;
}

/**
 * Why a rollout's next raise has to wait for its budgets; null when it need not. What is left of it has to fit beside what
 * is spent and what others hold. Budgets of levels 0 and 1 only watch, and a roll back is never held.
 */
export async function stepHold(queries: Queries, moving: Moving, now: Date): Promise<Blocker | null> {
  const { active } = moving;
  const place = nextPlace(moving);
  if (place === null) return null;
  const rows = await queries
    .select({ reservation: budgetReservation, budget })
    .from(budgetReservation)
    .innerJoin(budget, eq(budget.id, budgetReservation.budgetId))
    .where(and(eq(budgetReservation.rolloutId, active.row.id), isNull(budgetReservation.endedAt)));
  const enforcing = rows.filter(({ budget: { level } }) => level >= 2);
  if (enforcing.length === 0) return null;
  const budgets = await budgetsById(
    queries,
    enforcing.map(({ budget: { id } }) => id),
  );
  for (const { budget: row, amount, actual, held } of await budgetStates(queries, budgets, now)) {
    const own = enforcing.find((one) => one.budget.id === row.id);
    if (own === undefined) continue;
    const { reservation, budget: counted } = own;
    const needed = await heldAt(queries, {
      reservation,
      counted,
      place,
      serviceId: active.row.serviceId,
      now,
    });
    const others = held - BigInt(reservation.held);
    const missing = actual + others + needed - amount;
    if (missing > 0n)
      return budgetHold(row, {
        amount,
        actual,
        others,
        needed,
        missing,
        currency: await currencyOf(queries),
      });
  }
  return null;
}

type Figures = Readonly<Record<'amount' | 'actual' | 'others' | 'needed' | 'missing', bigint>> & {
  readonly currency: string | null;
};

function budgetHold(
  {
    id,
    projectId,
    name,
    unit,
  }: { id: string; projectId: string | null; name: string; unit: 'gpuHours' | 'currency' },
  { amount, actual, others, needed, missing, currency }: Figures,
): Blocker {
  const text = (value: bigint) => budgetAmountText(value, unit, currency);
  return blocker({
    code: 'budgetExceeded',
    message: `Budget "${name}" of ${text(amount)} does not last for the rest: ${text(actual)} spent, ${text(others)} held by others, ${text(needed)} still needed. The weight stays where it is.`,
    params: { ...(projectId === null ? {} : { budgetId: id }), missing: String(missing) },
    owner: "the budget's owner",
    fix: `Raise the budget by ${text(missing)}, or roll back, which no budget holds up.`,
  });
}
