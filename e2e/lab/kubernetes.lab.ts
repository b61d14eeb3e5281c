import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { ServingScope } from '../../domain/serving.ts';
import type { Cluster } from '../../server/cluster/cluster.ts';
import { connectKubernetesCluster } from '../../server/cluster/connect.ts';
import {
  isWhole,
  observeUntil,
  refusalOf,
  revisionIn,
  revisionOf,
  type StoredKind,
  type StoredObject,
  scopeOf,
  storedObject,
  workerToken,
} from './kubernetes-support.ts';
import { sharedLab } from './start.ts';

const lab = sharedLab();
const model = 'adapter';
const fence = { epoch: 5, generation: 1 };
let namespace = '';
let token = '';
let cluster: Cluster;
let env: Record<string, string> = {};

before(async () => {
  namespace = await lab.createNamespace(model);
  token = await workerToken(lab, namespace);
  cluster = await connected({});
  const trained = lab.trainModel({ name: model, number: 1, seed: 1 });
  env = { MODEL_NAME: model, MODEL_URI: trained.uri, MODEL_DIGEST: trained.digest };
});
after(async () => {
  await cluster.close();
  await lab.deleteNamespace(namespace);
});

function connected(change: { serverUrl?: string; caPem?: string; token?: string }): Promise<Cluster> {
  const { serverUrl, caPem } = lab;
  const own = { clusterId: 'lab', credential: 'token', serverUrl, caPem, token } as const;
  return connectKubernetesCluster({ ...own, ...change });
}

function stored(kind: StoredKind, name: string): Promise<StoredObject | null> {
  return storedObject(lab, { kind, namespace, name });
}

/** All of an object but what a controller tells of it, at any time, under its status. */
function withoutStatus(object: StoredObject | null) {
  assert.ok(object !== null);
  const { status: _told, metadata, ...rest } = object;
  const { resourceVersion: _version, managedFields, ...others } = metadata;
  const owners = z.array(z.looseObject({ subresource: z.string().optional() })).parse(managedFields);
  return { ...rest, ...others, owners: owners.filter(({ subresource }) => subresource !== 'status') };
}

async function serve(scope: ServingScope, number: number): Promise<void> {
  await cluster.apply(scope, { kind: 'applyRevision', revision: revisionOf(number, { env }) }, fence);
  await observeUntil({ cluster, scope }, `revision ${number} whole`, (seen) => isWhole(seen, number) || null);
}

test('a probe names version, Gateway API, autoscaling and GPU products, and does without the right to see nodes', async () => {
  const { checks: _rows, ...little } = await cluster.probe([]);
  assert.deepEqual(
    { ...little, version: little.version?.split('.').slice(0, 2).join('.') },
    { reachable: true, version: 'v1.37', gatewayApi: true, autoscaling: true, gpuProducts: [], blockers: [] },
  );
  const admin = await connected({ token: lab.adminToken });
  assert.ok((await admin.probe([])).gpuProducts.length > 0);
  await admin.close();
});

