import * as z from 'zod';
import { type Right, rightText } from '../../domain/cluster-rights.ts';
import { type Blocker, blocker, type Refusal, refusal } from '../../domain/refusal.ts';
import type { AdoptedPath, DesiredServing } from '../../domain/serving.ts';
import { adoptedPathSchema } from '../../domain/take-over.ts';
import type { TakeOverPlan, TakeOverQuestion } from '../../domain/take-over-plan.ts';
import { backendNames, routePatch, ruleBackends } from './gateway-adopted.ts';
import { type Backend, backendNumber, editedRule, ruleShares } from './gateway-adopted-rule.ts';
import { dryRunServing } from './gateway-dry-run.ts';
import { routeVerdict } from './gateway-route.ts';
import type { KubernetesApi, Place } from './kubernetes-api.ts';
import {
  type KubernetesObject,
  kubernetesObjectSchema,
  label,
  objectPath,
  type WatchedKind,
} from './kubernetes-objects.ts';
import { lackingRights } from './kubernetes-rights.ts';
import { writeFailure } from './kubernetes-words.ts';
import { servingManifests } from './manifests.ts';

/** The verbs that a take over, and giving back, need on top of reading. */
const takeOverRights: readonly Right[] = [
  { group: 'apps', resource: 'deployments', verbs: ['create', 'patch', 'delete'] },
  { group: '', resource: 'services', verbs: ['create', 'patch', 'delete'] },
  { group: 'gateway.networking.k8s.io', resource: 'httproutes', verbs: ['patch'] },
];

const listSchema = z.looseObject({ items: z.array(kubernetesObjectSchema) });
const deploymentSchema = z.looseObject({
  spec: z.looseObject({
    replicas: z.int().optional(),
    selector: z.looseObject({ matchLabels: z.record(z.string(), z.string()).optional() }),
    template: z.looseObject({
      metadata: z.looseObject({ labels: z.record(z.string(), z.string()).optional() }).optional(),
      spec: z.looseObject({
        containers: z.array(
          z.looseObject({
            ports: z.array(z.looseObject({ containerPort: z.int(), name: z.string().optional() })).optional(),
          }),
        ),
      }),
    }),
  }),
});
type Deployment = z.infer<typeof deploymentSchema>;
const serviceSchema = z.looseObject({
  spec: z.looseObject({
    selector: z.record(z.string(), z.string()).nullish(),
    ports: z
      .array(z.looseObject({ port: z.int(), targetPort: z.union([z.int(), z.string()]).optional() }))
      .optional(),
  }),
});
const scalerSchema = z.looseObject({
  spec: z.looseObject({ scaleTargetRef: z.looseObject({ kind: z.string(), name: z.string() }) }),
});
const rulesSchema = z.looseObject({
  spec: z.looseObject({
    rules: z.array(z.looseObject({ filters: z.array(z.unknown()).optional() })).optional(),
  }),
});

type Found = {
  readonly deployment: KubernetesObject | null;
  readonly services: readonly KubernetesObject[];
  readonly routes: readonly KubernetesObject[];
  readonly scalers: readonly KubernetesObject[];
};

async function readFound(api: KubernetesApi, { desired, adoption }: TakeOverQuestion): Promise<Found> {
  const { namespace } = desired.scope;
  const list = async (kind: WatchedKind) =>
    listSchema.parse(await api.get(objectPath(kind, namespace))).items;
  const [deployment, services, routes, scalers] = await Promise.all([
    api.read({ kind: 'Deployment', namespace, name: adoption.workload.name }),
    list('Service'),
    list('HTTPRoute'),
    list('HorizontalPodAutoscaler'),
  ]);
  return { deployment, services, routes, scalers };
}

