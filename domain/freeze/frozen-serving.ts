import { podDemand } from '../preflight/pod-demand.ts';
import type { Scaling } from '../service-spec.ts';
import type { DesiredRevision, DesiredServing, ObservedRevision, ObservedServing } from '../serving.ts';

/** A revision that is wanted larger than it may grow. */
export type Capped = { readonly number: number; readonly wanted: number; readonly most: number };

export type Frozen = { readonly desired: DesiredServing; readonly capped: readonly Capped[] };

/** The most replicas that a scaling allows. */
export function mostReplicas(scaling: Scaling): number {
  return scaling.kind === 'fixed' ? scaling.replicas : scaling.maxReplicas;
}

/**
 * What a freeze leaves of a desired state: a revision with GPUs that runs is wanted no larger than it runs, and an autoscaler
 * goes no further than that, or than an earlier look allowed. Nothing shrinks, no weight changes, and a revision that does
 * not run yet is wanted in full. Nothing is kept of it: the desired state by itself is how everything goes on afterwards.
 */
export function frozenServing(desired: DesiredServing, observed: ObservedServing): Frozen {
  if (!observed.fresh) return { desired, capped: [] };
  const revisions = desired.revisions.map((revision) => {
    const seen = observed.revisions.find(({ number, owned }) => number === revision.number && owned);
    return seen === undefined || !asksForGpus(revision)
      ? revision
      : { ...revision, scaling: frozenScaling(revision.scaling, seen) };
  });
  const capped = revisions.flatMap(({ number, scaling }, index) => {
    const wanted = mostReplicas(desired.revisions[index]?.scaling ?? scaling);
    const most = mostReplicas(scaling);
    return most < wanted ? [{ number, wanted, most }] : [];
  });
  return { desired: { ...desired, revisions }, capped };
}

/** Whether pods of the revision ask for GPUs or parts of them. */
export function asksForGpus({ podTemplate }: Pick<DesiredRevision, 'podTemplate'>): boolean {
  const { requests, claimTemplates } = podDemand(podTemplate);
  return claimTemplates.length > 0 || Object.keys(gpuAmounts(requests)).length > 0;
}

const gpuResource = /(^|\/)gpu(\.shared)?$|^nvidia\.com\/mig-/;

/** The amounts of these that are of GPUs or of parts of them. */
export function gpuAmounts(requests: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(requests).filter(([name, amount]) => gpuResource.test(name) && amount > 0),
  );
}

type Running = Pick<ObservedRevision, 'desiredReplicas' | 'scaling'>;

function frozenScaling(wanted: Scaling, { desiredReplicas, scaling: present }: Running): Scaling {
  if (wanted.kind === 'fixed')
    return desiredReplicas === 0 || wanted.replicas <= desiredReplicas
      ? wanted
      : { kind: 'fixed', replicas: desiredReplicas };
  // A bound that is lower than the wanted one was set by this freeze, or is what somebody had allowed until now.
  const before =
    present?.kind === 'auto' && present.maxReplicas < wanted.maxReplicas ? present.maxReplicas : 0;
  const most = Math.max(wanted.minReplicas, desiredReplicas, before);
  return most < wanted.maxReplicas ? { ...wanted, maxReplicas: most } : wanted;
}
