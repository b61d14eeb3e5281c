import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connectOnce } from '../../db/client.ts';
import { verifyExport } from '../../server/audit/verify.ts';
import { type RunningLoad, startServedLoad } from './load.ts';
import { approve, type Product, registerTrained, startProduct } from './product.ts';
import { auditExport } from './product-clients.ts';
import type { ProductProcess } from './product-processes.ts';
import { assertNothingFailed, assertShare, followSteps, rolloutOf, rolloutUntil } from './product-rollout.ts';
import { quickPlan } from './product-spec.ts';
import { sharedLab } from './start.ts';

const requestsPerSecond = 60;
let product: Product;
let worker: ProductProcess;
let load: RunningLoad;

before(async () => {
  const plan = quickPlan([25, 50, 100], 8_000);
  product = await startProduct(sharedLab(), { model: 'worker-killed', plan });
  worker = await product.processes.startWorker();
});

after(async () => {
  await load?.stop();
  await product?.stop();
});

async function promoted(number: number): Promise<string> {
  const modelVersionId = await registerTrained(product, number);
  const asked = await product.rest.requestPromotion(product.serviceId, modelVersionId);
  await approve(product, asked);
  return await rolloutOf(product, asked.promotionId);
}

/** The cluster's lease as the database has it. */
async function lease(): Promise<{ holder: string; epoch: number }> {
  const client = await connectOnce(product.processes.databaseUrl, { applicationName: 'fairlead-lab-test' });
  try {
    const { rows } = await client.query<{ holder: string; epoch: string }>(
      'select holder, epoch from cluster_lease where cluster_id = $1',
      [product.clusterId],
    );
    return { holder: rows[0]?.holder ?? '', epoch: Number(rows[0]?.epoch) };
  } finally {
    await client.end();
  }
}

test('a rollout whose worker is killed in the middle is brought to the same end by another worker', async () => {
  const first = await promoted(1);
  load = await startServedLoad({ host: product.host, model: product.model, requestsPerSecond });
  await rolloutUntil(
    product,
    { rolloutId: first, what: 'the first revision' },
    (page) => page.endedAt !== null,
  );
  const rolloutId = await promoted(2);
  const middle = { rolloutId, what: 'the effective second step' };
  await rolloutUntil(product, middle, (page) => page.stepIndex === 1 && page.effectiveAt !== null);
  const before = await lease();
  assert.match(before.holder, new RegExp(`/${worker.pid}/`));
  await worker.kill();
  const next = await product.processes.startWorker();
  const { end, windows } = await followSteps(product, rolloutId, load);
  assert.equal(end.phase, 'succeeded', JSON.stringify(end.failure));
  for (const window of windows.values()) assertShare(window, 2, requestsPerSecond);
  const taken = await lease();
  assert.equal(taken.epoch, before.epoch + 1);
  assert.match(taken.holder, new RegExp(`/${next.pid}/`));
  const moves = end.timeline.filter(({ action }) => action.startsWith('rollouts.'));
  const sentences = moves.map(({ sentence }) => sentence);
  assert.equal(
    new Set(sentences).size,
    sentences.length,
    `a move is on record twice: ${sentences.join(' | ')}`,
  );
  assert.equal(moves.filter(({ action }) => action === 'rollouts.start').length, 1);
});

test('no request failed meanwhile', () => assertNothingFailed(load.counts()));

test('the audit chain is whole across both workers', async () => {
  const { processes, token, projectId } = product;
  const verdict = verifyExport(await auditExport(processes.url, token, projectId));
  assert.ok(verdict.ok, JSON.stringify(verdict));
});
