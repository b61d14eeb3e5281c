import type { Blocker } from '../../domain/refusal.ts';
import type { Discovery, ObservedWorkload } from '../../domain/workload.ts';
import type { WatchedWorkload } from './cluster.ts';
import type { KubernetesObject } from './kubernetes-objects.ts';
import type { Change } from './watch-store.ts';
import { type ForeignKind, foreignKinds, type WorkloadCache } from './workload-cache.ts';
import { type ForeignObjects, podsOf } from './workload-objects.ts';
import { readWorkload, readWorkloads } from './workload-read.ts';
import { listedRoute } from './workload-routes.ts';

/** Reading a namespace of a thousand pods for the first time takes a moment. */
const firstReadMs = 8_000;
const settleTimeoutMs = 3_000;

function foreignObjects(cache: WorkloadCache, namespace: string): ForeignObjects {
  const unread = (kind: ForeignKind): string | null =>
    cache.problem(kind, namespace)?.message ??
    (cache.isLive(kind, namespace) ? null : `${kind} objects are still being read.`);
  return {
    deployments: cache.objects('Deployment', namespace),
    inferenceServices: cache.objects('InferenceService', namespace),
    rollouts: cache.objects('Rollout', namespace),
    pods: cache.objects('Pod', namespace),
    services: cache.objects('Service', namespace),
    routes: cache.objects('HTTPRoute', namespace),
    unread: { services: unread('Service'), routes: unread('HTTPRoute') },
  };
}

function distinct(problems: readonly (Blocker | null)[]): Blocker[] {
  const found = problems.filter((problem) => problem !== null);
  return [...new Map(found.map((problem) => [problem.message, problem])).values()];
}

/** Kinds that a cluster need not have: their absence is no problem, only a lack of rights is. */
const optionalKinds = new Set<ForeignKind>(['InferenceService', 'Rollout', 'HTTPRoute']);

function problemOf(cache: WorkloadCache, kind: ForeignKind, namespace: string): Blocker | null {
  const problem = cache.problem(kind, namespace);
  return problem?.code === 'crdMissing' && optionalKinds.has(kind) ? null : problem;
}

/** Everything of a namespace that others made; who owns which field is left out, since nobody asks here. */
export async function discoverNamespace(
  cache: WorkloadCache,
  namespace: string,
): Promise<Omit<Discovery, 'rates'>> {
  await cache.settled(namespace, firstReadMs);
  const found = foreignObjects(cache, namespace);
  const workloads = readWorkloads(found);
  const led = workloads.map(({ ref, services }) => ({ name: ref.name, services }));
  return {
    schema: 1,
    namespace,
    workloads: workloads.map((workload) => ({ ...workload, owners: [] })),
    routes: found.routes.map((route) => listedRoute(route, led)),
    problems: distinct(foreignKinds.map((kind) => problemOf(cache, kind, namespace))),
  };
}

/** Which watched service a change concerns, so that it is looked at at once; forgets nothing, a service is few bytes. */
export class Watchers {
  readonly #watched = new Map<string, WatchedWorkload & { selector: Readonly<Record<string, string>> }>();

  remember(watched: WatchedWorkload, selector: Readonly<Record<string, string>>): void {
    this.#watched.set(watched.serviceId, { ...watched, selector });
  }

  /** Services whose workload, or a pod of it, has changed; routes and Services are looked at when time comes. */
  of(namespace: string, kind: ForeignKind, { before, after }: Change): string[] {
    const object = after ?? before;
    if (object === null || kind === 'Service' || kind === 'HTTPRoute') return [];
    return [...this.#watched.values()]
      .filter((watched) => watched.namespace === namespace && isOf(watched, kind, object))
      .map(({ serviceId }) => serviceId);
  }
}

function isOf(
  { ref, selector }: { ref: WatchedWorkload['ref']; selector: Readonly<Record<string, string>> },
  kind: ForeignKind,
  object: KubernetesObject,
): boolean {
  if (kind === 'Pod') {
    const { deletionTimestamp: _leaving, ...metadata } = object.metadata;
    return podsOf([{ ...object, metadata }], selector).length > 0;
  }
  return ref.kind === kind && ref.name === object.metadata.name;
}

/** One watched workload out of the shared watches. */
export async function observeWatched(
  { cache, watchers }: { cache: WorkloadCache; watchers: Watchers },
  watched: WatchedWorkload,
): Promise<ObservedWorkload> {
  const { namespace, ref } = watched;
  await cache.settled(namespace, settleTimeoutMs);
  const needed = [ref.kind, 'Pod'] as const;
  const fresh = needed.every((kind) => cache.isLive(kind, namespace));
  const found = foreignObjects(cache, namespace);
  const workload = readWorkload(ref, found);
  watchers.remember(watched, workload?.selector ?? {});
  const blockers = distinct(needed.map((kind) => cache.problem(kind, namespace)));
  const routesRead = found.unread.services === null && found.unread.routes === null;
  return { fresh, blockers, routesRead, workload };
}
