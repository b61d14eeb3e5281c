import { blocker } from '../../domain/refusal.ts';
import type { ObservedRevision, ObservedServing, ServingScope } from '../../domain/serving.ts';
import type { AdoptedWrites } from './adopted-writes.ts';
import { observeAdopted } from './gateway-adopted.ts';
import type { ForeignObjects } from './gateway-ownership.ts';
import { observedRevision } from './gateway-revision.ts';
import { noRoute, observedRoute } from './gateway-route.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import type { Fights } from './kubernetes-fights.ts';
import { type KubernetesObject, label } from './kubernetes-objects.ts';
import { revisionName, revisionNumber } from './manifests.ts';
import type { WatchCache } from './watch-cache.ts';

/** How long an observation waits for the first lists or for our own last write to come back. */
const settleTimeoutMs = 3_000;
const sliceService = 'kubernetes.io/service-name';

export type Observer = {
  readonly api: KubernetesApi;
  readonly cache: WatchCache;
  readonly foreign: ForeignObjects;
  readonly fights: Fights;
  readonly adoptedWrites: AdoptedWrites;
};

function foreignRevision(number: number): ObservedRevision {
  return {
    number,
    owned: false,
    specDigest: null,
    scaling: null,
    complete: false,
    desiredReplicas: 0,
    readyReplicas: 0,
    settled: false,
    ready: false,
    blockers: [],
  };
}

function revisionsOf({ cache, foreign }: Observer, scope: ServingScope): ObservedRevision[] {
  const { namespace, serviceName } = scope;
  const own = (kind: 'Deployment' | 'Service' | 'HorizontalPodAutoscaler') =>
    cache.ofService(kind, namespace, serviceName);
  const numberOf = (name: string) => revisionNumber(scope, name);
  const numbersOf = (names: string[]) => names.map(numberOf).filter((number) => number !== null);
  const foreignNumbers = new Set(numbersOf(foreign.in(namespace).map((place) => place.name)));
  const objects = [...own('Deployment'), ...own('Service'), ...own('HorizontalPodAutoscaler')];
  const numbers = new Set([...numbersOf(objects.map(({ metadata }) => metadata.name)), ...foreignNumbers]);
  const slices = cache.ofService('EndpointSlice', namespace, serviceName);
  const pods = cache.ofService('Pod', namespace, serviceName);
  const labelled = (list: KubernetesObject[], key: string, value: string) =>
    list.filter(({ metadata }) => metadata.labels?.[key] === value);
  return [...numbers]
    .sort((left, right) => left - right)
    .map((number) => {
      if (foreignNumbers.has(number)) return foreignRevision(number);
      const name = revisionName(scope, number);
      return observedRevision(
        {
          number,
          deployment: cache.get({ kind: 'Deployment', namespace, name }),
          service: cache.get({ kind: 'Service', namespace, name }),
          autoscaler: cache.get({ kind: 'HorizontalPodAutoscaler', namespace, name }),
          endpointSlices: labelled(slices, sliceService, name),
          pods: labelled(pods, label.revision, String(number)),
        },
        scope,
      );
    });
}

/**
 * What the cluster holds for one service, from the cache; waits a moment for a cold cache, never for a broken one. The routes
 * of others that lead to a taken-over service are read from the API server.
 */
export async function observeServing(observer: Observer, scope: ServingScope): Promise<ObservedServing> {
  const { adopted } = scope;
  if (adopted === undefined) return await observeOwn(observer, scope);
  // Read first: what is seen of our own pods is then never older than the routes.
  const picture = await observeAdopted(observer.api, { ...scope, adopted });
  observer.adoptedWrites.see(scope, picture.objects);
  const own = await observeOwn(observer, scope);
  return {
    ...own,
    fresh: own.fresh && picture.fresh,
    blockers: [...own.blockers, ...picture.blockers],
    revisions: [picture.revision, ...own.revisions],
    route: picture.route,
    ...(picture.found === undefined ? {} : { found: picture.found }),
  };
}

async function observeOwn(observer: Observer, scope: ServingScope): Promise<ObservedServing> {
  const { cache, foreign, fights } = observer;
  const { namespace, serviceName } = scope;
  const picture = await cache.settled(namespace, settleTimeoutMs);
  const now = new Date();
  const route = observedRoute(cache.get({ kind: 'HTTPRoute', namespace, name: serviceName }), scope);
  const foreignRoute = foreign
    .in(namespace)
    .some(({ kind, name }) => kind === 'HTTPRoute' && name === serviceName);
  const cold = blocker({
    code: 'waitingForCluster',
    message: "The cluster's present state is still being read.",
    owner: 'the cluster',
  });
  return {
    observedAt: picture.fresh ? now : (picture.contactAt ?? now),
    fresh: picture.fresh,
    revisions: revisionsOf(observer, scope),
    route: foreignRoute ? { ...noRoute, exists: true, owned: false } : route,
    fight: fights.of(scope.serviceId),
    blockers: picture.fresh ? [] : picture.blockers.length > 0 ? picture.blockers : [cold],
  };
}
