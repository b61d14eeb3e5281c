import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as z from 'zod';
import { clusterManifest, serviceAccountName } from '../../domain/cluster-manifest.ts';
import type { ClusterCapacity, Part } from '../../domain/preflight/capacity.ts';
import { checkQuotas } from '../../domain/preflight/check-quota.ts';
import { checkSchedulable } from '../../domain/preflight/check-schedulable.ts';
import { explainedShortage } from '../../domain/preflight/explain-shortage.ts';
import { podDemand } from '../../domain/preflight/pod-demand.ts';
import { blocker } from '../../domain/refusal.ts';
import type { Cluster } from '../../server/cluster/cluster.ts';
import { connectKubernetesCluster } from '../../server/cluster/connect.ts';
import { sharedLab } from './start.ts';
import { waitFor } from './wait-for.ts';

const lab = sharedLab();
let cluster: Cluster;
let namespace = '';

before(async () => {
  namespace = await lab.createNamespace('capacity');
  cluster = await connected();
});
after(async () => {
  await cluster.close();
  await lab.deleteNamespace(namespace);
});

/** With the rights of the printed manifest for metering and no others. */
async function connected(): Promise<Cluster> {
  const manifest = clusterManifest({ home: namespace, namespaces: [], logs: false, metering: true });
  await lab.kubectl(['apply', '-f', '-'], manifest);
  const asked = ['-n', namespace, 'create', 'token', serviceAccountName, '--duration=1h'];
  const token = (await lab.kubectl(asked)).trim();
  const { serverUrl, caPem } = lab;
  return await connectKubernetesCluster({ clusterId: 'lab', credential: 'token', serverUrl, caPem, token });
}

const template = {
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: 'model',
        image: 'registry.invalid/model:1',
        resources: { limits: { 'nvidia.com/gpu': '1' } },
      },
    ],
  },
};

const deployment = (name: string, replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: template.spec },
  },
});

async function look(): Promise<ClusterCapacity> {
  const { capacity } = cluster;
  assert.ok(capacity);
  return await capacity([namespace]);
}

function read<Value>(part: Part<Value> | null | undefined): Value {
  if (part?.kind !== 'read') throw new Error(JSON.stringify(part));
  return part.value;
}

const freeOf = (seen: ClusterCapacity) =>
  read(seen.cluster.nodes).reduce((sum, { freeGpus }) => sum + freeGpus, 0);

test('nodes, holders and quota are what the scheduler and the quota controller made of them', async () => {
  const before = freeOf(await look());
  const hard = { 'requests.nvidia.com/gpu': '2' };
  await lab.apply([
    { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'gpus', namespace }, spec: { hard } },
    deployment('fraud-r1', 2),
  ]);
  const seen = await waitFor('two pods bound and counted', 60_000, async () => {
    const now = await look();
    const [quota] = read(now.namespaces.get(namespace)?.quotas);
    const used = quota?.used['requests.nvidia.com/gpu'];
    return used === 2 && freeOf(now) === before - 2 ? now : null;
  });
  const node = read(seen.cluster.nodes)[0];
  assert.deepEqual([node?.product, node?.gpus], ['NVIDIA-L4', 4]);
  const holders = read(seen.cluster.holders).filter((holder) => holder.namespace === namespace);
  assert.deepEqual(
    holders.map(({ workload, gpus, pods, pendingPods }) => [workload, gpus, pods, pendingPods]),
    [['fraud-r1', 2, 2, 0]],
  );
  const asked = { namespace, workload: 'fraud-r2', pods: 2, demand: podDemand(template) };
  const [check] = checkQuotas(
    { kind: 'read', value: read(seen.namespaces.get(namespace)?.quotas) },
    {
      asked,
      others: [],
      holders,
    },
  );
  assert.deepEqual([check?.verdict, check?.figures['used'], check?.figures['hard']], ['FAIL', 2, 2]);
  assert.equal(checkSchedulable(seen.cluster, { asked, others: [] })[0]?.verdict, 'PASS');
  assert.equal(seen.cluster.nodePools, null);
});

test('what a ResourceClaimTemplate asks for is read before any device is allocated', async () => {
  const exactly = { deviceClassName: `${namespace}-fast`, count: 2 };
  await lab.apply([
    {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'DeviceClass',
      metadata: { name: exactly.deviceClassName },
      spec: { selectors: [{ cel: { expression: 'device.driver == "gpu.example.com"' } }] },
    },
    {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceClaimTemplate',
      metadata: { name: 'pair', namespace },
      spec: { spec: { devices: { requests: [{ name: 'gpus', exactly }] } } },
    },
  ]);
  const templates = read((await look()).namespaces.get(namespace)?.claimTemplates);
  assert.deepEqual(templates, [
    { name: 'pair', devices: { [exactly.deviceClassName]: 2 }, gpus: 2, allOfNode: false },
  ]);
  await lab.kubectl(['delete', 'deviceclass', exactly.deviceClassName]);
});

const deploymentSchema = z.looseObject({
  status: z.looseObject({
    conditions: z.array(z.looseObject({ type: z.string(), message: z.string().optional() })).optional(),
  }),
});

test('a canary that the quota refuses is named with quota, used, hard and holders from the words of the API server', async () => {
  await lab.apply([deployment('fraud-r2', 2)]);
  const words = await waitFor('FailedCreate', 60_000, async () => {
    const { body } = await lab.api.request(
      'GET',
      `/apis/apps/v1/namespaces/${namespace}/deployments/fraud-r2`,
    );
    const { conditions = [] } = deploymentSchema.parse(body).status;
    return conditions.find(({ type }) => type === 'ReplicaFailure')?.message ?? null;
  });
  const found = explainedShortage(blocker({ code: 'quotaExceeded', message: words }), {
    namespace,
    cluster: (await look()).cluster,
  });
  assert.match(
    found.message,
    /ResourceQuota "gpus".*2 of 2 requests\.nvidia\.com\/gpu used.*held by fraud-r1 2/,
  );
});

test('without the rights of metering what may not be listed is unread with its reason, and nothing is claimed', async () => {
  const poor = await lab.createNamespace('capacity-poor');
  const manifest = clusterManifest({ home: poor, namespaces: [], logs: false, metering: false });
  await lab.kubectl(['apply', '-f', '-'], manifest);
  const token = (
    await lab.kubectl(['-n', poor, 'create', 'token', serviceAccountName, '--duration=1h'])
  ).trim();
  const { serverUrl, caPem } = lab;
  const other = await connectKubernetesCluster({
    clusterId: 'lab',
    credential: 'token',
    serverUrl,
    caPem,
    token,
  });
  const seen = await other.capacity?.([namespace]);
  await other.close();
  await lab.deleteNamespace(poor);
  assert.equal(seen?.cluster.holders.kind, 'unread');
  assert.equal(seen.cluster.nodes.kind, 'unread');
  assert.equal(seen.namespaces.get(namespace)?.quotas.kind, 'unread');
});
