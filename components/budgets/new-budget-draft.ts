import type { BudgetPeriod, BudgetScope, BudgetUnit } from '../../domain/budget/budget-schema.ts';
import { amountOfText } from './amount-text.ts';

/** A budget as it is typed. */
export type NewBudget = {
  readonly name: string;
  readonly unit: BudgetUnit;
  readonly amount: string;
  readonly environmentId: string;
  readonly modelId: string;
  readonly gpuProduct: string;
  readonly every: 'week' | 'month' | 'quarter' | 'rolling';
  readonly days: string;
  readonly timeZone: string;
  readonly rolloverCapPercent: string;
  readonly parentId: string | null;
  readonly level: number;
};

export const emptyBudget: NewBudget = {
  name: '',
  unit: 'gpuHours',
  amount: '',
  environmentId: '',
  modelId: '',
  gpuProduct: '',
  every: 'month',
  days: '30',
  timeZone: 'UTC',
  rolloverCapPercent: '0',
  parentId: null,
  level: 1,
};

/** The first thing that is missing, as a sentence; undefined when it may be sent. */
export function missingPart(draft: NewBudget): string | undefined {
  if (draft.name.trim() === '') return 'Give the budget a name.';
  if (amountOfText(draft.amount, draft.unit) === null) return 'Give an amount such as 1200 or 1200.5.';
  if (draft.every === 'rolling' && !isWhole(draft.days, 1, 366)) return 'Give 1 to 366 days.';
  if (draft.every !== 'rolling' && !isWhole(draft.rolloverCapPercent, 0, 100))
    return 'Give 0 to 100 % for what goes into the next period.';
  return undefined;
}

function isWhole(text: string, least: number, most: number): boolean {
  const value = Number(text.trim());
  return text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most;
}

/** What the server takes; `projectId` null counts all projects. */
export function budgetInput(draft: NewBudget, projectId: string | null, currency: string | null) {
  const scope: BudgetScope = {
    projectId,
    environmentId: projectId === null || draft.environmentId === '' ? null : draft.environmentId,
    modelId: projectId === null || draft.modelId === '' ? null : draft.modelId,
    gpuProduct: draft.gpuProduct.trim() === '' ? null : draft.gpuProduct.trim(),
  };
  const { name, unit, parentId, level } = draft;
  return {
    name,
    unit,
    parentId,
    level,
    scope,
    period: periodOf(draft),
    currency: unit === 'currency' ? currency : null,
    amount: (amountOfText(draft.amount, unit) ?? 0n).toString(),
  };
}

function periodOf({ every, days, timeZone, rolloverCapPercent }: NewBudget): BudgetPeriod {
  if (every === 'rolling') return { kind: 'rolling', days: Number(days) };
  return { kind: 'calendar', every, timeZone, rolloverCapPercent: Number(rolloverCapPercent) };
}
