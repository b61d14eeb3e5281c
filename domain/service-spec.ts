import * as z from 'zod';
import { imageByDigestSchema } from './digest.ts';
import { dnsLabelSchema } from './name.ts';

const keyValue = z.record(z.string(), z.string());

const gpuName = /(^|\/)gpu$/;

/** Kubernetes hands out GPUs whole; an amount that is no number would make every sum of them meaningless. */
const amountsSchema = z.record(z.string(), z.union([z.string(), z.number()])).superRefine((amounts, ctx) => {
  for (const [name, amount] of Object.entries(amounts))
    if (gpuName.test(name) && !/^\d{1,4}$/.test(String(amount)))
      ctx.addIssue({
        code: 'custom',
        message: `"${amount}" is no count of GPUs: use a whole number such as 1.`,
        path: [name],
      });
});

const probeSchema = z.looseObject({
  initialDelaySeconds: z.int().min(0).optional(),
  periodSeconds: z.int().min(1).optional(),
});

const containerSchema = z.looseObject({
  name: dnsLabelSchema,
  image: z.string().min(1).max(512),
  command: z.array(z.string()).optional(),
  args: z.array(z.string()).optional(),
  env: z.array(z.looseObject({ name: z.string().min(1), value: z.string().optional() })).optional(),
  envFrom: z.array(z.looseObject({})).optional(),
  ports: z
    .array(z.looseObject({ containerPort: z.int().min(1).max(65_535), name: z.string().optional() }))
    .optional(),
  resources: z
    .looseObject({
      requests: amountsSchema.optional(),
      limits: amountsSchema.optional(),
    })
    .optional(),
  readinessProbe: probeSchema.optional(),
  livenessProbe: probeSchema.optional(),
  startupProbe: probeSchema.optional(),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })).optional(),
});
export type ContainerSpec = z.infer<typeof containerSchema>;

/** A Kubernetes PodTemplateSpec; fields that are not named here are kept as they came. */
export const podTemplateSchema = z.looseObject({
  metadata: z.looseObject({ labels: keyValue.optional(), annotations: keyValue.optional() }).optional(),
  spec: z.looseObject({
    initContainers: z.array(z.looseObject({ name: z.string() })).optional(),
    containers: z.array(containerSchema).min(1, 'A pod template needs at least one container.').max(20),
    serviceAccountName: z.string().optional(),
    imagePullSecrets: z.array(z.looseObject({ name: z.string() })).optional(),
    nodeSelector: keyValue.optional(),
    tolerations: z.array(z.looseObject({})).optional(),
    affinity: z.looseObject({}).optional(),
    volumes: z.array(z.looseObject({ name: z.string() })).optional(),
  }),
});
export type PodTemplate = z.infer<typeof podTemplateSchema>;

/** How the artefact reaches the pod. */
export const artefactDeliverySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('inImage') }),
  z.object({ kind: z.literal('ociVolume'), mountPath: z.string().startsWith('/') }),
  z.object({
    kind: z.literal('initContainer'),
    image: imageByDigestSchema,
    mountPath: z.string().startsWith('/'),
    /** An image with Fairlead's command line tool, which computes the artefact digest before the server starts; null checks nothing. */
    checkImage: imageByDigestSchema.nullish(),
  }),
  z.object({ kind: z.literal('storageUri'), envName: z.string().regex(/^[A-Z_][A-Z0-9_]*$/) }),
]);
export type ArtefactDelivery = z.infer<typeof artefactDeliverySchema>;

/** Name of the volume that a loader fills and the serving container reads. */
export const modelVolume = 'model';

function isChecked(delivery: ArtefactDelivery): boolean {
  return delivery.kind === 'initContainer' && delivery.checkImage != null;
}

/** Whoever mounts the volume could write to it after the check. */
function touchesModelVolume({ spec }: PodTemplate): boolean {
  const mounts = z.looseObject({ volumeMounts: z.array(z.looseObject({ name: z.string() })).optional() });
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  return (
    (spec.volumes ?? []).some(({ name }) => name === modelVolume) ||
    containers.some((container) =>
      mounts.safeParse(container).data?.volumeMounts?.some(({ name }) => name === modelVolume),
    )
  );
}

/** What runs, apart from which ModelVersion: the immutable half of a ServiceRevision. */
export const serviceSpecSchema = z
  .object({
    schema: z.literal(1),
    podTemplate: podTemplateSchema,
    /** Name of the container that serves; its image is replaced by the ModelVersion's serving image. */
    servingContainer: dnsLabelSchema,
    /** Container port that requests reach. */
    port: z.int().min(1).max(65_535),
    artefact: artefactDeliverySchema,
  })
  .refine(
    (spec) => spec.podTemplate.spec.containers.some((container) => container.name === spec.servingContainer),
    {
      message: 'The serving container is not one of the containers of the pod template.',
      path: ['servingContainer'],
    },
  )
  .refine((spec) => !isChecked(spec.artefact) || !touchesModelVolume(spec.podTemplate), {
    message:
      'The volume "model" holds what is checked, so no other container mounts it and the template has no volume of that name.',
    path: ['podTemplate'],
  });
export type ServiceSpec = z.infer<typeof serviceSpecSchema>;

/** Fixed replicas, or bounds for one HPA per revision (then replicas are never written). Scaling is not a rollout. */
export const scalingSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('fixed'), replicas: z.int().min(1).max(1_000) }),
  z
    .object({
      kind: z.literal('auto'),
      minReplicas: z.int().min(1).max(1_000),
      maxReplicas: z.int().min(1).max(1_000),
      targetCpuPercent: z.int().min(1).max(100),
    })
    .refine(
      (scaling) => scaling.minReplicas <= scaling.maxReplicas,
      'The least number of replicas exceeds the most.',
    ),
]);
export type Scaling = z.infer<typeof scalingSchema>;

/** Path prefix and hostnames of the Service's HTTPRoute; the gateway comes from the Environment. */
export const routeSchema = z.object({
  hostnames: z
    .array(
      z
        .string()
        .regex(/^(\*\.)?[a-z0-9.-]+$/)
        .max(253),
    )
    .max(16),
  pathPrefix: z.string().startsWith('/').max(1_024),
});
export type ServiceRoute = z.infer<typeof routeSchema>;

/** Replicas that a revision starts with. */
export function startingReplicas(scaling: Scaling): number {
  return scaling.kind === 'fixed' ? scaling.replicas : scaling.minReplicas;
}

/** Whole GPUs that one pod asks for: the sum of `nvidia.com/gpu` and other `…/gpu` limits (or requests) over its containers. */
export function gpuCountPerPod(template: PodTemplate): number {
  return template.spec.containers.reduce((sum, container) => sum + containerGpuCount(container), 0);
}

function containerGpuCount(container: ContainerSpec): number {
  const amounts = { ...container.resources?.requests, ...container.resources?.limits };
  return Object.entries(amounts)
    .filter(([name]) => gpuName.test(name))
    .reduce((sum, [, amount]) => sum + Number(amount), 0);
}
