import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { promotion } from '../../db/schema/promotions.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { exampleHolder, exampleNode } from '../../domain/preflight/example-capacity.ts';
import { seeRoom } from '../room-fixture.ts';
import { ReconcilerWorld } from './reconciler-fixture.ts';
import { startAll } from './reservation-fixture.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.drop());

/** A rollout that will give back 3 GPUs, and after it a request for 5 where 2 are free now: it fits when the first has ended. */
async function headWaits() {
  const gpusPerPod = { first: 1, second: 1 };
  const running = await ReconcilerWorld.create(test.db, { gpusPerPod, replicas: 3 });
  const big = await ReconcilerWorld.create(test.db, { gpusPerPod, replicas: 5, beside: running });
  const small = await ReconcilerWorld.create(test.db, { gpusPerPod, replicas: 1, beside: running });
  for (const world of [big, small]) world.nowMs = running.nowMs;
  const { lease } = await running.hands('starter');
  const see = async (freeGpus: number) =>
    await seeRoom(test.db, {
      clusterId: running.clusterId,
      namespaces: [running, big, small].map(({ namespace }) => namespace),
      now: running.now,
      cluster: {
        nodes: { kind: 'read', value: [exampleNode('a', { gpus: 20, freeGpus })] },
        holders: {
          kind: 'read',
          value: freeGpus > 2 ? [] : [exampleHolder('fraud-r2', 3, { namespace: running.namespace })],
        },
      },
    });
  await see(3);
  await startAll(test.db, [{ world: running, promotionId: await running.approve() }], lease);
  await see(2);
  const head = { world: big, promotionId: await big.approve() };
  expect(await startAll(test.db, [head], lease)).toMatchObject([
    { kind: 'refused', refusal: { code: 'unschedulable' } },
  ]);
  small.nowMs += 1_000;
  return { running, big, small, lease, head, see };
}

it('a smaller request that fits waits behind an older one whose date it would move, and names it only to its own project', async () => {
  const { small, lease } = await headWaits();
  const asked = { world: small, promotionId: await small.approve() };
  const [outcome] = await startAll(test.db, [asked], lease);
  expect(outcome).toMatchObject({
    kind: 'refused',
    refusal: { code: 'queued', message: expect.stringContaining('a request of another project'), params: {} },
  });
  const [row] = await test.db.select().from(promotion).where(eq(promotion.id, asked.promotionId));
  expect([row?.state, row?.outcome]).toMatchObject(['approved', { code: 'queued' }]);
});

it('it goes first once the older one no longer waits', async () => {
  const { small, lease, head } = await headWaits();
  const asked = { world: small, promotionId: await small.approve() };
  await test.db.update(promotion).set({ state: 'withdrawn' }).where(eq(promotion.id, head.promotionId));
  expect(await startAll(test.db, [asked], lease)).toMatchObject([{ kind: 'started' }]);
});

it('a request of production goes before an older one that is not', async () => {
  const { small, lease, big } = await headWaits();
  await test.db.execute(`update environment set production = false where id = '${big.environmentId}'`);
  const asked = { world: small, promotionId: await small.approve() };
  expect(await startAll(test.db, [asked], lease)).toMatchObject([{ kind: 'started' }]);
});
