import { countText, durationText } from '../figure-text.ts';
import type { Check, RolloutStep } from '../rollout-plan.ts';
import { fiveMinutesMs } from './window.ts';
import { rowsNeeded } from './window-verdict.ts';

/** Rows of a window still come so long after its end. */
export const gateWatermarkMs = 120_000;

/** A feature that a check compares, and how many rows with a value of it came per second over all revisions. */
export type GateTraffic = {
  readonly name: string;
  readonly bins: number;
  readonly phi: number;
  readonly rowsPerSecond: number;
};

type GateStep = {
  readonly weightPercent: number;
  /** From the moment the weight takes effect until both arms have their rows in whole windows, at the latest; null: never. */
  readonly readyMs: number | null;
  readonly inMinimum: boolean;
  readonly inDeadline: boolean;
};

/** When a plan's drift check has rows enough to say anything, step by step. */
export type GateForecast = {
  readonly checkId: string;
  /** Independent rows times phi, of each arm; 0 when nothing is compared. */
  readonly rowsNeeded: number;
  /** The feature that waits longest. */
  readonly feature: string | null;
  readonly steps: readonly GateStep[];
  /** Every step has a verdict before its deadline. */
  readonly withinPlan: boolean;
  readonly sentence: string;
};

type DriftCheck = Extract<Check, { kind: 'drift' }>;
type Step = Pick<RolloutStep, 'weightPercent' | 'minimumMs' | 'deadlineMs'>;

/** The rarer arm decides, since both need the rows. */
function secondsFor({ bins, phi, rowsPerSecond }: GateTraffic, weightPercent: number): number {
  const share = Math.min(weightPercent, 100 - weightPercent) / 100;
  return rowsNeeded('distribution', bins, phi) / (rowsPerSecond * share);
}

/** Only whole windows count, and the last of them once its rows are in. */
function readyAfterMs(slowest: GateTraffic, weightPercent: number): number | null {
  const windows = Math.ceil((secondsFor(slowest, weightPercent) * 1_000) / fiveMinutesMs);
  return Number.isFinite(windows) ? (windows + 1) * fiveMinutesMs + gateWatermarkMs : null;
}

/**
 * How many rows a drift check needs of each arm, and how long each step below 100 % takes to give them at this traffic.
 * Empty case: nothing compared gives no step in time. Source: drift.md §9.11.
 */
export function gateForecast(
  check: Pick<DriftCheck, 'id' | 'of'>,
  features: readonly GateTraffic[],
  steps: readonly Step[],
): GateForecast {
  const slowest = features.toSorted((left, right) => secondsFor(right, 50) - secondsFor(left, 50))[0] ?? null;
  const compared = steps.filter(({ weightPercent }) => weightPercent < 100);
  const ready = compared.map(({ weightPercent, minimumMs, deadlineMs }): GateStep => {
    const readyMs = slowest === null ? null : readyAfterMs(slowest, weightPercent);
    const within = (ms: number) => readyMs !== null && readyMs <= ms;
    return { weightPercent, readyMs, inMinimum: within(minimumMs), inDeadline: within(deadlineMs) };
  });
  const found = {
    checkId: check.id,
    rowsNeeded: slowest === null ? 0 : rowsNeeded('distribution', slowest.bins, slowest.phi),
    feature: slowest?.name ?? null,
    steps: ready,
    withinPlan: ready.every(({ inDeadline }) => inDeadline),
  };
  return { ...found, sentence: sentenceOf(check, found, slowest) };
}

function sentenceOf(
  { of }: Pick<DriftCheck, 'of'>,
  { rowsNeeded: rows, steps }: Pick<GateForecast, 'rowsNeeded' | 'steps'>,
  slowest: GateTraffic | null,
): string {
  const check = `The drift check of ${of}`;
  if (slowest === null)
    return `${check} has nothing to compare: none of these columns is counted for this service yet.`;
  const needs = `${check} needs ${countText(rows)} rows of ${slowest.name} in each arm`;
  if (slowest.rowsPerSecond === 0) return `${needs}, and none came in the last day.`;
  const rate = `${Number(slowest.rowsPerSecond.toPrecision(2))} rows per second`;
  const when = steps.map(
    ({ weightPercent, readyMs }) => `${durationText(readyMs ?? 0)} after ${weightPercent} % takes effect`,
  );
  return `${needs}: at ${rate} both have them ${when.join(', ')}. ${consequence(steps)}`;
}

function consequence(steps: readonly GateStep[]): string {
  const numbers = (is: (step: GateStep) => boolean) =>
    steps.flatMap((step, index) => (is(step) ? [String(index + 1)] : []));
  const late = numbers(({ inDeadline }) => !inDeadline);
  if (late.length > 0)
    return `${stepsText(late)} before that: no verdict, so the plan does what it says then.`;
  const longer = numbers(({ inMinimum }) => !inMinimum);
  if (longer.length > 0) return `${longerText(longer)} for it longer than the least time.`;
  return 'Each step lasts that long anyway.';
}

const stepsText = (numbers: readonly string[]) =>
  numbers.length === 1
    ? `Step ${numbers[0]} reaches its deadline`
    : `Steps ${numbers.join(', ')} reach their deadlines`;
const longerText = (numbers: readonly string[]) =>
  numbers.length === 1 ? `Step ${numbers[0]} waits` : `Steps ${numbers.join(', ')} wait`;
