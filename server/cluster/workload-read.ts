import * as z from 'zod';
import type { WorkloadKind } from '../../domain/adoption.ts';
import { ownedFields } from '../../domain/foreign-change.ts';
import { type Blocker, blocker } from '../../domain/refusal.ts';
import { runningImages } from '../../domain/running-image.ts';
import { gpuCountPerPod, type PodTemplate, podTemplateSchema } from '../../domain/service-spec.ts';
import type { Workload } from '../../domain/workload.ts';
import { managerOf } from '../../domain/workload-manager.ts';
import { findCondition, podBlockers } from './gateway-pods.ts';
import { apiVersionOf, type KubernetesObject } from './kubernetes-objects.ts';
import {
  childrenOf,
  type ForeignObjects,
  inferenceServiceSelector,
  parentOf,
  podsOf,
  type Templated,
  templated,
} from './workload-objects.ts';
import { routeTo, servicesOf, servingPortOf } from './workload-routes.ts';

const sidecars = new Set([
  'istio-proxy',
  'linkerd-proxy',
  'queue-proxy',
  'envoy-sidecar',
  'storage-initializer',
]);

type Containers = PodTemplate['spec']['containers'];

function gpus(container: Containers[number]): number {
  return gpuCountPerPod({ spec: { containers: [container] } });
}

/** KServe's own name, else the one that asks for GPUs, else the first that has a port; sidecars of meshes never. */
function servingContainerOf(containers: Containers): Containers[number] | undefined {
  const own = containers.filter(({ name }) => !sidecars.has(name));
  return (
    own.find(({ name }) => name === 'kserve-container') ??
    own.find((container) => gpus(container) > 0) ??
    own.find(({ ports }) => (ports ?? []).length > 0) ??
    own[0]
  );
}

/** Null when there is none, or when it holds what cannot be kept (a count of GPUs that is no number). */
function templateOf(source: Templated | null): PodTemplate | null {
  const template = podTemplateSchema.safeParse(source?.spec?.template).data;
  if (template === undefined) return null;
  const { creationTimestamp: _none, ...metadata } = template.metadata ?? {};
  return { ...template, metadata };
}

function ownersOf(object: KubernetesObject): Workload['owners'] {
  return (object.metadata.managedFields ?? []).map((entry) => ({
    manager: entry.manager ?? '',
    operation: entry.operation ?? null,
    subresource: entry.subresource ?? null,
    at: entry.time ?? null,
    fields: ownedFields(entry.fieldsV1),
  }));
}

const podStatusSchema = z.looseObject({
  status: z
    .looseObject({
      phase: z.string().optional(),
      containerStatuses: z
        .array(z.looseObject({ name: z.string(), imageID: z.string().optional() }))
        .optional(),
    })
    .optional(),
});

/** The image id of each living pod's serving container; null where its status names none yet. */
function imageIds(pods: readonly KubernetesObject[], container: string | null): (string | null)[] {
  return pods.flatMap((pod) => {
    const status = podStatusSchema.safeParse(pod).data?.status;
    if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return [];
    const found = status?.containerStatuses?.find(({ name }) => name === container);
    return [found?.imageID ? found.imageID : null];
  });
}

function isSettled({ metadata, spec, status }: Templated): boolean {
  const wanted = spec?.replicas ?? 1;
  return (
    Number(status?.observedGeneration ?? 0) >= (metadata.generation ?? 0) &&
    (status?.updatedReplicas ?? 0) >= wanted &&
    (status?.replicas ?? 0) <= wanted
  );
}

type Source = {
  readonly template: PodTemplate | null;
  readonly selector: Readonly<Record<string, string>>;
  readonly desired: number;
  readonly ready: number;
  readonly settled: boolean;
  /** The object whose fields the template is part of. */
  readonly object: KubernetesObject;
  /** What its controller says against it; empty when nothing. */
  readonly words: readonly string[];
  readonly children: readonly string[];
};

function failureOf({ status }: Templated): string[] {
  const failure = findCondition(status?.conditions, 'ReplicaFailure');
  return failure?.status === 'True' ? [failure.message ?? failure.reason ?? ''] : [];
}

function ofDeployment(object: KubernetesObject): Source | null {
  const own = templated(object);
  if (own === null) return null;
  return {
    template: templateOf(own),
    selector: own.spec?.selector?.matchLabels ?? {},
    desired: own.spec?.replicas ?? 1,
    ready: own.status?.readyReplicas ?? 0,
    settled: isSettled(own),
    object,
    words: failureOf(own),
    children: [],
  };
}

/** A Rollout may take its template from a Deployment, which then runs nothing itself. */
function ofRollout(object: KubernetesObject, found: ForeignObjects): Source | null {
  const source = ofDeployment(object);
  if (source === null || source.template !== null) return source;
  const [referred] = childrenOf({ kind: 'Rollout', name: object.metadata.name }, found);
  const other = referred === undefined ? null : ofDeployment(referred);
  if (referred === undefined || other === null) return source;
  const selector = Object.keys(source.selector).length > 0 ? source.selector : other.selector;
  const children = [`Deployment ${referred.metadata.name}`];
  return { ...source, template: other.template, selector, object: referred, children };
}

