import * as z from 'zod';
import type {
  ClusterCapacity,
  ClusterReading,
  NamespaceReading,
  Part,
} from '../../domain/preflight/capacity.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { KubernetesApiError } from './kubernetes-api-error.ts';
import { claimTemplate, claimTemplateSchema, deviceClassSchema } from './kubernetes-claims.ts';
import {
  clusterQueueSchema,
  limitRangeSchema,
  localQueueSchema,
  nodePoolSchema,
  quotaSchema,
} from './kubernetes-limits.ts';
import { capacityNodes, holdersOf, nodeSchema, podSchema } from './kubernetes-nodes.ts';
import { listPath } from './kubernetes-objects.ts';

const pageSchema = z.looseObject({
  items: z.array(z.unknown()),
  metadata: z.looseObject({ continue: z.string().optional() }).optional(),
});
const perPage = '500';
/** Selects pods that still count. */
export const notOver = { fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' };

/** All objects of a list, page by page. */
export async function listAll<Item extends z.ZodType>(
  api: KubernetesApi,
  path: string,
  { item, query = {} }: { item: Item; query?: Readonly<Record<string, string>> },
): Promise<z.infer<Item>[]> {
  const found: z.infer<Item>[] = [];
  let next = '';
  do {
    const asked = { ...query, limit: perPage, ...(next === '' ? {} : { continue: next }) };
    const page = pageSchema.parse(await api.get(path, asked));
    for (const entry of page.items) found.push(item.parse(entry));
    next = page.metadata?.continue ?? '';
  } while (next !== '');
  return found;
}

const fix = 'Apply the metering manifest that the page of the cluster prints.';

/** A list that may not be read is said to be so; one that cannot be read ends the reading. */
async function part<Value>(what: string, read: () => Promise<Value>): Promise<Part<Value>> {
  try {
    return { kind: 'read', value: await read() };
  } catch (error) {
    if (!(error instanceof KubernetesApiError) || error.status !== 403) throw error;
    return { kind: 'unread', why: `the token may not list ${what}.`, fix };
  }
}

/**
 * Null for a kind that the API server serves under none of the versions. Discovery tells, which every token may read: a
 * list that is refused says nothing of whether there is anything to list.
 */
async function servedPart<Value>(
  { api, what, versions }: { api: KubernetesApi; what: string; versions: readonly string[] },
  read: (version: string) => Promise<Value>,
): Promise<Part<Value> | null> {
  for (const version of versions) {
    if (!(await isServed(api, version))) continue;
    const found = await part(what, () => read(version));
    return found.kind === 'read' ? found : { ...found, fix: `Allow the token to list ${what}.` };
  }
  return null;
}

async function isServed(api: KubernetesApi, version: string): Promise<boolean> {
  try {
    await api.get(`/apis/${version}`);
    return true;
  } catch (error) {
    if (error instanceof KubernetesApiError && (error.status === 404 || error.status === 403)) return false;
    throw error;
  }
}

const kueueVersions = ['kueue.x-k8s.io/v1beta2', 'kueue.x-k8s.io/v1beta1'];

/**
 * Reads once what the cluster has room for: nodes and all pods that are not over, quotas and limit ranges of the
 * namespaces, Kueue's queues and Karpenter's pools where they are served. Throws when the API server cannot be asked.
 */
export async function readCapacity(
  api: KubernetesApi,
  namespaces: readonly string[],
): Promise<ClusterCapacity> {
  const [nodes, pods, clusterQueues, nodePools, ...places] = await Promise.all([
    part('nodes', () => listAll(api, '/api/v1/nodes', { item: nodeSchema })),
    part('pods of all namespaces', () => listAll(api, '/api/v1/pods', { item: podSchema, query: notOver })),
    servedPart({ api, what: 'ClusterQueues', versions: kueueVersions }, (version) =>
      listAll(api, `/apis/${version}/clusterqueues`, { item: clusterQueueSchema }),
    ),
    servedPart({ api, what: 'NodePools', versions: ['karpenter.sh/v1'] }, (version) =>
      listAll(api, `/apis/${version}/nodepools`, { item: nodePoolSchema }),
    ),
    ...namespaces.map(async (name) => [name, await readNamespace(api, name)] as const),
  ]);
  const cluster: ClusterReading = {
    schema: 1,
    nodes: bothParts(nodes, pods, capacityNodes),
    holders: pods.kind === 'unread' ? pods : { kind: 'read', value: holdersOf(pods.value) },
    clusterQueues,
    nodePools,
  };
  return { cluster, namespaces: new Map(places) };
}

function bothParts<Left, Right, Value>(
  left: Part<Left>,
  right: Part<Right>,
  join: (left: Left, right: Right) => Value,
): Part<Value> {
  if (left.kind === 'unread') return left;
  if (right.kind === 'unread') return right;
  return { kind: 'read', value: join(left.value, right.value) };
}

async function readNamespace(api: KubernetesApi, name: string): Promise<NamespaceReading> {
  const [quotas, ranges, claimTemplates, localQueues] = await Promise.all([
    part(`ResourceQuotas of ${name}`, () =>
      listAll(api, listPath('v1', name, 'resourcequotas'), { item: quotaSchema }),
    ),
    part(`LimitRanges of ${name}`, () =>
      listAll(api, listPath('v1', name, 'limitranges'), { item: limitRangeSchema }),
    ),
    servedPart(
      { api, what: `ResourceClaimTemplates of ${name} and DeviceClasses`, versions: ['resource.k8s.io/v1'] },
      async (version) => {
        const path = listPath(version, name, 'resourceclaimtemplates');
        const templates = await listAll(api, path, { item: claimTemplateSchema });
        if (templates.length === 0) return [];
        const classes = await listAll(api, `/apis/${version}/deviceclasses`, { item: deviceClassSchema });
        return templates.map((template) => claimTemplate(template, classes));
      },
    ),
    servedPart({ api, what: `LocalQueues of ${name}`, versions: kueueVersions }, (version) =>
      listAll(api, listPath(version, name, 'localqueues'), { item: localQueueSchema }),
    ),
  ]);
  return {
    schema: 1,
    quotas,
    limitRanges: ranges.kind === 'unread' ? ranges : { kind: 'read', value: ranges.value.flat() },
    claimTemplates,
    localQueues,
  };
}
