import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { type RunningLoad, startServedLoad } from './load.ts';
import { assertNothingFailed } from './product-rollout.ts';
import { sharedLab } from './start.ts';
import { foundObjects, foundRoute, hostOf, routeSpec, TakeOverWorld, workload } from './take-over-world.ts';
import { waitFor } from './wait-for.ts';

const lab = sharedLab();
let world: TakeOverWorld;
let load: RunningLoad | undefined;

type Backend = { name: string; port: number; weight?: number };

before(async () => {
  world = await TakeOverWorld.create(lab, 'planned');
  await world.grant('manage');
  await world.watch();
});
after(async () => {
  await load?.stop();
  await world?.stop();
});
/** Each test begins with what was found first; only one of them lets Fairlead write. */
afterEach(async () => {
  if (world.writes().length > 0) return;
  await lab.kubectl(['-n', world.namespace, 'delete', 'httproute,service', '--all']);
  await lab.apply(foundObjects(lab, world.namespace));
});

const kubectl = (...args: string[]) => lab.kubectl(['-n', world.namespace, ...args]);
const planned = () => world.admin.services.planTakeOver.mutate({ serviceId: world.serviceId });

/** The route with a first rule of these backends. */
function routeWith(backendRefs: readonly Backend[]): Record<string, unknown> {
  const route = foundRoute(lab, world.namespace) as { spec: { rules: object[] } };
  const [first, ...rest] = route.spec.rules;
  return { ...route, spec: { ...route.spec, rules: [{ ...first, backendRefs }, ...rest] } };
}

/** The first plan that says so: the gateway needs a moment for a route that was just written. */
async function plannedWith(wanted: (refusal: string | null) => boolean) {
  let last: string | null = null;
  try {
    return await waitFor('the plan', 30_000, async () => {
      const plan = await planned();
      last = plan.refusal?.message ?? null;
      return wanted(last) ? plan : null;
    });
  } catch (error) {
    throw new Error(`The plan says: ${last}`, { cause: error });
  }
}

/** The plan refuses in these words, the command in the same, and nothing was written. */
async function refused(words: RegExp): Promise<{ message: string; fix: string }> {
  const { planId, refusal, creates, edits } = await plannedWith((said) => said !== null && words.test(said));
  const { serviceId, admin } = world;
  const message = refusal?.message ?? '';
  await assert.rejects(admin.services.takeOver.mutate({ serviceId, planId }), { message });
  assert.deepEqual([creates, edits], [[], []]);
  assert.equal(world.writes().length, 0);
  assert.equal((await world.page()).mode, 'watched');
  return { message, fix: refusal?.fix ?? '' };
}

test('where no HTTPRoute leads to a service the plan says that only an immediate switch is possible, and what callers must change', async () => {
  await kubectl('delete', 'httproute', 'scores');
  const { message, fix } = await refused(/^No HTTPRoute of /);
  assert.ok(
    message.includes(`leads to fraud.${world.namespace}:8080, so callers reach it by its cluster address`),
  );
  assert.match(message, /only an immediate switch \(another selector of the Service\) is possible/);
  assert.match(fix, /with the backend fraud:8080 and let callers use its host name/);
});

test('where no Service leads to the pods either, the plan says to make one', async () => {
  await kubectl('delete', 'service', workload);
  const { fix } = await refused(/^No Kubernetes Service leads to port 9000 of Deployment fraud/);
  assert.match(fix, /Make a Service that selects its pods/);
});

test('a rule whose part for the workload cannot be told is named by its number', async () => {
  const [own, twin] = [
    { name: workload, port: 8080 },
    { name: 'fraud-b', port: 8080 },
  ];
  const spec = { selector: { app: workload }, ports: [{ port: 8080, targetPort: 'http' }] };
  const metadata = { name: twin.name, namespace: world.namespace };
  await lab.apply([{ apiVersion: 'v1', kind: 'Service', metadata, spec }, routeWith([own, twin])]);
  await refused(/^Rule 1 of HTTPRoute scores leads to the workload by 2 backends/);
  await lab.apply([
    routeWith([
      { ...own, weight: 0 },
      { name: 'other', port: 80 },
    ]),
  ]);
  await refused(/^Rule 1 of HTTPRoute scores sends the workload nothing \(weight 0\)/);
});

test('a route that its gateway does not take is told in the words of the gateway', async () => {
  const backend = { name: 'not-there', port: 80 };
  await lab.apply([routeWith([{ name: workload, port: 8080 }, backend])]);
  const { fix } = await refused(/^The gateway does not take HTTPRoute scores as it is.*not-there/);
  assert.match(fix, /Correct what the gateway names/);
});

test('filters, several rules and other backends are no obstacle: each keeps its share, which the plan shows', async () => {
  await lab.apply([
    routeWith([
      { name: workload, port: 8080, weight: 1 },
      { name: 'other', port: 80, weight: 2 },
    ]),
  ]);
  const plan = await plannedWith((said) => said === null);
  const notes = plan.notes.join('\n');
  assert.match(notes, /1 other rule is left/);
  assert.match(notes, /the filters of the rule stay and apply to Fairlead's pods, too/);
  assert.match(notes, /backends of others keep their share/);
  // Two thirds stay with the other one; whole percents of the last third need a hundred times the weights.
  assert.match(
    plan.edits[0]?.after ?? '',
    /name: fraud\n[^-]*weight: 0\n[^]*name: fraud-r1\n[^-]*weight: 100\n[^]*name: other\n[^-]*weight: 200\n/,
  );
  assert.equal(world.writes().length, 0);
});

test('a service that is scaled to zero has nothing to take over', async () => {
  await kubectl('scale', 'deployment', workload, '--replicas=0');
  const { fix } = await refused(/^Deployment fraud is scaled to zero: nothing serves/);
  assert.match(fix, /Scale it up/);
});

test('a sync of its manager in the middle of a take over is split again and fails no request', {
  timeout: 240_000,
}, async () => {
  await world.until('the service to be healthy again', ({ status }) => status?.state === 'healthy');
  await plannedWith((said) => said === null);
  load = await startServedLoad({ host: hostOf(world.namespace), model: workload, requestsPerSecond: 120 });
  await world.planAndTakeOver();
  await world.until(
    'the second split',
    ({ takeOver }) => takeOver?.phase === 'shifting' && takeOver.step >= 1,
  );
  await lab.apply([foundRoute(lab, world.namespace)]);
  await world.until('the end of the take over', ({ takeOver }) => takeOver?.phase === 'serving');
  await world.until('nothing left to write', ({ status }) => status?.synced === true);
  assert.match(await routeSpec(lab, world.namespace), /"name":"fraud-r1"/);
  const counts = await load.stop();
  load = undefined;
  assertNothingFailed(counts);
  console.log(
    `figure: failed requests during a take over with a sync in its middle: 0 of ${counts.byStatus['200']}`,
  );
});
