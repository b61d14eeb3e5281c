import * as z from 'zod';
import { quantity } from '../quantity.ts';
import type { ContainerSpec, PodTemplate } from '../service-spec.ts';
import { milliGpuOf } from './pod-gpus.ts';

type Amounts = Readonly<Record<string, number>>;

/** What one pod of a template asks of a cluster. */
export type PodDemand = {
  /** Requests of the pod as quota and scheduler count them: the greater of its containers together and its start. */
  readonly requests: Amounts;
  /** Whole GPUs, whatever the vendor's name of them. */
  readonly gpus: number;
  /** What metering would count of it, which parts of GPUs make less than whole ones or more than none. */
  readonly milliGpu: number;
  /** Name under which the GPUs are asked for; null without any. */
  readonly gpuResource: string | null;
  /** GPU product that it is pinned to; null when any will do. */
  readonly product: string | null;
  /** What each container may use at most, for limit ranges. */
  readonly containers: readonly {
    readonly name: string;
    readonly limits: Amounts;
    readonly requests: Amounts;
  }[];
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly {
    readonly key?: string | undefined;
    readonly operator?: string | undefined;
    readonly value?: string | undefined;
    readonly effect?: string | undefined;
  }[];
  readonly priorityClass: string | null;
  readonly hasDeadline: boolean;
  readonly bestEffort: boolean;
  /** ResourceClaimTemplates of which each pod gets a claim of its own, one entry for each claim. */
  readonly claimTemplates: readonly string[];
  /** Kueue's queue that the pod asks to go through; null when Kueue has no say. */
  readonly queue: string | null;
};

const gpuName = /(^|\/)gpu$/;
const productLabels = ['nvidia.com/gpu.product', 'amd.com/gpu.product-name', 'gpu.intel.com/product'];
const queueLabel = 'kueue.x-k8s.io/queue-name';

/** The name of a GPU product without how it is shared; null for none. */
export function productName(label: string | undefined): string | null {
  if (label === undefined || label === '') return null;
  return label.replace(/-SHARED$/, '').replace(/-MIG-.*$/, '');
}

/** The product in the labels of a node, or in the node selector of a pod; null when they name none. */
export function productOf(labels: Readonly<Record<string, string>>): string | null {
  const found = productLabels.find((label) => labels[label] !== undefined);
  return productName(found === undefined ? undefined : labels[found]);
}

function amounts(found: Readonly<Record<string, string | number>> | undefined): Amounts {
  return Object.fromEntries(
    Object.entries(found ?? {}).flatMap(([name, amount]) => {
      const value = quantity(amount);
      return value === null ? [] : [[name, value] as const];
    }),
  );
}

/** A container without a request asks for its limit. */
function requestsOf(container: Pick<ContainerSpec, 'resources'>): Amounts {
  return { ...amounts(container.resources?.limits), ...amounts(container.resources?.requests) };
}

function plus(left: Amounts, right: Amounts): Amounts {
  const sum: Record<string, number> = { ...left };
  for (const [name, amount] of Object.entries(right)) sum[name] = (sum[name] ?? 0) + amount;
  return sum;
}

function most(left: Amounts, right: Amounts): Amounts {
  const greater: Record<string, number> = { ...left };
  for (const [name, amount] of Object.entries(right)) greater[name] = Math.max(greater[name] ?? 0, amount);
  return greater;
}

const startersSchema = z.array(
  z.looseObject({
    restartPolicy: z.string().optional(),
    resources: z
      .looseObject({
        requests: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
        limits: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
      })
      .optional(),
  }),
);
type Starter = z.infer<typeof startersSchema>[number];

const claimsSchema = z
  .array(z.looseObject({ resourceClaimTemplateName: z.string().nullish() }))
  .catch([])
  .transform((claims) => claims.flatMap(({ resourceClaimTemplateName: name }) => name ?? []));

/** Kubernetes' rule: app containers with sidecars, or any one init container with the sidecars before it. */
export function effectiveRequests(
  containers: readonly Pick<ContainerSpec, 'resources'>[],
  starters: readonly Starter[],
  overhead: Amounts = {},
): Amounts {
  let sidecars: Amounts = {};
  let start: Amounts = {};
  for (const starter of starters) {
    const own = requestsOf(starter);
    if (starter.restartPolicy === 'Always') sidecars = plus(sidecars, own);
    else start = most(start, plus(own, sidecars));
  }
  const running = containers.reduce<Amounts>((sum, container) => plus(sum, requestsOf(container)), sidecars);
  return plus(most(running, start), overhead);
}

/** Whole GPUs among requests. */
export function gpusIn(requests: Amounts): number {
  return Object.entries(requests).reduce(
    (sum, [name, amount]) => (gpuName.test(name) ? sum + amount : sum),
    0,
  );
}

/** Whether pods may hold GPUs: in whole, in parts, or by claims of which only the cluster knows what they ask for. */
export function mayHoldGpus({ milliGpu, claimTemplates }: Pick<PodDemand, 'milliGpu' | 'claimTemplates'>) {
  return milliGpu > 0 || claimTemplates.length > 0;
}

/** What a pod of the template asks for, its claims aside. */
export function podDemand(template: PodTemplate): PodDemand {
  const { containers, initContainers = [], nodeSelector = {}, tolerations = [], ...rest } = template.spec;
  const requests = effectiveRequests(containers, startersSchema.parse(initContainers));
  const labels = template.metadata?.labels ?? {};
  const annotations = template.metadata?.annotations ?? {};
  const gpus = gpusIn(requests);
  return {
    requests,
    gpus,
    // A vendor's GPUs that metering does not know are still reserved, as whole ones.
    milliGpu: milliGpuOf({ requests, annotations, nodeSelector }) || gpus * 1_000,
    gpuResource: Object.keys(requests).find((name) => gpuName.test(name)) ?? null,
    product: productOf(nodeSelector),
    containers: containers.map((container) => ({
      name: container.name,
      limits: amounts(container.resources?.limits),
      requests: requestsOf(container),
    })),
    nodeSelector,
    tolerations,
    priorityClass: typeof rest['priorityClassName'] === 'string' ? rest['priorityClassName'] : null,
    hasDeadline: typeof rest['activeDeadlineSeconds'] === 'number',
    bestEffort: containers.every(({ resources }) => resources === undefined),
    claimTemplates: claimsSchema.parse(rest['resourceClaims'] ?? []),
    queue: labels[queueLabel] ?? null,
  };
}
