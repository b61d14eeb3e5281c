import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import type { ApiClient } from './api-client.ts';

const podSchema = z.object({
  metadata: z.object({
    uid: z.string(),
    name: z.string(),
    namespace: z.string(),
    resourceVersion: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.object({
    nodeName: z.string().default(''),
    containers: z.array(
      z.object({
        name: z.string(),
        env: z.array(z.object({ name: z.string(), value: z.string().optional() })).default([]),
        resources: z.object({ limits: z.record(z.string(), z.string()).default({}) }).default({ limits: {} }),
      }),
    ),
  }),
  status: z
    .object({
      podIP: z.string().optional(),
      conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
    })
    .default({ conditions: [] }),
});

const listSchema = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  items: z.array(podSchema),
});
const eventSchema = z.object({ type: z.string(), object: z.unknown() });

/** What the model server needs to know about one pod. */
export interface ModelPod {
  uid: string;
  name: string;
  namespace: string;
  address: string | null;
  ready: boolean;
  labels: Record<string, string>;
  /** Empty while it has none. */
  node: string;
  /** Of its first container. */
  container: string;
  gpus: number;
  /** Literal variables of all its containers; the first container wins. */
  env: Record<string, string>;
}

function modelPod(pod: z.infer<typeof podSchema>): ModelPod {
  const variables = pod.spec.containers.toReversed().flatMap((container) => container.env);
  return {
    uid: pod.metadata.uid,
    name: pod.metadata.name,
    namespace: pod.metadata.namespace,
    address: pod.status.podIP ?? null,
    ready: pod.status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True'),
    labels: pod.metadata.labels,
    node: pod.spec.nodeName,
    container: pod.spec.containers[0]?.name ?? '',
    gpus: pod.spec.containers.reduce(
      (sum, { resources }) => sum + Number(resources.limits['nvidia.com/gpu'] ?? 0),
      0,
    ),
    env: Object.fromEntries(variables.map(({ name, value }) => [name, value ?? ''])),
  };
}

/** The pods of the cluster by uid and by address, as last seen; it keeps what it knows while the API server is away. */
export class PodDirectory {
  readonly #byUid = new Map<string, ModelPod>();
  readonly #byAddress = new Map<string, ModelPod>();
  readonly #gone: (uid: string) => void;

  constructor(gone: (uid: string) => void) {
    this.#gone = gone;
  }

  at(address: string): ModelPod | null {
    return this.#byAddress.get(address) ?? null;
  }

  all(): ModelPod[] {
    return [...this.#byUid.values()];
  }

  #put(pod: ModelPod): void {
    this.#byUid.set(pod.uid, pod);
    if (pod.address !== null) this.#byAddress.set(pod.address, pod);
  }

  #remove(uid: string): void {
    const pod = this.#byUid.get(uid);
    this.#byUid.delete(uid);
    // The address may already belong to a younger pod.
    if (pod?.address != null && this.#byAddress.get(pod.address)?.uid === uid)
      this.#byAddress.delete(pod.address);
    this.#gone(uid);
  }

  async #list(api: ApiClient): Promise<string> {
    const { status, body } = await api.request('GET', '/api/v1/pods');
    if (status !== 200) throw new Error(`listing pods answered ${status}`);
    const list = listSchema.parse(body);
    const uids = new Set(list.items.map((pod) => pod.metadata.uid));
    for (const uid of this.#byUid.keys()) if (!uids.has(uid)) this.#remove(uid);
    for (const pod of list.items) this.#put(modelPod(pod));
    return list.metadata.resourceVersion;
  }

  async #watch(api: ApiClient, resourceVersion: string): Promise<void> {
    const path = `/api/v1/pods?watch=1&resourceVersion=${resourceVersion}&timeoutSeconds=300`;
    const lines = createInterface({ input: await api.stream(path) });
    for await (const line of lines) {
      const event = eventSchema.parse(JSON.parse(line));
      // An ERROR event means that the watch is too old; a new list follows.
      if (event.type === 'ERROR') return;
      const pod = podSchema.parse(event.object);
      if (event.type === 'DELETED') this.#remove(pod.metadata.uid);
      else this.#put(modelPod(pod));
    }
  }

  /** Follows the API server until the process ends; a lost connection is taken up again. */
  async follow(api: ApiClient): Promise<never> {
    for (;;) {
      try {
        await this.#watch(api, await this.#list(api));
      } catch {
        await delay(200);
      }
    }
  }
}
