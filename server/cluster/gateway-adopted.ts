import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { type Blocker, blocker, DomainError } from '../../domain/refusal.ts';
import {
  type AdoptedPath,
  type FoundForm,
  foundNumber,
  type ObservedRevision,
  type ObservedRoute,
  type ObservedServing,
  type ServingAction,
  type ServingScope,
  sameWeights,
  type Weights,
} from '../../domain/serving.ts';
import {
  type Backend,
  type BackendNames,
  editedRule,
  restoredRule,
  ruleForm,
  ruleShares,
} from './gateway-adopted-rule.ts';
import { readyEndpoints } from './gateway-revision.ts';
import { routeVerdict } from './gateway-route.ts';
import type { JsonPatch, KubernetesApi, Place } from './kubernetes-api.ts';
import { KubernetesApiError } from './kubernetes-api-error.ts';
import { type KubernetesObject, kubernetesObjectSchema, objectPath } from './kubernetes-objects.ts';
import { watchBlocker, writeFailure } from './kubernetes-words.ts';
import { revisionName, revisionNumber } from './manifests.ts';

type AdoptedScope = ServingScope & { readonly adopted: AdoptedPath };
type AdoptedRoute = AdoptedPath['routes'][number];

const routeSchema = z.looseObject({
  spec: z
    .looseObject({
      rules: z
        .array(z.looseObject({ backendRefs: z.array(z.record(z.string(), z.unknown())).optional() }))
        .optional(),
    })
    .optional(),
});
const deploymentSchema = z.looseObject({
  spec: z.looseObject({ replicas: z.int().optional() }),
});
const listSchema = z.looseObject({ items: z.array(kubernetesObjectSchema) });

/** Which backends of a rule belong to the service of this scope. */
export function backendNames(scope: AdoptedScope): BackendNames {
  return {
    adopted: scope.adopted,
    namespace: scope.namespace,
    numberOf: (name) => revisionNumber(scope, name),
    nameOf: (number) => revisionName(scope, number),
    port: scope.port,
  };
}

/** Backends of every rule, as they came; a rule without any is an empty list. */
export function ruleBackends(route: KubernetesObject): readonly (readonly Backend[])[] {
  return (routeSchema.safeParse(route).data?.spec?.rules ?? []).map(({ backendRefs = [] }) => backendRefs);
}

type Seen = {
  readonly routes: readonly { readonly recorded: AdoptedRoute; readonly object: KubernetesObject | null }[];
  readonly deployment: KubernetesObject | null;
  readonly readyEndpoints: number;
};

async function readSeen(api: KubernetesApi, { namespace, adopted }: AdoptedScope): Promise<Seen> {
  const slicesOf = async (name: string) => {
    const labelSelector = `kubernetes.io/service-name=${name}`;
    return listSchema.parse(await api.get(objectPath('EndpointSlice', namespace), { labelSelector })).items;
  };
  const [routes, deployment, slices] = await Promise.all([
    Promise.all(
      adopted.routes.map(async (recorded) => ({
        recorded,
        object: await api.read({ kind: 'HTTPRoute', namespace, name: recorded.name }),
      })),
    ),
    api.read({ kind: 'Deployment', namespace, name: adopted.workload.name }),
    Promise.all(adopted.backends.map(({ name }) => slicesOf(name))),
  ]);
  const same = deployment?.metadata.uid === adopted.workload.uid ? deployment : null;
  return { routes, deployment: same, readyEndpoints: readyEndpoints(slices.flat()) };
}

function originalOf(recorded: AdoptedRoute, index: number): readonly Backend[] | null {
  return recorded.rules.find((rule) => rule.index === index)?.backendRefs ?? null;
}

/** Of each rule that leads to the service: its split, and how the found workload stands in it. */
function rulesOf({ routes }: Seen, names: BackendNames): { weights: Weights; form: FoundForm }[] {
  return routes.flatMap(({ recorded, object }) =>
    (object === null ? [] : ruleBackends(object)).flatMap((backends, index) => {
      const weights = ruleShares(backends, names);
      if (weights === null) return [];
      const back = restoredRule(backends, originalOf(recorded, index), names);
      const form = ruleForm(backends, names);
      const scaled = form === 'restored' && !isDeepStrictEqual(back, backends);
      return [{ weights, form: scaled ? ('kept' as const) : form }];
    }),
  );
}

/** The least that every rule gives a number: what is more than this somewhere has yet to rise elsewhere. */
function leastWeights(rules: readonly { weights: Weights }[]): Weights {
  const [first, ...rest] = rules.map(({ weights }) => weights);
  const least = Object.entries(first ?? {}).map(
    ([number, weight]) =>
      [Number(number), Math.min(weight, ...rest.map((weights) => weights[Number(number)] ?? 0))] as const,
  );
  return Object.fromEntries(least.filter(([, weight]) => weight > 0));
}