test('a wrong token, a wrong CA, a closed port and a missing right each have their own sentence', async () => {
  const otherCa = (
    await lab.kubectl([
      'get',
      'secret',
      '-n',
      'envoy-gateway-system',
      'envoy',
      '-o',
      'jsonpath={.data.ca\\.crt}',
    ])
  ).trim();
  const sentences: string[] = [];
  for (const options of [
    { token: 'wrong' },
    { caPem: Buffer.from(otherCa, 'base64').toString() },
    { serverUrl: 'https://127.0.0.1:6444' },
  ]) {
    const other = await connected(options);
    const { blockers } = await other.probe([]);
    sentences.push(blockers.map(({ code, message }) => `${code}: ${message}`).join());
    await other.close();
  }
  const scope = scopeOf(lab, 'default', 'nobody');
  const observed = await cluster.observe(scope);
  assert.equal(observed.fresh, false);
  sentences.push(observed.blockers.map(({ code, message }) => `${code}: ${message}`).join('\n'));
  assert.match(sentences[0] ?? '', /^clusterUnauthorized: .*does not accept the token/);
  assert.match(sentences[1] ?? '', /^clusterUnreachable: .*not signed by the CA/);
  assert.match(sentences[2] ?? '', /^clusterUnreachable: .*refuses connections/);
  assert.match(sentences[3] ?? '', /clusterUnauthorized: .*cannot list resource "/);
  await assert.rejects(connected({ serverUrl: 'http://127.0.0.1:6443' }), /Only https/);
});

test('applying the same revision again, also by another worker, changes nothing at all', async () => {
  const scope = scopeOf(lab, namespace, 'twice');
  const revision = revisionOf(1, { env });
  const apply = { kind: 'applyRevision', revision } as const;
  await cluster.apply(scope, apply, fence);
  await observeUntil({ cluster, scope }, 'whole', (seen) => isWhole(seen, 1) || null);
  const before = await stored('deployment', 'twice-r1');
  await cluster.apply(scope, apply, fence);
  const second = await connected({});
  await second.observe(scope);
  await second.apply(scope, apply, { epoch: 6, generation: 2 });
  await second.close();
  const after = await stored('deployment', 'twice-r1');
  assert.deepEqual(withoutStatus(after), withoutStatus(before));
  const observed = await cluster.observe(scope);
  assert.deepEqual(revisionIn(observed, 1), {
    number: 1,
    owned: true,
    specDigest: revision.specDigest,
    scaling: revision.scaling,
    complete: true,
    desiredReplicas: 2,
    readyReplicas: 2,
    settled: true,
    ready: true,
    blockers: [],
  });
});

test('what was just written is in the next observation', async () => {
  const scope = scopeOf(lab, namespace, 'own-writes');
  for (const replicas of [1, 2, 1, 3]) {
    const revision = revisionOf(1, { env, scaling: { kind: 'fixed', replicas } });
    await cluster.apply(scope, { kind: 'applyRevision', revision }, fence);
    const observed = await cluster.observe(scope);
    assert.equal(observed.fresh, true);
    assert.deepEqual(revisionIn(observed, 1)?.scaling, { kind: 'fixed', replicas });
  }
  await cluster.apply(scope, { kind: 'deleteRevision', number: 1 }, fence);
  const observed = await cluster.observe(scope);
  assert.equal(observed.fresh, true);
  assert.equal(revisionIn(observed, 1)?.complete ?? false, false);
});

test('objects of others under our names are neither written nor deleted, and are shown as not ours', async () => {
  const scope = scopeOf(lab, namespace, 'foreign');
  const [deployment] = cluster
    .manifests({ scope, generation: 1, revisions: [revisionOf(1)], weights: {}, fallbackNumber: null })
    .slice(1);
  const metadata = { name: 'foreign-r1', namespace };
  await lab.apply([
    { ...deployment, metadata },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 1 }] } },
  ]);
  const before = [await stored('deployment', 'foreign-r1'), await stored('service', 'foreign-r1')];
  const { code, message } = await refusalOf(
    cluster.apply(scope, { kind: 'applyRevision', revision: revisionOf(1) }, fence),
  );
  assert.equal(code, 'conflict');
  assert.match(message, /"foreign-r1" exists in .* but was not made by Fairlead/);
  assert.equal(revisionIn(await cluster.observe(scope), 1)?.owned, false);
  await cluster.apply(scope, { kind: 'deleteRevision', number: 1 }, fence);
  const after = [await stored('deployment', 'foreign-r1'), await stored('service', 'foreign-r1')];
  assert.deepEqual(
    after.map((object) => object?.metadata.uid),
    before.map((object) => object?.metadata.uid),
  );
  assert.equal(after[1]?.metadata.resourceVersion, before[1]?.metadata.resourceVersion);
});

test('a service of the same name but another id is not ours either', async () => {
  const scope = scopeOf(lab, namespace, 'namesake');
  await serve(scope, 1);
  const namesake = { ...scope, serviceId: scopeOf(lab, namespace, 'x').serviceId };
  assert.equal(revisionIn(await cluster.observe(namesake), 1)?.owned, false);
  await cluster.apply(namesake, { kind: 'deleteRevision', number: 1 }, fence);
  const { code } = await refusalOf(
    cluster.apply(namesake, { kind: 'applyRevision', revision: revisionOf(1) }, fence),
  );
  assert.equal(code, 'conflict');
  assert.notEqual(await stored('deployment', 'namesake-r1'), null);
});