const inferenceServiceSchema = z.looseObject({
  spec: z
    .looseObject({ predictor: z.looseObject({ minReplicas: z.number().optional() }).optional() })
    .optional(),
});

/** What runs of an InferenceService are the Deployments of its predictor; before there is one, what it asks for. */
function ofInferenceService(object: KubernetesObject, found: ForeignObjects): Source | null {
  const { name } = object.metadata;
  const children = childrenOf({ kind: 'InferenceService', name }, found);
  const sources = children.flatMap((child) => ofDeployment(child) ?? []);
  const main = sources.reduce<Source | null>(
    (most, source) => (most === null || source.ready > most.ready ? source : most),
    null,
  );
  const selector = sources.length === 1 && main !== null ? main.selector : inferenceServiceSelector(name);
  if (main === null)
    return {
      template: null,
      selector,
      desired: inferenceServiceSchema.safeParse(object).data?.spec?.predictor?.minReplicas ?? 1,
      ready: 0,
      settled: false,
      object,
      words: [`KServe has made no Deployment for the InferenceService ${name} yet.`],
      children: [],
    };
  return {
    ...main,
    selector,
    desired: sources.reduce((sum, { desired }) => sum + desired, 0),
    ready: sources.reduce((sum, { ready }) => sum + ready, 0),
    settled: sources.every(({ settled }) => settled),
    words: sources.flatMap(({ words }) => words),
    children: children.map(({ metadata }) => `Deployment ${metadata.name}`),
  };
}

function unreadyBlockers(source: Source, pods: readonly KubernetesObject[]): Blocker[] {
  if (source.ready >= source.desired) return [];
  const said = source.words.map((message) =>
    blocker({
      code: /exceeded quota/.test(message) ? 'quotaExceeded' : 'revisionNotReady',
      message,
      owner: 'whoever manages it',
    }),
  );
  const found = [...said, ...podBlockers(pods, 0)];
  if (found.length > 0) return found;
  const message = `${source.ready} of ${source.desired} replicas are ready.`;
  return [blocker({ code: 'revisionNotReady', message, owner: 'the cluster' })];
}

function marksOf({ metadata }: KubernetesObject) {
  const owners = metadata.managedFields ?? [];
  return {
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    fieldManagers: owners.flatMap(({ manager }) => manager ?? []),
  };
}

function sourceOf(kind: WorkloadKind, object: KubernetesObject, found: ForeignObjects): Source | null {
  switch (kind) {
    case 'Deployment':
      return ofDeployment(object);
    case 'Rollout':
      return ofRollout(object, found);
    case 'InferenceService':
      return ofInferenceService(object, found);
  }
}

function read(kind: WorkloadKind, object: KubernetesObject, found: ForeignObjects): Workload | null {
  const source = sourceOf(kind, object, found);
  if (source === null) return null;
  const { template, selector } = source;
  const container = servingContainerOf(template?.spec.containers ?? []);
  const pods = podsOf(found.pods, selector);
  const services = servicesOf(found.services, template?.metadata?.labels ?? selector);
  const names = services.map(({ metadata }) => metadata.name);
  const { route, sentence } = routeTo(names, found);
  const { name, uid } = object.metadata;
  return {
    ref: { apiVersion: apiVersionOf(kind), kind, name, uid },
    container: container?.name ?? null,
    podTemplate: template,
    port: servingPortOf(services, container),
    selector: { ...selector },
    manager: managerOf(marksOf(object)),
    services: names,
    route,
    routeSentence: sentence,
    desiredReplicas: source.desired,
    readyReplicas: source.ready,
    gpuCount: template === null ? 0 : gpuCountPerPod(template) * source.desired,
    ...runningImages(imageIds(pods, container?.name ?? null)),
    podNames: pods.map(({ metadata }) => metadata.name),
    settled: source.settled,
    blockers: unreadyBlockers(source, pods),
    owners: ownersOf(source.object),
    children: [...source.children],
  };
}

function objectsOf(kind: WorkloadKind, found: ForeignObjects): readonly KubernetesObject[] {
  switch (kind) {
    case 'Deployment':
      return found.deployments;
    case 'InferenceService':
      return found.inferenceServices;
    case 'Rollout':
      return found.rollouts;
  }
}

/** One workload; null when there is none of that kind and name. */
export function readWorkload(
  { kind, name }: { readonly kind: WorkloadKind; readonly name: string },
  found: ForeignObjects,
): Workload | null {
  const object = objectsOf(kind, found).find(({ metadata }) => metadata.name === name);
  return object === undefined ? null : read(kind, object, found);
}

/** All workloads that stand by themselves; a Deployment that an InferenceService or a Rollout made is part of that one. */
export function readWorkloads(found: ForeignObjects): Workload[] {
  const alone = found.deployments.filter((deployment) => parentOf(deployment, found) === null);
  return [
    ...found.inferenceServices.map((object) => read('InferenceService', object, found)),
    ...found.rollouts.map((object) => read('Rollout', object, found)),
    ...alone.map((object) => read('Deployment', object, found)),
  ].filter((workload) => workload !== null);
}
