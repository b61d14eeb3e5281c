import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { request } from 'undici';
import { defaultMetricProfile } from '../../domain/metric-profile-presets.ts';
import type { ServingScope } from '../../domain/serving.ts';
import type { Cluster } from '../../server/cluster/cluster.ts';
import { connectKubernetesCluster } from '../../server/cluster/connect.ts';
import { openKubernetesApi } from '../../server/cluster/kubernetes-api.ts';
import { KubernetesApiError } from '../../server/cluster/kubernetes-api-error.ts';
import type { WatchTimes } from '../../server/cluster/list-watch.ts';
import { createPrometheusMetrics } from '../../server/metrics/prometheus.ts';
import {
  BreakableLine,
  isWhole,
  observeUntil,
  revisionIn,
  revisionOf,
  scopeOf,
  workerToken,
} from './kubernetes-support.ts';
import { runLoad } from './load.ts';
import { sharedLab } from './start.ts';
import { waitFor } from './wait-for.ts';

const lab = sharedLab();
const model = 'faults';
const fence = { epoch: 1, generation: 1 };
/** Short, so that a silent line is noticed within a test. */
const watchTimes: WatchTimes = {
  watchdogMs: 3_000,
  serverTimeoutSeconds: 1,
  firstRetryMs: 50,
  lastRetryMs: 500,
};
const line = new BreakableLine(Number(new URL(lab.serverUrl).port));
let namespace = '';
let token = '';
/** Through the line that can be cut. */
let serverUrl = '';
let cluster: Cluster;
let env: Record<string, string> = {};

before(async () => {
  namespace = await lab.createNamespace('faults');
  token = await workerToken(lab, namespace);
  serverUrl = `https://127.0.0.1:${await line.listen()}`;
  const connection = { credential: 'token', serverUrl, caPem: lab.caPem, token, watchTimes } as const;
  cluster = await connectKubernetesCluster({ clusterId: 'lab', ...connection });
  const trained = lab.trainModel({ name: model, number: 1, seed: 1 });
  env = { MODEL_NAME: model, MODEL_URI: trained.uri, MODEL_DIGEST: trained.digest };
});
after(async () => {
  await cluster.close();
  line.close();
  await lab.deleteNamespace(namespace);
});

async function serve(scope: ServingScope, number: number): Promise<void> {
  await cluster.apply(scope, { kind: 'applyRevision', revision: revisionOf(number, { env }) }, fence);
  await observeUntil({ cluster, scope }, `revision ${number} whole`, (seen) => isWhole(seen, number) || null);
}

