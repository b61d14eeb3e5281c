import { connectOnce } from '../../db/client.ts';
import { clusterManifest, serviceAccountName } from '../../domain/cluster-manifest.ts';
import type { ClusterAccess } from '../../domain/cluster-rights.ts';
import { defaultMetricProfile } from '../../domain/metric-profile-presets.ts';
import { openPolicy } from '../../domain/policy.ts';
import type { Lab } from './lab.ts';
import { type Client, RestClient, setUpAdmin } from './product-clients.ts';
import { type ProductProcess, type ProductProcesses, startProcesses } from './product-processes.ts';
import { waitFor } from './wait-for.ts';

export const workload = 'fraud';
const headerFilter = {
  type: 'RequestHeaderModifier',
  requestHeaderModifier: { set: [{ name: 'x-team', value: 'risk' }] },
};

/** The lab knows its pods by image, and a workload's Service selects them by `app` alone, as charts write it. */
export function foundObjects(lab: Lab, namespace: string): Record<string, unknown>[] {
  const { uri, digest } = lab.trainModel({ name: workload, number: 1, seed: 1 });
  const variables = { MODEL_NAME: workload, MODEL_URI: uri, MODEL_DIGEST: digest };
  const container = {
    name: 'model',
    image: `registry.invalid/model@sha256:${'a'.repeat(64)}`,
    ports: [{ name: 'http', containerPort: 9000 }],
    env: Object.entries(variables).map(([name, value]) => ({ name, value })),
  };
  const labels = { app: workload };
  const metadata = { name: workload, namespace };
  const template = { metadata: { labels }, spec: { containers: [container] } };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { replicas: 2, selector: { matchLabels: labels }, template },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: labels, ports: [{ port: 8080, targetPort: 'http' }] },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'other', namespace },
      spec: { selector: { app: 'other' }, ports: [{ port: 80 }] },
    },
    foundRoute(lab, namespace),
  ];
}

/** Two rules that lead to the workload, one with a filter, and a third that does not. */
export function foundRoute(lab: Lab, namespace: string): Record<string, unknown> {
  const path = (value: string) => [{ path: { type: 'PathPrefix', value } }];
  const backend = { name: workload, port: 8080 };
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'scores', namespace, annotations: { 'team.example/owner': 'risk' } },
    spec: {
      parentRefs: [{ name: lab.gateway.name, namespace: lab.gateway.namespace }],
      hostnames: [hostOf(namespace)],
      rules: [
        { matches: path('/v2/models'), filters: [headerFilter], backendRefs: [backend] },
        { matches: path('/v2/health'), backendRefs: [{ ...backend, weight: 3 }] },
        { matches: path('/other'), backendRefs: [{ name: 'other', port: 80 }] },
      ],
    },
  };
}

export function hostOf(namespace: string): string {
  return `scores.${namespace}.lab`;
}

/** What of the route must not change, or must come back: everything but what the API server and the gateway write. */
export async function routeSpec(lab: Lab, namespace: string): Promise<string> {
  return await lab.kubectl(['-n', namespace, 'get', 'httproute', 'scores', '-o', 'jsonpath={.spec}']);
}

/** Fairlead beside a namespace in which others run a workload that is watched. */
export class TakeOverWorld {
  readonly lab: Lab;
  readonly namespace: string;
  readonly home: string;
  readonly processes: ProductProcesses;
  readonly admin: Client;
  projectId = '';
  clusterId = '';
  serviceId = '';
  rest = new RestClient('', '');
  worker: ProductProcess | null = null;

  private constructor(lab: Lab, namespace: string, product: { processes: ProductProcesses; admin: Client }) {
    this.lab = lab;
    this.namespace = namespace;
    this.home = `${namespace}-fairlead`;
    this.processes = product.processes;
    this.admin = product.admin;
  }

  static async create(lab: Lab, name: string): Promise<TakeOverWorld> {
    const namespace = await lab.createNamespace(name);
    await lab.apply(foundObjects(lab, namespace));
    await lab.kubectl([
      '-n',
      namespace,
      'wait',
      '--for=condition=Available',
      'deployment',
      '--all',
      '--timeout=120s',
    ]);
    const processes = await startProcesses(lab);
    const admin = await setUpAdmin(processes.url, processes.setUpLink);
    const world = new TakeOverWorld(lab, namespace, { processes, admin });
    world.worker = await processes.startWorker();
    return world;
  }

