import * as z from 'zod';
import {
  type WorkloadRef,
  workloadManagerSchema,
  workloadRefSchema,
  workloadRouteSchema,
} from './adoption.ts';
import { dnsLabelSchema } from './name.ts';
import { type Refusal, refusal } from './refusal.ts';
import { blockerSchema } from './refusal-schema.ts';
import { runningImageSchema } from './running-image.ts';
import { podTemplateSchema, type ServiceSpec } from './service-spec.ts';

const fieldOwnerSchema = z.object({
  manager: z.string(),
  operation: z.string().nullable(),
  subresource: z.string().nullable(),
  at: z.string().nullable(),
  fields: z.array(z.string()),
});

/** One workload of a namespace that Fairlead did not make, as the watch last brought it. */
const workloadSchema = z.object({
  ref: workloadRefSchema,
  /** Name of the container that serves; null while nothing says which containers it has. */
  container: z.string().nullable(),
  podTemplate: podTemplateSchema.nullable(),
  /** Container port that its Kubernetes Service or its container names; null when neither does. */
  port: z.int().nullable(),
  selector: z.record(z.string(), z.string()),
  manager: workloadManagerSchema,
  services: z.array(z.string()),
  route: workloadRouteSchema.nullable(),
  routeSentence: z.string().nullable(),
  desiredReplicas: z.int(),
  readyReplicas: z.int(),
  /** Whole GPUs of all desired replicas. */
  gpuCount: z.int(),
  images: z.array(runningImageSchema),
  /** Pods whose status names no digest. */
  unknownPodCount: z.int(),
  podNames: z.array(z.string()),
  /** Its controller has seen the last change and no pod of an older template is left. */
  settled: z.boolean(),
  blockers: z.array(blockerSchema),
  owners: z.array(fieldOwnerSchema),
  /** Objects that it made itself and that are therefore not listed by their own. */
  children: z.array(z.string()),
});
export type Workload = z.infer<typeof workloadSchema>;

const listedRouteSchema = z.object({
  name: z.string(),
  hostnames: z.array(z.string()),
  backends: z.array(z.object({ name: z.string(), port: z.int().nullable(), weight: z.int() })),
  /** Workloads that it leads to. */
  workloads: z.array(z.string()),
});
export type ListedRoute = z.infer<typeof listedRouteSchema>;

/** Requests per second by the workload's name; the sentence says why none are known, and is null when some may be. */
const measuredRatesSchema = z.object({
  perSecond: z.record(z.string(), z.number()),
  sentence: z.string().nullable(),
});
export type MeasuredRates = z.infer<typeof measuredRatesSchema>;

/** Everything of a namespace that could become a watched service; what could not be read is said, and the rest is there. */
export const discoverySchema = z.object({
  schema: z.literal(1),
  namespace: z.string(),
  workloads: z.array(workloadSchema),
  routes: z.array(listedRouteSchema),
  rates: measuredRatesSchema,
  /** One per kind that could not be read. */
  problems: z.array(blockerSchema),
});
export type Discovery = z.infer<typeof discoverySchema>;

export type ObservedWorkload = {
  /** False when its kind or its pods cannot be read right now: nothing may be concluded from absence. */
  readonly fresh: boolean;
  readonly blockers: Discovery['problems'];
  /** Routes and Services were read too; otherwise what is said of them is not known. */
  readonly routesRead: boolean;
  /** Null when it does not exist (only to be believed while fresh). */
  readonly workload: Workload | null;
};

/** The digest that alone runs in all of a workload's pods; null while several do, none is known, or a change is under way. */
export function soleImage(workload: Workload): Workload['images'][number] | null {
  const [image, other] = workload.images;
  if (image === undefined || other !== undefined) return null;
  return workload.unknownPodCount === 0 && workload.settled ? image : null;
}

/** Where it serves when neither its Kubernetes Service nor its container says. */
const unnamedPort = 8080;

/** What runs, as a ServiceSpec with every field kept; null while there is no pod template. */
export function specOfWorkload({ podTemplate, container, port }: Workload): ServiceSpec | null {
  if (podTemplate === null || container === null) return null;
  return {
    schema: 1,
    podTemplate,
    servingContainer: container,
    port: port ?? unnamedPort,
    artefact: { kind: 'inImage' },
  };
}

/** Why a workload cannot be watched as a new service, or null; `watchedAs` is the service that watches it already. */
export function adoptionRefusal(workload: Workload, watchedAs: string | null): Refusal | null {
  const { kind, name } = workload.ref;
  if (watchedAs !== null)
    return refusal({
      code: 'conflict',
      message: `${kind} ${name} is watched already, as the service ${watchedAs}.`,
    });
  if (workload.podTemplate !== null && workload.container !== null) return null;
  return refusal({
    code: 'revisionNotReady',
    message: `${kind} ${name} has no pod template that can be read, so there is nothing to watch yet.`,
    fix: 'Look again when it has made its pods.',
  });
}

/** The name for a watched service: the workload's, as a DNS label of at most 40 characters. */
export function serviceNameOf({ name }: Pick<WorkloadRef, 'name'>): string {
  const short = name.replaceAll('.', '-').slice(0, 40).replace(/-+$/, '');
  return dnsLabelSchema.safeParse(short).success ? short : 'workload';
}
