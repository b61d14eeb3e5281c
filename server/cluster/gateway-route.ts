import * as z from 'zod';
import { type Blocker, blocker } from '../../domain/refusal.ts';
import type { ObservedRoute, ServingScope } from '../../domain/serving.ts';
import { isOwned } from './gateway-ownership.ts';
import { type Condition, conditionsSchema } from './gateway-pods.ts';
import type { KubernetesObject } from './kubernetes-objects.ts';
import { revisionNumber } from './manifests.ts';

const parentRefSchema = z.looseObject({
  name: z.string(),
  namespace: z.string().optional(),
  sectionName: z.string().optional(),
});
const ruleSchema = z.looseObject({
  matches: z
    .array(
      z.looseObject({
        path: z.looseObject({ type: z.string().optional(), value: z.string().optional() }).optional(),
      }),
    )
    .optional(),
  filters: z.array(z.looseObject({})).optional(),
  backendRefs: z
    .array(
      z.looseObject({
        kind: z.string().optional(),
        name: z.string(),
        port: z.number().optional(),
        weight: z.number().optional(),
      }),
    )
    .optional(),
});
const routeSchema = z.looseObject({
  metadata: z.looseObject({ generation: z.number().optional(), namespace: z.string().optional() }),
  spec: z.looseObject({
    parentRefs: z.array(parentRefSchema).optional(),
    hostnames: z.array(z.string()).optional(),
    rules: z.array(ruleSchema).optional(),
  }),
  status: z
    .looseObject({
      parents: z
        .array(
          z.looseObject({
            parentRef: parentRefSchema,
            controllerName: z.string().optional(),
            conditions: conditionsSchema,
          }),
        )
        .optional(),
    })
    .optional(),
});
type Route = z.infer<typeof routeSchema>;
type ParentRef = z.infer<typeof parentRefSchema>;

export const noRoute: ObservedRoute = {
  exists: false,
  owned: true,
  requested: {},
  accepted: false,
  blockers: [],
  matchesScope: false,
};

function isGateway(ref: ParentRef, scope: ServingScope): boolean {
  const { name, namespace, sectionName } = scope.gateway;
  return (
    ref.name === name && (ref.namespace ?? scope.namespace) === namespace && ref.sectionName === sectionName
  );
}

/** Weights by revision over all rules; a backend that is no revision of this service has no number and is left out. */
function requestedWeights(route: Route, scope: ServingScope): Record<number, number> {
  const weights: Record<number, number> = {};
  for (const { name, weight = 1 } of route.spec.rules?.[0]?.backendRefs ?? []) {
    const number = revisionNumber(scope, name);
    if (number !== null && weight > 0) weights[number] = weight;
  }
  return weights;
}

/** Everything but the weights is as Fairlead writes it: one rule, one path, one gateway, no backend of others. */
function matchesScope({ spec }: Route, scope: ServingScope): boolean {
  const { parentRefs = [], hostnames = [], rules = [] } = spec;
  const [parent] = parentRefs;
  const [rule] = rules;
  const [match] = rule?.matches ?? [];
  return (
    parentRefs.length === 1 &&
    parent !== undefined &&
    isGateway(parent, scope) &&
    hostnames.length === scope.hostnames.length &&
    hostnames.every((hostname, index) => hostname === scope.hostnames[index]) &&
    rules.length === 1 &&
    (rule?.filters ?? []).length === 0 &&
    rule?.matches?.length === 1 &&
    match?.path?.type === 'PathPrefix' &&
    match.path.value === scope.pathPrefix &&
    (rule.backendRefs ?? []).every(
      ({ name, port }) => revisionNumber(scope, name) !== null && port === scope.port,
    )
  );
}

type Judgement = { readonly accepted: boolean; readonly words: string };

function judge(conditions: readonly Condition[] | undefined, generation: number): Judgement {
  const present = (conditions ?? []).filter((condition) => condition.observedGeneration === generation);
  for (const type of ['Accepted', 'ResolvedRefs']) {
    const condition = present.find((candidate) => candidate.type === type);
    if (condition === undefined)
      return { accepted: false, words: 'the gateway has not yet looked at the last change.' };
    if (condition.status !== 'True')
      return { accepted: false, words: `${condition.reason ?? type}: ${condition.message ?? ''}` };
  }
  const partly = (conditions ?? []).find(
    (condition) => condition.type === 'PartiallyInvalid' && condition.status === 'True',
  );
  return partly === undefined
    ? { accepted: true, words: '' }
    : { accepted: false, words: `${partly.reason ?? 'PartiallyInvalid'}: ${partly.message ?? ''}` };
}

/** What all controllers that report on a route of others say of its present version, whatever gateways it names. */
export function routeVerdict(object: KubernetesObject): Judgement {
  const route = routeSchema.safeParse(object).data;
  const reports = route?.status?.parents ?? [];
  if (reports.length === 0)
    return { accepted: false, words: 'no gateway controller has reported on it yet.' };
  const verdicts = reports.map(({ conditions }) => judge(conditions, route?.metadata.generation ?? 0));
  return verdicts.find(({ accepted }) => !accepted) ?? { accepted: true, words: '' };
}

function routeBlocker(scope: ServingScope, words: string): Blocker {
  const { name, namespace } = scope.gateway;
  return blocker({
    code: 'routeNotAccepted',
    message: `The gateway ${namespace}/${name} has not accepted the route: ${words}`,
    params: { gateway: `${namespace}/${name}` },
    fix: 'Correct what the gateway names; its owner can allow the namespace, host name or path.',
    owner: "the gateway's owner",
  });
}

/**
 * The route as the gateway sees it. Accepted means: every controller that reports on our parent says Accepted and
 * ResolvedRefs for exactly this generation and nothing of it is dropped. The Gateway's own Programmed is not asked: some
 * gateways never set it although traffic flows.
 */
export function observedRoute(object: KubernetesObject | null, scope: ServingScope): ObservedRoute {
  if (object === null) return noRoute;
  const owned = isOwned(object, scope);
  const route = routeSchema.safeParse(object).data;
  if (route === undefined) return { ...noRoute, exists: true, owned };
  const generation = route.metadata.generation ?? 0;
  const reports = (route.status?.parents ?? []).filter(({ parentRef }) => isGateway(parentRef, scope));
  const refused = reports
    .map(({ conditions }) => judge(conditions, generation))
    .find(({ accepted }) => !accepted);
  const words =
    reports.length === 0 ? 'no gateway controller has reported on it yet.' : (refused?.words ?? null);
  return {
    exists: true,
    owned,
    requested: requestedWeights(route, scope),
    accepted: words === null,
    blockers: words === null ? [] : [routeBlocker(scope, words)],
    matchesScope: matchesScope(route, scope),
  };
}