/** Ports of the Services that select the found pods, by which requests reach the serving port. */
function backendsOf(
  deployment: Deployment,
  { services }: Found,
  servingPort: number,
): { backends: { name: string; port: number }[]; selectorKeys: string[] } {
  const { template, selector } = deployment.spec;
  const labels = template.metadata?.labels ?? {};
  const named = template.spec.containers.flatMap(({ ports = [] }) => ports);
  const keys = new Set(Object.keys(selector.matchLabels ?? {}));
  const backends = services.flatMap((object) => {
    const { selector: wanted, ports = [] } = serviceSchema.safeParse(object).data?.spec ?? {};
    const pairs = Object.entries(wanted ?? {});
    if (pairs.length === 0 || !pairs.every(([key, value]) => labels[key] === value)) return [];
    for (const [key] of pairs) keys.add(key);
    const target = (port: number, at: number | string | undefined) =>
      typeof at === 'string' ? named.find(({ name }) => name === at)?.containerPort : (at ?? port);
    return ports
      .filter(({ port, targetPort }) => target(port, targetPort) === servingPort)
      .map(({ port }) => ({ name: object.metadata.name, port }));
  });
  return { backends, selectorKeys: [...keys].sort() };
}

/** Routes of the namespace with a rule that leads to the workload; each rule's backends as they are. */
function routesTo(desired: DesiredServing, found: Found, adopted: AdoptedPath): AdoptedPath['routes'] {
  const names = backendNames({ ...desired.scope, adopted });
  return found.routes.flatMap((route) => {
    const rules = ruleBackends(route)
      .map((backendRefs, index) => ({ index, backendRefs }))
      .filter(({ backendRefs }) => ruleShares(backendRefs, names) !== null);
    const { name, uid } = route.metadata;
    return rules.length === 0 ? [] : [{ name, uid, rules }];
  });
}

function no(message: string, fix: string | null = null): Refusal {
  return refusal({ code: 'wrongState', message, fix });
}

/** What cannot be split unambiguously, or at all. */
function ruleRefusals(desired: DesiredServing, adopted: AdoptedPath, found: Found): Refusal[] {
  const names = backendNames({ ...desired.scope, adopted });
  const weights = { [desired.revisions[0]?.number ?? 1]: 100 };
  return adopted.routes.flatMap(({ name, rules }) => {
    const route = found.routes.find(({ metadata }) => metadata.name === name);
    if (route?.metadata.labels?.[label.managedBy] === 'fairlead')
      return [
        no(
          `HTTPRoute ${name} was written by Fairlead for another service, so it is not edited for this one.`,
        ),
      ];
    const verdict = route === undefined ? null : routeVerdict(route);
    if (verdict?.accepted === false)
      return [
        no(
          `The gateway does not take HTTPRoute ${name} as it is, so it could not be told whether it takes the edits: ${verdict.words}`,
          'Correct what the gateway names, then plan again.',
        ),
      ];
    return rules.flatMap(({ index, backendRefs }) => {
      const at = `Rule ${index + 1} of HTTPRoute ${name}`;
      const own = backendRefs.filter((backend: Backend) => backendNumber(backend, names) !== null);
      if (own.length > 1)
        return [
          no(
            `${at} leads to the workload by ${own.length} backends, so its part cannot be told.`,
            'Make them one backend.',
          ),
        ];
      if (Object.keys(ruleShares(backendRefs, names) ?? {}).length === 0)
        return [
          no(`${at} sends the workload nothing (weight 0).`, 'Give it a weight, or take the backend out.'),
        ];
      try {
        editedRule(backendRefs, { weights, form: 'kept' }, names);
        return [];
      } catch (error) {
        return [refusal(writeFailure(error, at, '').refusal)];
      }
    });
  });
}

