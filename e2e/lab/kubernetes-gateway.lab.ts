import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ServingScope } from '../../domain/serving.ts';
import type { Cluster } from '../../server/cluster/cluster.ts';
import { connectKubernetesCluster } from '../../server/cluster/connect.ts';
import { binomialBand } from './binomial-band.ts';
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
import { runLoad } from './load.ts';
import { sharedLab } from './start.ts';
import { waitFor } from './wait-for.ts';

const lab = sharedLab();
const model = 'gateway';
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

async function serve(scope: ServingScope, number: number): Promise<void> {
  await cluster.apply(scope, { kind: 'applyRevision', revision: revisionOf(number, { env }) }, fence);
  await observeUntil({ cluster, scope }, `revision ${number} whole`, (seen) => isWhole(seen, number) || null);
}
async function weigh(scope: ServingScope, weights: Record<number, number>): Promise<void> {
  await cluster.apply(scope, { kind: 'applyRoute', weights }, fence);
  await observeUntil(
    { cluster, scope },
    'the accepted route',
    ({ fresh, route }) => (fresh && route.accepted) || null,
  );
}

test('requests reach each revision as the weights say, and no request fails when they change', async () => {
  const scope = scopeOf(lab, namespace, 'weights');
  const host = scope.hostnames[0] ?? '';
  await serve(scope, 1);
  await serve(scope, 2);
  await weigh(scope, { 1: 100 });
  await waitFor('the first answer', 20_000, async () => {
    const { byStatus } = await runLoad({ host, model, requestsPerSecond: 20 }, 0.3);
    return Object.keys(byStatus).join() === '200' ? true : null;
  });
  await weigh(scope, { 1: 75, 2: 25 });
  assert.deepEqual((await cluster.observe(scope)).route.requested, { 1: 75, 2: 25 });
  const counts = await runLoad({ host, model, requestsPerSecond: 200 }, 5);
  assert.deepEqual([counts.broken, Object.keys(counts.byStatus)], [0, ['200']]);
  const canary = counts.byRevision['2'] ?? 0;
  const { low, high } = binomialBand(counts.sent, 0.25);
  assert.ok(canary >= low && canary <= high, `${canary} of ${counts.sent}, outside ${low}…${high}`);
  await weigh(scope, { 1: 0, 2: 100 });
  const end = await runLoad({ host, model, requestsPerSecond: 50 }, 1);
  assert.deepEqual(end.byRevision, { 2: end.sent });
});

test('an autoscaler owns the count: it is never written, and going over to one does not drop to a single pod', async () => {
  const scope = scopeOf(lab, namespace, 'scaling');
  const fixed = (replicas: number) => revisionOf(1, { env, scaling: { kind: 'fixed', replicas } });
  const auto = revisionOf(1, {
    env,
    scaling: { kind: 'auto', minReplicas: 2, maxReplicas: 5, targetCpuPercent: 60 },
  });
  const apply = (revision: typeof auto) => cluster.apply(scope, { kind: 'applyRevision', revision }, fence);
  await apply(fixed(3));
  await cluster.observe(scope);
  await apply(auto);
  assert.deepEqual(revisionIn(await cluster.observe(scope), 1)?.scaling, auto.scaling);
  assert.equal((await stored('deployment', 'scaling-r1'))?.spec.replicas, 3);
  await lab.kubectl(['scale', '-n', namespace, 'deployment/scaling-r1', '--replicas=4']);
  await observeUntil(
    { cluster, scope },
    'four',
    (seen) => revisionIn(seen, 1)?.desiredReplicas === 4 || null,
  );
  assert.equal(revisionIn(await cluster.observe(scope), 1)?.specDigest, auto.specDigest);
  await apply(auto);
  assert.equal((await stored('deployment', 'scaling-r1'))?.spec.replicas, 4);
  await apply(fixed(2));
  assert.deepEqual(revisionIn(await cluster.observe(scope), 1)?.scaling, { kind: 'fixed', replicas: 2 });
  assert.equal(await stored('autoscaler', 'scaling-r1'), null);
});

