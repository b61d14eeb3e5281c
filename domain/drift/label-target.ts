import { residualCounter } from '../performance/residual-counters.ts';
import type { CategoricalBinning, OrderedBinning } from './binning.ts';
import type { Counters } from './counters.ts';
import type { BinnedFeature } from './feature.ts';
import { labelSegment, outcomeOf } from './label.ts';
import { categoryOf } from './learn-column.ts';

/** Classes that are told apart by what came; rarer ones, and values that no bin has, are a twentieth. Source: drift.md §9.4. */
export const mostTruths = 19;

/** Predicted classes are counted by the true one, which is told by its bin or is one of the others. */
export const truthSegments = 'class:';
export const truthSegment = (bin: number | null): string =>
  `${truthSegments}${bin === null || bin >= mostTruths ? 'other' : bin}`;

/** Under which predicted less true values are counted. */
export const residualSegment = 'residual';

type Labelled = { readonly segment: string; readonly value: unknown };

/** A prediction of which it may be told what came. */
export type LabelTarget = {
  readonly role: BinnedFeature['role'];
  /** Where a prediction is counted once more, and as what; null for a truth that is none of its kind. */
  readonly take: (predicted: unknown, truth: unknown) => Labelled | null;
  readonly count: (values: readonly unknown[]) => Counters;
};

/** On one binning of the service. */
export type PlacedTarget = LabelTarget & { readonly binningId: string; readonly featureId: string };

type Counting = {
  readonly count: LabelTarget['count'];
  /** As values are turned before they are counted. */
  readonly turn: ((value: unknown) => unknown) | null;
};

/** Null for what is no prediction, or no kind of it that a truth can be told of. */
export function labelTarget({ role, binning }: BinnedFeature, { count, turn }: Counting): LabelTarget | null {
  if (role === 'score' && binning.kind === 'numeric')
    return {
      role,
      count: (values) => withoutSums(count(values)),
      take: (value, truth) => {
        const outcome = outcomeOf(truth);
        return outcome === null ? null : { segment: labelSegment(outcome), value };
      },
    };
  if (role === 'class' && binning.kind !== 'numeric') return classTarget(binning, { count, turn });
  if (role !== 'value' || binning.kind !== 'numeric') return null;
  return {
    role,
    count: residualCounter(binning),
    take: (predicted, truth) =>
      typeof predicted === 'number' && Number.isFinite(predicted) && typeof truth === 'number'
        ? { segment: residualSegment, value: predicted - truth }
        : null,
  };
}

/** Scores by outcome are counted by bin alone, so that no more of a score must be kept until its label comes. */
const withoutSums = ({ counts, sums, apart }: Counters): Counters => ({
  counts,
  sums: sums.map(() => 0n),
  apart: { ...apart, below: 0, above: 0, clamped: 0 },
});

function classTarget(binning: CategoricalBinning | OrderedBinning, { count, turn }: Counting): LabelTarget {
  const bins = new Map(classesOf(binning).map((name, bin) => [name, bin]));
  return {
    role: 'class',
    count,
    take: (value, truth) => {
      const names = namesOf(truth).map((name) => String(turn === null ? name : turn(name)));
      if (names.length === 0) return null;
      const bin = names.map((name) => bins.get(name)).find((one) => one !== undefined);
      return { segment: truthSegment(bin ?? null), value };
    },
  };
}

/** Keys of the classes in the order of their bins, without a tail. */
export const classesOf = (binning: CategoricalBinning | OrderedBinning): readonly string[] =>
  binning.kind === 'ordered' ? binning.values.map(String) : binning.categories;

/** Yes and no are written as booleans or as 0 and 1; what a model answers decides which of them is meant. */
function namesOf(truth: unknown): string[] {
  const name = categoryOf(truth);
  if (name === null) return [];
  const outcome = outcomeOf(truth);
  return outcome === null ? [name] : [name, String(outcome), String(outcome === 1)];
}
