import { countOf, countText } from '../figure-text.ts';
import { driftText } from './drift-words.ts';
import type { FeatureRole } from './feature.ts';
import { type DriftVerdict, type FeatureWindow, judgeWindow } from './window-verdict.ts';

/** A feature of both arms over the same time: stable is the reference, the canary the current side. */
export type GateFeature = FeatureWindow & { readonly name: string };

export type GateVerdict = {
  readonly verdict: 'pass' | 'fail' | 'noEvidence';
  /** A clause without full stop. */
  readonly seen: string;
};

/** False alarms of a whole rollout, split evenly over its steps. */
const falseShare = 0.05;

/** Routing is random, so what both arms are asked must be alike; what they answer may differ because the model does. */
const rolesOf: Readonly<Record<'inputs' | 'predictions', readonly FeatureRole[]>> = {
  inputs: ['input'],
  predictions: ['score', 'class', 'value'],
};

/** Whether a check of inputs or of predictions is about a feature of this role. */
export const isGated = (of: 'inputs' | 'predictions', role: FeatureRole): boolean =>
  rolesOf[of].includes(role);

type Judged = Extract<DriftVerdict, { verdict: 'steady' | 'drifted' }>;

/**
 * Compares the arms of a rollout at the end of one of its steps, by the tests of a window with the false-alarm rate split
 * over the steps. Drift fails; a feature without enough rows on both sides is no evidence. Empty case: no features are no
 * evidence. Source: drift.md §9.11.
 */
export function judgeCanaryGate(features: readonly GateFeature[], steps: number): GateVerdict {
  const names = new Map(features.map(({ featureId, name }) => [featureId, name]));
  const verdicts = judgeWindow(features);
  const drifted = verdicts
    .filter((one): one is Judged => one.verdict !== 'insufficientData')
    .filter(({ adjustedP, effect, limit }) => adjustedP <= falseShare / steps && effect >= limit)
    .toSorted((left, right) => right.effect / right.limit - left.effect / left.limit);
  const [worst] = drifted;
  if (worst !== undefined) {
    const others = new Set(drifted.map(({ featureId }) => featureId)).size - 1;
    const more = others === 0 ? '' : `, and ${countOf(others, 'other feature')} with it`;
    return {
      verdict: 'fail',
      seen: `${names.get(worst.featureId) ?? ''}: ${driftText(worst.test, worst.effect)}${more}`,
    };
  }
  if (features.length === 0)
    return { verdict: 'noEvidence', seen: 'nothing of the kind is counted for this service' };
  for (const one of verdicts)
    if (one.verdict === 'insufficientData' && one.test === 'distribution') {
      const arm = one.side === 'reference' ? 'stable' : 'the canary';
      return {
        verdict: 'noEvidence',
        seen: `${arm} has ${countText(one.rows)} of ${countText(one.rowsNeeded)} rows of ${names.get(one.featureId) ?? ''}`,
      };
    }
  const are = features.length === 1 ? 'is' : 'are';
  return { verdict: 'pass', seen: `${countOf(features.length, 'feature')} ${are} alike in both arms` };
}
