import { type Arm, podIntervals } from '../../domain/analysis/counter-deltas.ts';
import type { CounterSample } from '../metrics/metrics.ts';
import { boundariesBetween } from './boundaries.ts';
import { counterSeries } from './counter-series.ts';

/** Enough requests to tell a split; older ones may stem from before the gateway followed. */
const enoughRequests = 200;
const mostIntervals = 60;
const finestMs = 10_000;

/** Boundaries since acceptance by which the split is measured, at most 61: coarser the longer ago it was. */
export function splitBoundaries(acceptedAt: Date | null, intervalMs: number, untilMs: number): number[] {
  if (acceptedAt === null) return [];
  const fineMs = Math.min(intervalMs, finestMs);
  const factor = Math.max(1, Math.ceil((untilMs - acceptedAt.getTime()) / (fineMs * mostIntervals)));
  return boundariesBetween(
    { fromMs: acceptedAt.getTime(), toMs: untilMs },
    fineMs * factor,
    mostIntervals + 1,
  );
}

/** Requests of both arms in the newest intervals, back to the one with which there are 200, or to acceptance. */
export function measuredSplit(
  samples: readonly CounterSample[],
  boundariesMs: readonly number[],
  armOf: (revisionNumber: number) => Arm | null,
): { nCanary: number; nStable: number } {
  const split = { nCanary: 0, nStable: 0 };
  const series = counterSeries(samples, { boundariesMs, armOf, part: { of: 'errors' } });
  if (series === null) return split;
  for (const interval of podIntervals(series).toReversed()) {
    if (interval.kind === 'dropped') continue;
    for (const pod of interval.pods) {
      if (pod.arm === 'canary') split.nCanary += pod.n;
      else split.nStable += pod.n;
    }
    if (split.nCanary + split.nStable >= enoughRequests) break;
  }
  return split;
}