function formOf(rules: readonly { form: FoundForm }[]): FoundForm {
  const [first = 'restored', ...rest] = rules.map(({ form }) => form);
  return rest.every((form) => form === first) ? first : 'kept';
}

function replacedBlocker({ name }: AdoptedRoute): Blocker {
  return blocker({
    code: 'conflict',
    message: `HTTPRoute ${name} is not the one that was taken over: it was deleted and made again, so Fairlead does not edit it.`,
    params: { route: name },
    fix: 'Give the service back, then take it over again.',
    owner: 'whoever manages the route',
  });
}

function emptyBlocker(names: readonly string[]): Blocker {
  return blocker({
    code: 'conflict',
    message: `No rule of HTTPRoute ${names.join(', ')} leads to this service with any weight any more, so there is nothing to split.`,
    fix: 'Let the rule lead to the found Service or to a revision again; Fairlead then splits it by itself.',
    owner: 'whoever manages the route',
  });
}

function isReplaced({ recorded, object }: Seen['routes'][number]): boolean {
  return object !== null && object.metadata.uid !== recorded.uid;
}

function observedRoute(seen: Seen, names: BackendNames): { route: ObservedRoute; form: FoundForm } {
  const present = seen.routes.flatMap(({ object }) => (object === null ? [] : [object]));
  const rules = rulesOf(seen, names);
  const requested = leastWeights(rules);
  const verdicts = present.map(routeVerdict);
  const refused = verdicts.find(({ accepted }) => !accepted);
  const replaced = seen.routes.filter(isReplaced).map(({ recorded }) => replacedBlocker(recorded));
  const nothing =
    rules.length === 0 || rules.some(({ weights }) => Object.keys(weights).length === 0)
      ? [emptyBlocker(present.map(({ metadata }) => metadata.name))]
      : [];
  const words = refused === undefined ? [] : [notAccepted(present, refused.words)];
  const route: ObservedRoute = {
    exists: present.length > 0,
    owned: replaced.length === 0,
    requested,
    accepted: refused === undefined && present.length > 0,
    blockers: [...replaced, ...nothing, ...words],
    matchesScope: rules.every(({ weights }) => sameWeights(weights, requested)),
  };
  return { route, form: formOf(rules) };
}

function notAccepted(routes: readonly KubernetesObject[], words: string): Blocker {
  const names = routes.map(({ metadata }) => metadata.name).join(', ');
  return blocker({
    code: 'routeNotAccepted',
    message: `The gateway has not accepted HTTPRoute ${names}: ${words}`,
    params: { route: names },
    fix: 'Correct what the gateway names.',
    owner: "the gateway's owner",
  });
}

function foundRevision({ deployment, readyEndpoints: ready }: Seen): ObservedRevision {
  const wanted = deploymentSchema.safeParse(deployment).data?.spec.replicas ?? (deployment === null ? 0 : 1);
  return {
    number: foundNumber,
    owned: false,
    specDigest: null,
    scaling: null,
    complete: deployment !== null,
    desiredReplicas: wanted,
    readyReplicas: ready,
    settled: true,
    ready: ready > 0,
    blockers: [],
  };
}

export type AdoptedPicture = Pick<ObservedServing, 'route' | 'found' | 'blockers'> & {
  readonly fresh: boolean;
  readonly revision: ObservedRevision;
  readonly objects: readonly KubernetesObject[];
};

/**
 * The routes that lead to a taken-over service and the workload that was found, read from the API server itself: they
 * carry no label of ours, so no watch of ours brings them. What cannot be read makes the picture not fresh.
 */
export async function observeAdopted(api: KubernetesApi, scope: AdoptedScope): Promise<AdoptedPicture> {
  try {
    const seen = await readSeen(api, scope);
    const { route, form } = observedRoute(seen, backendNames(scope));
    const revision = foundRevision(seen);
    const found = { exists: seen.deployment !== null, replicas: revision.desiredReplicas, form };
    const objects = seen.routes.flatMap(({ object }) => (object === null ? [] : [object]));
    return { route, found, blockers: [], fresh: true, revision, objects };
  } catch (error) {
    const { namespace, adopted } = scope;
    const at = { kind: 'HTTPRoute', namespace, serverUrl: api.serverUrl };
    const unread = { routes: [], deployment: null, readyEndpoints: 0 };
    return {
      route: {
        exists: false,
        owned: true,
        requested: {},
        accepted: false,
        blockers: [],
        matchesScope: false,
      },
      found: { exists: true, replicas: 0, form: 'kept' },
      blockers: [watchBlocker(error, at)],
      fresh: false,
      revision: { ...foundRevision(unread), complete: adopted.workload.name !== '' },
      objects: [],
    };
  }
}

