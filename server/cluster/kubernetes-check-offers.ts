import * as z from 'zod';
import type { CheckState, ClusterCheck } from '../../domain/cluster-check.ts';
import { type KubernetesApi, servesKind } from './kubernetes-api.ts';
import { KubernetesApiError } from './kubernetes-api-error.ts';
import { apiVersionOf } from './kubernetes-objects.ts';

const itemsSchema = z.looseObject({
  items: z
    .array(
      z.looseObject({
        metadata: z.looseObject({
          name: z.string(),
          namespace: z.string().optional(),
          labels: z.record(z.string(), z.string()).optional(),
        }),
        status: z.looseObject({ allocatable: z.record(z.string(), z.string()).optional() }).optional(),
      }),
    )
    .nullable()
    .transform((items) => items ?? []),
});
type Item = z.infer<typeof itemsSchema>['items'][number];

type Offers = {
  readonly gatewayApi: boolean;
  readonly autoscaling: boolean;
  readonly gpuProducts: readonly string[];
  readonly checks: readonly ClusterCheck[];
};

/** Items of a list over all namespaces; null without the right to list them. */
async function listed(api: KubernetesApi, path: string, labelSelector?: string): Promise<Item[] | null> {
  try {
    const query = { limit: '500', ...(labelSelector === undefined ? {} : { labelSelector }) };
    return itemsSchema.parse(await api.get(path, query)).items;
  } catch (error) {
    if (error instanceof KubernetesApiError && error.status === 403) return null;
    if (error instanceof KubernetesApiError && error.status === 404) return [];
    throw error;
  }
}

function row(
  at: { id: string; title: string },
  found: { state: CheckState; detail: string; fix?: string },
): ClusterCheck {
  return { ...at, group: 'cluster', fix: null, ...found };
}

const notAllowed = (what: string) => ({
  state: 'unknown' as const,
  detail: `the token may not list ${what}`,
  fix: 'Apply the ClusterRole of the manifest to see it; nothing else depends on it.',
});

const names = (items: readonly Item[]): string => items.map(({ metadata }) => metadata.name).join(', ');

async function gatewayCheck(api: KubernetesApi, served: boolean): Promise<ClusterCheck> {
  const at = { id: 'gateway', title: 'Gateway API' };
  if (!served)
    return row(at, {
      state: 'missing',
      detail: 'HTTPRoute is not served, so traffic cannot be split',
      fix: 'Install the Gateway API (kubectl apply the standard CRDs) and a gateway controller.',
    });
  const root = `/apis/${apiVersionOf('HTTPRoute')}`;
  const [classes, gateways] = await Promise.all([
    listed(api, `${root}/gatewayclasses`),
    listed(api, `${root}/gateways`),
  ]);
  if (classes === null || gateways === null) return row(at, notAllowed('gatewayclasses and gateways'));
  if (classes.length === 0)
    return row(at, {
      state: 'missing',
      detail: 'HTTPRoute is served, but there is no GatewayClass',
      fix: 'Install a gateway controller (Envoy Gateway, Istio, NGINX Gateway Fabric, Traefik) with its class.',
    });
  if (gateways.length === 0)
    return row(at, {
      state: 'missing',
      detail: `classes: ${names(classes)}; there is no Gateway`,
      fix: 'Create a Gateway of one of the classes; environments name it.',
    });
  const places = gateways.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
  return row(at, { state: 'met', detail: `classes: ${names(classes)}; gateways: ${places.join(', ')}` });
}

/** Labels under which vendors' discovery names the product of a node's GPUs. */
const productLabels = ['nvidia.com/gpu.product', 'amd.com/gpu.product-name', 'gpu.intel.com/product'];

function gpusOf({ metadata, status }: Item): { count: number; products: string[] } {
  const resources = Object.entries(status?.allocatable ?? {}).filter(([name]) => /(^|\/)gpu$/.test(name));
  const present = resources.filter(([, amount]) => Number(amount) > 0);
  const labelled = productLabels.flatMap((name) => metadata.labels?.[name] ?? []);
  const count = present.reduce((sum, [, amount]) => sum + Number(amount), 0);
  return { count, products: labelled.length > 0 ? labelled : present.map(([name]) => name) };
}

function gpuCheck(nodes: readonly Item[] | null): { check: ClusterCheck; products: string[] } {
  const at = { id: 'gpus', title: 'GPUs' };
  if (nodes === null) return { check: row(at, notAllowed('nodes')), products: [] };
  const found = nodes.map(gpusOf);
  const products = [...new Set(found.flatMap((node) => node.products))].sort();
  const count = found.reduce((sum, node) => sum + node.count, 0);
  if (count === 0)
    return {
      check: row(at, {
        state: 'absent',
        detail: `none of ${nodes.length} nodes offers one`,
        fix: "Install the vendor's device plugin or GPU operator if the nodes have GPUs.",
      }),
      products,
    };
  const on = found.filter((node) => node.count > 0).length;
  const detail = `${count} on ${on} of ${nodes.length} nodes: ${products.join(', ')}`;
  return { check: row(at, { state: 'met', detail }), products };
}

/** Exporters by the labels that their charts and operators give their Services. */
const exporters = [
  {
    id: 'kube-state-metrics',
    title: 'kube-state-metrics',
    selectors: ['app.kubernetes.io/name=kube-state-metrics'],
    fix: 'Install kube-state-metrics: without it costs cannot be told by pod.',
  },
  {
    id: 'dcgm-exporter',
    title: 'DCGM exporter',
    selectors: ['app.kubernetes.io/name=dcgm-exporter', 'app=nvidia-dcgm-exporter'],
    fix: "Install NVIDIA's DCGM exporter (the GPU operator brings it): without it how busy GPUs are is not known.",
  },
] as const;

async function exporterCheck(
  api: KubernetesApi,
  exporter: (typeof exporters)[number],
): Promise<ClusterCheck> {
  const lists = await Promise.all(
    exporter.selectors.map((selector) => listed(api, '/api/v1/services', selector)),
  );
  if (lists.some((list) => list === null)) return row(exporter, notAllowed('services of all namespaces'));
  const [found] = lists.flatMap((list) => list ?? []);
  const { id, title, fix } = exporter;
  if (found === undefined)
    return row({ id, title }, { state: 'absent', detail: 'no Service carries its label', fix });
  const { namespace = '', name } = found.metadata;
  return row({ id, title }, { state: 'met', detail: `Service ${namespace}/${name}` });
}

/** What the cluster brings along, each a row; what it lacks is missing only when services cannot run without it. */
export async function offersOf(api: KubernetesApi): Promise<Offers> {
  const [gatewayApi, autoscaling, nodes, ...found] = await Promise.all([
    servesKind(api, apiVersionOf('HTTPRoute'), 'HTTPRoute'),
    servesKind(api, apiVersionOf('HorizontalPodAutoscaler'), 'HorizontalPodAutoscaler'),
    listed(api, '/api/v1/nodes'),
    ...exporters.map((exporter) => exporterCheck(api, exporter)),
  ]);
  const { check, products } = gpuCheck(nodes);
  const scaling = row(
    { id: 'autoscaling', title: 'Autoscaling' },
    autoscaling
      ? { state: 'met', detail: 'HorizontalPodAutoscaler is served' }
      : {
          state: 'absent',
          detail: 'HorizontalPodAutoscaler is not served',
          fix: 'Give services a fixed number of replicas, or use a cluster of a version that serves autoscaling/v2.',
        },
  );
  const checks = [await gatewayCheck(api, gatewayApi), check, scaling, ...found];
  return { gatewayApi, autoscaling, gpuProducts: products, checks };
}
