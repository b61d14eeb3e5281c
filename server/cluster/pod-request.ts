import * as z from 'zod';
import { type ContainerRequest, effectiveRequest } from '../../domain/metering/effective-request.ts';
import type { Amounts } from '../../domain/metering/observed.ts';
import { quantity } from '../../domain/quantity.ts';

const amountsSchema = z.record(z.string(), z.union([z.string(), z.number()]));
const resourcesSchema = z.looseObject({
  requests: amountsSchema.optional(),
  limits: amountsSchema.optional(),
});
const containerSchema = z.looseObject({
  name: z.string(),
  restartPolicy: z.string().optional(),
  resources: resourcesSchema.optional(),
});
export const podSpecSchema = z.looseObject({
  containers: z.array(containerSchema),
  initContainers: z.array(containerSchema).optional(),
  resources: resourcesSchema.optional(),
  overhead: amountsSchema.optional(),
});
type PodSpec = z.infer<typeof podSpecSchema>;

const mebibyte = 1_024 ** 2;

/** A resource list in whole amounts: cpu in milli-CPU, memory in MiB, rounded up; what is no quantity is left out. */
export function amountsOf(list: z.infer<typeof amountsSchema> | undefined): Amounts {
  const amounts: Record<string, number> = {};
  for (const [name, text] of Object.entries(list ?? {})) {
    const value = quantity(text);
    if (value === null || value < 0) continue;
    const exact = name === 'cpu' ? value * 1_000 : name === 'memory' ? value / mebibyte : value;
    amounts[name] = Math.ceil(Math.round(exact * 1e6) / 1e6);
  }
  return amounts;
}

/** The API server writes a limit into a request that is missing; a template has not been there yet. */
export function requestOf(resources: z.infer<typeof resourcesSchema> | undefined): Amounts {
  return { ...amountsOf(resources?.limits), ...amountsOf(resources?.requests) };
}

type Resized = ReadonlyMap<string, Amounts>;

function containerRequest(
  { name, restartPolicy, resources }: z.infer<typeof containerSchema>,
  resized: Resized,
): ContainerRequest {
  const asked = requestOf(resources);
  const allocated = resized.get(name) ?? {};
  const amounts: Record<string, number> = { ...asked };
  // While a container is resized in place the scheduler sets aside the larger of both.
  for (const [resource, amount] of Object.entries(allocated))
    amounts[resource] = Math.max(amounts[resource] ?? 0, amount);
  return { amounts, sidecar: restartPolicy === 'Always' };
}

/** What a pod holds of its node; `resized` is what the kubelet has allocated to containers by name. */
export function podRequest(spec: PodSpec, resized: Resized = new Map()): Amounts {
  return effectiveRequest({
    containers: spec.containers.map((container) => containerRequest(container, resized)),
    initContainers: (spec.initContainers ?? []).map((container) => containerRequest(container, resized)),
    pod: requestOf(spec.resources),
    overhead: amountsOf(spec.overhead),
  });
}

/** The same of a template that is not in a cluster yet; nothing for one that cannot be read. */
export function templateRequest(template: { readonly spec: unknown }): Amounts {
  const spec = podSpecSchema.safeParse(template.spec);
  return spec.success ? podRequest(spec.data) : {};
}
