import type { DriftedFeature } from './alert-facts.ts';

/** The features by what weighs most: still drifting, severe, then how many times over their limit. */
export function worstFirst(features: readonly DriftedFeature[]): DriftedFeature[] {
  const weight = ({ clearedMs, severe, effect, limit }: DriftedFeature) =>
    (clearedMs === null ? 2_000 : 0) + (severe ? 1_000 : 0) + Math.min(999, effect / limit);
  return features.toSorted((left, right) => weight(right) - weight(left));
}
