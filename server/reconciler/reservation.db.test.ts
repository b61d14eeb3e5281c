import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { budgetReservation } from '../../db/schema/budgets.ts';
import { promotion } from '../../db/schema/promotions.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { envelopeSchema } from '../../domain/envelope/envelope-schema.ts';
import { exampleNode } from '../../domain/preflight/example-capacity.ts';
import { seeRoom } from '../room-fixture.ts';
import { ReconcilerWorld } from './reconciler-fixture.ts';
import { makeBudget, reservationsOf, startAll } from './reservation-fixture.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.drop());
/** Budgets of the instance count everything, so none may outlive its test. */
afterEach(async () => {
  await test.db.execute(`update budget set closed_at = now()`);
});

/** More GPUs than before, for good. */
const moreGpus = { gpusPerPod: { first: 0, second: 1 } };
const onGpus = { gpusPerPod: { first: 1, second: 1 } };
const wide = [exampleNode('a', { gpus: 100, freeGpus: 100 })];

/** Projects that share a cluster, each with an approved request for 3 GPUs more. */
type Options = { nodes?: typeof wide; options?: Parameters<typeof ReconcilerWorld.create>[1] };
async function rivals(count: number, { nodes = wide, options = onGpus }: Options = {}) {
  const first = await ReconcilerWorld.create(test.db, options);
  const worlds = [first];
  while (worlds.length < count)
    worlds.push(await ReconcilerWorld.create(test.db, { ...options, beside: first }));
  for (const world of worlds) world.nowMs = first.nowMs;
  const namespaces = worlds.map(({ namespace }) => namespace);
  await seeRoom(test.db, {
    clusterId: first.clusterId,
    namespaces,
    now: first.now,
    cluster: { nodes: { kind: 'read', value: nodes } },
  });
  const asked = [];
  for (const world of worlds) asked.push({ world, promotionId: await world.approve() });
  const { lease } = await first.hands('starter');
  return { first, worlds, asked, lease };
}

const kinds = (outcomes: readonly { kind: string }[]) => outcomes.map(({ kind }) => kind).sort();
const codes = (outcomes: Awaited<ReturnType<typeof startAll>>) =>
  outcomes.flatMap((outcome) => (outcome.kind === 'refused' ? [outcome.refusal.code] : []));

describe('parallel starts', () => {
  it('of projects that share only a GPU pool never take more GPUs than are free', async () => {
    const { asked, lease } = await rivals(4, {
      nodes: [exampleNode('a'), exampleNode('b')],
      options: moreGpus,
    });
    const outcomes = await startAll(test.db, asked, lease);
    expect(kinds(outcomes)).toEqual(['refused', 'refused', 'started', 'started']);
    expect(codes(outcomes)).toEqual(['unschedulable', 'unschedulable']);
    const no = outcomes.find((outcome) => outcome.kind === 'refused');
    expect(no).toMatchObject({
      refusal: { params: { check: 'schedulable', free: 8, reserved: 6, wanted: 3 }, fix: expect.any(String) },
    });
  });

  it('against one budget never hold more than it has', async () => {
    const { first, asked, lease } = await rivals(4);
    // 3 GPUs over 60 s of start, 3 steps of 20 s, 10 s of delay: and 70 s of way back: 0.167 GPU-hours; there is enough for one and a half.
    await makeBudget(test.db, first, { amount: 0.25 });
    const outcomes = await startAll(test.db, asked, lease);
    expect(kinds(outcomes)).toEqual(['refused', 'refused', 'refused', 'started']);
    expect(codes(outcomes)).toEqual(['budgetExceeded', 'budgetExceeded', 'budgetExceeded']);
  });

  it('against sibling budgets never hold more than their parent has, though each sibling has plenty', async () => {
    const { first, worlds, asked, lease } = await rivals(3);
    const parentId = await makeBudget(test.db, first, { amount: 0.4 });
    for (const { projectId } of worlds)
      await makeBudget(test.db, first, { amount: 100, scope: { projectId }, parentId });
    const outcomes = await startAll(test.db, asked, lease);
    expect(kinds(outcomes)).toEqual(['refused', 'started', 'started']);
    expect(codes(outcomes)).toEqual(['budgetExceeded']);
  });
});

