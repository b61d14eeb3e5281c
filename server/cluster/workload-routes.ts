import * as z from 'zod';
import type { WorkloadRoute } from '../../domain/adoption.ts';
import type { PodTemplate } from '../../domain/service-spec.ts';
import type { ListedRoute } from '../../domain/workload.ts';
import type { KubernetesObject } from './kubernetes-objects.ts';
import type { ForeignObjects } from './workload-objects.ts';

const serviceSchema = z.looseObject({
  spec: z
    .looseObject({
      selector: z.record(z.string(), z.string()).nullish(),
      ports: z
        .array(z.looseObject({ port: z.number(), targetPort: z.union([z.number(), z.string()]).optional() }))
        .optional(),
    })
    .optional(),
});

const backendSchema = z.looseObject({
  group: z.string().optional(),
  kind: z.string().optional(),
  name: z.string(),
  port: z.number().optional(),
  weight: z.number().optional(),
});
const routeSchema = z.looseObject({
  spec: z
    .looseObject({
      hostnames: z.array(z.string()).optional(),
      rules: z.array(z.looseObject({ backendRefs: z.array(backendSchema).optional() })).optional(),
    })
    .optional(),
});
type Backend = z.infer<typeof backendSchema>;

function isService({ group = '', kind = 'Service' }: Backend): boolean {
  return group === '' && kind === 'Service';
}

/** Kubernetes Services whose selector picks pods with these labels; one without a selector picks none. */
export function servicesOf(
  services: readonly KubernetesObject[],
  labels: Readonly<Record<string, string>>,
): KubernetesObject[] {
  return services.filter((object) => {
    const wanted = Object.entries(serviceSchema.safeParse(object).data?.spec?.selector ?? {});
    return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
  });
}

/** The container port that requests reach: what a Service targets, else the container's first; null when neither says. */
export function servingPortOf(
  services: readonly KubernetesObject[],
  container: PodTemplate['spec']['containers'][number] | undefined,
): number | null {
  const ports = container?.ports ?? [];
  for (const object of services)
    for (const { port, targetPort } of serviceSchema.safeParse(object).data?.spec?.ports ?? []) {
      if (typeof targetPort === 'number') return targetPort;
      const known = ports.find(({ name }) => name !== undefined && name === targetPort)?.containerPort;
      if (known !== undefined) return known;
      if (targetPort === undefined) return port;
    }
  return ports[0]?.containerPort ?? null;
}

function backendsOf(route: KubernetesObject): Backend[][] {
  return (routeSchema.safeParse(route).data?.spec?.rules ?? []).map(({ backendRefs = [] }) => backendRefs);
}

/** The first backend, by name of route and order of rules, that is one of these Services; or the sentence that says why there is none. */
export function routeTo(
  services: readonly string[],
  { routes, unread }: ForeignObjects,
): { route: WorkloadRoute | null; sentence: string | null } {
  if (unread.services !== null) return { route: null, sentence: unread.services };
  if (services.length === 0)
    return { route: null, sentence: 'No Kubernetes Service selects its pods, so no route can lead to it.' };
  if (unread.routes !== null) return { route: null, sentence: unread.routes };
  for (const object of routes)
    for (const [ruleIndex, backends] of backendsOf(object).entries()) {
      const backend = backends.find((found) => isService(found) && services.includes(found.name));
      if (backend === undefined) continue;
      const { name, uid } = object.metadata;
      const backendPort = backend.port ?? null;
      return { route: { name, uid, ruleIndex, backendName: backend.name, backendPort }, sentence: null };
    }
  const named = services.length === 1 ? `the Service ${services[0] ?? ''}` : `its Services`;
  return {
    route: null,
    sentence: `No HTTPRoute of the namespace leads to ${named}; callers reach it by its cluster address.`,
  };
}

/** A route as it is listed, with the workloads behind it; a weight that is not given is 1. */
export function listedRoute(
  object: KubernetesObject,
  workloads: readonly { name: string; services: readonly string[] }[],
): ListedRoute {
  const refs = backendsOf(object).flat().filter(isService);
  const backends = refs.map(({ name, port, weight }) => ({ name, port: port ?? null, weight: weight ?? 1 }));
  const led = workloads.filter(({ services }) => backends.some(({ name }) => services.includes(name)));
  return {
    name: object.metadata.name,
    hostnames: routeSchema.safeParse(object).data?.spec?.hostnames ?? [],
    backends,
    workloads: led.map(({ name }) => name),
  };
}
