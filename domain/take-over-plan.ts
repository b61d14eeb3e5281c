import * as z from 'zod';
import type { Adoption } from './adoption.ts';
import { type Refusal, refusal } from './refusal.ts';
import { blockerSchema, refusalSchema } from './refusal-schema.ts';
import { type AdoptedPath, type DesiredServing } from './serving.ts';
import { adoptedPathSchema } from './take-over.ts';

/** A question to the worker: what taking this workload over would touch, with the revision that would run beside it. */
export type TakeOverQuestion = { readonly desired: DesiredServing; readonly adoption: Adoption };

/** What a worker found when it was asked; nothing was written. In `cluster_request.answer`, parsed on the way out. */
export const takeOverPlanSchema = z.object({
  schema: z.literal(1),
  serviceId: z.string(),
  revisionNumber: z.int(),
  /** Of the revision that would run; the command refuses when another one is stable by then. */
  specDigest: z.string(),
  /** Null when nothing that could be edited leads to the workload. */
  path: adoptedPathSchema.nullable(),
  foundReplicas: z.int(),
  /** Why it cannot be taken over as it is; empty when it can. */
  refusals: z.array(refusalSchema),
  /** `patch httproutes.gateway.networking.k8s.io`, by SelfSubjectAccessReview; empty when all are granted. */
  missingRights: z.array(z.string()),
  /** What the API server refused in a dry run of every write; empty when it took all, or was not asked. */
  dryRun: z.array(blockerSchema),
  creates: z.array(z.object({ kind: z.string(), name: z.string(), manifest: z.unknown() })),
  edits: z.array(
    z.object({
      kind: z.string(),
      name: z.string(),
      fields: z.array(z.string()),
      before: z.unknown(),
      after: z.unknown(),
    }),
  ),
  /** What is worth knowing and stands in nobody's way. */
  notes: z.array(z.string()),
});
export type TakeOverPlan = z.infer<typeof takeOverPlanSchema>;

/** The first reason against a take over as planned, or null. */
export function takeOverPlanRefusal(plan: TakeOverPlan): Refusal | null {
  const [first] = plan.refusals;
  if (first !== undefined) return first;
  if (plan.missingRights.length > 0) return missingRightsRefusal(plan.missingRights);
  const [denied] = plan.dryRun;
  if (denied !== undefined) return refusal(denied);
  return plan.path === null
    ? refusal({ code: 'wrongState', message: 'No route that could be edited leads to this workload.' })
    : null;
}

function missingRightsRefusal(rights: readonly string[]): Refusal {
  return refusal({
    code: 'clusterUnauthorized',
    message: `The cluster's token may only read here. To take over it also needs: ${rights.join(', ')}.`,
    params: { rights: rights.join(', ') },
    fix: 'Apply the manifest of the managed variant for this namespace (Settings → Clusters), then plan again.',
  });
}

/** Something that whoever manages the objects has to be told, with the text to paste when there is one. */
export type ManagerStep = { readonly sentence: string; readonly snippet: string | null };

/** What the present manager must be told before Fairlead edits the routes; nothing for one that nobody keeps writing. */
export function managerSteps(manager: Adoption['manager'], routes: AdoptedPath['routes']): ManagerStep[] {
  const names = routes.map(({ name }) => name);
  const of = manager.name === null ? '' : ` "${manager.name}"`;
  switch (manager.kind) {
    case 'argocd':
      return [
        {
          sentence: `Tell the Argo CD application${of} to leave the backends of the route alone; with self-heal it would undo every step.`,
          snippet: ignoreDifferences(names),
        },
      ];
    case 'flux':
      return [fluxStep(manager, names)];
    case 'helm':
      return [
        {
          sentence: `An upgrade of the Helm release${of} that renders the route writes its backends as the chart has them, and Fairlead has to split the traffic again. Hold its upgrades, or keep the route when the chart no longer renders it and switch it off in the chart's values.`,
          snippet: names
            .map((name) => `kubectl annotate httproute ${name} helm.sh/resource-policy=keep`)
            .join('\n'),
        },
      ];
    case 'kubectl':
      return [
        {
          sentence:
            'It was written by hand: whoever does that next must leave the backends of the route alone.',
          snippet: null,
        },
      ];
    case 'none':
      return [];
  }
}

function fluxStep({ name, detail }: Adoption['manager'], routes: readonly string[]): ManagerStep {
  if (detail?.includes('helm.toolkit') === true && name !== null)
    return {
      sentence: `Suspend the HelmRelease "${name}" while Fairlead manages the traffic; each of its upgrades would undo the split.`,
      snippet: `flux suspend helmrelease ${name}`,
    };
  return {
    sentence:
      'Let Flux write the route only when it does not exist, or suspend it while Fairlead manages the traffic; each reconciliation would undo the split.',
    snippet: routes
      .map((route) => `kubectl annotate httproute ${route} kustomize.toolkit.fluxcd.io/ssa=IfNotPresent`)
      .join('\n'),
  };
}

function ignoreDifferences(routes: readonly string[]): string {
  const entries = routes.flatMap((name) => [
    '    - group: gateway.networking.k8s.io',
    '      kind: HTTPRoute',
    `      name: ${name}`,
    '      jqPathExpressions:',
    '        - .spec.rules[]?.backendRefs',
  ]);
  return [
    'spec:',
    '  ignoreDifferences:',
    ...entries,
    '  syncPolicy:',
    '    syncOptions:',
    '      - RespectIgnoreDifferences=true',
  ].join('\n');
}

/** Why a take over cannot even be planned, or null: what is known without asking the cluster. */
export function planRefusal(service: {
  readonly mode: 'managed' | 'watched';
  readonly adoption: Adoption | null;
  readonly hasStable: boolean;
}): Refusal | null {
  const { mode, adoption, hasStable } = service;
  if (mode === 'managed' || adoption === null)
    return refusal({ code: 'wrongState', message: 'Fairlead writes the objects of this service already.' });
  const { kind, name } = adoption.workload;
  if (kind !== 'Deployment')
    return refusal({
      code: 'wrongState',
      message: `${kind} ${name} keeps writing its own Deployments and routes, so Fairlead cannot take it over.`,
      fix: 'Watch it, or move it to a plain Deployment first.',
    });
  if (hasStable) return null;
  return refusal({
    code: 'revisionNotReady',
    message: 'It is not known yet which single image runs in all of its pods.',
    fix: 'Wait until its pods agree and say their digest.',
  });
}