describe('a start', () => {
  it('of a service without GPUs asks nobody and reserves nothing', async () => {
    const world = await ReconcilerWorld.create(test.db);
    await world.approve();
    const row = await world.drive(await world.hands('worker'), ({ endedAt }) => endedAt !== null);
    expect(row.phase).toBe('succeeded');
    expect(await reservationsOf(test.db, row.id)).toEqual([]);
  });

  it('of MIG devices holds the share of GPUs that metering would count', async () => {
    const { first, asked, lease } = await rivals(1, {
      options: { ...onGpus, gpuResource: 'nvidia.com/mig-3g.40gb' },
    });
    await makeBudget(test.db, first, { amount: 10 });
    const outcomes = await startAll(test.db, asked, lease);
    expect(kinds(outcomes)).toEqual(['started']);
    const row = await first.rollout();
    const held = (await reservationsOf(test.db, row?.id ?? '')).filter(({ budgetId }) => budgetId !== null);
    // 3 pods of half a GPU each, over the 200 s that 3 whole ones would be held for.
    expect(held).toMatchObject([{ held: 500n * 3n * 200n, ended: false }]);
  });

  it('of claims holds what their template asks for, and is refused where the namespace has none of that name', async () => {
    const { first, asked, lease } = await rivals(1, { options: { claimTemplate: 'pair' } });
    await makeBudget(test.db, first, { amount: 10 });
    const see = (names: readonly string[]) => {
      const value = names.map((name) => ({
        name,
        devices: { 'gpu.nvidia.com': 2 },
        gpus: 2,
        allOfNode: false,
      }));
      const namespace = { claimTemplates: { kind: 'read', value } } as const;
      const { clusterId, now } = first;
      return seeRoom(test.db, { clusterId, namespaces: [first.namespace], now, namespace });
    };
    await see(['other']);
    const refused = await startAll(test.db, asked, lease);
    expect(refused).toMatchObject([
      { kind: 'refused', refusal: { code: 'unschedulable', params: { check: 'claims' } } },
    ]);
    await see(['other', 'pair']);
    expect(kinds(await startAll(test.db, asked, lease))).toEqual(['started']);
    const row = await first.rollout();
    const held = (await reservationsOf(test.db, row?.id ?? '')).filter(({ budgetId }) => budgetId !== null);
    // 3 pods of two GPUs each, over the 200 s of the rollout and its way back.
    expect(held).toMatchObject([{ held: 2_000n * 3n * 200n, ended: false }]);
  });

  it('waits with its reason while the cluster cannot be seen, and goes on by itself once it can', async () => {
    const world = await ReconcilerWorld.create(test.db, onGpus);
    const promotionId = await world.approve();
    const hands = await world.hands('worker');
    const { capacity: _blind, ...cluster } = hands.cluster;
    await world.pass({ ...hands, cluster });
    const [row] = await test.db.select().from(promotion).where(eq(promotion.id, promotionId));
    expect([row?.state, row?.outcome]).toMatchObject(['approved', { code: 'capacityUnknown' }]);
    await world.drive(hands, ({ phase }) => phase === 'stepping');
  });

  it('holds the steps that are not over and the way back, gives them back one by one, and all of it at the end', async () => {
    const world = await ReconcilerWorld.create(test.db, onGpus);
    const budgetId = await makeBudget(test.db, world, { amount: 10, scope: { projectId: world.projectId } });
    await world.approve();
    const hands = await world.hands('worker');
    const seen: [string, bigint][] = [];
    const look = async (row: { id: string; phase: string; stepIndex: number }) => {
      const held =
        (await reservationsOf(test.db, row.id)).find((one) => one.budgetId === budgetId)?.held ?? -1n;
      const place = `${row.phase} ${row.stepIndex}`;
      if (seen.at(-1)?.[0] !== place) seen.push([place, held]);
    };
    let row = await world.drive(hands, () => true);
    for (let count = 0; count < 100 && row.endedAt === null; count += 1) {
      await look(row);
      await world.pass(hands);
      row = (await world.rollout()) ?? row;
    }
    // 3 GPUs; the way back takes 60 s of start and 10 s of delay.
    const seconds = (count: number) => BigInt(3_000 * count);
    expect(seen).toEqual([
      ['starting 0', seconds(60 + 60 + 10 + 70)],
      ['stepping 0', seconds(60 + 10 + 70)],
      ['stepping 1', seconds(40 + 10 + 70)],
      ['stepping 2', seconds(20 + 10 + 70)],
      ['finishing 2', seconds(10 + 70)],
    ]);
    expect(await reservationsOf(test.db, row.id)).toEqual([
      { budgetId: null, held: 0n, ended: true },
      { budgetId, held: 0n, ended: true },
    ]);
  });

  it('over a budget that only warns goes on, over one that needs approval waits for more budget', async () => {
    const world = await ReconcilerWorld.create(test.db, onGpus);
    const scope = { projectId: world.projectId };
    await makeBudget(test.db, world, { amount: 0, scope, level: 1 });
    const { lease } = await world.hands('worker');
    await seeRoom(test.db, { clusterId: world.clusterId, namespaces: [world.namespace], now: world.now });
    const asked = [{ world, promotionId: await world.approve() }];
    await makeBudget(test.db, world, { amount: 0.001, scope, level: 2 });
    expect(await startAll(test.db, asked, lease)).toMatchObject([
      { kind: 'refused', refusal: { code: 'budgetExceeded', params: { verdict: 'NEEDS_APPROVAL' } } },
    ]);
    await test.db.execute(`update budget set level = 1`);
    expect(kinds(await startAll(test.db, asked, lease))).toEqual(['started']);
  });

  it('that leaves more GPUs running than the budget lasts for needs approval, though the rollout itself fits', async () => {
    const world = await ReconcilerWorld.create(test.db, moreGpus);
    const scope = { projectId: world.projectId };
    const budgetId = await makeBudget(test.db, world, { amount: 100, scope });
    const { lease } = await world.hands('worker');
    await seeRoom(test.db, { clusterId: world.clusterId, namespaces: [world.namespace], now: world.now });
    const asked = [{ world, promotionId: await world.approve() }];
    expect(await startAll(test.db, asked, lease)).toMatchObject([
      { kind: 'refused', refusal: { params: { check: 'steadyState', verdict: 'NEEDS_APPROVAL' } } },
    ]);
    await test.db.execute(`update budget_movement set amount = amount * 100 where budget_id = '${budgetId}'`);
    expect(kinds(await startAll(test.db, asked, lease))).toEqual(['started']);
  });

  it('counts money at the price of the product, and without a price needs approval', async () => {
    const world = await ReconcilerWorld.create(test.db, onGpus);
    const scope = { projectId: world.projectId };
    await makeBudget(test.db, world, { amount: 1_000_000_000, unit: 'currency', scope });
    const { lease } = await world.hands('worker');
    await seeRoom(test.db, { clusterId: world.clusterId, namespaces: [world.namespace], now: world.now });
    const asked = [{ world, promotionId: await world.approve() }];
    expect(await startAll(test.db, asked, lease)).toMatchObject([
      { kind: 'refused', refusal: { code: 'budgetExceeded', params: { check: 'price' } } },
    ]);
    await test.db.execute(`insert into instance_currency (currency) values ('USD')`);
    await test.db.execute(
      `insert into price_entry (id, capacity_type, unit, amount_nano, source, source_note, valid_from, created_at, created_by)
       values (gen_random_uuid(), 'onDemand', 'gpuHour', '2000000000', 'contract', 'test', '2026-01-01', now(), '${world.userId}')`,
    );
    const [outcome] = await startAll(test.db, asked, lease);
    if (outcome?.kind !== 'started') throw new Error(JSON.stringify(outcome));
    const [row] = (await reservationsOf(test.db, outcome.row.id)).filter(({ budgetId }) => budgetId !== null);
    // 3 GPUs × 200 s at 2 per hour, rounded up.
    expect(row?.held).toBe((3n * 200n * 2_000_000_000n + 3_599n) / 3_600n);
  });
});

