import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { request } from 'undici';
import * as z from 'zod';
import { binomialBand } from './binomial-band.ts';
import { type LoadCounts, runLoad, startLoad } from './load.ts';
import { revisionObjects, weightedRoute } from './manifests.ts';
import { sharedLab } from './start.ts';
import { waitFor } from './wait-for.ts';

const lab = sharedLab();
const host = 'smoke.lab';
const model = 'smoke';
let namespace = '';

const podsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), creationTimestamp: z.string() }),
      status: z.object({
        phase: z.string(),
        podIP: z.string().optional(),
        conditions: z.array(
          z.object({ type: z.string(), status: z.string(), message: z.string().optional() }),
        ),
      }),
    }),
  ),
});

async function pods(revision: string): Promise<z.infer<typeof podsSchema>['items']> {
  const selector = encodeURIComponent(`fairlead.dev/revision=${revision}`);
  const { body } = await lab.api.request(
    'GET',
    `/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`,
  );
  return podsSchema.parse(body).items;
}

function isReady(pod: z.infer<typeof podsSchema>['items'][number]): boolean {
  return pod.status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

async function waitReady(revision: string, count: number): Promise<void> {
  await waitFor(`${count} ready pods of ${revision}`, 20_000, async () => {
    const ready = (await pods(revision)).filter(isReady);
    return ready.length === count ? true : null;
  });
}

function revision(
  name: string,
  env: Record<string, string>,
  more: { gpus?: number; replicas?: number } = {},
) {
  const { replicas = 2, ...rest } = more;
  const base = { MODEL_NAME: model, ...env };
  const labels = { revision: name, modelVersion: name.replace('r', 'v') };
  return revisionObjects({ namespace, service: 'smoke', ...labels, replicas, env: base, ...rest });
}

async function setWeights(weights: Record<string, number>): Promise<void> {
  await lab.apply([weightedRoute({ namespace, name: 'smoke', host }, weights)]);
}

async function waitServed(): Promise<void> {
  await waitFor('an answer through Envoy', 20_000, async () => {
    const { statusCode, body } = await request(`${lab.gatewayUrl}/v2/health/ready`, { headers: { host } });
    await body.dump();
    return statusCode === 200 ? true : null;
  });
}

before(async () => {
  namespace = await lab.createNamespace('smoke');
  const first = lab.trainModel({ name: model, number: 1, seed: 1 });
  const second = lab.trainModel({ name: model, number: 2, seed: 2 });
  await lab.apply([
    ...revision('r1', { MODEL_URI: first.uri, MODEL_DIGEST: first.digest }),
    ...revision('r2', { MODEL_URI: second.uri, MODEL_DIGEST: second.digest, SIMULATE_ERROR_SHARE: '0.05' }),
  ]);
  await waitReady('r1', 2);
  await waitReady('r2', 2);
  await setWeights({ 'smoke-r1': 75, 'smoke-r2': 25 });
  await waitServed();
});

after(() => lab.deleteNamespace(namespace));

let counts: LoadCounts;

test('a quarter of the requests reaches the revision with weight 25, and none is lost', async () => {
  counts = await runLoad({ host, model, requestsPerSecond: 200 }, 10);
  assert.equal(counts.broken, 0, counts.reasons.join());
  const answered = Object.values(counts.byVersion).reduce((sum, count) => sum + count, 0);
  assert.ok(answered >= 1900, `${answered} answers of about 2000`);
  const canary = counts.byRevision.r2 ?? 0;
  const { low, high } = binomialBand(answered, 0.25);
  assert.ok(canary >= low && canary <= high, `${canary} of ${answered}, outside ${low}…${high}`);
  assert.equal(canary + (counts.byRevision.r1 ?? 0), answered);
});

test('a version told to fail answers its share of errors, the other none', () => {
  const canary = counts.byRevision.r2 ?? 0;
  const { low, high } = binomialBand(canary, 0.05);
  const errors = counts.byStatus['500'] ?? 0;
  assert.ok(errors >= Math.max(1, low) && errors <= high, `${errors} of ${canary}, outside ${low}…${high}`);
  assert.deepEqual(Object.keys(counts.byStatus).toSorted(), ['200', '500']);
});

test('Prometheus counts per version exactly what the load generator received', async () => {
  const promql = `sum by (fairlead_model_version, code) (model_requests_total{namespace="${namespace}"})`;
  await waitFor('equal counts', 10_000, async () => {
    const samples = await lab.query(promql);
    const at = (version: string, code: string): number =>
      samples.find(({ labels }) => labels.fairlead_model_version === version && labels.code === code)
        ?.value ?? -1;
    const same =
      at('v1', '200') === counts.byVersion.v1 &&
      at('v1', '500') === 0 &&
      at('v2', '500') === counts.byStatus['500'] &&
      at('v2', '200') + at('v2', '500') === counts.byVersion.v2;
    return same ? true : null;
  });
  const [sample] = await lab.query(`model_requests_total{namespace="${namespace}",code="200"}`);
  assert.ok(sample !== undefined);
  for (const label of ['pod', 'namespace', 'fairlead_project', 'fairlead_service', 'fairlead_revision'])
    assert.ok(sample.labels[label], `no label ${label}`);
});

test('the served model predicts, and refuses a request of the wrong shape', async () => {
  const send = async (shape: number[]): Promise<{ status: number; body: string }> => {
    const data = Array.from({ length: shape[1] ?? 0 }, () => 0.5);
    const response = await request(`${lab.gatewayUrl}/v2/models/${model}/infer`, {
      method: 'POST',
      headers: { host },
      body: JSON.stringify({ id: 'a', inputs: [{ name: 'rows', shape, datatype: 'FP64', data }] }),
    });
    return { status: response.statusCode, body: await response.body.text() };
  };
  await setWeights({ 'smoke-r1': 100, 'smoke-r2': 0 });
  await waitFor('an answer of the first version', 5000, async () => {
    const { status, body } = await send([1, 4]);
    return status === 200 && body.includes('"v1"') ? true : null;
  });
  const { body } = await send([1, 4]);
  const [output] = z
    .object({ outputs: z.array(z.object({ data: z.array(z.number()) })) })
    .parse(JSON.parse(body)).outputs;
  // The law behind the data gives 1 / (1 + exp(-0.9)) = 0.711 here.
  assert.ok(Math.abs((output?.data[0] ?? 0) - 0.711) < 0.05, body);
  assert.equal((await send([1, 3])).status, 400);
});

test('a pod whose artefact has another digest than it asks for serves nothing', async () => {
  const { uri } = lab.trainModel({ name: model, number: 1, seed: 1 });
  await lab.apply(
    revision('r3', { MODEL_URI: uri, MODEL_DIGEST: `sha256:${'0'.repeat(64)}` }, { replicas: 1 }),
  );
  await waitReady('r3', 1);
  const address = (await pods('r3'))[0]?.status.podIP ?? '';
  const { statusCode, body } = await request(`http://${address}:9000/v2/health/ready`);
  assert.equal(statusCode, 503);
  assert.match(await body.text(), /digest sha256:/);
});

test('a pod is ready within five seconds, one told never to be stays unready', async () => {
  const { uri, digest } = lab.trainModel({ name: model, number: 1, seed: 1 });
  const env = { MODEL_URI: uri, MODEL_DIGEST: digest };
  const startedAt = Date.now();
  await lab.apply([
    ...revision('r4', env, { replicas: 1 }),
    ...revision('r5', { ...env, SIMULATE_READINESS: 'never' }, { replicas: 1 }),
    ...revision('r6', { ...env, SIMULATE_READINESS: 'crash' }, { replicas: 1 }),
  ]);
  await waitReady('r4', 1);
  const tookMs = Date.now() - startedAt;
  assert.ok(tookMs < 5000, `${tookMs} ms`);
  await waitFor('the crash loop', 10_000, async () => {
    const text = await lab.kubectl([
      'get',
      'pods',
      '-n',
      namespace,
      '-l',
      'fairlead.dev/revision=r6',
      '-o',
      'json',
    ]);
    return text.includes('CrashLoopBackOff') ? true : null;
  });
  const [never] = await pods('r5');
  assert.equal(never?.status.phase, 'Running');
  assert.equal(never !== undefined && isReady(never), false);
});

test('a pod that asks for more GPUs than a node has stays Pending, and the scheduler says why', async () => {
  await lab.apply(revision('r7', {}, { replicas: 1, gpus: 8 }));
  const message = await waitFor('the verdict of the scheduler', 10_000, async () => {
    const [pod] = await pods('r7');
    const condition = pod?.status.conditions.find(
      ({ type, status }) => type === 'PodScheduled' && status === 'False',
    );
    return condition?.message ?? null;
  });
  assert.match(message, /Insufficient nvidia.com\/gpu/);
  assert.equal((await pods('r7'))[0]?.status.phase, 'Pending');
});

test('no request is lost while a revision is drained and its pods are deleted', async () => {
  const load = startLoad({ host, model, requestsPerSecond: 100 });
  await setWeights({ 'smoke-r1': 50, 'smoke-r4': 50 });
  await waitFor(
    'traffic on the new revision',
    10_000,
    async () => (load.counts().byRevision.r4 ?? 0) > 50 || null,
  );
  await setWeights({ 'smoke-r1': 100, 'smoke-r4': 0 });
  await lab.kubectl(['delete', 'deployment', '-n', namespace, 'smoke-r4', '--wait=false']);
  await waitFor('the end of its pods', 15_000, async () => ((await pods('r4')).length === 0 ? true : null));
  const end = await load.stop();
  assert.deepEqual([end.broken, Object.keys(end.byStatus)], [0, ['200']], JSON.stringify(end));
});

test('the audit log names who wrote what', async () => {
  const entries = lab.auditEntries().filter(({ objectRef }) => objectRef?.namespace === namespace);
  const routes = entries.filter(({ objectRef }) => objectRef?.resource === 'httproutes');
  assert.ok(routes.some(({ user, verb }) => user.username === 'lab:admin' && verb === 'patch'));
});

test('traffic flows on while the API server is dead, and the lab heals when it is back', async () => {
  const load = startLoad({ host, model, requestsPerSecond: 100 });
  await lab.killApiServer();
  await assert.rejects(lab.api.request('GET', '/readyz'));
  await waitFor('traffic without the API server', 10_000, async () =>
    load.counts().sent > 200 ? true : null,
  );
  await lab.startApiServer();
  const end = await load.stop();
  assert.deepEqual([end.broken, Object.keys(end.byStatus)], [0, ['200']], JSON.stringify(end));
  const { uri, digest } = lab.trainModel({ name: model, number: 2, seed: 2 });
  await lab.apply(revision('r8', { MODEL_URI: uri, MODEL_DIGEST: digest }));
  await waitReady('r8', 2);
  await setWeights({ 'smoke-r8': 100 });
  await waitFor('the new weights', 20_000, async () => {
    const after = await runLoad({ host, model, requestsPerSecond: 20 }, 0.5);
    return after.byRevision.r8 === after.sent && after.sent > 0 ? true : null;
  });
});