function workloadRefusals({ adoption }: TakeOverQuestion, { deployment }: Found): Refusal[] {
  const { kind, name, uid } = adoption.workload;
  if (kind !== 'Deployment')
    return [
      no(
        `${kind} ${name} keeps writing its own Deployments and routes, so Fairlead cannot take them over.`,
        'Watch it, or move it to a plain Deployment first.',
      ),
    ];
  if (deployment === null)
    return [no(`Deployment ${name} no longer exists.`, 'Look at the namespace again (Discover).')];
  if (deployment.metadata.uid !== uid)
    return [
      no(
        `Deployment ${name} was deleted and made again since it was seen.`,
        'Wait half a minute, then plan again.',
      ),
    ];
  const replicas = deploymentSchema.safeParse(deployment).data?.spec.replicas ?? 1;
  return replicas > 0
    ? []
    : [
        no(
          `Deployment ${name} is scaled to zero: nothing serves, so there is no traffic to take over.`,
          'Scale it up, then plan again.',
        ),
      ];
}

/** What callers must change where nothing splits the traffic. */
function pathRefusals({ desired, adoption }: TakeOverQuestion, adopted: AdoptedPath): Refusal[] {
  const { namespace, gateway } = desired.scope;
  const { name } = adoption.workload;
  const [backend] = adopted.backends;
  if (backend === undefined)
    return [
      no(
        `No Kubernetes Service leads to port ${desired.revisions[0]?.port ?? 0} of Deployment ${name}, so nothing can be switched.`,
        'Make a Service that selects its pods, and an HTTPRoute that leads to it.',
      ),
    ];
  if (adopted.routes.length > 0) return [];
  const address = `${backend.name}.${namespace}:${backend.port}`;
  return [
    no(
      `No HTTPRoute of ${namespace} leads to ${address}, so callers reach it by its cluster address and only an immediate switch (another selector of the Service) is possible, which Fairlead does not do.`,
      `Make an HTTPRoute on ${gateway.namespace}/${gateway.name} with the backend ${backend.name}:${backend.port} and let callers use its host name; then plan again.`,
    ),
  ];
}

function notesOf({ desired, adoption }: TakeOverQuestion, adopted: AdoptedPath, found: Found): string[] {
  const names = backendNames({ ...desired.scope, adopted });
  const { name } = adoption.workload;
  const notes: string[] = [];
  for (const { name: routeName, rules } of adopted.routes) {
    const route = found.routes.find(({ metadata }) => metadata.name === routeName);
    const all = rulesSchema.safeParse(route).data?.spec.rules ?? [];
    const rest = all.length - rules.length;
    if (rest > 0)
      notes.push(
        `HTTPRoute ${routeName}: ${rest} other ${rest === 1 ? 'rule is' : 'rules are'} left as they are.`,
      );
    if (rules.some(({ index }) => (all[index]?.filters ?? []).length > 0))
      notes.push(`HTTPRoute ${routeName}: the filters of the rule stay and apply to Fairlead's pods, too.`);
    const others = rules.flatMap(({ backendRefs }) =>
      backendRefs.filter((backend: Backend) => backendNumber(backend, names) === null),
    );
    if (others.length > 0)
      notes.push(
        `HTTPRoute ${routeName}: backends of others keep their share; where whole percents need it, all weights of the rule are multiplied together.`,
      );
  }
  if (adopted.selectorKeys.length > 0)
    notes.push(
      `Fairlead's pods do not carry ${adopted.selectorKeys.join(', ')}, by which the found objects select their pods: look for NetworkPolicies and PodDisruptionBudgets that select by them.`,
    );
  const scaler = found.scalers.find((object) => {
    const target = scalerSchema.safeParse(object).data?.spec.scaleTargetRef;
    return target?.kind === 'Deployment' && target.name === name;
  });
  if (scaler !== undefined)
    notes.push(
      `HorizontalPodAutoscaler ${scaler.metadata.name} scales Deployment ${name} only. Fairlead's pods start with the present count; set a range under Scaling when it is taken over.`,
    );
  return notes;
}

