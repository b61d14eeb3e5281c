import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clusterManifest, serviceAccountName } from '../../domain/cluster-manifest.ts';
import { checkKueue } from '../../domain/preflight/check-kueue.ts';
import { podDemand } from '../../domain/preflight/pod-demand.ts';
import type { Cluster } from '../../server/cluster/cluster.ts';
import { connectKubernetesCluster } from '../../server/cluster/connect.ts';
import { startKueue } from './kueue.ts';
import { sharedLab } from './start.ts';
import { waitFor } from './wait-for.ts';

const lab = sharedLab();
let kueue: Awaited<ReturnType<typeof startKueue>>;
let cluster: Cluster;
let namespace = '';
const api = 'kueue.x-k8s.io/v1beta2';

before(async () => {
  kueue = await startKueue(lab);
  namespace = await lab.createNamespace('kueue-capacity');
  const manifest = clusterManifest({ home: namespace, namespaces: [], logs: false, metering: true });
  await lab.kubectl(['apply', '-f', '-'], manifest);
  const token = (await lab.kubectl(['-n', namespace, 'create', 'token', serviceAccountName])).trim();
  const { serverUrl, caPem } = lab;
  cluster = await connectKubernetesCluster({
    clusterId: 'lab',
    credential: 'token',
    serverUrl,
    caPem,
    token,
  });
});
after(async () => {
  await cluster?.close();
  await lab.kubectl(['delete', '--wait=false', 'clusterqueue,resourceflavor', '--all']);
  await kueue?.stop();
  await lab.deleteNamespace(namespace);
});

test('quota, reservations and a stop of a real Kueue are what the check judges', async () => {
  const resources = [{ name: 'nvidia.com/gpu', nominalQuota: 3 }];
  const queue = (stopPolicy: string) => ({
    apiVersion: api,
    kind: 'ClusterQueue',
    metadata: { name: 'serving' },
    spec: {
      namespaceSelector: {},
      stopPolicy,
      resourceGroups: [{ coveredResources: ['nvidia.com/gpu'], flavors: [{ name: 'l4', resources }] }],
    },
  });
  const limits = { 'nvidia.com/gpu': '1' };
  const container = { name: 'model', image: 'registry.invalid/model:1', resources: { limits } };
  const metadata = { name: 'one', namespace, labels: { 'kueue.x-k8s.io/queue-name': 'own' } };
  await lab.apply([
    { apiVersion: api, kind: 'ResourceFlavor', metadata: { name: 'l4' } },
    queue('None'),
    {
      apiVersion: api,
      kind: 'LocalQueue',
      metadata: { name: 'own', namespace },
      spec: { clusterQueue: 'serving' },
    },
    { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [container] } },
  ]);
  const demand = podDemand({ metadata: { labels: metadata.labels }, spec: { containers: [container] } });
  const judge = async (pods: number) => {
    const seen = await cluster.capacity?.([namespace]);
    const place = seen?.namespaces.get(namespace);
    if (seen === undefined || place === undefined) return null;
    return checkKueue(seen.cluster, place, { namespace, workload: 'fraud-r2', pods, demand })[0] ?? null;
  };
  const fits = await waitFor('the pod’s reservation', 60_000, async () => {
    const found = await judge(2);
    return found?.figures['reserved'] === 1 ? found : null;
  });
  assert.deepEqual([fits.verdict, fits.figures['nominal']], ['WARN', 3]);
  assert.equal((await judge(3))?.verdict, 'FAIL');
  await lab.apply([queue('Hold')]);
  assert.match((await judge(1))?.sentence ?? '', /is stopped/);
});
