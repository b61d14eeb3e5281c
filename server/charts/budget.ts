import { and, eq, isNull } from 'drizzle-orm';
import { budget } from '../../db/schema/budgets.ts';
import { amountAt } from '../../domain/budget/amount.ts';
import { amountText, type Measure } from '../../domain/budget/budget-words.ts';
import { prepareBurnDown } from '../../domain/budget/burn-down.ts';
import { type PeriodSpan, periodAt } from '../../domain/budget/period.ts';
import { budgetStatusSchema } from '../../domain/budget/status-schema.ts';
import { type BudgetRow, budgetMovements, budgetOf } from '../rows/budget-rows.ts';
import { budgetSpend } from '../rows/budget-spend.ts';
import { currencyOf } from '../rows/price-entries.ts';
import { onlyRow } from '../rows/row-project.ts';
import type { ChartPart, OwnedChartAsk } from './chart-part.ts';

/** What is left of a budget of the project or the instance in the period that the end of the range lies in; its forecast only in the running one. */
export async function budgetPart(ask: OwnedChartAsk, { budgetId }: { budgetId: string }): Promise<ChartPart> {
  const { db, projectId, now } = ask;
  const row = onlyRow(
    await db
      .select()
      .from(budget)
      .where(
        and(
          eq(budget.id, budgetId),
          projectId === null ? isNull(budget.projectId) : eq(budget.projectId, projectId),
        ),
      ),
  );
  const own = budgetOf(row);
  const at = new Date(Math.min(ask.range.to, now.getTime()));
  const span = periodAt(own.period, at);
  const movements = (await budgetMovements(db, [budgetId])).get(budgetId) ?? [];
  const until = span.toAt !== null && span.toAt < now ? span.toAt : now;
  const hours = await budgetSpend(db, own, { from: span.fromAt, to: new Date(until.getTime() + 1) });
  const spent = hours.reduce((sum, { amount }) => sum + amount, 0n);
  const amount = amountAt(movements, until);
  const status = row.status === null ? null : budgetStatusSchema.parse(row.status);
  const isRunning = status !== null && Date.parse(status.fromAt) === span.fromAt.getTime();
  const prepared = prepareBurnDown({
    unit: own.unit,
    movements,
    status: isRunning ? status : { amount, actual: spent, expected: spent, forecasts: null },
    series: { now: until, fromAt: span.fromAt, toAt: span.toAt, hours, rollouts: [] },
    spentPercents: percentsOf(own),
  });
  const measure: Measure = {
    unit: own.unit,
    currency: own.unit === 'gpuHours' ? null : await currencyOf(db),
  };
  return {
    title: `Budget left, ${own.unit === 'gpuHours' ? 'GPU-hours' : (measure.currency ?? 'money')}`,
    unit: own.unit === 'gpuHours' ? 'gpuHours' : `money ${measure.currency ?? 'XXX'}`,
    range: prepared.range,
    stepMs: prepared.stepMs,
    series: prepared.series.map((each) => ({ ...each, subject: null })),
    thresholds: prepared.thresholds,
    words: [
      { subject: `budget ${budgetId}` },
      `: ${amountText(amount - spent, measure)} of ${amountText(amount, measure)} are left${endWords(span, until)}.`,
    ],
    names: { [`budget ${budgetId}`]: own.name },
  };
}

function percentsOf({ settings }: BudgetRow): number[] {
  return settings.thresholds.flatMap((threshold) =>
    threshold.basis === 'actual' && threshold.limit.kind === 'percent' ? [threshold.limit.percent] : [],
  );
}

const dayMs = 86_400_000;

/** How long what is left has to last. */
function endWords({ toAt }: PeriodSpan, until: Date): string {
  if (toAt === null) return '';
  const days = Math.round((toAt.getTime() - until.getTime()) / dayMs);
  if (days <= 0) return ' at the end of the period';
  return days === 1 ? ' for one more day' : ` for ${days} more days`;
}
