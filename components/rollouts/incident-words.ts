import { countOf, countText, durationText, shareText } from '../../domain/figure-text.ts';
import type { RolloutDetail } from './rollout-answers.ts';

export type Incident = NonNullable<RolloutDetail['incident']>;
type Broken = Pick<RolloutDetail, 'phase' | 'goal' | 'from' | 'to' | 'failure' | 'timeline'>;

/** What broke, or who sent the traffic back and why. */
export function whatBroke({ phase, goal, failure, timeline }: Broken): {
  title: string;
  quote: string | null;
} {
  if (failure !== null) return { title: failure.message, quote: null };
  const isAbort = phase === 'aborted' || goal === 'abort';
  const action = isAbort ? 'rollouts.abort' : 'rollouts.rollBack';
  const order = timeline.findLast((entry) => entry.action === action);
  const who = order?.actorName ?? 'Somebody';
  return {
    title: isAbort ? `${who} aborted this rollout.` : `${who} rolled this rollout back.`,
    quote: order?.comment == null || order.comment === '' ? null : order.comment,
  };
}

type Hit = { readonly title: string; readonly detail: string };

/** How many requests met the new revision while it was broken. */
export function requestsHit(
  { requests, failed, slow, slowerThanMs }: Incident['served'],
  number: number,
): Hit {
  if (requests === 0)
    return {
      title: 'No request was counted.',
      detail: `Nothing that revision ${number} answered was measured.`,
    };
  const share = shareText(failed / requests);
  const title =
    failed === 0
      ? `None of ${countOf(requests, 'request')} failed.`
      : `${countText(failed)} of ${countOf(requests, 'request')} failed (${share}).`;
  const slowly =
    slow === null || slowerThanMs === null
      ? ''
      : ` ${countText(slow)} of them were slower than ${slowerThanMs} ms.`;
  return { title, detail: `Counted at the pods of revision ${number}, in whole intervals.${slowly}` };
}

/** How long it was noticed after its first bad request; null when either is unknown. */
export function noticedAfter({ served, orderedAt }: Pick<Incident, 'served' | 'orderedAt'>): string | null {
  if (served.firstBadAt === null || orderedAt === null) return null;
  const ms = orderedAt.getTime() - new Date(served.firstBadAt).getTime();
  return ms < 0 ? null : durationText(ms);
}

/** "3 pods, 6 GPUs": what a kept canary costs. */
export function keptSize({ replicas, gpuCount }: Pick<Incident['kept'], 'replicas' | 'gpuCount'>): string {
  const pods = countOf(replicas, 'pod');
  return gpuCount === 0 ? `${pods}, no GPU` : `${pods}, ${countOf(gpuCount, 'GPU')}`;
}

/** Where to ask for the same version again, filled in. */
export function askAgainHref({ service, to }: Pick<RolloutDetail, 'service' | 'to'>): string {
  return `/promotions/new?service=${service.id}&modelVersion=${to.modelVersionId}`;
}

/** The steps that a retry may begin with, as a list to choose from. */
export function retrySteps(
  plan: RolloutDetail['plan'],
  lastStep: number,
): { value: string; label: string }[] {
  return plan.steps.slice(0, lastStep).map((step, index) => ({
    value: String(index + 1),
    label: `Step ${index + 1}: ${step.weightPercent} %`,
  }));
}
