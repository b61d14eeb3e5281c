import { binLabels } from '../drift/bin-labels.ts';
import { binTotal, type CategoricalBinning, type OrderedBinning } from '../drift/binning.ts';
import { binnedRows, type Counters } from '../drift/counters.ts';
import { classesOf, mostTruths, truthSegment } from '../drift/label-target.ts';
import { type ClassJoint, type MeasuredClasses, measuredClasses } from './class-joint.ts';
import { labelledShare } from './score-joint.ts';

export type ClassPerformance = {
  readonly joint: ClassJoint;
  /** Null without labels. */
  readonly measured: MeasuredClasses | null;
  readonly measuredShare: number | null;
};

/** Rows by predicted and true class, from predictions counted by what came. */
function classJoint(
  binning: CategoricalBinning | OrderedBinning,
  bySegment: ReadonlyMap<string, Counters>,
): ClassJoint {
  const classes = binLabels(binning).slice(0, Math.min(mostTruths, classesOf(binning).length));
  const truths = [...classes.keys(), null].map((bin) => bySegment.get(truthSegment(bin)));
  // Predictions that no bin has are among the others too.
  const newRows = truths.map((counters) => counters?.apart.new ?? 0);
  const rowsOf = (bin: number) => truths.map((counters) => counters?.counts[bin] ?? 0);
  const others = Array.from({ length: binTotal(binning) - classes.length }, (_, index) =>
    rowsOf(classes.length + index),
  );
  const sum = newRows.map((rows, truth) => others.reduce((all, one) => all + (one[truth] ?? 0), rows));
  return { classes, rows: [...classes.keys()].map(rowsOf).concat([sum]) };
}

/** How predicted classes did where it is known what came; `all` are those of the same time. Source: drift.md §9.4. */
export function classPerformance(
  binning: CategoricalBinning | OrderedBinning,
  { all, bySegment, phi }: { all: Counters; bySegment: ReadonlyMap<string, Counters>; phi: number },
): ClassPerformance {
  const joint = classJoint(binning, bySegment);
  const measured = measuredClasses(joint, phi);
  return {
    joint,
    measured: measured.rows === 0 ? null : measured,
    measuredShare: labelledShare(measured.rows, binnedRows(all) + all.apart.new),
  };
}
