import type { BinnedFeature, FeatureRole } from './feature.ts';
import type { DriftVerdict } from './window-verdict.ts';

/** How a feature came out of a window, over all its tests. */
export type FeatureStanding = {
  readonly featureId: string;
  readonly name: string;
  readonly role: FeatureRole;
  /** `none`: the window has no verdicts. */
  readonly state: 'drifted' | 'steady' | 'insufficientData' | 'none';
  /** The verdict that weighs most; null without any. */
  readonly worst: DriftVerdict | null;
  readonly verdicts: readonly DriftVerdict[];
};

/** How far a verdict is over its limit; what could not be judged comes last. */
function weightOf(verdict: DriftVerdict): number {
  if (verdict.verdict === 'insufficientData') return -1;
  return verdict.effect / verdict.limit + (verdict.verdict === 'drifted' ? 1_000 : 0);
}

function stateOf(verdicts: readonly DriftVerdict[]): FeatureStanding['state'] {
  if (verdicts.length === 0) return 'none';
  if (verdicts.some(({ verdict }) => verdict === 'drifted')) return 'drifted';
  const distribution = verdicts.find(({ test }) => test === 'distribution');
  return distribution?.verdict === 'insufficientData' ? 'insufficientData' : 'steady';
}

/** The features of a window, worst first: drifted by how many times over their limit, then steady, then those without enough data. */
export function featureStandings(
  features: readonly Pick<BinnedFeature, 'featureId' | 'name' | 'role'>[],
  verdicts: readonly DriftVerdict[],
): FeatureStanding[] {
  const byFeature = Map.groupBy(verdicts, ({ featureId }) => featureId);
  const standings = features.map(({ featureId, name, role }): FeatureStanding => {
    const own = byFeature.get(featureId) ?? [];
    const worst = own.toSorted((left, right) => weightOf(right) - weightOf(left))[0] ?? null;
    return { featureId, name, role, state: stateOf(own), worst, verdicts: own };
  });
  const weight = ({ worst }: FeatureStanding) => (worst === null ? -2 : weightOf(worst));
  return standings.toSorted((left, right) => weight(right) - weight(left));
}