test('why a revision is not ready is said in the words of the cluster: quota, GPUs, crash loop', async () => {
  const other = await lab.createNamespace('quota');
  const otherCluster = await connected({ token: await workerToken(lab, other) });
  await lab.apply([
    {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'gpus', namespace: other },
      spec: { hard: { 'requests.nvidia.com/gpu': '1' } },
    },
  ]);
  const wordsOf = async (on: Cluster, scope: ServingScope, code: string) =>
    observeUntil(
      { cluster: on, scope },
      code,
      (seen) => revisionIn(seen, 1)?.blockers.find((found) => found.code === code)?.message ?? null,
    );
  const short = scopeOf(lab, other, 'short');
  await otherCluster.apply(
    short,
    { kind: 'applyRevision', revision: revisionOf(1, { env, gpus: 2 }) },
    fence,
  );
  assert.match(
    await wordsOf(otherCluster, short, 'quotaExceeded'),
    /exceeded quota: gpus, requested: requests\.nvidia\.com\/gpu=2/,
  );
  await otherCluster.close();
  await lab.deleteNamespace(other);
  const big = scopeOf(lab, namespace, 'big');
  await cluster.apply(big, { kind: 'applyRevision', revision: revisionOf(1, { env, gpus: 64 }) }, fence);
  assert.match(await wordsOf(cluster, big, 'unschedulable'), /Insufficient nvidia\.com\/gpu/);
  const crashing = scopeOf(lab, namespace, 'crashing');
  await cluster.apply(
    crashing,
    { kind: 'applyRevision', revision: revisionOf(1, { env: { ...env, SIMULATE_READINESS: 'crash' } }) },
    fence,
  );
  assert.match(await wordsOf(cluster, crashing, 'crashLoop'), /CrashLoopBackOff/);
});

test('a route that its gateway refuses is not accepted, with the reason of the gateway', async () => {
  const scope = {
    ...scopeOf(lab, namespace, 'refused'),
    gateway: { ...lab.gateway, sectionName: 'no-such-listener' },
  };
  await serve(scope, 1);
  await cluster.apply(scope, { kind: 'applyRoute', weights: { 1: 100 } }, fence);
  const message = await observeUntil({ cluster, scope }, 'the refusal', ({ route }) => {
    const found = route.blockers[0]?.message ?? '';
    return !route.accepted && /NoMatchingParent|no listeners|listener/i.test(found) ? found : null;
  });
  assert.match(message, /has not accepted the route/);
});

test('a change by hand is out of sync until it is applied again, and three of them are a fight', async () => {
  const scope = scopeOf(lab, namespace, 'fought');
  const revision = revisionOf(1, { env });
  const apply = () => cluster.apply(scope, { kind: 'applyRevision', revision }, fence);
  await apply();
  const change = async (round: number) => {
    const body = {
      spec: {
        template: {
          spec: { containers: [{ ...revision.podTemplate.spec.containers[0], image: `other:${round}` }] },
        },
      },
    };
    await lab.kubectl([
      'patch',
      '-n',
      namespace,
      'deployment',
      'fought-r1',
      '--field-manager=rival',
      '--type=merge',
      '-p',
      JSON.stringify(body),
    ]);
    await observeUntil(
      { cluster, scope },
      'out of sync',
      (seen) => revisionIn(seen, 1)?.specDigest === null || null,
    );
  };
  for (const round of [1, 2]) {
    await change(round);
    assert.equal((await cluster.observe(scope)).fight, null);
    await apply();
    assert.equal(revisionIn(await cluster.observe(scope), 1)?.specDigest, revision.specDigest);
  }
  await change(3);
  const { fight } = await cluster.observe(scope);
  assert.equal(fight?.manager, 'rival');
  assert.equal(fight?.object, 'Deployment fought-r1');
  assert.ok(fight?.fields.includes('spec.template.spec.containers[name=model].image'), JSON.stringify(fight));
  assert.equal((await refusalOf(apply())).code, 'fight');
});

test('fields that we never set may be set by anyone', async () => {
  const scope = scopeOf(lab, namespace, 'injected');
  await serve(scope, 1);
  await lab.kubectl(['rollout', 'restart', '-n', namespace, 'deployment/injected-r1']);
  await lab.kubectl(['annotate', '-n', namespace, 'deployment/injected-r1', 'team=risk']);
  const digest = await observeUntil({ cluster, scope }, 'settled again', (seen) =>
    isWhole(seen, 1) ? (revisionIn(seen, 1)?.specDigest ?? 'none') : null,
  );
  assert.equal(digest, revisionOf(1).specDigest);
});

test('deleting a revision takes its objects and nothing else', async () => {
  const scope = scopeOf(lab, namespace, 'ended');
  await serve(scope, 1);
  await serve(scope, 2);
  await weigh(scope, { 2: 100 });
  await cluster.apply(scope, { kind: 'deleteRevision', number: 1 }, fence);
  const observed = await observeUntil({ cluster, scope }, 'the end', (seen) =>
    seen.fresh && revisionIn(seen, 1) === null ? seen : null,
  );
  assert.equal(isWhole(observed, 2), true);
  assert.equal(observed.route.accepted, true);
  assert.deepEqual(
    [await stored('deployment', 'ended-r1'), await stored('service', 'ended-r1')],
    [null, null],
  );
});
