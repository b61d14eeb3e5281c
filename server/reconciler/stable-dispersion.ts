import { podIntervals } from '../../domain/analysis/counter-deltas.ts';
import {
  type Dispersion,
  dispersion,
  dispersionForPods,
  type PodCounts,
} from '../../domain/analysis/tempering.ts';
import type { RolloutPlan } from '../../domain/rollout-plan.ts';
import type { ServingScope } from '../../domain/serving.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { boundariesBetween } from './boundaries.ts';
import { counterSeries, type Part } from './counter-series.ts';

const historyMs = 24 * 3_600_000;
const boundariesPerCall = 500;
/** Shorter intervals reach less far back: this bounds the reads before a start. */
const mostCalls = 4;

type Question = {
  readonly scope: ServingScope;
  readonly stableNumber: number;
  /** Pods that the canary starts with; an autoscaled stable may run on many more. */
  readonly canaryPodCount: number;
  readonly plan: RolloutPlan;
  readonly now: Date;
};

function partsOf(plan: RolloutPlan): Part[] {
  return plan.checks.flatMap((check): Part[] => {
    if (check.kind !== 'eProcess') return [];
    return check.of === 'slow' ? [{ of: 'slow', slowerThanMs: check.slowerThanMs ?? 0 }] : [{ of: 'errors' }];
  });
}

/**
 * How clustered stable's bad requests are over its last 24 hours at the plan's interval length: the largest of the
 * relative checks, because one phi is fixed for the rollout, raised when the canary has far fewer pods than stable. Without
 * history or relative checks: 2, not backed.
 */
export async function stableDispersion(metrics: Metrics, question: Question): Promise<Dispersion> {
  const { scope, stableNumber, plan, now } = question;
  const parts = partsOf(plan);
  const intervals = parts.map((): (readonly PodCounts[])[] => []);
  const all = boundariesBetween(
    { fromMs: now.getTime() - historyMs, toMs: now.getTime() },
    plan.intervalMs,
    boundariesPerCall * mostCalls,
  );
  const starts = Array.from(
    { length: Math.ceil(Math.max(0, all.length - 1) / (boundariesPerCall - 1)) },
    (_, index) => index * (boundariesPerCall - 1),
  );
  const read = async (start: number) => {
    const boundariesMs = all.slice(start, start + boundariesPerCall);
    const answer = await metrics.counters({ scope, boundaries: boundariesMs.map((at) => new Date(at)) });
    return { boundariesMs, answer };
  };
  for (const { boundariesMs, answer } of parts.length === 0 ? [] : await Promise.all(starts.map(read))) {
    if (answer.kind === 'noEvidence') continue;
    for (const [index, part] of parts.entries()) {
      const armOf = (number: number) => (number === stableNumber ? 'stable' : null);
      const series = counterSeries(answer.samples, { boundariesMs, part, armOf });
      if (series === null) continue;
      for (const interval of podIntervals(series))
        if (interval.kind === 'counted') intervals[index]?.push(interval.pods);
    }
  }
  const found = intervals.map((counts) => dispersion(counts));
  const backed = found.filter((one) => one.backedByHistory);
  const worst = backed.toSorted((left, right) => right.phi - left.phi)[0];
  if (worst === undefined) return dispersion([]);
  const stable = Math.max(1, ...intervals.map((counts) => counts.at(-1)?.length ?? 0));
  return { ...worst, phi: dispersionForPods(worst.phi, { canary: question.canaryPodCount, stable }) };
}
