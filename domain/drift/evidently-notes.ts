import { figureText } from '../figure-text.ts';
import type { DriftStatistics } from './statistics.ts';

/** Evidently's root of the divergence is in nats, ours in bits. */
const natsPerBit = Math.sqrt(Math.LN2);

export type Measure = { readonly name: string; readonly value: number | null; readonly note: string };

const known = (value: number | null): string => (value === null ? 'no figure' : figureText(value));

/** Every measure of a feature, with why Evidently 0.7 shows another figure for the same rows. */
export function measuresOf(statistics: DriftStatistics): Measure[] {
  const { jensenShannon, homogeneity } = statistics;
  return [
    {
      name: 'PSI',
      value: statistics.psi,
      note: `Ours counts into bins that never change and adds half a row to each on both sides. Evidently lays bins over reference and current together, and fills empty ones with 0.0001: on these bins that gives ${known(statistics.psiAsEvidently)}.`,
    },
    {
      name: 'Jensen–Shannon distance',
      value: jensenShannon,
      note: `Ours is in bits, 0 to 1. Evidently takes natural logarithms: on these bins that gives ${known(jensenShannon === null ? null : jensenShannon * natsPerBit)}.`,
    },
    {
      name: 'Wasserstein distance / deviation',
      value: statistics.wassersteinOverDeviation,
      note: 'Ours comes from bins and their exact sums, over the deviation that the bins were learned with. Evidently needs the raw rows and divides by the deviation of the reference it was given.',
    },
    {
      name: 'Kolmogorov–Smirnov distance',
      value: statistics.kolmogorovSmirnov,
      note: 'Ours is the distance itself, at the edges of the bins. Evidently shows its p-value up to 1,000 reference rows and another measure above.',
    },
    {
      name: 'Total variation',
      value: statistics.totalVariation,
      note: 'The share of rows that would have to change bins. Evidently shows only a p-value by permutation.',
    },
    {
      name: 'Cramér’s V',
      value: homogeneity?.cramersVCorrected ?? null,
      note: 'Ours takes both sides as samples. Evidently’s chi-square takes the reference as exact, which alarms falsely in 3 to 9 of 10 looks when both sides are equally large.',
    },
  ];
}

/** What holds for the whole comparison. */
export const evidentlyNote =
  'Evidently drops nulls before it compares, so a column that turns null shows no drift there; here nulls, unreadable, new and out-of-range values have verdicts of their own.';
