import type { BudgetUnit } from '../budget/budget-schema.ts';
import { moneyText } from '../price/money.ts';
import type { PreflightCheck, PreflightVerdict } from './check.ts';

const milliGpuSecondsPerGpuHour = 3_600_000;

/** An amount of a budget for people: `26.0 GPU-hours` or the instance's currency. */
export function budgetAmountText(amount: bigint, unit: BudgetUnit, currency: string | null): string {
  if (unit === 'gpuHours') return `${(Number(amount) / milliGpuSecondsPerGpuHour).toFixed(1)} GPU-hours`;
  return currency === null ? String(amount) : moneyText(amount, currency);
}

/** A budget that a rollout counts against, as the transaction sees it. */
export type CountedBudget = {
  readonly id: string;
  /** Null for a budget of the instance, which has no page for members. */
  readonly projectId: string | null;
  readonly name: string;
  readonly unit: BudgetUnit;
  /** 0 observe, 1 warn, 2 needs approval, 3 freeze. */
  readonly level: number;
  readonly amount: bigint;
  readonly actual: bigint;
  /** By other rollouts. */
  readonly held: bigint;
  /** What this rollout would hold; null when a GPU product has no price. */
  readonly wanted: bigint | null;
  /** What the steady state after it takes more until the period ends; 0n when it takes no more, null without a price. */
  readonly steadyMore: bigint | null;
  /** Forecast to the end of the period without this rollout; null when there is none yet. */
  readonly expected: bigint | null;
};

/** What a budget that is too small leads to: it is only said at levels 0 and 1. */
function shortVerdict(level: number): PreflightVerdict {
  if (level >= 3) return 'FAIL';
  return level === 2 ? 'NEEDS_APPROVAL' : 'WARN';
}

/** At least as bad as needing approval where the budget enforces anything. */
function approvalVerdict(level: number): PreflightVerdict {
  return level >= 2 ? 'NEEDS_APPROVAL' : 'WARN';
}

/** What a budget says of a rollout: what is left, the forecast with it, and the steady state after it. */
export function checkBudget(budget: CountedBudget, currency: string | null): PreflightCheck[] {
  const { name, wanted, level } = budget;
  if (wanted === null)
    return [
      {
        kind: 'price',
        subject: name,
        verdict: approvalVerdict(level),
        sentence: `Budget "${name}" counts money, and a GPU product of this rollout has no price.`,
        figures: {},
        fix: 'Enter a price for it in the price book.',
      },
    ];
  return [budgetCheck(budget, wanted, currency), ...steadyCheck(budget, wanted, currency)];
}

function budgetCheck(budget: CountedBudget, wanted: bigint, currency: string | null): PreflightCheck {
  const { id, projectId, name, unit, level, amount, actual, held, expected } = budget;
  const text = (value: bigint) => budgetAmountText(value, unit, currency);
  const available = amount - actual - held;
  const numbers = `${text(amount)}, ${text(actual)} spent, ${text(held)} held, ${text(wanted)} wanted`;
  const figures = {
    amount: String(amount),
    actual: String(actual),
    held: String(held),
    available: String(available),
    wanted: String(wanted),
    ...(projectId === null ? {} : { budgetId: id }),
  };
  const found = (verdict: PreflightVerdict, sentence: string, fix: string | null = null): PreflightCheck => ({
    kind: 'budget',
    subject: name,
    verdict,
    sentence,
    figures,
    fix,
  });
  if (wanted > available)
    return found(
      shortVerdict(level),
      `Budget "${name}" has ${available > 0n ? `only ${text(available)}` : 'nothing'} left: ${numbers}.`,
      `Raise the budget by ${text(wanted - available)}, wait for its next period, or roll out with fewer GPUs.`,
    );
  if (expected !== null && expected + wanted > amount)
    return found(
      'WARN',
      `Budget "${name}" has room now, but with this rollout ${text(expected + wanted)} are expected by the end of its period: ${numbers}.`,
    );
  return found('PASS', `Budget "${name}" has room: ${numbers}.`);
}

function steadyCheck(
  { name, unit, level, amount, actual, steadyMore, expected }: CountedBudget,
  wanted: bigint,
  currency: string | null,
): PreflightCheck[] {
  if (steadyMore === null || steadyMore <= 0n) return [];
  const text = (value: bigint) => budgetAmountText(value, unit, currency);
  const after = (expected ?? actual) + wanted + steadyMore;
  const fits = after <= amount;
  return [
    {
      kind: 'steadyState',
      subject: name,
      verdict: fits ? 'PASS' : approvalVerdict(level),
      sentence: fits
        ? `What runs after it takes ${text(steadyMore)} more by the end of the period, which budget "${name}" holds.`
        : `What runs after it takes ${text(steadyMore)} more by the end of the period: budget "${name}" of ${text(amount)} would come to ${text(after)}.`,
      figures: { amount: String(amount), after: String(after), steadyMore: String(steadyMore) },
      fix: fits ? null : `Raise the budget by ${text(after - amount)}, or run fewer GPUs afterwards.`,
    },
  ];
}
