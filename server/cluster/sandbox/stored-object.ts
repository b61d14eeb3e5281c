import * as z from 'zod';
import type { sandboxObject } from '../../../db/schema/sandbox.ts';
import { sandboxPodSchema } from '../../../domain/sandbox/pod.ts';
import { podTemplateSchema, scalingSchema } from '../../../domain/service-spec.ts';

const workloadSchema = z.object({
  schema: z.literal(1),
  generation: z.int(),
  revision: z.object({
    number: z.int(),
    revisionId: z.string(),
    modelVersionId: z.string(),
    specDigest: z.string(),
    podTemplate: podTemplateSchema,
    port: z.int(),
    scaling: scalingSchema,
  }),
  pods: z.array(sandboxPodSchema),
});
/** What the sandbox keeps of one revision: its spec and its pods. */
export type Workload = z.infer<typeof workloadSchema>;

const routeSchema = z.object({
  schema: z.literal(1),
  generation: z.int(),
  weights: z.record(z.string(), z.number()),
  gateway: z.object({ name: z.string(), namespace: z.string(), sectionName: z.string().nullable() }),
  hostnames: z.array(z.string()),
  pathPrefix: z.string(),
  port: z.int(),
  /** When the gateway's part last changed; a new epoch or generation alone is no change to it. */
  changedAtMs: z.int(),
});
/** What the sandbox keeps of a service's route. */
export type Route = z.infer<typeof routeSchema>;

const quotaSchema = z.object({ schema: z.literal(1), hard: z.record(z.string(), z.number()) });

const workSchema = z.object({ schema: z.literal(1), fails: z.boolean() });

type Row = typeof sandboxObject.$inferSelect;
type Metadata = Omit<Row, 'kind' | 'body'>;
export type WorkloadObject = Metadata & { readonly kind: 'workload'; readonly body: Workload };
export type RouteObject = Metadata & { readonly kind: 'route'; readonly body: Route };
export type QuotaObject = Metadata & { readonly kind: 'quota'; readonly body: z.infer<typeof quotaSchema> };
export type WorkOfSandbox = Metadata & { readonly kind: 'work'; readonly body: z.infer<typeof workSchema> };
/** An object of the sandbox with its body read. */
export type StoredObject = WorkloadObject | RouteObject | QuotaObject | WorkOfSandbox;

/** Reads a row; throws a ZodError for a body that is none of ours. */
export function storedObject({ kind, body, ...metadata }: Row): StoredObject {
  switch (kind) {
    case 'workload':
      return { ...metadata, kind, body: workloadSchema.parse(body) };
    case 'route':
      return { ...metadata, kind, body: routeSchema.parse(body) };
    case 'quota':
      return { ...metadata, kind, body: quotaSchema.parse(body) };
    case 'work':
      return { ...metadata, kind, body: workSchema.parse(body) };
  }
}
