import type { NumericBinning } from '../drift/binning.ts';
import { binnedRows, type Counters } from '../drift/counters.ts';
import { rowsBetweenEdges } from '../drift/label.ts';
import { type EstimatedScores, estimatedScores, type Relation } from './estimated-scores.ts';
import type { Rate } from './rate.ts';
import {
  calibration,
  labelledShare,
  type MeasuredScores,
  measuredScores,
  type ScoreJoint,
} from './score-joint.ts';

/** Predictions of a time, and those of them whose label has come, by outcome. */
export type ScoredRows = {
  readonly all: Counters;
  readonly positives: Counters;
  readonly negatives: Counters;
};

export type ScorePerformance = {
  /** From which positive is decided: what was declared, or the edge of the bins next to it, since only edges are known exactly. */
  readonly threshold: number;
  /** Of predictions so old that their labels should be there; null where none is. */
  readonly measured: MeasuredScores | null;
  readonly measuredShare: number | null;
  /** Of predictions since, whose labels may still come; null without predictions. */
  readonly estimated: EstimatedScores | null;
  readonly estimatedShare: number | null;
  /** Of measured ones, by bin of scores, lowest first; without bins that have no labels. */
  readonly calibration: readonly CalibratedBin[];
};

/** Scores between two edges, null at an open end: how many there were, their mean, and how often they came true. */
type CalibratedBin = {
  readonly from: number | null;
  readonly to: number | null;
  readonly rows: number;
  readonly meanScore: number;
  readonly came: Rate;
};

/** Labels from which the relation of scores to outcomes is taken; with fewer the scores themselves are believed. */
const leastLabels = 200;

const jointOf = (binning: NumericBinning, { positives, negatives }: ScoredRows): ScoreJoint => ({
  edges: binning.edges,
  positives: rowsBetweenEdges(binning, positives.counts),
  negatives: rowsBetweenEdges(binning, negatives.counts),
});

const labelled = ({ positives, negatives }: ScoredRows): number =>
  binnedRows(positives) + binnedRows(negatives);

const nearest = (edges: readonly number[], declared: number): number | undefined =>
  edges.toSorted((left, right) => Math.abs(left - declared) - Math.abs(right - declared))[0];

/** Mean score between neighbouring edges, from the sums of the bins; the middle of both where there are no rows. */
function meanScores(binning: NumericBinning, { counts, sums }: Counters): number[] {
  const rows = rowsBetweenEdges(binning, counts);
  const steps = rowsBetweenEdges(binning, sums.map(Number));
  const { centre, step } = binning.scale;
  return rows.map((count, bin) => {
    const middle = ((binning.edges[bin - 1] ?? 0) + (binning.edges[bin] ?? 1)) / 2;
    const mean = count === 0 ? middle : centre + (step * (steps[bin] ?? 0)) / count;
    return Math.min(1, Math.max(0, mean));
  });
}

type Scored = {
  readonly old: ScoredRows;
  readonly recent: ScoredRows;
  readonly phi: number;
  /** Score from which positive is decided, as people say. */
  readonly declared: number;
};

function calibratedBins(binning: NumericBinning, old: ScoredRows, phi: number): CalibratedBin[] {
  const { edges } = binning;
  const joint = jointOf(binning, old);
  // Of all scores of a bin: of those whose label has come only their number is kept.
  const means = meanScores(binning, old.all);
  return calibration(joint, phi).flatMap((came, bin) => {
    if (came === null) return [];
    const rows = (joint.positives[bin] ?? 0) + (joint.negatives[bin] ?? 0);
    return [{ from: edges[bin - 1] ?? null, to: edges[bin] ?? null, rows, meanScore: means[bin] ?? 0, came }];
  });
}

/**
 * How a score does: measured by labels on old predictions, estimated on recent ones by the same relation. Null where
 * all scores are in one bin. Source: drift.md §9.4.
 */
export function scorePerformance(
  binning: NumericBinning,
  { old, recent, phi, declared }: Scored,
): ScorePerformance | null {
  const threshold = nearest(binning.edges, declared);
  if (threshold === undefined) return null;
  const relation: Relation =
    labelled(old) >= leastLabels
      ? { from: 'labels', joint: jointOf(binning, old) }
      : { from: 'scores', edges: binning.edges, means: meanScores(binning, recent.all) };
  const recentRows = rowsBetweenEdges(binning, recent.all.counts);
  return {
    threshold,
    measured: labelled(old) === 0 ? null : measuredScores(jointOf(binning, old), threshold, phi),
    measuredShare: labelledShare(labelled(old), binnedRows(old.all)),
    estimated:
      binnedRows(recent.all) === 0 ? null : estimatedScores(recentRows, relation, { threshold, phi }),
    estimatedShare: labelledShare(labelled(recent), binnedRows(recent.all)),
    calibration: calibratedBins(binning, old, phi),
  };
}
