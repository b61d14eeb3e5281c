import { type Rate, rateOf } from './rate.ts';
import { firstPositive, type ScoreJoint } from './score-joint.ts';

/** What the chance of a positive in each bin was taken from. */
export type Relation =
  | { readonly from: 'labels'; readonly joint: ScoreJoint }
  /** Mean score of each bin. */
  | { readonly from: 'scores'; readonly edges: readonly number[]; readonly means: readonly number[] };

export type EstimatedScores = {
  readonly rows: number;
  /** Null where it is a share of no rows. */
  readonly accuracy: Rate | null;
  readonly precision: Rate | null;
  readonly recall: Rate | null;
  /** What must hold for them, as part of a sentence. */
  readonly assumption: string;
};

type Bin = {
  readonly rows: number;
  /** Chance of a positive, and how far it may be off by the reference's own rows. */
  readonly chance: number;
  readonly variance: number;
  readonly decided: boolean;
};

function binsOf(rows: readonly number[], relation: Relation, threshold: number): Bin[] {
  const edges = relation.from === 'labels' ? relation.joint.edges : relation.edges;
  if (rows.length !== edges.length + 1)
    throw new RangeError('The scores must be counted in the bins of the reference.');
  const from = firstPositive(edges, threshold);
  return rows.map((count, bin): Bin => {
    const decided = bin >= from;
    if (relation.from === 'scores')
      return { rows: count, chance: relation.means[bin] ?? 0, variance: 0, decided };
    const positives = relation.joint.positives[bin] ?? 0;
    const known = positives + (relation.joint.negatives[bin] ?? 0);
    // Half a row on either side (Jeffreys) keeps a bin of few labels from looking certain.
    const chance = (positives + 0.5) / (known + 1);
    return { rows: count, chance, variance: (chance * (1 - chance)) / (known + 1), decided };
  });
}

type Weight = (bin: Bin) => number;

/** Σ weight · rows · chance and the like over a whole that is known: variance of rows and of the chances themselves. */
function expected(
  bins: readonly Bin[],
  { right, whole, phi }: { right: Weight; whole: number; phi: number },
): Rate | null {
  if (whole === 0) return null;
  let [value, variance] = [0, 0];
  for (const bin of bins) {
    const spread = bin.chance * (1 - bin.chance);
    value += right(bin);
    variance += (phi * bin.rows * spread) / whole ** 2 + (bin.rows / whole) ** 2 * bin.variance;
  }
  return rateOf(value / whole, Math.sqrt(variance));
}

/** Recall is a share of a whole that is itself estimated: by its linear part (delta method). */
function expectedRecall(bins: readonly Bin[], phi: number): Rate | null {
  const of = (some: readonly Bin[]) => some.reduce((sum, { rows, chance }) => sum + rows * chance, 0);
  const [found, all] = [of(bins.filter(({ decided }) => decided)), of(bins)];
  if (all === 0) return null;
  const recall = found / all;
  const variance = bins.reduce((sum, { rows, chance, variance: own, decided }) => {
    const slope = ((decided ? 1 : 0) - recall) / all;
    return sum + slope ** 2 * (phi * rows * chance * (1 - chance) + rows ** 2 * own);
  }, 0);
  return rateOf(recall, Math.sqrt(variance));
}

/**
 * How scores without labels do, if what a score means has not changed: each bin has as many positives as the reference
 * had in it. Rows are worth 1/phi each. Empty case: no rows give nulls. Source: drift.md §9.4; NannyML's CBPE.
 */
export function estimatedScores(
  rows: readonly number[],
  relation: Relation,
  { threshold, phi = 1 }: { readonly threshold: number; readonly phi?: number },
): EstimatedScores {
  const bins = binsOf(rows, relation, threshold);
  const all = rows.reduce((sum, count) => sum + count, 0);
  const decided = bins.filter((bin) => bin.decided);
  const positive = decided.reduce((sum, bin) => sum + bin.rows, 0);
  const right: Weight = (bin) => bin.rows * (bin.decided ? bin.chance : 1 - bin.chance);
  return {
    rows: all,
    accuracy: expected(bins, { right, whole: all, phi }),
    precision: expected(decided, { right, whole: positive, phi }),
    recall: all === 0 ? null : expectedRecall(bins, phi),
    assumption:
      relation.from === 'labels'
        ? 'if the relation of inputs to labels has not changed'
        : 'if the relation of inputs to labels has not changed; assumes calibrated scores',
  };
}
