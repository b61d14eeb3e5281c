import * as z from 'zod';
import type { WorkloadKind } from '../../domain/adoption.ts';
import { conditionsSchema } from './gateway-pods.ts';
import type { KubernetesObject } from './kubernetes-objects.ts';

/** What a look at a namespace has: objects that others made, by kind, in the order of their names. */
export type ForeignObjects = {
  readonly deployments: readonly KubernetesObject[];
  readonly inferenceServices: readonly KubernetesObject[];
  readonly rollouts: readonly KubernetesObject[];
  readonly pods: readonly KubernetesObject[];
  readonly services: readonly KubernetesObject[];
  readonly routes: readonly KubernetesObject[];
  /** Why Services or routes cannot be read; null when they are. */
  readonly unread: { readonly services: string | null; readonly routes: string | null };
};

const templatedSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string(), generation: z.number().optional() }),
  spec: z
    .looseObject({
      replicas: z.number().optional(),
      selector: z.looseObject({ matchLabels: z.record(z.string(), z.string()).optional() }).optional(),
      template: z.looseObject({}).optional(),
      workloadRef: z.looseObject({ kind: z.string(), name: z.string() }).optional(),
    })
    .optional(),
  status: z
    .looseObject({
      observedGeneration: z.union([z.number(), z.string()]).optional(),
      replicas: z.number().optional(),
      updatedReplicas: z.number().optional(),
      readyReplicas: z.number().optional(),
      conditions: conditionsSchema,
    })
    .optional(),
});
/** A Deployment or a Rollout: both have a template, a selector and counts under the same names. */
export type Templated = z.infer<typeof templatedSchema>;

/** Null for an object that is not of that shape. */
export function templated(object: KubernetesObject): Templated | null {
  return templatedSchema.safeParse(object).data ?? null;
}

const ownersSchema = z.looseObject({
  ownerReferences: z
    .array(z.looseObject({ kind: z.string(), name: z.string(), controller: z.boolean().optional() }))
    .optional(),
});
const inferenceServiceLabel = 'serving.kserve.io/inferenceservice';

type Parent = { readonly kind: Exclude<WorkloadKind, 'Deployment'>; readonly name: string };

function named(objects: readonly KubernetesObject[], name: string | undefined): boolean {
  return objects.some((object) => object.metadata.name === name);
}

/** The InferenceService or Rollout that a Deployment belongs to; null for one that stands by itself. */
export function parentOf(deployment: KubernetesObject, found: ForeignObjects): Parent | null {
  const owner = ownersSchema
    .safeParse(deployment.metadata)
    .data?.ownerReferences?.find(({ controller }) => controller === true);
  if (owner?.kind === 'Rollout' && named(found.rollouts, owner.name))
    return { kind: 'Rollout', name: owner.name };
  const serving =
    owner?.kind === 'InferenceService' ? owner.name : deployment.metadata.labels?.[inferenceServiceLabel];
  if (serving !== undefined && named(found.inferenceServices, serving))
    return { kind: 'InferenceService', name: serving };
  const referring = found.rollouts.find((rollout) => {
    const reference = templated(rollout)?.spec?.workloadRef;
    return reference?.kind === 'Deployment' && reference.name === deployment.metadata.name;
  });
  return referring === undefined ? null : { kind: 'Rollout', name: referring.metadata.name };
}

/** Deployments that belong to a workload; of an InferenceService only its predictor's, when they say which they are. */
export function childrenOf(parent: Parent, found: ForeignObjects): KubernetesObject[] {
  const own = found.deployments.filter((deployment) => {
    const of = parentOf(deployment, found);
    return of?.kind === parent.kind && of.name === parent.name;
  });
  const predictors = own.filter(({ metadata }) => metadata.labels?.component === 'predictor');
  return predictors.length > 0 ? predictors : own;
}

/** The pods of an InferenceService carry its name, whatever made them. */
export function inferenceServiceSelector(name: string): Record<string, string> {
  return { [inferenceServiceLabel]: name };
}

/** Pods that carry all labels of a selector and are not on their way out; none for an empty selector, which would mean all. */
export function podsOf(
  pods: readonly KubernetesObject[],
  selector: Readonly<Record<string, string>>,
): KubernetesObject[] {
  const wanted = Object.entries(selector);
  if (wanted.length === 0) return [];
  return pods.filter(
    ({ metadata }) =>
      metadata.deletionTimestamp === undefined &&
      wanted.every(([key, value]) => metadata.labels?.[key] === value),
  );
}