  async grant(access: ClusterAccess): Promise<void> {
    const { home, namespace } = this;
    const manifest = clusterManifest({ home, namespaces: [{ name: namespace, access }], logs: false });
    await this.lab.kubectl(['apply', '-f', '-'], manifest);
  }

  /** Adds the cluster by its token and watches the workload, through the product's own API. */
  async watch(): Promise<void> {
    const { admin, lab, home, namespace } = this;
    const token = (
      await lab.kubectl(['-n', home, 'create', 'token', serviceAccountName, '--duration=1h'])
    ).trim();
    const { serverUrl, caPem } = lab;
    const connection = { credential: 'token' as const, serverUrl, caPem, token };
    this.projectId = (await admin.projects.create.mutate({ name: 'Risk', slug: 'risk' })).id;
    const { projectId } = this;
    this.clusterId = (await admin.clusters.create.mutate({ name: 'lab', connection })).id;
    const rules = { projectId, name: 'Nobody signs', rules: openPolicy };
    const { policyId } = await admin.policies.create.mutate(rules);
    await admin.egress.allow.mutate({ target: '127.0.0.1', purpose: 'Prometheus of the lab' });
    const { environmentId } = await admin.environments.create.mutate({
      projectId,
      name: 'production',
      production: false,
      clusterId: this.clusterId,
      namespace,
      gateway: lab.gateway,
      metricsSource: { kind: 'prometheus', url: lab.prometheusUrl, profile: defaultMetricProfile },
      policyId,
    });
    const { discoveryId } = await admin.workloads.list.query({ environmentId });
    const items = [{ kind: 'Deployment' as const, name: workload }];
    const { answers } = await admin.services.adopt.mutate({
      environmentId,
      discoveryId: discoveryId ?? '',
      items,
    });
    this.serviceId = answers[0]?.serviceId ?? '';
    const roles = ['engineer' as const];
    const made = await admin.tokens.create.mutate({ projectId, name: 'ci', roles, expiresInDays: 1 });
    this.rest = new RestClient(this.processes.url, made.secret);
    await this.until('the watched service', (page) => page.status?.state === 'healthy');
  }

  async page() {
    return await this.admin.services.get.query({ serviceId: this.serviceId });
  }

  /** Asks for the service's page until it satisfies the test; the error shows what it said last. */
  async until(
    what: string,
    found: (page: Awaited<ReturnType<TakeOverWorld['page']>>) => boolean,
    limitMs = 120_000,
  ) {
    try {
      return await waitFor(what, limitMs, async () => {
        const page = await this.page();
        return found(page) ? page : null;
      });
    } catch (error) {
      const { mode, takeOver, status } = await this.page();
      throw new Error(`${what}: ${JSON.stringify({ mode, takeOver, status }, null, 1)}`, { cause: error });
    }
  }

  async planAndTakeOver(): Promise<void> {
    const { admin, serviceId } = this;
    const { planId, refusal } = await admin.services.planTakeOver.mutate({ serviceId });
    if (refusal !== null) throw new Error(`The plan says no: ${JSON.stringify(refusal)}`);
    await admin.services.takeOver.mutate({ serviceId, planId });
  }

  /**
   * SIGKILL, and another worker at once: the dead one's lease is ended by hand, which only saves the wait for it. `between`
   * runs while there is none.
   */
  async replaceWorker(between: () => Promise<void> = async () => undefined): Promise<void> {
    await this.worker?.kill();
    await between();
    const client = await connectOnce(this.processes.databaseUrl, { applicationName: 'fairlead-lab-test' });
    try {
      await client.query('update cluster_lease set lease_until = clock_timestamp() where cluster_id = $1', [
        this.clusterId,
      ]);
    } finally {
      await client.end();
    }
    this.worker = await this.processes.startWorker();
  }

  /** Writes of Fairlead in the namespace, as the API server recorded them. */
  writes() {
    const user = `system:serviceaccount:${this.home}:${serviceAccountName}`;
    return this.lab.auditEntries().filter(({ user: { username }, objectRef, requestURI }) => {
      const here = objectRef?.namespace === this.namespace && objectRef.resource !== 'leases';
      return username === user && here && !requestURI.includes('dryRun=All');
    });
  }

  async stop(): Promise<void> {
    await this.processes.stop();
    await Promise.all([this.namespace, this.home].map((name) => this.lab.deleteNamespace(name)));
  }
}
