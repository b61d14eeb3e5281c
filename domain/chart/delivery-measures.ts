import type { ChartRange, ChartSeries } from './chart-series.ts';

/** A rollout of a promotion that has ended; times in ms, as docs/boards.md defines them. */
export type EndedChange = {
  readonly endedMs: number;
  /** From the request of the promotion to all traffic; null of one that did not get there. */
  readonly leadMs: number | null;
  readonly failed: boolean;
  /** From the first traffic of a failed one to none; null while unknown and of one that did not fail. */
  readonly restoreMs: number | null;
};

export type DeliveryMeasure = 'leadTime' | 'deploymentFrequency' | 'changeFailureShare' | 'timeToRestore';

type Points = ChartSeries['points'];

/** The middle of the values, between two of them their mean; null of none. */
function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[middle - 1 + (sorted.length % 2)], sorted[middle]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

/** One measure of a set of changes; null where there is nothing to measure. Deployments are counted, so none are 0. */
export function measureOf(measure: DeliveryMeasure, changes: readonly EndedChange[]): number | null {
  switch (measure) {
    case 'leadTime':
      return median(changes.flatMap(({ leadMs }) => (leadMs === null ? [] : [leadMs])));
    case 'deploymentFrequency':
      return changes.filter(({ leadMs }) => leadMs !== null).length;
    case 'changeFailureShare':
      return changes.length === 0 ? null : changes.filter(({ failed }) => failed).length / changes.length;
    case 'timeToRestore':
      return median(changes.flatMap(({ restoreMs }) => (restoreMs === null ? [] : [restoreMs])));
  }
}

/** The measure step by step, each step by the changes that ended in it. */
export function measurePoints(
  measure: DeliveryMeasure,
  changes: readonly EndedChange[],
  { range, stepMs }: { range: ChartRange; stepMs: number },
): Points {
  const steps = Map.groupBy(changes, ({ endedMs }) => Math.floor((endedMs - range.from) / stepMs));
  return Array.from({ length: Math.ceil((range.to - range.from) / stepMs) }, (_, index) => [
    range.from + index * stepMs,
    measureOf(measure, steps.get(index) ?? []),
  ]);
}