/** Weight by weight while the backends are the same ones, else that rule's list; nothing besides is named. */
function ruleOps(index: number, before: readonly Backend[], after: readonly Backend[]): JsonPatch[number][] {
  const path = `/spec/rules/${index}/backendRefs`;
  const rest = (list: readonly Backend[]) => list.map(({ weight: _weight, ...kept }) => kept);
  if (!isDeepStrictEqual(rest(before), rest(after)) || after.some(({ weight }) => weight === undefined))
    return isDeepStrictEqual(before, after) ? [] : [{ op: 'replace', path, value: after }];
  return after.flatMap(({ name, weight }, at): JsonPatch[number][] =>
    before[at]?.weight === weight
      ? []
      : [
          { op: 'test', path: `${path}/${at}/name`, value: name },
          { op: 'add', path: `${path}/${at}/weight`, value: weight },
        ],
  );
}

type Wanted = { readonly weights: Weights; readonly form: FoundForm };

/**
 * The edit of a route as a JSON Patch on exactly the version that was read: the weights in each rule that leads to the
 * service, or that rule's backends when one of ours comes or goes; every other field is left alone. Empty when it is right.
 */
export function routePatch(
  route: KubernetesObject,
  { recorded, wanted, names }: { recorded: AdoptedRoute; wanted: Wanted; names: BackendNames },
): JsonPatch {
  const ops = ruleBackends(route).flatMap((live, index) => {
    if (ruleShares(live, names) === null) return [];
    const after =
      wanted.form === 'restored'
        ? restoredRule(live, originalOf(recorded, index), names)
        : editedRule(live, wanted, names);
    return ruleOps(index, live, after);
  });
  if (ops.length === 0) return [];
  const { uid, resourceVersion } = route.metadata;
  // The version is written, not tested: the API server then answers with a conflict, not with an invalid patch.
  return [
    { op: 'test', path: '/metadata/uid', value: uid },
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
    ...ops,
  ];
}

/** Edits on the newest version, again when somebody else was quicker; three times at most. */
async function editing(
  api: KubernetesApi,
  place: Place,
  patchOf: (object: KubernetesObject) => JsonPatch,
): Promise<KubernetesObject | null> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const live = await api.read(place);
      if (live === null) return null;
      const patch = patchOf(live);
      return patch.length === 0 ? live : await api.patchJson(place, patch);
    } catch (error) {
      const stale = error instanceof KubernetesApiError && error.status === 409 && attempt < 3;
      if (!stale) throw writeFailure(error, `${place.kind} "${place.name}"`, api.serverUrl);
    }
  }
}

/** A patch of the found workload's count on the version that was read; refuses another object of that name. */
function scalePatch(object: KubernetesObject, uid: string, replicas: number): JsonPatch {
  if (object.metadata.uid !== uid)
    throw new DomainError({
      code: 'conflict',
      message: `Deployment ${object.metadata.name} is not the one that was taken over, so it is not scaled.`,
    });
  return [
    { op: 'test', path: '/metadata/uid', value: uid },
    { op: 'replace', path: '/metadata/resourceVersion', value: object.metadata.resourceVersion },
    { op: 'add', path: '/spec/replicas', value: replicas },
  ];
}

type AdoptedAction = Extract<ServingAction, { kind: 'applyRoute' | 'scaleFound' }>;

/** Carries out one edit of what others made; gives the routes as they were written, for telling later whose edits they are. */
export async function performAdopted(
  api: KubernetesApi,
  scope: AdoptedScope,
  action: AdoptedAction,
): Promise<readonly KubernetesObject[]> {
  const { namespace, adopted } = scope;
  if (action.kind === 'scaleFound') {
    const place: Place = { kind: 'Deployment', namespace, name: adopted.workload.name };
    await editing(api, place, (live) => scalePatch(live, adopted.workload.uid, action.replicas));
    return [];
  }
  const names = backendNames(scope);
  const wanted = { weights: action.weights, form: action.form ?? 'kept' };
  const written: KubernetesObject[] = [];
  for (const recorded of adopted.routes) {
    const place: Place = { kind: 'HTTPRoute', namespace, name: recorded.name };
    const route = await editing(api, place, (live) => {
      if (live.metadata.uid !== recorded.uid) throw new DomainError(replacedBlocker(recorded));
      return routePatch(live, { recorded, wanted, names });
    });
    if (route !== null) written.push(route);
  }
  return written;
}
