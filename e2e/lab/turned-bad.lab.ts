import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ServiceSpec } from '../../domain/service-spec.ts';
import { type RunningLoad, startServedLoad } from './load.ts';
import { approve, type Product, registerTrained, startProduct } from './product.ts';
import { rolloutOf, rolloutUntil } from './product-rollout.ts';
import { modelSpec, quickPlan } from './product-spec.ts';
import { sharedLab } from './start.ts';
import { waitFor } from './wait-for.ts';

const lab = sharedLab();
const badName = 'turned-bad';
let product: Product;
let load: RunningLoad;
let turnedBad = '';

before(async () => {
  const plan = { ...quickPlan([50, 100], 5_000), progressDeadlineMs: 15_000 };
  product = await startProduct(lab, { model: 'turned', plan });
  await product.processes.startWorker();
});

after(async () => {
  turn('good');
  await load?.stop();
  await product?.stop();
});

function turn(how: 'bad' | 'good'): void {
  const path = join(lab.folder.models, badName);
  if (how === 'bad') writeFileSync(path, '');
  else rmSync(path, { force: true });
}

/** A version with that environment, signed and started. */
async function started(number: number, env: Record<string, string>): Promise<string> {
  const { serviceId, model, people } = product;
  const modelVersionId = await registerTrained(product, number);
  const spec: ServiceSpec = modelSpec(model, env);
  const asked = await people.engineer.promotions.request.mutate({ serviceId, modelVersionId, spec });
  await approve(product, asked);
  return await rolloutOf(product, asked.promotionId);
}

const ended = async (rolloutId: string, what: string) =>
  await rolloutUntil(product, { rolloutId, what }, (page) => page.endedAt !== null);

test('two versions go live, one of which will turn bad', async () => {
  const first = await started(1, {});
  load = await startServedLoad({ host: product.host, model: product.model, requestsPerSecond: 60 });
  assert.equal((await ended(first, 'the first version')).phase, 'succeeded');
  turnedBad = await started(2, { SIMULATE_ERROR_SHARE: '0.6', SIMULATE_ERROR_SWITCH: badName });
  const end = await ended(turnedBad, 'the second version');
  assert.deepEqual([end.phase, end.bake.state], ['succeeded', 'baking'], JSON.stringify(end.failure));
});

test('it turns bad inside its bake time: the rail that broke leads back, on its own figures', async () => {
  turn('bad');
  const page = await rolloutUntil(
    product,
    { rolloutId: turnedBad, what: 'the end of the bake time', limitMs: 120_000 },
    ({ bake }) => bake.state === 'rolledBack',
  );
  assert.match(JSON.stringify(page.bake.outcome), /error-rail/);
  const back = await waitFor('the way back', 90_000, async () => {
    const { stable, activeRollout } = await product.people.operator.services.get.query({
      serviceId: product.serviceId,
    });
    return stable?.number === 1 && activeRollout === null ? true : null;
  });
  assert.ok(back);
  const settled = load.counts();
  await waitFor('requests after it', 20_000, async () =>
    load.counts().sent > settled.sent + 300 ? true : null,
  );
  const counts = load.counts();
  assert.equal(counts.broken, 0, counts.reasons.join());
  assert.equal(counts.byStatus['500'], settled.byStatus['500'], 'errors after the way back');
});

test('a version whose container crashes is taken back, and its record names how the last run ended', async () => {
  const rolloutId = await started(3, { SIMULATE_READINESS: 'crash' });
  const end = await ended(rolloutId, 'the end of the crashing version');
  assert.equal(end.failure?.code, 'progressDeadline', JSON.stringify(end.failure));
  const { record } = await waitFor('its record', 30_000, async () =>
    product.people.operator.rollouts.record.query({ rolloutId }).catch(() => null),
  );
  assert.ok(record.pods.kind === 'taken', JSON.stringify(record.pods));
  const ends = record.pods.value.pods.flatMap((pod) => pod.containers.map((each) => each.lastTermination));
  assert.ok(
    ends.some((last) => last?.exitCode === 1 && last.reason === 'Error'),
    JSON.stringify(record.pods),
  );
  assert.ok(record.logs.kind === 'taken' && record.logs.value.some(({ previous }) => previous));
});
