import { upperBound } from '../drift/binning.ts';
import { type Rate, rateOf, shareRate } from './rate.ts';

/**
 * Rows by score and outcome, whole numbers that add up: bin `b` holds scores from `edges[b - 1]` up to below `edges[b]`,
 * the ends are open. A declared decision threshold is an edge, so that what it decides is known exactly.
 */
export type ScoreJoint = {
  readonly edges: readonly number[];
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
};

const quantileBins = 20;
/** Where few rows lie and decisions on rare outcomes are made. Source: drift.md §9.4. */
const highShares = [0.96, 0.97, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995];

/** Edges at shares of sorted scores, none at the least one. */
function edgesAt(sorted: Float64Array, shares: readonly number[]): number[] {
  const edges = shares.flatMap((share) => {
    const edge = sorted[Math.floor(share * sorted.length)];
    return edge !== undefined && edge > (sorted[0] ?? edge) ? [edge] : [];
  });
  return [...new Set(edges)];
}

const sortedOf = (scores: Iterable<number>): Float64Array =>
  Float64Array.from([...scores].filter(Number.isFinite)).sort();

/** Eight edges in the highest twentieth of scores; fewer where they coincide. */
export const highEdges = (scores: Iterable<number>): number[] => edgesAt(sortedOf(scores), highShares);

/**
 * Edges of scores from those of a reference: 20 quantiles, eight more in the highest twentieth, and every threshold.
 * Empty case: no scores give the thresholds alone.
 */
export function scoreEdges(scores: Iterable<number>, thresholds: readonly number[]): number[] {
  const shares = Array.from({ length: quantileBins - 1 }, (_, index) => (index + 1) / quantileBins);
  const edges = edgesAt(sortedOf(scores), [...shares, ...highShares]);
  return [...new Set([...edges, ...thresholds])].toSorted((left, right) => left - right);
}

/** Counts labelled scores; the same for every order and split of them. */
export function countScores(
  edges: readonly number[],
  rows: Iterable<{ readonly score: number; readonly outcome: boolean }>,
): ScoreJoint {
  const positives = Array.from({ length: edges.length + 1 }, () => 0);
  const negatives = [...positives];
  for (const { score, outcome } of rows) {
    const side = outcome ? positives : negatives;
    const bin = upperBound(edges, score);
    side[bin] = (side[bin] ?? 0) + 1;
  }
  return { edges, positives, negatives };
}

const sum = (rows: readonly number[]): number => rows.reduce((all, one) => all + one, 0);

/** The first bin that is decided positive; throws RangeError for a threshold that is no edge. */
export function firstPositive(edges: readonly number[], threshold: number): number {
  const at = edges.indexOf(threshold);
  if (at < 0) throw new RangeError(`The scores have no edge at ${threshold}: what it decides is not known.`);
  return at + 1;
}

export type MeasuredScores = {
  readonly rows: number;
  /** Null where it is a share of no rows: precision without positive decisions, recall without positives. */
  readonly accuracy: Rate | null;
  readonly precision: Rate | null;
  readonly recall: Rate | null;
  /** Chance that a positive has the higher score, ties counting half; null without both outcomes. */
  readonly auc: Rate | null;
};

/** How scores did against their labels, deciding positive from the threshold on; rows are worth 1/phi each. */
export function measuredScores(joint: ScoreJoint, threshold: number, phi = 1): MeasuredScores {
  const from = firstPositive(joint.edges, threshold);
  const [hits, misses] = [sum(joint.positives.slice(from)), sum(joint.positives.slice(0, from))];
  const [falseAlarms, rest] = [sum(joint.negatives.slice(from)), sum(joint.negatives.slice(0, from))];
  const rows = hits + misses + falseAlarms + rest;
  return {
    rows,
    accuracy: shareRate(hits + rest, rows, phi),
    precision: shareRate(hits, hits + falseAlarms, phi),
    recall: shareRate(hits, hits + misses, phi),
    auc: areaUnderCurve(joint, phi),
  };
}

/** Rows of one bin cannot be told apart, so that it falls short of that of raw scores. Source: Hanley and McNeil 1982. */
function areaUnderCurve({ positives, negatives }: ScoreJoint, phi: number): Rate | null {
  const [n, m] = [sum(positives), sum(negatives)];
  if (n === 0 || m === 0) return null;
  let [below, pairs] = [0, 0];
  for (const [bin, rows] of positives.entries()) {
    const alike = negatives[bin] ?? 0;
    pairs += rows * (below + alike / 2);
    below += alike;
  }
  const area = pairs / (n * m);
  const [first, second] = [area / (2 - area), (2 * area ** 2) / (1 + area)];
  const [worthN, worthM] = [Math.max(1, n / phi), Math.max(1, m / phi)];
  const variance =
    (area * (1 - area) + (worthN - 1) * (first - area ** 2) + (worthM - 1) * (second - area ** 2)) /
    (worthN * worthM);
  return rateOf(area, Math.sqrt(Math.max(0, variance)));
}

/** Share of positives in each bin of scores, to be held against the scores; null in a bin without rows. */
export const calibration = ({ positives, negatives }: ScoreJoint, phi = 1): (Rate | null)[] =>
  positives.map((rows, bin) => shareRate(rows, rows + (negatives[bin] ?? 0), phi));

/** Share of the predictions whose label has come. Null without predictions. */
export const labelledShare = (labelled: number, predictions: number): number | null =>
  predictions === 0 ? null : Math.min(1, labelled / predictions);
