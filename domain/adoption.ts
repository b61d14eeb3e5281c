import * as z from 'zod';
import { type Refusal, refusal } from './refusal.ts';

export const workloadKinds = ['Deployment', 'InferenceService', 'Rollout'] as const;
export type WorkloadKind = (typeof workloadKinds)[number];

export const workloadRefSchema = z.object({
  apiVersion: z.string(),
  kind: z.enum(workloadKinds),
  name: z.string().min(1).max(253),
  uid: z.string().min(1).max(64),
});
export type WorkloadRef = z.infer<typeof workloadRefSchema>;

/** Who writes a workload's objects by its own marks: a release, an application, a kustomization, a person with kubectl, or nobody known. */
export const workloadManagerSchema = z.object({
  kind: z.enum(['helm', 'argocd', 'flux', 'kubectl', 'none']),
  /** Name of the release, application or kustomization; for kubectl the field manager; null for none. */
  name: z.string().nullable(),
  /** Which mark said so, for people; null for none. */
  detail: z.string().nullable(),
});
export type WorkloadManager = z.infer<typeof workloadManagerSchema>;

/** The backend of a foreign HTTPRoute that leads to the workload. */
export const workloadRouteSchema = z.object({
  name: z.string(),
  uid: z.string(),
  /** Position in `spec.rules`, from 0. */
  ruleIndex: z.int().min(0),
  backendName: z.string(),
  backendPort: z.int().nullable(),
});
export type WorkloadRoute = z.infer<typeof workloadRouteSchema>;

/** What a service in mode watched looks at; written to `service.adoption`, parsed on the way out. */
export const adoptionSchema = z.object({
  schema: z.literal(1),
  workload: workloadRefSchema,
  /** Name of the container that serves. */
  container: z.string(),
  /** matchLabels of the workload; its pods carry all of them. */
  selector: z.record(z.string(), z.string()),
  manager: workloadManagerSchema,
  /** Names of the Kubernetes Services that select its pods; empty when there is none. */
  services: z.array(z.string()),
  /** Null when no route of the namespace leads to it; `routeSentence` then says so. */
  route: workloadRouteSchema.nullable(),
  routeSentence: z.string().nullable(),
  /** The Model that adopted versions belong to. */
  modelId: z.string(),
});
export type Adoption = z.infer<typeof adoptionSchema>;

/** Why nothing may be changed of a service that others write, or null; the same words on its buttons and from its commands. */
export function watchedRefusal({ mode }: { readonly mode: 'managed' | 'watched' }): Refusal | null {
  if (mode === 'managed') return null;
  return refusal({
    code: 'wrongState',
    message: 'This service is watched: Fairlead only reads, somebody else writes its objects.',
    fix: 'Take it over first.',
  });
}
