import type { BudgetThreshold } from './budget-schema.ts';

const hourMs = 3_600_000;
const dayMs = 86_400_000;
/** Five points below, for a day, before one may fire again. */
const rearmPoints = 5;
const rearmMs = dayMs;

/** The figures that thresholds look at, in the unit of the budget. */
export type ThresholdFigures = {
  readonly amount: bigint;
  readonly actual: bigint;
  readonly expected: bigint;
  readonly lastHour: bigint;
  readonly lastSixHours: bigint;
  /** Of the period, for the pace that it allows. */
  readonly periodMs: number;
};

/** Stays the same while the threshold does, so that it fires once. */
export function thresholdKey(threshold: BudgetThreshold): string {
  if (threshold.basis === 'burn') return `burn:${threshold.factor}`;
  const { limit } = threshold;
  return `${threshold.basis}:${limit.kind === 'percent' ? `${limit.percent}%` : limit.amount}`;
}

/** How far a threshold is reached, in percent of it: 100 and more is reached. An amount of nothing is reached by anything. */
export function reachedPercent(threshold: BudgetThreshold, figures: ThresholdFigures): number {
  if (threshold.basis === 'burn') return burnPercent(threshold.factor, figures);
  const { limit, basis } = threshold;
  const value = basis === 'actual' ? figures.actual : figures.expected;
  const line =
    limit.kind === 'absolute' ? Number(limit.amount) : (Number(figures.amount) * limit.percent) / 100;
  return percentOf(Number(value), line);
}

/** Both the last hour and the last six have to spend that fast: the long one that it matters, the short one that it goes on. */
function burnPercent(factor: number, figures: ThresholdFigures): number {
  const allowed = (Number(figures.amount) * hourMs * factor) / figures.periodMs;
  return Math.min(
    percentOf(Number(figures.lastHour), allowed),
    percentOf(Number(figures.lastSixHours), allowed * 6),
  );
}

function percentOf(value: number, line: number): number {
  if (line <= 0) return value > 0 ? Number.MAX_SAFE_INTEGER : 0;
  return (value / line) * 100;
}

/** What is known of a threshold in a period: when it fired last, and since when it has been well below. */
export type ThresholdState = { readonly firedAt: Date; readonly belowSince: Date | null };

/** fire: tell people, once · below and above: write down · keep: nothing to write. */
export type ThresholdStep =
  | { readonly kind: 'fire' }
  | { readonly kind: 'below'; readonly since: Date }
  | { readonly kind: 'above' }
  | { readonly kind: 'keep' };

type Look = {
  readonly reached: number;
  /** Null when it has not fired in this period. */
  readonly state: ThresholdState | null;
  readonly now: Date;
  /** Actual of a calendar period only rises, so it fires once; all else may fire again. */
  readonly rearms: boolean;
};

/** What a look at a threshold leads to. It fires again only after a day at five points below it or less. */
export function thresholdStep({ reached, state, now, rearms }: Look): ThresholdStep {
  const isReached = reached >= 100;
  if (state === null) return isReached ? { kind: 'fire' } : { kind: 'keep' };
  if (!rearms) return { kind: 'keep' };
  const { belowSince } = state;
  const rested = belowSince !== null && now.getTime() - belowSince.getTime() >= rearmMs;
  if (isReached && rested) return { kind: 'fire' };
  const isBelow = reached <= 100 - rearmPoints;
  if (isBelow && belowSince === null) return { kind: 'below', since: now };
  // Once rested it stays armed, wherever it moves under the threshold.
  if (!isBelow && belowSince !== null && !rested) return { kind: 'above' };
  return { kind: 'keep' };
}

/** Whether a threshold may fire twice within a period. */
export function rearms(threshold: BudgetThreshold, kind: 'calendar' | 'rolling'): boolean {
  return kind === 'rolling' || threshold.basis !== 'actual';
}

/** The threshold on what is spent or expected that comes next, with its line in the unit; null when all are passed. */
export function nextThreshold(
  thresholds: readonly BudgetThreshold[],
  figures: Pick<ThresholdFigures, 'amount' | 'actual'>,
): { readonly percent: number; readonly line: bigint } | null {
  const lines = thresholds
    .flatMap((threshold) => {
      if (threshold.basis !== 'actual') return [];
      const { limit } = threshold;
      return [
        limit.kind === 'absolute'
          ? BigInt(limit.amount)
          : (figures.amount * BigInt(Math.round(limit.percent * 100))) / 10_000n,
      ];
    })
    .filter((line) => line > figures.actual)
    .sort((left, right) => (left < right ? -1 : 1));
  const line = lines[0];
  if (line === undefined) return null;
  const percent = figures.amount === 0n ? 0 : Number((line * 10_000n) / figures.amount) / 100;
  return { percent, line };
}