it('a roll back is never held: with nothing left of the budget traffic goes back at once', async () => {
  const world = await ReconcilerWorld.create(test.db, onGpus);
  const budgetId = await makeBudget(test.db, world, { amount: 1, scope: { projectId: world.projectId } });
  await world.approve();
  const hands = await world.hands('worker');
  await world.drive(hands, ({ phase }) => phase === 'stepping');
  await test.db.execute(`update budget_movement set amount = 0 where budget_id = '${budgetId}'`);
  await world.intend({ goal: 'rollBack' });
  const row = await world.drive(hands, ({ endedAt }) => endedAt !== null);
  expect(row.phase).toBe('rolledBack');
  const rows = await test.db.select().from(budgetReservation).where(eq(budgetReservation.rolloutId, row.id));
  expect(rows.every(({ endedAt, held }) => endedAt !== null && held === '0')).toBe(true);
});

it('a budget that no longer lasts holds the next raise and says why, neither lowers nor aborts, and lets go when it lasts again', async () => {
  const world = await ReconcilerWorld.create(test.db, onGpus);
  const scope = { projectId: world.projectId };
  const budgetId = await makeBudget(test.db, world, { amount: 1, scope });
  await world.approve();
  const hands = await world.hands('worker');
  await world.drive(hands, ({ phase }) => phase === 'stepping');
  await test.db.execute(`update budget_movement set amount = 0 where budget_id = '${budgetId}'`);
  for (let count = 0; count < 20; count += 1) await world.pass(hands);
  const held = await world.rollout();
  expect([held?.phase, held?.stepIndex]).toEqual(['stepping', 0]);
  expect(JSON.stringify(held?.status)).toContain('does not last for the rest');
  await test.db.execute(`update budget_movement set amount = 3600000 where budget_id = '${budgetId}'`);
  const row = await world.drive(hands, ({ endedAt }) => endedAt !== null);
  expect(row.phase).toBe('succeeded');
});

