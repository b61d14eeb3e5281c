import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connectOnce } from '../../db/client.ts';
import { type RunningLoad, startServedLoad } from './load.ts';
import { approve, type Product, registerTrained, startProduct } from './product.ts';
import type { ProductProcess } from './product-processes.ts';
import { type RolloutPage, rolloutOf, rolloutUntil } from './product-rollout.ts';
import { quickPlan } from './product-spec.ts';
import { sharedLab } from './start.ts';

const gpuHour = 3_600_000n;
let product: Product;
let worker: ProductProcess;
let load: RunningLoad;
let budgetId = '';

before(async () => {
  const plan = quickPlan([25, 50, 100], 8_000);
  product = await startProduct(sharedLab(), { model: 'reserved-killed', plan, gpus: 1 });
  worker = await product.processes.startWorker();
  const { projectId, people } = product;
  ({ budgetId } = await people.admin.budgets.create.mutate({
    projectId,
    name: 'Serving',
    scope: { projectId, environmentId: null, modelId: null, gpuProduct: null },
    unit: 'gpuHours',
    period: { kind: 'calendar', every: 'month', timeZone: 'UTC', rolloverCapPercent: 0 },
    level: 2,
    amount: String(10_000n * gpuHour),
  }));
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

type Held = { readonly budget: string | null; readonly held: string; readonly ended: boolean };

async function reservations(rolloutId: string): Promise<Held[]> {
  const client = await connectOnce(product.processes.databaseUrl, { applicationName: 'fairlead-lab-test' });
  try {
    const { rows } = await client.query<Held>(
      `select budget_id as budget, held::text, ended_at is not null as ended from budget_reservation
       where rollout_id = $1 order by budget_id nulls first`,
      [rolloutId],
    );
    return rows;
  } finally {
    await client.end();
  }
}

const places: [string, (page: RolloutPage) => boolean][] = [
  ['starting', ({ phase }) => phase === 'starting'],
  ['at the first step', ({ phase, stepIndex }) => phase === 'stepping' && stepIndex === 0],
  ['at the second step', ({ phase, stepIndex }) => phase === 'stepping' && stepIndex === 1],
  ['at the last step', ({ phase, stepIndex }) => phase === 'stepping' && stepIndex === 2],
  ['finishing', ({ phase }) => phase === 'finishing'],
];

test('a rollout whose worker is killed at each of its steps holds its budget once, less from step to step, and nothing at the end', async () => {
  const first = await promoted(1);
  load = await startServedLoad({ host: product.host, model: product.model, requestsPerSecond: 40 });
  await rolloutUntil(product, { rolloutId: first, what: 'the first' }, ({ endedAt }) => endedAt !== null);
  const rolloutId = await promoted(2);
  let before: bigint | null = null;
  const killedAt: string[] = [];
  for (const [what, isThere] of places) {
    // A place that is over before it was looked at is left out, and the next one is waited for.
    const later = places.slice(places.findIndex(([name]) => name === what));
    const isPast = (page: RolloutPage) => later.some(([, there]) => there(page)) || page.endedAt !== null;
    const page = await rolloutUntil(product, { rolloutId, what, limitMs: 180_000 }, isPast);
    if (!isThere(page)) continue;
    const [pool, own, ...more] = await reservations(rolloutId);
    assert.deepEqual([pool?.budget, own?.budget, more.length], [null, budgetId, 0], what);
    const held = BigInt(own?.held ?? -1n);
    assert.ok(held > 0n && (before === null || held <= before), `${what}: ${held} after ${before}`);
    before = held;
    await worker.kill();
    assert.deepEqual((await reservations(rolloutId)).length, 2, what);
    worker = await product.processes.startWorker();
    killedAt.push(what);
  }
  console.log(`killed ${killedAt.join(', ')}`);
  assert.ok(killedAt.length >= 4, killedAt.join());
  const end = await rolloutUntil(
    product,
    { rolloutId, what: 'the end', limitMs: 240_000 },
    ({ endedAt }) => endedAt !== null,
  );
  assert.equal(end.phase, 'succeeded', JSON.stringify(end.failure));
  assert.deepEqual(await reservations(rolloutId), [
    { budget: null, held: '0', ended: true },
    { budget: budgetId, held: '0', ended: true },
  ]);
  assert.equal(end.timeline.filter(({ action }) => action === 'rollouts.start').length, 1);
});
