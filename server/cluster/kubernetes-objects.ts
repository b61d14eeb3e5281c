import * as z from 'zod';

const managedFieldsSchema = z.looseObject({
  manager: z.string().optional(),
  operation: z.string().optional(),
  subresource: z.string().optional(),
  time: z.string().optional(),
  fieldsV1: z.record(z.string(), z.unknown()).optional(),
});
export type ManagedFields = z.infer<typeof managedFieldsSchema>;

/** What every object of the API has; everything else is kept as it came and read where it is needed. */
export const kubernetesObjectSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    uid: z.string(),
    resourceVersion: z.string(),
    generation: z.number().optional(),
    deletionTimestamp: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
    managedFields: z.array(managedFieldsSchema).optional(),
  }),
});
export type KubernetesObject = z.infer<typeof kubernetesObjectSchema>;

/** An object as Fairlead writes it, before the API server has named a uid for it. */
export type Manifest = {
  readonly apiVersion: string;
  readonly kind: WrittenKind;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
};

const kinds = {
  Deployment: { apiVersion: 'apps/v1', plural: 'deployments' },
  Service: { apiVersion: 'v1', plural: 'services' },
  HTTPRoute: { apiVersion: 'gateway.networking.k8s.io/v1', plural: 'httproutes' },
  HorizontalPodAutoscaler: { apiVersion: 'autoscaling/v2', plural: 'horizontalpodautoscalers' },
  EndpointSlice: { apiVersion: 'discovery.k8s.io/v1', plural: 'endpointslices' },
  Pod: { apiVersion: 'v1', plural: 'pods' },
  InferenceService: { apiVersion: 'serving.kserve.io/v1beta1', plural: 'inferenceservices' },
  Rollout: { apiVersion: 'argoproj.io/v1alpha1', plural: 'rollouts' },
  Node: { apiVersion: 'v1', plural: 'nodes' },
  ResourceSlice: { apiVersion: 'resource.k8s.io/v1', plural: 'resourceslices' },
  ResourceQuota: { apiVersion: 'v1', plural: 'resourcequotas' },
  ResourceClaim: { apiVersion: 'resource.k8s.io/v1', plural: 'resourceclaims' },
} as const;

export type WatchedKind = keyof typeof kinds;
export type WrittenKind = 'Deployment' | 'Service' | 'HTTPRoute' | 'HorizontalPodAutoscaler';
/** Of these kinds a managed service's objects are. */
export const watchedKinds: readonly WatchedKind[] = [
  'Deployment',
  'Service',
  'HTTPRoute',
  'HorizontalPodAutoscaler',
  'EndpointSlice',
  'Pod',
];

export function apiVersionOf(kind: WatchedKind): string {
  return kinds[kind].apiVersion;
}

/** RFC 1123 subdomain, as names of objects are; checked because a name becomes part of a path. */
const namePattern = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

function pathPart(name: string): string {
  if (!namePattern.test(name) || name.includes('..'))
    throw new RangeError(`"${name}" is not the name of an object.`);
  return name;
}

/** Path of a namespace's list of any resource. Throws RangeError for a name that could leave the path. */
export function listPath(apiVersion: string, namespace: string, plural: string): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${root}/namespaces/${pathPart(namespace)}/${plural}`;
}

/** Path of the list of all objects of a kind, whatever namespace they are in. */
export function clusterPath(kind: WatchedKind): string {
  const { apiVersion, plural } = kinds[kind];
  return `${apiVersion.includes('/') ? '/apis' : '/api'}/${apiVersion}/${plural}`;
}

/** Path of a namespace's list, or of one object in it. Throws RangeError for a name that could leave the path. */
export function objectPath(kind: WatchedKind, namespace: string, name?: string): string {
  const { apiVersion, plural } = kinds[kind];
  const list = listPath(apiVersion, namespace, plural);
  return name === undefined ? list : `${list}/${pathPart(name)}`;
}

/**
 * Labels and annotations of Fairlead. Pod templates carry exactly the four labels, which are constant for a revision and
 * which metrics, costs and drift read; ids, epoch and generation are annotations of the objects only.
 */
export const label = {
  project: 'fairlead.dev/project',
  service: 'fairlead.dev/service',
  revision: 'fairlead.dev/revision',
  modelVersion: 'fairlead.dev/model-version',
  managedBy: 'app.kubernetes.io/managed-by',
  /** Of a training, on its object and its pods. */
  runId: 'fairlead.dev/run-id',
} as const;
export const annotation = {
  serviceId: 'fairlead.dev/service-id',
  revisionId: 'fairlead.dev/revision-id',
  specDigest: 'fairlead.dev/spec-digest',
  epoch: 'fairlead.dev/epoch',
  generation: 'fairlead.dev/generation',
  applied: 'fairlead.dev/applied',
} as const;

/** One field manager for every write, so that no write of ours conflicts with another of ours. */
export const fieldManager = 'fairlead';

/** What list and watch select: everything that carries our service label, pods and endpoint slices included. */
export const watchSelector = `${label.service},${label.project}`;

/** The rest: what others made, for discovery and for watched services. */
export const foreignSelector = `!${label.service}`;
