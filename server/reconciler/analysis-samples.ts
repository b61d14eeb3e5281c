import { type Arm, armIntervals, podIntervals } from '../../domain/analysis/counter-deltas.ts';
import { intervalLogE, psiGrid } from '../../domain/analysis/e-process.ts';
import type { Rollout } from '../../domain/rollout.ts';
import type { Check } from '../../domain/rollout-plan.ts';
import type { CounterSample } from '../metrics/metrics.ts';
import { counterSeries, type Part } from './counter-series.ts';

/** Check id of the rows that count requests alone; no plan can name it. */
export const requestsId = '$requests';

export type AnalysisRow = {
  readonly checkId: string;
  readonly intervalEnd: Date;
  readonly nCanary: number;
  readonly nStable: number;
  readonly xCanary: number;
  readonly xStable: number;
  readonly canaryPodCount: number;
  readonly logE: readonly number[];
};

/** Arms of a rollout's revisions; other revisions have none. */
export function armsOf({ fromNumber, toNumber }: Pick<Rollout, 'fromNumber' | 'toNumber'>) {
  return (revisionNumber: number): Arm | null =>
    revisionNumber === toNumber ? 'canary' : revisionNumber === fromNumber ? 'stable' : null;
}

function partOf(check: Check): Part | null {
  if (check.of === 'slow') return { of: 'slow', slowerThanMs: check.slowerThanMs ?? 0 };
  return check.of === 'errors' ? { of: 'errors' } : null;
}

type PodCount = { readonly arm: Arm; readonly n: number; readonly x: number };
type Counted = { readonly endMs: number; readonly pods: readonly PodCount[] };

/** Whole intervals that may be judged: both arms together, or the canary alone when there is nothing to compare with. */
function intervalsOf(
  rollout: Rollout,
  samples: readonly CounterSample[],
  cut: { boundariesMs: readonly number[]; part: Part },
): Counted[] | null {
  const series = counterSeries(samples, { ...cut, armOf: armsOf(rollout) });
  if (series === null) return null;
  const intervals = rollout.fromNumber === null ? podIntervals(series) : armIntervals(series);
  return intervals.flatMap((interval) => {
    if (interval.kind === 'dropped') return [];
    return interval.pods.some((pod) => pod.arm === 'canary') ? [interval] : [];
  });
}

function rowOf(checkId: string, { endMs, pods }: Counted, relative: boolean): AnalysisRow {
  const counts = { nCanary: 0, nStable: 0, xCanary: 0, xStable: 0 };
  for (const { arm, n, x } of pods) {
    counts[arm === 'canary' ? 'nCanary' : 'nStable'] += n;
    counts[arm === 'canary' ? 'xCanary' : 'xStable'] += x;
  }
  const canaryPodCount = pods.filter((pod) => pod.arm === 'canary').length;
  const logE = relative ? intervalLogE(counts, psiGrid) : [];
  return { checkId, intervalEnd: new Date(endMs), ...counts, canaryPodCount, logE };
}

/**
 * Rows of `analysis_interval` for every check that counts requests, and for the requests themselves: differences of raw
 * counters between neighbouring boundaries. `missing` names latency boundaries for which a pod has no bucket.
 */
export function analysisRows(
  rollout: Rollout,
  samples: readonly CounterSample[],
  boundariesMs: readonly number[],
): { rows: AnalysisRow[]; missing: ReadonlyMap<string, string> } {
  const missing = new Map<string, string>();
  const whole = intervalsOf(rollout, samples, { boundariesMs, part: { of: 'errors' } }) ?? [];
  const rows = whole.map((interval) => ({ ...rowOf(requestsId, interval, false), xCanary: 0, xStable: 0 }));
  for (const check of rollout.plan.checks) {
    const part = partOf(check);
    if (part === null || (rollout.fromNumber === null && check.kind === 'eProcess')) continue;
    const intervals = intervalsOf(rollout, samples, { boundariesMs, part });
    if (intervals === null)
      missing.set(
        check.id,
        `the metrics have no bucket at ${part.of === 'slow' ? part.slowerThanMs : 0} ms for every pod`,
      );
    else rows.push(...intervals.map((interval) => rowOf(check.id, interval, check.kind === 'eProcess')));
  }
  return { rows, missing };
}

/** Bad requests by canary pod between the first and the last boundary at which the pod was seen; empty when unknown. */
export function badByPod(
  rollout: Rollout,
  samples: readonly CounterSample[],
  cut: { boundariesMs: readonly number[]; check: Check },
): number[] {
  const part = partOf(cut.check);
  const first = cut.boundariesMs[0];
  const last = cut.boundariesMs.at(-1);
  if (part === null || first === undefined || last === undefined || first === last) return [];
  const series = counterSeries(samples, { boundariesMs: [first, last], part, armOf: armsOf(rollout) });
  if (series === null) return [];
  return podIntervals(series).flatMap((interval) =>
    interval.kind === 'dropped'
      ? []
      : interval.pods.filter((pod) => pod.arm === 'canary').map((pod) => pod.x),
  );
}
