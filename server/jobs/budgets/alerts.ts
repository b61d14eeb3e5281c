import { and, eq } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { budgetAlert } from '../../../db/schema/budgets.ts';
import { project } from '../../../db/schema/identity.ts';
import type { BudgetThreshold } from '../../../domain/budget/budget-schema.ts';
import { amountText, limitText, type Measure } from '../../../domain/budget/budget-words.ts';
import type { BudgetStatus } from '../../../domain/budget/status.ts';
import {
  reachedPercent,
  rearms,
  type ThresholdFigures,
  thresholdKey,
  thresholdStep,
} from '../../../domain/budget/threshold.ts';
import type { Notice } from '../../../domain/notice.ts';
import { emitNotice, type When } from '../../notice.ts';
import type { BudgetRow } from '../../rows/budget-rows.ts';

const dayMs = 86_400_000;
/** A rolling budget has no periods, so its thresholds count from the beginning of time. */
const always = new Date(0);

type Looked = { readonly budget: BudgetRow; readonly status: BudgetStatus; readonly measure: Measure };

/** Tells thresholds that were reached, each once in its period; answers how many. The budget's row is locked. */
export async function followThresholds(tx: Transaction, looked: Looked, when: When): Promise<number> {
  const { budget, status } = looked;
  const periodAt = status.toAt === null ? always : new Date(status.fromAt);
  const own = and(eq(budgetAlert.budgetId, budget.id), eq(budgetAlert.periodAt, periodAt));
  const rows = await tx.select().from(budgetAlert).where(own);
  const known = new Map(rows.map((row) => [row.thresholdKey, row]));
  let fired = 0;
  for (const threshold of budget.settings.thresholds) {
    const key = thresholdKey(threshold);
    const reached = reachedPercent(threshold, figuresOf(budget, status));
    const row = known.get(key) ?? null;
    const step = thresholdStep({
      reached,
      state: row,
      now: when.now,
      rearms: rearms(threshold, budget.period.kind),
    });
    const mine = and(own, eq(budgetAlert.thresholdKey, key));
    if (step.kind === 'below') await tx.update(budgetAlert).set({ belowSince: step.since }).where(mine);
    if (step.kind === 'above') await tx.update(budgetAlert).set({ belowSince: null }).where(mine);
    if (step.kind !== 'fire') continue;
    fired += 1;
    const timesFired = (row?.timesFired ?? 0) + 1;
    const told = { firedAt: when.now, timesFired, belowSince: null, figures: textsOf(status) };
    await tx
      .insert(budgetAlert)
      .values({ budgetId: budget.id, periodAt, thresholdKey: key, ...told })
      .onConflictDoUpdate({
        target: [budgetAlert.budgetId, budgetAlert.periodAt, budgetAlert.thresholdKey],
        set: told,
      });
    const dedupKey = `budgetThreshold:${budget.id}:${periodAt.toISOString()}:${key}:${timesFired}`;
    await tell(tx, { budget, dedupKey, notice: noticeOf(threshold, looked) }, when);
  }
  return fired;
}

function figuresOf({ period }: BudgetRow, status: BudgetStatus): ThresholdFigures {
  const periodMs =
    period.kind === 'rolling'
      ? period.days * dayMs
      : new Date(status.toAt ?? status.fromAt).getTime() - new Date(status.fromAt).getTime();
  return { ...status, periodMs: Math.max(1, periodMs) };
}

function textsOf({ amount, actual, expected }: BudgetStatus) {
  return { amount: amount.toString(), actual: actual.toString(), expected: expected.toString() };
}

function noticeOf(threshold: BudgetThreshold, { budget, status, measure }: Looked): Notice {
  const { amount, actual, expected, exhaustedAt } = status;
  return {
    kind: 'budgetThreshold',
    budget: budget.name,
    basis: threshold.basis,
    limit: limitText(threshold, measure),
    amount: amountText(amount, measure),
    actual: amountText(actual, measure),
    expected: amountText(expected, measure),
    exhaustedAt: exhaustedAt === null ? null : `${exhaustedAt.slice(0, 16).replace('T', ' ')} UTC`,
    urgent: threshold.basis === 'burn' || (threshold.basis === 'actual' && actual >= amount),
  };
}

type Telling = { readonly budget: BudgetRow; readonly dedupKey: string; readonly notice: Notice };

/** A budget of the instance is told in every project that it counts: each may see its figures. */
async function tell(tx: Transaction, { budget, dedupKey, notice }: Telling, when: When): Promise<void> {
  const owner = budget.projectId ?? budget.scope.projectId;
  const projects =
    owner === null ? (await tx.select({ id: project.id }).from(project)).map(({ id }) => id) : [owner];
  const object = { kind: 'budget' as const, id: budget.id };
  for (const projectId of projects)
    await emitNotice(tx, { projectId, notice, object, serviceId: null, dedupKey }, when);
}
