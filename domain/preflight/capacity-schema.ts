import * as z from 'zod';
import type { ClusterReading, NamespaceReading } from './capacity.ts';

const amounts = z.record(z.string(), z.number());

function part<Value extends z.ZodType>(value: Value) {
  return z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('read'), value }),
    z.object({ kind: z.literal('unread'), why: z.string(), fix: z.string().nullable() }),
  ]);
}

export const clusterReadingSchema: z.ZodType<ClusterReading> = z.object({
  schema: z.literal(1),
  nodes: part(
    z.array(
      z.object({
        name: z.string(),
        product: z.string().nullable(),
        labels: z.record(z.string(), z.string()),
        taints: z.array(z.object({ key: z.string(), value: z.string(), effect: z.string() })),
        gpus: z.int(),
        freeGpus: z.int(),
        freeMilliCpu: z.int(),
        freeMemoryMib: z.int(),
      }),
    ),
  ),
  holders: part(
    z.array(
      z.object({
        namespace: z.string(),
        workload: z.string(),
        gpus: z.int(),
        pods: z.int(),
        pendingGpus: z.int(),
        pendingPods: z.int(),
        product: z.string().nullable(),
      }),
    ),
  ),
  clusterQueues: part(
    z.array(
      z.object({
        name: z.string(),
        cohort: z.string().nullable(),
        stopped: z.boolean(),
        quotas: z.array(
          z.object({
            flavor: z.string(),
            resource: z.string(),
            nominal: z.number(),
            reserved: z.number(),
            borrowingLimit: z.number().nullable(),
          }),
        ),
      }),
    ),
  ).nullable(),
  nodePools: part(z.array(z.object({ name: z.string(), limits: amounts, used: amounts }))).nullable(),
});

export const namespaceReadingSchema: z.ZodType<NamespaceReading> = z.object({
  schema: z.literal(1),
  quotas: part(
    z.array(
      z.object({
        name: z.string(),
        hard: amounts,
        used: amounts,
        scopes: z.array(
          z.object({
            name: z.string(),
            operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
            values: z.array(z.string()),
          }),
        ),
      }),
    ),
  ),
  limitRanges: part(
    z.array(z.object({ name: z.string(), type: z.enum(['Container', 'Pod']), max: amounts, min: amounts })),
  ),
  claimTemplates: part(
    z.array(z.object({ name: z.string(), devices: amounts, gpus: z.int(), allOfNode: z.boolean() })),
  )
    .nullable()
    // A look that an older worker stored has none.
    .default(null),
  localQueues: part(
    z.array(z.object({ name: z.string(), clusterQueue: z.string(), stopped: z.boolean() })),
  ).nullable(),
});
