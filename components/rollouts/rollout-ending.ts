import type { RolloutDetail } from './rollout-answers.ts';

type Ended = Pick<RolloutDetail, 'from' | 'to'>;

/** How a rollout succeeded; one that went back opens with its incident instead. */
export function endingOf({ from, to }: Ended): {
  readonly title: string;
  readonly detail: string | undefined;
} {
  return {
    title: `Revision ${to.number} serves all traffic.`,
    detail: from === null ? undefined : `Revision ${from.number} was scaled away.`,
  };
}

type Pending = Pick<
  RolloutDetail,
  'serviceGeneration' | 'serviceObservedGeneration' | 'goal' | 'promotedAt' | 'pausedAt' | 'phase'
>;

/** That an order is written down but the worker has not looked yet; null when it has. */
export function pendingSentence(rollout: Pending): string | null {
  const { serviceGeneration, serviceObservedGeneration } = rollout;
  if (serviceObservedGeneration >= serviceGeneration) return null;
  return `${orderOf(rollout)} is requested (generation ${serviceGeneration}); the worker has last acted on generation ${serviceObservedGeneration}.`;
}

function orderOf({ goal, promotedAt, pausedAt, phase }: Pending): string {
  if (goal === 'abort') return 'Abort';
  if (goal === 'rollBack') return 'Roll back';
  if (pausedAt !== null) return 'Pause';
  if (promotedAt !== null && phase === 'stepping') return 'Promote';
  return 'A change';
}
