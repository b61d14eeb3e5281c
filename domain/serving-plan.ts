import { type Blocker, blocker } from './refusal.ts';
import { fightBlockers } from './rollout-blockers.ts';
import type { Scaling } from './service-spec.ts';
import {
  type DesiredRevision,
  type DesiredServing,
  foundNumber,
  type ObservedRevision,
  type ObservedServing,
  type ServingAction,
  sameWeights,
  type Weights,
} from './serving.ts';

/**
 * The writes that are safe now, in order; pure. Nothing when the picture is not fresh or another manager fights us. A
 * weight rises only on a revision with ready endpoints; the share of an unready one goes to the fallback at once; a
 * revision is deleted only when it is ours, not to be left untouched, the accepted route sends it nothing and whatever
 * serves is ready; objects that are not ours are never touched. What must wait is left to a later pass; a converged world plans nothing.
 */
export function plan(desired: DesiredServing, observed: ObservedServing): ServingAction[] {
  if (!observed.fresh || observed.fight !== null) return [];
  const applies = desired.revisions
    .filter((revision) => needsApply(revision, find(observed, revision.number)))
    .map((revision): ServingAction => ({ kind: 'applyRevision', revision }));
  const route = desired.found === undefined ? ownRoute(desired, observed) : foundRoute(desired, observed);
  const scale = scaleOfFound(desired, observed);
  return [...applies, ...scale, ...route, ...(route.length === 0 ? deletions(desired, observed) : [])];
}

function ownRoute(desired: DesiredServing, observed: ObservedServing): ServingAction[] {
  const weights = nextWeights(desired, observed);
  return weights === null ? [] : [{ kind: 'applyRoute', weights }];
}

/** A route of others is edited, never made; back to what it was found as only once the found pods take its traffic. */
function foundRoute({ found, ...desired }: DesiredServing, observed: ObservedServing): ServingAction[] {
  const { route, found: seen } = observed;
  if (found === undefined || seen === undefined || !route.exists || !route.owned) return [];
  const target = withoutUnready(desired, observed);
  const restores = found.form === 'restored' && sameWeights(target, { [foundNumber]: 100 });
  if (restores)
    return seen.form !== 'restored' && isReady(observed, foundNumber)
      ? [{ kind: 'applyRoute', weights: target, form: 'restored' }]
      : [];
  const form = found.form === 'removed' && (target[foundNumber] ?? 0) === 0 ? 'removed' : 'kept';
  const weights = nextWeights(desired, observed);
  if (weights !== null) return [{ kind: 'applyRoute', weights, form }];
  return form === 'removed' && seen.form === 'kept'
    ? [{ kind: 'applyRoute', weights: route.requested, form }]
    : [];
}

/** Down only when no accepted route leads there any more; up before a route leads there again. */
function scaleOfFound({ found }: DesiredServing, observed: ObservedServing): ServingAction[] {
  const { found: seen, route } = observed;
  if (found === undefined || found.replicas === null || seen?.exists !== true) return [];
  const { replicas } = found;
  const due =
    replicas === 0
      ? seen.replicas > 0 && seen.form === 'removed' && route.exists && route.accepted
      : seen.replicas === 0;
  return due ? [{ kind: 'scaleFound', replicas }] : [];
}

/** What `plan` will not do and why: the words for the screen. Empty when nothing stands in the way. */
export function planBlockers(desired: DesiredServing, observed: ObservedServing): Blocker[] {
  const foreign = desired.revisions
    .filter((revision) => find(observed, revision.number)?.owned === false)
    .map(({ number }) => foreignBlocker(`${desired.scope.serviceName}-r${number}`));
  const { route } = observed;
  const foreignRoute =
    route.exists && !route.owned ? [foreignBlocker(`route ${desired.scope.serviceName}`)] : [];
  return [...fightBlockers(observed), ...foreign, ...foreignRoute];
}

function foreignBlocker(object: string): Blocker {
  return blocker({
    code: 'conflict',
    message: `"${object}" exists in the cluster but was not made by Fairlead, so it is not touched.`,
    params: { object },
    owner: 'whoever made it',
    fix: 'Delete or rename that object, or give the Service another name.',
  });
}

function find(observed: ObservedServing, number: number): ObservedRevision | undefined {
  return observed.revisions.find((revision) => revision.number === number);
}

function isReady(observed: ObservedServing, number: number): boolean {
  const revision = find(observed, number);
  // What a take over found is not ours and takes traffic all the same.
  return revision !== undefined && (revision.owned || number === foundNumber) && revision.ready;
}

function needsApply(desired: DesiredRevision, found: ObservedRevision | undefined): boolean {
  if (found === undefined) return true;
  if (!found.owned) return false;
  return (
    !found.complete ||
    found.specDigest !== desired.specDigest ||
    found.scaling === null ||
    !sameScaling(found.scaling, desired.scaling)
  );
}

function sameScaling(left: Scaling, right: Scaling): boolean {
  if (left.kind === 'fixed') return right.kind === 'fixed' && left.replicas === right.replicas;
  return (
    right.kind === 'auto' &&
    left.minReplicas === right.minReplicas &&
    left.maxReplicas === right.maxReplicas &&
    left.targetCpuPercent === right.targetCpuPercent
  );
}

/** Desired weights with the share of unready revisions moved to the fallback. */
function withoutUnready(desired: DesiredServing, observed: ObservedServing): Weights {
  const target: Record<number, number> = {};
  for (const [key, weight] of Object.entries(desired.weights)) {
    if (weight === 0) continue;
    const number = Number(key);
    const fallback = desired.fallbackNumber;
    const taker = fallback === null || isReady(observed, number) ? number : fallback;
    target[taker] = (target[taker] ?? 0) + weight;
  }
  return target;
}

/** The weights to write now, or null when the route is right or has to wait for a revision to become ready. */
function nextWeights(desired: DesiredServing, observed: ObservedServing): Weights | null {
  const { route } = observed;
  if (route.exists && !route.owned) return null;
  const target = withoutUnready(desired, observed);
  const safe = Object.entries(target).every(
    ([number, weight]) =>
      weight <= (route.requested[Number(number)] ?? 0) || isReady(observed, Number(number)),
  );
  // A route that must move hosts while its revisions are unready keeps its weights.
  const weights = safe ? target : route.requested;
  const nothing = Object.keys(weights).length === 0;
  if (!route.exists) return nothing ? null : weights;
  if (nothing && sameWeights(route.requested, {})) return null;
  return sameWeights(route.requested, weights) && route.matchesScope ? null : weights;
}

function deletions(desired: DesiredServing, observed: ObservedServing): ServingAction[] {
  const { route } = observed;
  const serving = Object.entries(desired.weights).filter(([, weight]) => weight > 0);
  const routeSettled = route.exists
    ? route.owned && (route.accepted || serving.length === 0)
    : serving.length === 0;
  if (!routeSettled || !serving.every(([number]) => isReady(observed, Number(number)))) return [];
  return observed.revisions
    .filter((revision) => revision.owned && (route.requested[revision.number] ?? 0) === 0)
    .filter((revision) => !desired.revisions.some((kept) => kept.number === revision.number))
    .filter((revision) => !(desired.untouched ?? []).includes(revision.number))
    .map((revision): ServingAction => ({ kind: 'deleteRevision', number: revision.number }));
}