async function routeDryRun(
  api: KubernetesApi,
  desired: DesiredServing,
  { adopted, route }: { adopted: AdoptedPath; route: KubernetesObject },
): Promise<Blocker[]> {
  const { name } = route.metadata;
  const recorded = adopted.routes.find((one) => one.name === name);
  if (recorded === undefined) return [];
  const place: Place = { kind: 'HTTPRoute', namespace: desired.scope.namespace, name };
  const wanted = { weights: { [desired.revisions[0]?.number ?? 1]: 100 }, form: 'kept' as const };
  try {
    const names = backendNames({ ...desired.scope, adopted });
    await api.patchJson(place, routePatch(route, { recorded, wanted, names }), { dryRun: true });
    return [];
  } catch (error) {
    const { refusal: found } = writeFailure(error, `HTTPRoute "${name}"`, api.serverUrl);
    return [blocker({ ...found, owner: "the cluster's owner" })];
  }
}

function editsOf(desired: DesiredServing, adopted: AdoptedPath): TakeOverPlan['edits'] {
  const names = backendNames({ ...desired.scope, adopted });
  const weights = { [desired.revisions[0]?.number ?? 1]: 100 };
  return adopted.routes.map(({ name, rules }) => ({
    kind: 'HTTPRoute',
    name,
    fields: rules.map(({ index }) => `spec.rules[${index}].backendRefs`),
    before: rules.map(({ index, backendRefs }) => ({ rule: index, backendRefs })),
    after: rules.map(({ index, backendRefs }) => ({
      rule: index,
      backendRefs: editedRule(backendRefs, { weights, form: 'kept' }, names),
    })),
  }));
}

/**
 * What a take over would create and edit, asked of the API server itself and checked by its dry run; writes nothing. What
 * stands against it is part of the answer; throws only when the cluster cannot be asked.
 */
export async function planTakeOver(api: KubernetesApi, question: TakeOverQuestion): Promise<TakeOverPlan> {
  const { desired, adoption } = question;
  const { scope, revisions } = desired;
  const found = await readFound(api, question);
  const [revision] = revisions;
  const parsed = deploymentSchema.safeParse(found.deployment).data;
  const reached =
    parsed === undefined || revision === undefined
      ? { backends: [], selectorKeys: [] }
      : backendsOf(parsed, found, revision.port);
  const { name, uid } = adoption.workload;
  const bare: AdoptedPath = { workload: { name, uid }, ...reached, routes: [] };
  const adopted: AdoptedPath = { ...bare, routes: routesTo(desired, found, bare) };
  const blocking = workloadRefusals(question, found);
  const refusals =
    blocking.length > 0
      ? blocking
      : [...pathRefusals(question, adopted), ...ruleRefusals(desired, adopted, found)];
  const lacking = await lackingRights(api, takeOverRights, scope.namespace);
  const ours: DesiredServing = { ...desired, scope: { ...scope, adopted } };
  const asks = refusals.length === 0 && lacking.length === 0;
  const possible = refusals.length === 0;
  const edited = found.routes.filter(({ metadata }) =>
    adopted.routes.some((one) => one.name === metadata.name),
  );
  const dryRuns = asks
    ? await Promise.all([
        dryRunServing(api, ours),
        ...edited.map((route) => routeDryRun(api, desired, { adopted, route })),
      ])
    : [];
  return {
    schema: 1,
    serviceId: scope.serviceId,
    revisionNumber: revision?.number ?? 0,
    specDigest: revision?.specDigest ?? '',
    path: possible ? adoptedPathSchema.parse(adopted) : null,
    foundReplicas: parsed?.spec.replicas ?? (parsed === undefined ? 0 : 1),
    refusals,
    missingRights: lacking.map(({ right, verb }) => rightText(right, verb)),
    dryRun: dryRuns.flat(),
    creates: possible
      ? servingManifests(ours).map((manifest) => ({
          kind: manifest.kind,
          name: manifest.metadata.name,
          manifest,
        }))
      : [],
    edits: possible ? editsOf(desired, adopted) : [],
    notes: possible ? notesOf(question, adopted, found) : [],
  };
}