test('a worker whose lease is over does not overwrite or delete what its successor wrote', async () => {
  const scope = scopeOf(lab, namespace, 'epochs');
  await cluster.apply(
    scope,
    { kind: 'applyRevision', revision: revisionOf(1, { env }) },
    { epoch: 9, generation: 3 },
  );
  await cluster.observe(scope);
  const before = await stored('deployment', 'epochs-r1');
  assert.equal(before?.metadata.annotations['fairlead.dev/epoch'], '9');
  assert.equal(before?.metadata.annotations['fairlead.dev/generation'], '3');
  const scaled = revisionOf(1, { env, scaling: { kind: 'fixed', replicas: 7 } });
  for (const action of [
    { kind: 'applyRevision', revision: scaled } as const,
    { kind: 'deleteRevision', number: 1 } as const,
  ]) {
    const { code, message } = await refusalOf(cluster.apply(scope, action, { epoch: 8, generation: 9 }));
    assert.equal(code, 'conflict');
    assert.match(message, /later holder/);
  }
  assert.equal((await stored('deployment', 'epochs-r1'))?.metadata.uid, before?.metadata.uid);
  assert.equal((await stored('deployment', 'epochs-r1'))?.spec.replicas, 2);
});

test('a dry run gives what the API server refuses in its own words, and stores nothing', async () => {
  const scope = scopeOf(lab, namespace, 'rehearsal');
  const desired = (revision = revisionOf(1, { env })) => ({
    scope,
    generation: 1,
    revisions: [revision],
    weights: { 1: 100 },
    fallbackNumber: null,
  });
  assert.deepEqual(await cluster.dryRun(desired()), []);
  const bad = revisionOf(1, { resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } });
  const [refusal, ...others] = await cluster.dryRun(desired(bad));
  assert.deepEqual(others, []);
  assert.equal(refusal?.code, 'dryRunRefused');
  assert.match(
    refusal?.message ?? '',
    /Deployment\.apps "rehearsal-r1" is invalid: .*must be less than or equal to cpu limit/,
  );
  assert.equal(await stored('deployment', 'rehearsal-r1'), null);
  assert.equal(await stored('route', scope.serviceName), null);
  const applied = await refusalOf(cluster.apply(scope, { kind: 'applyRevision', revision: bad }, fence));
  assert.match(applied.message, /must be less than or equal to cpu limit/);
});

test("inside a cluster the pod's own service account is used, its token and CA read from their files", async () => {
  const script = `
    import { connectKubernetesCluster } from '${import.meta.dirname}/../../server/cluster/connect.ts';
    const cluster = await connectKubernetesCluster({ clusterId: 'lab', credential: 'inCluster' });
    console.log(JSON.stringify(await cluster.probe([])));
    const scope = JSON.parse(process.env.SCOPE);
    const { fresh, blockers } = await cluster.observe(scope);
    console.log(JSON.stringify({ fresh, blockers }));
    await cluster.close();
  `;
  // A pod finds its account under /var/run; here a mount of this process alone stands for it.
  const place = '/var/run/secrets/kubernetes.io/serviceaccount';
  const pod = `mount -t tmpfs none /var/run && mkdir -p ${place} && cd ${place} && printf %s "$TOKEN" > token &&
    printf %s "$CA" > ca.crt && printf %s "$NAMESPACE" > namespace && exec "$NODE" --input-type=module -e "$SCRIPT"`;
  const url = new URL(lab.serverUrl);
  const { stdout } = await promisify(execFile)('unshare', ['-m', 'sh', '-c', pod], {
    env: {
      ...process.env,
      NODE: process.execPath,
      KUBERNETES_SERVICE_HOST: url.hostname,
      KUBERNETES_SERVICE_PORT: url.port,
      TOKEN: token,
      CA: lab.caPem,
      NAMESPACE: namespace,
      SCRIPT: script,
      SCOPE: JSON.stringify(scopeOf(lab, namespace, 'in-cluster')),
    },
  });
  const [probe = '', observed = ''] = stdout.trim().split('\n');
  assert.match(probe, /"reachable":true.*"gatewayApi":true/);
  assert.deepEqual(JSON.parse(observed), { fresh: true, blockers: [] });
});
