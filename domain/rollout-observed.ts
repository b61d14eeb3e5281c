import { type Blocker, blocker } from './refusal.ts';
import type { Rollout } from './rollout.ts';
import { rolloutWeights } from './rollout-weights.ts';
import { type ObservedServing, sameWeights } from './serving.ts';

/** What is known of a revision's readiness; `whole` means that every replica is ready and the last write was seen. */
export type Readiness = {
  readonly ready: boolean;
  readonly whole: boolean;
  readonly blockers: readonly Blocker[];
  /** Why it is not wholly ready, as one sentence in the cluster's words. */
  readonly reason: string;
};

/** Readiness of one revision as observed; an absent one is not ready. Conclude nothing from it unless the picture is fresh. */
export function readiness(observed: ObservedServing, number: number): Readiness {
  const revision = observed.revisions.find((entry) => entry.number === number);
  const ready = revision?.owned === true && revision.ready;
  const whole =
    ready &&
    revision.complete &&
    revision.settled &&
    revision.readyReplicas >= Math.max(1, revision.desiredReplicas);
  if (whole) return { ready, whole, blockers: [], reason: '' };
  const message =
    revision === undefined
      ? `Revision ${number} does not exist in the cluster yet.`
      : `${revision.readyReplicas} of ${Math.max(1, revision.desiredReplicas)} replicas of revision ${number} are ready.`;
  const own = blocker({
    code: 'revisionNotReady',
    message,
    params: { revision: number },
    owner: 'the cluster',
  });
  const found = revision?.blockers ?? [];
  const blockers = found.length > 0 ? [...found] : [own];
  const reason = found.length > 0 ? found.map((entry) => entry.message).join(' ') : message;
  return { ready, whole: false, blockers, reason };
}

/** Of the phase's weights: not in the route's spec, in it, or accepted there by the gateway. */
export type RouteState = 'behind' | 'requested' | 'accepted';

/**
 * How far the phase's weights have come at the gateway: not yet in the route's spec, requested, or accepted. No weights
 * at all are accepted as soon as no route sends anything to the rollout's revisions.
 */
export function routeState(rollout: Rollout, observed: ObservedServing): RouteState {
  const wanted = rolloutWeights(rollout);
  const { route } = observed;
  if (Object.keys(wanted).length === 0) {
    if (!route.exists) return 'accepted';
    return sameWeights(route.requested, {}) ? 'accepted' : 'behind';
  }
  if (!route.exists || !route.owned || !route.matchesScope) return 'behind';
  if (!sameWeights(route.requested, wanted)) return 'behind';
  return route.accepted ? 'accepted' : 'requested';
}

/** Why the cluster's picture cannot be used; never empty. */
export function clusterBlockers(observed: ObservedServing): Blocker[] {
  if (observed.blockers.length > 0) return [...observed.blockers];
  return [
    blocker({
      code: 'waitingForCluster',
      message: "The cluster's answer is not up to date yet, so nothing is decided on it.",
      owner: 'the cluster',
    }),
  ];
}