it('the envelope of a plan is what the loop does in the sandbox: the same GPUs at every step, each no shorter than planned', async () => {
  const world = await ReconcilerWorld.create(test.db, { gpusPerPod: { first: 1, second: 1 }, replicas: 2 });
  await world.approve();
  const hands = await world.hands('worker');
  let row = await world.drive(hands, () => true);
  const [stored] = await test.db
    .select()
    .from(budgetReservation)
    .where(eq(budgetReservation.rolloutId, row.id));
  const envelope = envelopeSchema.parse(stored?.envelope);
  const seen: { place: string; milliGpu: number; fromMs: number; untilMs: number }[] = [];
  for (let count = 0; count < 600 && row.endedAt === null; count += 1) {
    const place = `${row.phase} ${row.stepIndex}`;
    const capacity = await hands.cluster.capacity?.([world.namespace]);
    const holders = capacity?.cluster.holders.kind === 'read' ? capacity.cluster.holders.value : [];
    const milliGpu = holders.reduce((sum, { gpus }) => sum + gpus * 1_000, 0);
    const last = seen.at(-1);
    if (last?.place === place && last.milliGpu === milliGpu) last.untilMs = world.nowMs;
    else seen.push({ place, milliGpu, fromMs: row.stepStartedAt.getTime(), untilMs: world.nowMs });
    await world.pass(hands, 1_000);
    row = (await world.rollout()) ?? row;
  }
  expect(row.phase).toBe('succeeded');
  const planned = envelope.parts.map(({ phase, stepIndex, milliGpu }) => [
    `${phase} ${stepIndex}`,
    milliGpu['*'],
  ]);
  expect(seen.map(({ place, milliGpu }) => [place, milliGpu])).toEqual(planned);
  for (const [index, { fromMs, untilMs }] of seen.entries())
    if (index > 0) expect(untilMs - fromMs).toBeGreaterThanOrEqual((envelope.parts[index]?.ms ?? 0) - 1_000);
});