function deploymentPath(name: string): string {
  return `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
}

test('a write based on an old state is refused, and one for a deleted object does not bring it back', async () => {
  const api = openKubernetesApi({ kind: 'token', serverUrl: lab.serverUrl, caPem: lab.caPem, token });
  const name = 'stale';
  const body = (data: Record<string, string>) => ({
    apiVersion: 'v1',
    kind: 'Service' as const,
    metadata: { name, namespace, ...data },
    spec: { ports: [{ name: 'http', port: 80 }] },
  });
  const labelled = (data: Record<string, string>) => {
    const { metadata, ...rest } = body(data);
    return { ...rest, metadata: { ...metadata, labels: { written: 'again' } } };
  };
  const first = await api.apply(body({}), { force: false });
  const { uid, resourceVersion } = first.metadata;
  await lab.kubectl(['label', '-n', namespace, 'service', name, 'moved=on']);
  const status = async (work: Promise<unknown>): Promise<number> =>
    work.then(
      () => 0,
      (error: unknown) => (error instanceof KubernetesApiError ? error.status : -1),
    );
  assert.equal(await status(api.apply(labelled({ uid, resourceVersion }), { force: true })), 409);
  assert.equal(await status(api.delete({ kind: 'Service', namespace, name }, { uid, resourceVersion })), 409);
  await lab.kubectl(['delete', '-n', namespace, 'service', name]);
  const current = { uid, resourceVersion };
  assert.equal(await status(api.apply(labelled(current), { force: true })), 409);
  assert.equal(await api.read({ kind: 'Service', namespace, name }), null);
  await api.close();
});

test('fields of another manager are not taken by a create, and the refusal names manager and fields', async () => {
  const api = openKubernetesApi({ kind: 'token', serverUrl: lab.serverUrl, caPem: lab.caPem, token });
  const metadata = { name: 'owned-by-lab', namespace };
  const service = (port: number) => ({
    apiVersion: 'v1',
    kind: 'Service' as const,
    metadata,
    spec: { ports: [{ name: 'http', port: 80, targetPort: port }] },
  });
  await lab.apply([service(1)]);
  const thrown: unknown = await api.apply(service(2), { force: false }).catch((error: unknown) => error);
  assert.ok(thrown instanceof KubernetesApiError);
  assert.equal(thrown.status, 409);
  const [cause] = thrown.causes;
  assert.match(cause?.message ?? '', /"lab"/);
  assert.match(cause?.field ?? '', /targetPort/);
  await api.close();
});

test('many calls share few connections', async () => {
  const before = line.connections;
  for (let call = 0; call < 40; call += 1) await cluster.probe([]);
  // Each probe makes a dozen calls, most of them at once.
  assert.ok(line.connections - before <= 14, `${line.connections - before} new connections`);
});

test('a delete leaves its connection open for the next call', async () => {
  const caPem = lab.caPem;
  const api = openKubernetesApi({ kind: 'token', serverUrl, caPem, token });
  const place = { kind: 'Service' as const, namespace, name: 'deleted-often' };
  const ports = [{ name: 'http', port: 80 }];
  const before = line.connections;
  for (let time = 0; time < 8; time += 1) {
    const metadata = { namespace, name: place.name };
    const made = await api.apply(
      { apiVersion: 'v1', kind: place.kind, metadata, spec: { ports } },
      { force: false },
    );
    const { uid, resourceVersion } = made.metadata;
    await api.delete(place, { uid, resourceVersion });
  }
  // Two of which one is still being finished when the next call comes.
  assert.ok(line.connections - before <= 3, `${line.connections - before} new connections`);
  await api.close();
});

test('a cut line is noticed at once, said in one sentence, and what vanished meanwhile is missed by nobody', async () => {
  const scope = scopeOf(lab, namespace, 'cut');
  await serve(scope, 1);
  await serve(scope, 2);
  const woken: string[] = [];
  const end = cluster.onChange((serviceId) => woken.push(serviceId));
  line.cut();
  const blind = await observeUntil({ cluster, scope }, 'the break', (seen) =>
    seen.fresh ? null : (seen.blockers[0] ?? null),
  );
  assert.equal(blind.code, 'clusterUnreachable');
  assert.match(blind.message, /cannot be reached/);
  await assert.rejects(
    cluster.apply(scope, { kind: 'applyRoute', weights: { 1: 100 } }, fence),
    /cannot be reached/,
  );
  await lab.kubectl(['delete', '-n', namespace, 'deployment', 'cut-r1', '--wait=true']);
  assert.equal(revisionIn(await cluster.observe(scope), 1)?.complete, true);
  woken.length = 0;
  line.mend();
  const seen = await observeUntil({ cluster, scope }, 'a fresh picture', (found) =>
    found.fresh ? found : null,
  );
  assert.equal(revisionIn(seen, 1)?.complete, false);
  assert.equal(isWhole(seen, 2), true);
  assert.ok(woken.includes(scope.serviceId));
  end();
});

test('a line that goes silent without closing is noticed by the watchdog', async () => {
  const scope = scopeOf(lab, namespace, 'silent');
  await serve(scope, 1);
  line.freeze();
  await observeUntil({ cluster, scope, limitMs: 15_000 }, 'the silence', (seen) =>
    seen.fresh ? null : true,
  );
  line.mend();
  await observeUntil({ cluster, scope }, 'a fresh picture', (seen) => seen.fresh || null);
});

test('a quiet namespace stays fresh far beyond the watchdog', async () => {
  const scope = scopeOf(lab, namespace, 'quiet');
  await cluster.observe(scope);
  const until = Date.now() + 2 * watchTimes.watchdogMs;
  await waitFor('two watchdogs of quiet', 3 * watchTimes.watchdogMs, async () => {
    assert.equal((await cluster.observe(scope)).fresh, true);
    return Date.now() > until ? true : null;
  });
});

test('raw counters from Prometheus add up to the requests that were sent', async () => {
  const scope = scopeOf(lab, namespace, 'counted');
  const host = scope.hostnames[0] ?? '';
  await serve(scope, 1);
  await cluster.apply(scope, { kind: 'applyRoute', weights: { 1: 100 } }, fence);
  await waitFor('the first answer', 20_000, async () => {
    const { statusCode, body } = await request(`${lab.gatewayUrl}/v2/health/ready`, { headers: { host } });
    await body.dump();
    return statusCode === 200 ? true : null;
  });
  const metrics = createPrometheusMetrics({
    url: lab.prometheusUrl,
    profile: defaultMetricProfile,
    allowances: ['127.0.0.1'],
  });
  const read = async () => {
    const answer = await metrics.counters({
      scope,
      boundaries: [new Date(Math.floor(Date.now() / 1000) * 1000)],
    });
    return answer.kind === 'samples' ? answer.samples : [];
  };
  const total = async () => (await read()).reduce((sum, sample) => sum + sample.requests, 0);
  await waitFor('both pods to be scraped', 20_000, async () => ((await read()).length === 2 ? true : null));
  const before = await total();
  const load = await runLoad({ host, model, requestsPerSecond: 100 }, 2);
  await waitFor('equal counts', 15_000, async () => ((await total()) - before === load.sent ? true : null));
  const samples = await read();
  assert.deepEqual(
    [...new Set(samples.map(({ revisionNumber, errors }) => `${revisionNumber} ${errors}`))],
    ['1 0'],
  );
  for (const { requests, buckets } of samples) {
    const bounds = Object.keys(buckets).map(Number);
    assert.ok(bounds.length > 3, JSON.stringify(buckets));
    assert.ok(Math.max(...Object.values(buckets)) <= requests);
  }
  const value = await metrics.value({
    scope,
    revisionNumber: 1,
    template:
      'sum(model_requests_total{fairlead_service="$service",namespace="$namespace",fairlead_revision="$revision"})',
    at: new Date(),
  });
  assert.equal(value.kind === 'value' ? value.value : -1, before + load.sent);
  const nobody = await metrics.counters({
    scope: scopeOf(lab, namespace, 'nobody'),
    boundaries: [new Date()],
  });
  assert.equal(nobody.kind === 'noEvidence' ? nobody.reason : '', 'noSeries');
  await metrics.close();
});

test('after the API server was killed the picture becomes fresh again by itself', async () => {
  const scope = scopeOf(lab, namespace, 'killed');
  await serve(scope, 1);
  await lab.killApiServer();
  const blind = await observeUntil({ cluster, scope }, 'the break', (seen) => (seen.fresh ? null : seen));
  assert.equal(revisionIn(blind, 1)?.ready, true);
  await lab.startApiServer();
  await observeUntil({ cluster, scope }, 'whole again', (seen) => isWhole(seen, 1) || null);
  await serve(scope, 2);
  await lab.api.request('DELETE', deploymentPath('killed-r1'));
  await observeUntil({ cluster, scope }, 'news by watch', (seen) =>
    revisionIn(seen, 1)?.complete === false ? true : null,
  );
});

test('a cluster without HTTPRoute is told by its own sentence, in probe, observation, write and dry run', async () => {
  const crd = 'httproutes.gateway.networking.k8s.io';
  const text = await lab.kubectl(['get', 'crd', crd, '-o', 'json']);
  const scope = scopeOf(lab, namespace, 'no-crd');
  await serve(scope, 1);
  await lab.kubectl(['delete', 'crd', crd, '--wait=true']);
  try {
    const sentence = /does not know HTTPRoute: the Gateway API is not installed/;
    await waitFor('the probe', 10_000, async () => {
      const { gatewayApi, blockers } = await cluster.probe([]);
      return !gatewayApi && sentence.test(blockers[0]?.message ?? '') ? true : null;
    });
    const found = await observeUntil({ cluster, scope }, 'the lack', (seen) =>
      seen.fresh ? null : (seen.blockers[0] ?? null),
    );
    assert.deepEqual([found.code, sentence.test(found.message)], ['crdMissing', true]);
    await assert.rejects(cluster.apply(scope, { kind: 'applyRoute', weights: { 1: 100 } }, fence), sentence);
    const desired = {
      scope,
      generation: 1,
      revisions: [revisionOf(1, { env })],
      weights: { 1: 100 },
      fallbackNumber: null,
    };
    assert.match((await cluster.dryRun(desired)).map(({ message }) => message).join(), sentence);
  } finally {
    const { metadata, ...rest } = JSON.parse(text) as { metadata: { name: string; annotations: object } };
    const { name, annotations } = metadata;
    await lab.apply([{ ...rest, status: undefined, metadata: { name, annotations } }]);
    await lab.kubectl(['wait', '--for=condition=Established', `crd/${crd}`, '--timeout=30s']);
  }
  await observeUntil({ cluster, scope }, 'a fresh picture', (seen) => seen.fresh || null);
  await cluster.apply(scope, { kind: 'applyRoute', weights: { 1: 100 } }, fence);
  await observeUntil(
    { cluster, scope, limitMs: 60_000 },
    'the accepted route',
    ({ route }) => route.accepted || null,
  );
});
