import { type DistributionEvidence, harmlessPsi } from './distribution-evidence.ts';

/** What a window may stay above the harmless limit without adding up, and the sum that alarms, in deviations. */
const allowance = 1;
const alarmAt = 10;
/** One window alone, however far out, must not alarm. */
const mostOfOne = alarmAt / 2;

/**
 * How far a window's evidence lies from what a shift at the harmless limit would give, in its standard deviations:
 * (X - (B - 1) - λ) / √(2(B - 1) + 4λ), X being n_eff·PSI/phi. Source: drift.md §9.7.
 */
export function cusumStep({ statistic, degreesOfFreedom, rows }: DistributionEvidence): number {
  const lambda = rows * harmlessPsi;
  return (statistic - degreesOfFreedom - lambda) / Math.sqrt(2 * degreesOfFreedom + 4 * lambda);
}

/** `began` is the index of the first window since the sum was last 0; null while it is. */
export type CusumPoint = { readonly sum: number; readonly alarm: boolean; readonly began: number | null };

/**
 * One-sided CUSUM over the steps of windows in order, none counting more than half of an alarm: finds a shift that lasts, which no single window need show, and
 * where it began. A window without a step (null) leaves the sum as it is; after an alarm it begins anew. Empty case: no
 * windows give no points.
 */
export function cusum(steps: readonly (number | null)[]): CusumPoint[] {
  let [sum, began]: [number, number | null] = [0, null];
  return steps.map((step, index) => {
    if (step === null) return { sum, alarm: false, began };
    sum = Math.max(0, sum + Math.min(mostOfOne, step - allowance));
    began = sum === 0 ? null : (began ?? index);
    const point = { sum, alarm: sum >= alarmAt, began };
    if (point.alarm) [sum, began] = [0, null];
    return point;
  });
}
