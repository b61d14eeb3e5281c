import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { createDatabase } from '../../db/client.ts';
import { capacityReading } from '../../db/schema/capacity.ts';
import { defaultMetricProfile, metricPresets } from '../../domain/metric-profile-presets.ts';
import type { ServiceSpec } from '../../domain/service-spec.ts';
import { clusterSubject, namespaceSubject } from '../../server/rows/room.ts';
import { type RunningLoad, startServedLoad } from './load.ts';
import { approve, type Product, registerTrained, startProduct } from './product.ts';
import { rolloutOf, rolloutUntil } from './product-rollout.ts';
import { modelSpec, quickPlan } from './product-spec.ts';
import { sharedLab } from './start.ts';
import { waitFor } from './wait-for.ts';

const lab = sharedLab();
const name = 'chat';
let product: Product;
let load: RunningLoad;
let canaryRollout = '';
let secondVersion = '';

/** A server of language models on one GPU, half of whose prompts come from the prefix cache. */
function chatSpec(latencyMs: number): ServiceSpec {
  const env = {
    SIMULATE_TOKENS: '200,50,0.5',
    SIMULATE_LATENCY_MS: String(latencyMs),
    SIMULATE_GPU_ACTIVITY: '0.08',
    SIMULATE_GPU_MEMORY_MIB: '4096',
  };
  return modelSpec(name, env, 1);
}

before(async () => {
  const profile = metricPresets.find(({ id }) => id === 'vllm')?.profile ?? defaultMetricProfile;
  const plan = quickPlan([50, 100], 25_000);
  product = await startProduct(lab, { model: name, plan, profile, gpus: 1 });
  const { admin } = product.people;
  await admin.prices.setCurrency.mutate({ currency: 'USD' });
  await admin.prices.add.mutate({
    currency: 'USD',
    price: {
      gpuProduct: 'NVIDIA-L4',
      capacityType: 'owned',
      unit: 'gpuHour',
      amount: '3.6',
      source: 'contract',
      validFrom: new Date(Date.now() - 86_400_000),
    },
  });
  await product.processes.startWorker();
});

after(async () => {
  await load?.stop();
  await product?.stop();
});

async function started(number: number, latencyMs: number) {
  const { serviceId, people } = product;
  const modelVersionId = await registerTrained(product, number);
  const asked = await people.engineer.promotions.request.mutate({
    serviceId,
    modelVersionId,
    spec: chatSpec(latencyMs),
  });
  await approve(product, asked);
  return { modelVersionId, rolloutId: await rolloutOf(product, asked.promotionId) };
}

test('a canary and its stable that serve a language model go live, counted by the series of vLLM', async () => {
  const first = await started(1, 40);
  load = await startServedLoad({ host: product.host, model: name, requestsPerSecond: 30 });
  const end = await rolloutUntil(
    product,
    { rolloutId: first.rolloutId, what: 'the first version' },
    (page) => page.endedAt !== null,
  );
  assert.equal(end.phase, 'succeeded', JSON.stringify(end.failure));
  const second = await started(2, 80);
  [canaryRollout, secondVersion] = [second.rolloutId, second.modelVersionId];
  const done = await rolloutUntil(
    product,
    { rolloutId: canaryRollout, what: 'the second version', limitMs: 240_000 },
    (page) => page.endedAt !== null,
  );
  assert.equal(done.phase, 'succeeded', JSON.stringify(done.failure));
});

