import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import * as z from 'zod';
import { logRights, manageRights, type Right, watchRights } from '../../domain/cluster-rights.ts';
import { DomainError } from '../../domain/refusal.ts';
import type { PodTemplate, Scaling } from '../../domain/service-spec.ts';
import type {
  DesiredRevision,
  ObservedRevision,
  ObservedServing,
  ServingScope,
} from '../../domain/serving.ts';
import type { Cluster } from '../../server/cluster/cluster.ts';
import type { Lab } from './lab.ts';
import { waitFor } from './wait-for.ts';

/** The product's own table of rights; a lab test runs with no other. */
const allRights = [...watchRights, ...logRights, ...manageRights];

/** A service account of the namespace with those rights, or fewer, and its token. */
export async function workerToken(
  lab: Lab,
  namespace: string,
  { rights = allRights, name = 'fairlead' }: { rights?: readonly Right[]; name?: string } = {},
): Promise<string> {
  const rules = rights.map(({ group, resource, verbs }) => ({
    apiGroups: [group],
    resources: [resource],
    verbs,
  }));
  const metadata = { name, namespace };
  const apiGroup = 'rbac.authorization.k8s.io';
  await lab.apply([
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { apiVersion: `${apiGroup}/v1`, kind: 'Role', metadata, rules },
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup, kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
  ]);
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const { body } = await lab.api.request('POST', path, { spec: { expirationSeconds: 3600 } });
  return z.object({ status: z.object({ token: z.string() }) }).parse(body).status.token;
}

export function scopeOf(lab: Lab, namespace: string, serviceName: string): ServingScope {
  return {
    projectId: randomUUID(),
    serviceId: randomUUID(),
    serviceName,
    clusterId: 'lab',
    namespace,
    gateway: { name: lab.gateway.name, namespace: lab.gateway.namespace },
    hostnames: [`${serviceName}.${namespace}.lab`],
    pathPrefix: '/',
    port: 80,
  };
}

export interface RevisionPlan {
  env?: Record<string, string>;
  gpus?: number;
  scaling?: Scaling;
  image?: string;
  resources?: PodTemplate['spec']['containers'][number]['resources'];
}

/** A revision as the product would hand it to the cluster port. */
export function revisionOf(number: number, plan: RevisionPlan = {}): DesiredRevision {
  const {
    env = {},
    gpus,
    scaling = { kind: 'fixed', replicas: 2 },
    image = 'registry.invalid/model:1',
  } = plan;
  const limits = gpus === undefined ? undefined : { limits: { 'nvidia.com/gpu': String(gpus) } };
  const resources = plan.resources ?? limits;
  return {
    number,
    revisionId: randomUUID(),
    modelVersionId: `mv-${number}`,
    specDigest: `sha256:${String(number).padStart(64, '0')}`,
    port: 9000,
    scaling,
    podTemplate: {
      spec: {
        containers: [
          {
            name: 'model',
            image,
            ports: [{ containerPort: 9000 }],
            env: Object.entries(env).map(([name, value]) => ({ name, value })),
            ...(resources === undefined ? {} : { resources }),
          },
        ],
      },
    },
  };
}

/** Observes until `found` gives something; the error shows what was seen last. */
export async function observeUntil<T>(
  { cluster, scope, limitMs = 30_000 }: { cluster: Cluster; scope: ServingScope; limitMs?: number },
  what: string,
  found: (observed: ObservedServing) => T | null,
): Promise<T> {
  let last: ObservedServing | null = null;
  try {
    return await waitFor(what, limitMs, async () => {
      last = await cluster.observe(scope);
      return found(last);
    });
  } catch (error) {
    throw new Error(`${what}: last seen ${JSON.stringify(last)}`, { cause: error });
  }
}

export function revisionIn(observed: ObservedServing, number: number): ObservedRevision | null {
  return observed.revisions.find((revision) => revision.number === number) ?? null;
}

export function isWhole(observed: ObservedServing, number: number): boolean {
  const found = revisionIn(observed, number);
  return (
    observed.fresh &&
    found !== null &&
    found.settled &&
    found.ready &&
    found.readyReplicas === found.desiredReplicas
  );
}

const storedSchema = z.looseObject({
  metadata: z.looseObject({
    uid: z.string(),
    resourceVersion: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.looseObject({ replicas: z.number().optional() }),
});
export type StoredObject = z.infer<typeof storedSchema>;

const listPaths = {
  deployment: { root: '/apis/apps/v1', plural: 'deployments' },
  service: { root: '/api/v1', plural: 'services' },
  route: { root: '/apis/gateway.networking.k8s.io/v1', plural: 'httproutes' },
  autoscaler: { root: '/apis/autoscaling/v2', plural: 'horizontalpodautoscalers' },
};
export type StoredKind = keyof typeof listPaths;

/** The object as the API server has it, read without the product's adapter; null when there is none. */
export async function storedObject(
  lab: Lab,
  { kind, namespace, name }: { kind: StoredKind; namespace: string; name: string },
): Promise<StoredObject | null> {
  const { root, plural } = listPaths[kind];
  const path = `${root}/namespaces/${namespace}/${plural}/${name}`;
  const { status, body } = await lab.api.request('GET', path);
  return status === 404 ? null : storedSchema.parse(body);
}

/** The refusal of work that must be refused. */
export async function refusalOf(work: Promise<unknown>): Promise<DomainError['refusal']> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof DomainError, `not refused: ${String(error)}`);
  return error.refusal;
}

/** A TCP line to the API server that a test can cut, freeze and count. */
export class BreakableLine {
  readonly #server: Server;
  readonly #pairs = new Set<[Socket, Socket]>();
  #open = true;
  #frozen = false;
  connections = 0;

  constructor(targetPort: number) {
    this.#server = createServer((client) => this.#join(client, connect(targetPort, '127.0.0.1')));
  }

  async listen(): Promise<number> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The line has no port.');
    return address.port;
  }

  #join(client: Socket, target: Socket): void {
    const pair: [Socket, Socket] = [client, target];
    const end = (): void => {
      client.destroy();
      target.destroy();
      this.#pairs.delete(pair);
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    if (!this.#open) return end();
    this.connections += 1;
    this.#pairs.add(pair);
    if (this.#frozen) return;
    client.pipe(target);
    target.pipe(client);
  }

  /** Resets every connection and accepts no other until `mend`. */
  cut(): void {
    this.#open = false;
    for (const [client] of this.#pairs) client.resetAndDestroy();
  }

  /** Keeps every connection open but lets no byte through, as when a packet filter forgets them. */
  freeze(): void {
    this.#frozen = true;
    for (const [client, target] of this.#pairs) {
      client.unpipe(target);
      target.unpipe(client);
      client.pause();
      target.pause();
    }
  }

  /** New connections work again; frozen ones stay frozen. */
  mend(): void {
    this.#open = true;
    this.#frozen = false;
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}
