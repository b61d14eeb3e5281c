import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type LoadCounts, type RunningLoad, startServedLoad } from './load.ts';
import { assertNothingFailed } from './product-rollout.ts';
import { quickPlan } from './product-spec.ts';
import { sharedLab } from './start.ts';
import { foundRoute, hostOf, routeSpec, TakeOverWorld, workload } from './take-over-world.ts';
import { waitFor } from './wait-for.ts';

const requestsPerSecond = 120;
const lab = sharedLab();
let world: TakeOverWorld;
let load: RunningLoad;
let found = '';

before(async () => {
  world = await TakeOverWorld.create(lab, 'take-over');
  await world.grant('watch');
  await world.watch();
  found = await routeSpec(lab, world.namespace);
  load = await startServedLoad({ host: hostOf(world.namespace), model: workload, requestsPerSecond });
});

after(async () => {
  await load?.stop();
  await world?.stop();
});

/** Requests of a part of the run; prints the figure that the closing note shows. */
function figure(what: string, from: LoadCounts): void {
  const now = load.counts();
  const answered = (counts: LoadCounts) =>
    Object.values(counts.byStatus).reduce((sum, count) => sum + count, 0);
  const good = (counts: LoadCounts) => counts.byStatus['200'] ?? 0;
  const sent = answered(now) - answered(from) + now.broken - from.broken;
  const failed = sent - (good(now) - good(from));
  console.log(`figure: failed requests during ${what}: ${failed} of ${sent}`);
  assert.equal(failed, 0);
}

async function found2(): Promise<string> {
  return (
    await lab.kubectl([
      '-n',
      world.namespace,
      'get',
      'deployments',
      '-o',
      'jsonpath={.items[*].metadata.name}',
    ])
  ).trim();
}

test('a token that may only read is told which verbs a take over needs, and nothing is written', async () => {
  const { serviceId, admin } = world;
  const plan = await admin.services.planTakeOver.mutate({ serviceId });
  assert.equal(plan.refusal?.code, 'clusterUnauthorized');
  for (const right of [
    'create deployments.apps',
    'delete services',
    'patch httproutes.gateway.networking.k8s.io',
  ])
    assert.ok(
      plan.missingRights.includes(right),
      `${right} is not named in ${plan.missingRights.join(', ')}`,
    );
  await assert.rejects(admin.services.takeOver.mutate({ serviceId, planId: plan.planId }), /may only read/);
  assert.equal(world.writes().length, 0);
});

test('the plan names every object and field, and the dry run takes them', async () => {
  await world.grant('manage');
  const { serviceId, admin } = world;
  const plan = await admin.services.planTakeOver.mutate({ serviceId });
  assert.equal(plan.refusal, null, JSON.stringify(plan));
  assert.deepEqual(
    plan.creates.map(({ kind, name }) => `${kind} ${name}`),
    ['Service fraud-r1', 'Deployment fraud-r1'],
  );
  assert.deepEqual(
    plan.edits.map(({ name, fields }) => ({ name, fields })),
    [{ name: 'scores', fields: ['spec.rules[0].backendRefs', 'spec.rules[1].backendRefs'] }],
  );
  assert.equal(world.writes().length, 0);
});

test('a service is taken over under load without a failed request', { timeout: 180_000 }, async () => {
  const from = load.counts();
  await world.planAndTakeOver();
  await world.until('the end of the take over', ({ takeOver }) => takeOver?.phase === 'serving');
  const ours = load.counts().byRevision['1'] ?? 0;
  await waitFor('only our pods to answer', 20_000, async () => {
    const one = load.counts();
    return (one.byRevision['1'] ?? 0) > ours + 200 ? true : null;
  });
  figure('take over', from);
  const rules = JSON.parse(await routeSpec(lab, world.namespace)).rules;
  const before = JSON.parse(found).rules;
  assert.deepEqual(rules[2], before[2]);
  assert.deepEqual(rules[0].filters, before[0].filters);
  assert.deepEqual(
    rules[1].backendRefs.map(({ name, weight }: { name: string; weight: number }) => [name, weight]),
    [
      ['fraud', 0],
      ['fraud-r1', 300],
    ],
  );
});

test('a rollout on it splits inside the adopted rules', { timeout: 240_000 }, async () => {
  const { admin, serviceId, rest, projectId } = world;
  const from = load.counts();
  await admin.services.update.mutate({ serviceId, defaultPlan: quickPlan([25, 100], 8_000) });
  const modelVersionId = await rest.registerVersion(projectId, workload, {
    sourceUri: 'oci://registry.invalid/model',
    artefactDigest: `sha256:${'b'.repeat(64)}`,
    servingImage: `registry.invalid/model@sha256:${'b'.repeat(64)}`,
    metrics: {},
    lineage: {},
  });
  await rest.requestPromotion(serviceId, modelVersionId);
  await world.until('the second revision to be live', ({ status }) => status?.stableNumber === 2, 200_000);
  const page = await world.until('its end', ({ rollouts }) => rollouts[0]?.endedAt != null);
  assert.equal(page.rollouts[0]?.phase, 'succeeded');
  assert.ok((load.counts().byRevision['2'] ?? 0) > 100);
  figure('a rollout on the taken-over service', from);
});

test('a manager that rewrites the route is corrected, then named, and the traffic stays safe', {
  timeout: 240_000,
}, async () => {
  const from = load.counts();
  // As `helm upgrade` does it: the whole list as the chart has it, by another field manager.
  const upgrade = async () => await lab.apply([foundRoute(lab, world.namespace)]);
  for (let turn = 1; turn <= 3; turn += 1) {
    await waitFor('our backend to be back', 60_000, async () =>
      (await routeSpec(lab, world.namespace)).includes('fraud-r2') ? true : null,
    );
    await waitFor('nothing left to write', 60_000, async () =>
      (await world.page()).status?.synced === true ? true : null,
    );
    await upgrade();
  }
  const page = await world.until('the fight to be named', ({ status }) => status?.serving.fight !== null);
  assert.equal(page.status?.serving.fight?.object, 'HTTPRoute scores');
  assert.ok(page.status?.blockers.some(({ code, message }) => code === 'fight' && message.includes('lab')));
  figure('a fight over the route', from);
});

test('giving back restores exactly what was there, under load, and the service is watched again', {
  timeout: 240_000,
}, async () => {
  const from = load.counts();
  // The fight is remembered by the worker that saw it.
  await world.replaceWorker();
  await world.until('the taken-over state', ({ status }) => status?.serving.fight === null && status.synced);
  await world.admin.services.giveBack.mutate({ serviceId: world.serviceId });
  await world.until('the end of giving back', ({ mode }) => mode === 'watched', 180_000);
  await world.until('it to be seen', ({ status }) => status?.state === 'healthy');
  assert.equal(await routeSpec(lab, world.namespace), found);
  assert.equal(await found2(), 'fraud');
  figure('give back', from);
  assertNothingFailed(load.counts());
});
