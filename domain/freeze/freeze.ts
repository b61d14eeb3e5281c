import type { BudgetScope } from '../budget/budget-schema.ts';

/** Share of the amount, in percent, that a rolling budget has to fall to before its freeze ends; it may hover at the edge. */
const rollingEndPercent = 95n;

export type FreezeFigures = {
  /** 3 freezes; the levels below never do. */
  readonly level: number;
  readonly amount: bigint;
  readonly actual: bigint;
  readonly rolling: boolean;
  /** Whether it is asked for now. */
  readonly asked: boolean;
};

/**
 * Whether a budget asks that nothing grows: from the moment all of it is spent until something is left again, of a rolling
 * budget until 5 % are.
 */
export function asksFreeze({ level, amount, actual, rolling, asked }: FreezeFigures): boolean {
  if (level < 3) return false;
  const until = asked && rolling ? (amount * rollingEndPercent) / 100n : amount;
  return actual >= until;
}

/** Whether a budget counts all that runs in each environment that it counts: only then an environment is frozen for it. */
export function countsWholeEnvironments({ modelId, gpuProduct }: BudgetScope): boolean {
  return modelId === null && gpuProduct === null;
}
