import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type RunningLoad, startServedLoad } from './load.ts';
import { assertNothingFailed } from './product-rollout.ts';
import { sharedLab } from './start.ts';
import { hostOf, routeSpec, TakeOverWorld, workload } from './take-over-world.ts';
import { waitFor } from './wait-for.ts';

const requestsPerSecond = 120;
const lab = sharedLab();
let world: TakeOverWorld;
let load: RunningLoad;
let found = '';
let killed = 0;
/** Phases and their steps that killed workers left behind. */
const struck = new Set<string>();

before(async () => {
  world = await TakeOverWorld.create(lab, 'killed');
  await world.grant('manage');
  await world.watch();
  found = await routeSpec(lab, world.namespace);
  load = await startServedLoad({ host: hostOf(world.namespace), model: workload, requestsPerSecond });
});

after(async () => {
  await load?.stop();
  await world?.stop();
});

/** What has visibly happened: every write as the API server recorded it, and every step on record. */
async function progress(): Promise<Record<'key' | 'phase' | 'place', string>> {
  const { takeOver, mode } = await world.page();
  const phase = takeOver?.phase ?? mode;
  const place = `${phase} ${takeOver?.step ?? 0}`;
  return { key: `${world.writes().length} ${place}`, phase, place };
}

/** Kills the worker after each write and each step, until the phase is reached. */
async function killThrough(phase: string): Promise<void> {
  let last = (await progress()).key;
  for (;;) {
    const next = await waitFor(`a write or a step on the way to ${phase}`, 90_000, async () => {
      const now = await progress();
      return now.key === last ? null : now;
    });
    if (next.phase === phase) return;
    // Read while nobody works: what the next worker does first is not missed, however long it takes to start.
    await world.replaceWorker(async () => {
      const left = await progress();
      last = left.key;
      struck.add(left.place);
    });
    killed += 1;
    if (last.includes(` ${phase} `)) return;
  }
}

test('a take over, its finish and giving back end right though the worker is killed after every write and step', {
  timeout: 420_000,
}, async () => {
  const { admin, serviceId, namespace } = world;
  await world.planAndTakeOver();
  await killThrough('serving');
  await admin.services.finishTakeOver.mutate({ serviceId, scaleToZero: true });
  await killThrough('finished');
  await waitFor('the found pods to be gone', 30_000, async () => {
    const replicas = await lab.kubectl([
      '-n',
      namespace,
      'get',
      'deployment',
      workload,
      '-o',
      'jsonpath={.spec.replicas}',
    ]);
    return replicas === '0' ? true : null;
  });
  await admin.services.giveBack.mutate({ serviceId });
  await killThrough('watched');
  await world.until('it to be seen', ({ status }) => status?.state === 'healthy');
  assert.equal(await routeSpec(lab, namespace), found);
  const names = await lab.kubectl(['-n', namespace, 'get', 'deployments,services', '-o', 'name']);
  assert.deepEqual(names.trim().split('\n').toSorted(), [
    'deployment.apps/fraud',
    'service/fraud',
    'service/other',
  ]);
  const { timeline } = await world.page();
  const sentences = timeline.map(({ sentence }) => sentence);
  assert.equal(
    new Set(sentences).size,
    sentences.length,
    `a step is on record twice: ${sentences.join(' | ')}`,
  );
  // How many die depends on how many writes one look catches; every phase that lasts must have cost one its life.
  for (const place of ['creating 0', 'shifting 0', 'shifting 1', 'shifting 2', 'draining 0'])
    assert.ok(struck.has(place), `no worker was killed at ${place}, only at ${[...struck].join(', ')}`);
});

test('no request failed meanwhile', () => {
  const counts = load.counts();
  assertNothingFailed(counts);
  console.log(
    `figure: failed requests during take over, finish and give back, ${killed} workers killed: 0 of ${counts.byStatus['200']}`,
  );
});
