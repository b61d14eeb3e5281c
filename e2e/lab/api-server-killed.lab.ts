import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type RunningLoad, startServedLoad } from './load.ts';
import { approve, type Product, registerTrained, startProduct } from './product.ts';
import { assertNothingFailed, assertShare, rolloutOf, rolloutUntil } from './product-rollout.ts';
import { quickPlan } from './product-spec.ts';
import { sharedLab } from './start.ts';

const lab = sharedLab();
const requestsPerSecond = 60;
const minimumMs = 8_000;
let product: Product;
let load: RunningLoad;
let dead = false;

before(async () => {
  product = await startProduct(lab, { model: 'api-server-killed', plan: quickPlan([25, 100], minimumMs) });
  await product.processes.startWorker();
});

after(async () => {
  await load?.stop();
  if (dead) await lab.startApiServer();
  await product?.stop();
});

async function promoted(number: number): Promise<string> {
  const modelVersionId = await registerTrained(product, number);
  const asked = await product.rest.requestPromotion(product.serviceId, modelVersionId);
  await approve(product, asked);
  return await rolloutOf(product, asked.promotionId);
}

let rolloutId = '';

test('while the API server is dead the step freezes, says so, and requests flow on by its weight', async () => {
  const first = await promoted(1);
  load = await startServedLoad({ host: product.host, model: product.model, requestsPerSecond });
  await rolloutUntil(
    product,
    { rolloutId: first, what: 'the first revision' },
    (page) => page.endedAt !== null,
  );
  rolloutId = await promoted(2);
  const step = { rolloutId, what: 'the effective first step' };
  const reached = await rolloutUntil(
    product,
    step,
    (page) => page.stepIndex === 0 && page.effectiveAt !== null,
  );
  await lab.killApiServer();
  dead = true;
  const from = load.counts();
  const blocked = await rolloutUntil(product, { rolloutId, what: 'the blocker' }, ({ blockers }) =>
    blockers.some(({ code }) => code === 'clusterUnreachable'),
  );
  assert.equal(blocked.stepIndex, 0);
  // Long past the minimum time, when the step would have passed.
  const pastMs = (reached.effectiveAt?.getTime() ?? 0) + 2 * minimumMs + 10_000;
  const later = { rolloutId, what: 'the time after the step' };
  const frozen = await rolloutUntil(product, later, (page) => page.now.getTime() > pastMs);
  assert.deepEqual([frozen.phase, frozen.stepIndex, frozen.weightPercent], ['stepping', 0, 25]);
  assert.ok(frozen.blockers.some(({ code }) => code === 'clusterUnreachable'));
  assertShare({ weightPercent: 25, from, to: load.counts() }, 2, 3 * requestsPerSecond);
  assertNothingFailed(load.counts());
});

test('once the API server is back the rollout completes by itself, and no request has failed', async () => {
  await lab.startApiServer();
  dead = false;
  const what = 'the end of the rollout';
  const end = await rolloutUntil(product, { rolloutId, what }, (page) => page.endedAt !== null);
  assert.equal(end.phase, 'succeeded', JSON.stringify(end.failure));
  assertNothingFailed(load.counts());
});
