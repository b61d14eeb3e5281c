import { countText } from '../../domain/figure-text.ts';
import type { RolloutDetail } from './rollout-answers.ts';

/**
 * On how many requests the verdicts rest, as a sentence; null before any whole interval. A rollout that has gone back has
 * forgotten its sightings, so its stored intervals answer then.
 */
export function sampleSentence({ status, totals }: Pick<RolloutDetail, 'status' | 'totals'>): string | null {
  const seen = status?.requests;
  if (seen !== undefined && seen.nCanary + seen.nStable > 0)
    return `Whole intervals so far: ${arms(seen)} requests, ${countText(seen.stepNCanary)} canary requests in this step.`;
  const most = totals.toSorted((left, right) => right.nCanary - left.nCanary)[0];
  return most === undefined || most.nCanary + most.nStable === 0
    ? null
    : `Over the whole rollout: ${arms(most)} requests in ${countText(most.intervals)} whole intervals.`;
}

function arms({ nCanary, nStable }: { readonly nCanary: number; readonly nStable: number }): string {
  return `${countText(nCanary)} canary and ${countText(nStable)} stable`;
}