test('cost of tokens, what the prefix cache saved, and the canary against stable at equal load come from the real Prometheus', async () => {
  const { operator } = product.people;
  const answer = await operator.unitCosts.ofRollout.query({ rolloutId: canaryRollout });
  const said = JSON.stringify(answer, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  for (const arm of [answer.canary, answer.stable]) {
    assert.ok(arm !== null && arm.tokens !== null, said);
    // 200 prompt and 50 generated tokens a request; a scrape may lie between the two counters.
    assert.ok(Math.abs(arm.tokens / arm.requests - 250) < 25, said);
    assert.ok(arm.cost.perMillionTokensNano !== null && arm.cost.perMillionTokensNano > 0n, said);
    assert.ok(arm.cache !== null && Math.abs(arm.cache.share - 0.5) < 0.02 && !arm.cache.estimated, said);
    assert.ok(arm.cache.savedNano > 0n, said);
    assert.ok(arm.equalLoad.kind === 'cost', said);
    assert.ok(arm.equalLoad.concurrency >= 1, said);
    assert.ok(arm.equalLoad.perThousandRequestsNano < (arm.cost.perThousandRequestsNano ?? 0n), said);
  }
  assert.ok(answer.equalLoadRatio !== null && answer.equalLoadRatio > 0, said);
  const version = await operator.unitCosts.ofVersion.query({ modelVersionId: secondVersion });
  assert.equal(version.figures?.tokenLack, null);
  assert.ok((version.figures?.cost.perMillionTokensNano ?? 0n) > 0n);
});

test('what the GPUs do comes from the documented text of dcgm-exporter, by pod', async () => {
  const { projectId, people } = product;
  const use = await waitFor('use of the pods', 60_000, async () => {
    const found = await people.operator.gpus.use.query({ projectId });
    return found.uses.length > 0 && found.uses.every(({ activity }) => activity !== null) ? found : null;
  });
  assert.deepEqual(use.problems, []);
  for (const { activity, memoryPeakMib, memoryTotalMib, gpus, wholeWindow } of use.uses) {
    assert.ok(Math.abs((activity ?? 0) - 0.08) < 1e-9, JSON.stringify(use));
    assert.deepEqual([memoryPeakMib, memoryTotalMib, gpus], [4_096, 23_034, 1]);
    // It holds its GPU for minutes, so nothing is said about another size yet.
    assert.equal(wholeWindow, false);
  }
});

test('a pod that finds no GPU is named with the scheduler’s words', async () => {
  const { namespace, projectId, people } = product;
  await lab.apply([
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'too-big', namespace },
      spec: {
        containers: [
          {
            name: 'train',
            image: 'registry.invalid/train:1',
            resources: { limits: { 'nvidia.com/gpu': '64' } },
          },
        ],
      },
    },
  ]);
  const found = await waitFor('the pod that waits', 60_000, async () => {
    const { clusters } = await people.operator.gpus.waiting.query({ projectId });
    const pod = clusters.flatMap(({ pods }) => pods).find((each) => each.name === 'too-big');
    return pod?.words == null ? null : pod;
  });
  assert.deepEqual([found.namespace, found.gpus, found.owner.kind], [namespace, 64, 'Pod']);
  assert.match(found.words ?? '', /nodes are available.*Insufficient nvidia\.com\/gpu/);
});

test('a canary that a quota refuses is named at once with quota, used, hard and who holds it', async () => {
  const { namespace, projectId, serviceId, people, clusterId } = product;
  await lab.kubectl(['-n', namespace, 'delete', 'pod', 'too-big', '--wait=true']);
  const modelVersionId = await registerTrained(product, 3);
  const spec = chatSpec(50);
  const asked = await people.engineer.promotions.request.mutate({ serviceId, modelVersionId, spec });
  // Somebody waits, so the worker looks at the room; the quota comes right after that look.
  const database = createDatabase(product.processes.databaseUrl);
  const ofNamespace = and(
    eq(capacityReading.clusterId, clusterId),
    inArray(capacityReading.subject, [clusterSubject, namespaceSubject(namespace)]),
  );
  await waitFor('a look at the room with nothing but what serves', 90_000, async () => {
    const rows = await database.db.select().from(capacityReading).where(ofNamespace);
    const text = JSON.stringify(rows.map(({ reading }) => reading));
    const settled = ![`${name}-r1`, 'too-big'].some((gone) => text.includes(gone));
    return rows.length === 2 && text.includes(`${name}-r2`) && settled ? true : null;
  });
  const hard = { 'requests.nvidia.com/gpu': '2' };
  await lab.apply([
    { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'gpus', namespace }, spec: { hard } },
  ]);
  await database.db.update(capacityReading).set({ observedAt: sql`clock_timestamp()` }).where(ofNamespace);
  await database.close();
  await approve(product, asked);
  const rolloutId = await rolloutOf(product, asked.promotionId);
  const page = await rolloutUntil(
    product,
    { rolloutId, what: 'the quota by name', limitMs: 30_000 },
    ({ blockers }) => blockers.some(({ code }) => code === 'quotaExceeded'),
  );
  const found = page.blockers.find(({ code }) => code === 'quotaExceeded');
  assert.match(
    found?.message ?? '',
    /ResourceQuota "gpus".*2 of 2 requests\.nvidia\.com\/gpu used, 1 more wanted by each pod; held by chat-r2 2/,
  );
  const waiting = await waitFor('the quota on the page of GPUs', 90_000, async () => {
    const seen = await people.operator.gpus.waiting.query({ projectId });
    return seen.refused.length > 0 && seen.quotas.length > 0 ? seen : null;
  });
  assert.equal(waiting.refused[0]?.rolloutId, rolloutId);
  const [quota] = waiting.quotas;
  assert.deepEqual([quota?.quota, quota?.used, quota?.hard, quota?.heldBy], ['gpus', 2, 2, `${name}-r2 2`]);
});
