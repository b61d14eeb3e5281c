import { isDeepStrictEqual } from 'node:util';
import { type Blocker, blocker } from '../../../domain/refusal.ts';
import {
  defaultServiceBehaviour,
  type ServiceBehaviour,
  type Timeline,
  valueAt,
} from '../../../domain/sandbox.ts';
import type { Fight, ObservedRoute, ServingScope } from '../../../domain/serving.ts';
import type { Route, RouteObject } from './stored-object.ts';

/** The route is named as its service. */
export function routeName(scope: Pick<ServingScope, 'serviceName'>): string {
  return scope.serviceName;
}

/** What of a scope the route carries. */
export function routeSpec(
  scope: ServingScope,
): Omit<Route, 'schema' | 'generation' | 'weights' | 'changedAtMs'> {
  const { name, namespace, sectionName } = scope.gateway;
  return {
    gateway: { name, namespace, sectionName: sectionName ?? null },
    hostnames: [...scope.hostnames],
    pathPrefix: scope.pathPrefix,
    port: scope.port,
  };
}

/** The other manager of a simulated fight and what it rewrites. */
export function fightDescription(name: string): Fight {
  return {
    manager: 'argocd-controller',
    object: `HTTPRoute/${name}`,
    fields: ['spec.rules[0].backendRefs[*].weight'],
  };
}

/** The observed route when there is none, or none can be read. */
export const noRoute: ObservedRoute = {
  exists: false,
  owned: false,
  requested: {},
  accepted: false,
  blockers: [],
  matchesScope: false,
};

/** From the write of a route to the gateway's answer, in milliseconds. */
export const routeAcceptanceMs = 1_000;

/** When the gateway has taken the present spec: after its last change, or after it was last let in again. */
function acceptedAt(route: RouteObject, behaviour: Timeline<ServiceBehaviour>): Date {
  let fromMs = route.body.changedAtMs;
  let rejected = false;
  for (const { atMs, value } of behaviour) {
    if (rejected && value.fault !== 'routeRejected') fromMs = Math.max(fromMs, atMs);
    rejected = value.fault === 'routeRejected';
  }
  return new Date(fromMs + routeAcceptanceMs);
}

type RouteView = {
  readonly scope: ServingScope;
  readonly behaviour: Timeline<ServiceBehaviour>;
  readonly now: Date;
  /** Revisions that have a workload. */
  readonly backends: ReadonlySet<number>;
};

function routeBlockers(route: RouteObject, view: RouteView): Blocker[] {
  const { name, namespace } = route.body.gateway;
  const waits = (message: string, fix: string | null, until: Date | null = null) =>
    blocker({
      code: 'routeNotAccepted',
      message,
      params: { route: route.name, gateway: `${namespace}/${name}` },
      fix,
      owner: until === null ? 'operator' : 'the cluster',
      until,
    });
  const { fault } = valueAt(view.behaviour, view.now.getTime(), defaultServiceBehaviour);
  if (fault === 'routeRejected')
    return [
      waits(
        `Gateway ${namespace}/${name} did not accept HTTPRoute "${route.name}": NotAllowedByListeners.`,
        'Allow the namespace on the listener of the gateway.',
      ),
    ];
  const missing = Object.entries(route.body.weights).find(
    ([number, weight]) => weight > 0 && !view.backends.has(Number(number)),
  );
  if (missing !== undefined)
    return [
      waits(
        `HTTPRoute "${route.name}" points to Service "${view.scope.serviceName}-r${missing[0]}", which does not exist: BackendNotFound.`,
        null,
      ),
    ];
  const until = acceptedAt(route, view.behaviour);
  return view.now < until
    ? [waits(`Gateway ${namespace}/${name} has not yet answered the last change.`, null, until)]
    : [];
}

/** Reads a stored route as the cluster port shows it. */
export function observedRoute(route: RouteObject | undefined, view: RouteView): ObservedRoute {
  if (route === undefined) return noRoute;
  const { weights, gateway, hostnames, pathPrefix, port } = route.body;
  const spec = { gateway, hostnames, pathPrefix, port };
  const blockers = routeBlockers(route, view);
  return {
    exists: true,
    owned: route.serviceId === view.scope.serviceId,
    requested: Object.fromEntries(
      Object.entries(weights).map(([number, weight]) => [Number(number), weight]),
    ),
    accepted: blockers.length === 0,
    blockers,
    matchesScope: isDeepStrictEqual(spec, routeSpec(view.scope)),
  };
}
