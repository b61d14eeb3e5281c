import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transaction } from '../../db/client.ts';
import { clusterLease } from '../../db/schema/environments.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { assertHeld, fence, LeaseLost, releaseLease, takeLease } from './lease.ts';
import { reconcile } from './reconcile.ts';
import { ReconcilerWorld } from './reconciler-fixture.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

describe('the lease of a cluster', () => {
  it('goes to one of many who ask at once, and renewing keeps its epoch', async () => {
    const { db, clusterId } = await ReconcilerWorld.create(database.db, { stable: false });
    const ask = (holder: string) => takeLease(db, { clusterId, holder, leaseMs: 60_000 });
    const answers = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(ask));
    const [held] = answers.filter((lease) => lease !== null);
    expect(answers.filter((lease) => lease !== null)).toHaveLength(1);
    expect(await ask(held?.holder ?? '')).toMatchObject({ epoch: held?.epoch });
    expect(await ask('f')).toBeNull();
  });

  it('that has run out or was given back goes to the next with a higher epoch, and the old one is fenced off', async () => {
    const { db, clusterId } = await ReconcilerWorld.create(database.db, { stable: false });
    const first = await takeLease(db, { clusterId, holder: 'a', leaseMs: 60_000 });
    if (first === null) throw new Error('not taken');
    await releaseLease(db, first);
    await expect(transaction(db, (tx) => fence(tx, first))).rejects.toThrow(LeaseLost);
    const second = await takeLease(db, { clusterId, holder: 'b', leaseMs: 60_000 });
    expect(second?.epoch).toBe(first.epoch + 1);
    await expect(transaction(db, (tx) => fence(tx, first))).rejects.toThrow(LeaseLost);
    await releaseLease(db, first);
    expect(await takeLease(db, { clusterId, holder: 'c', leaseMs: 60_000 })).toBeNull();
  });

  it('is not used any more near its end, whatever the database says', async () => {
    const { db, clusterId } = await ReconcilerWorld.create(database.db, { stable: false });
    const lease = await takeLease(db, { clusterId, holder: 'a', leaseMs: 60_000 });
    if (lease === null) throw new Error('not taken');
    expect(() => assertHeld(lease)).not.toThrow();
    expect(() => assertHeld({ ...lease, safeUntilMs: performance.now() })).toThrow(LeaseLost);
  });

  it('the same holder gets a new epoch after its lease ran out, because another may have written between', async () => {
    const { db, clusterId } = await ReconcilerWorld.create(database.db, { stable: false });
    const first = await takeLease(db, { clusterId, holder: 'a', leaseMs: 60_000 });
    await db
      .update(clusterLease)
      .set({ leaseUntil: new Date(0) })
      .where(eq(clusterLease.clusterId, clusterId));
    const again = await takeLease(db, { clusterId, holder: 'a', leaseMs: 60_000 });
    expect(again?.epoch).toBe((first?.epoch ?? 0) + 1);
  });
});

describe('two workers', () => {
  it('never both act: the one that lost its lease saves nothing and writes nothing', async () => {
    const world = await ReconcilerWorld.create(database.db);
    const old = await world.hands('old');
    await world.approve();
    const current = await world.hands('current');
    await expect(reconcile(old, world.serviceId)).rejects.toThrow(LeaseLost);
    expect(await world.rollout()).toBeUndefined();
    await world.drive(current, (row) => row.phase === 'stepping');
    const writes = world.clusterWrites.length;
    await expect(reconcile(old, world.serviceId)).rejects.toThrow(LeaseLost);
    expect(world.clusterWrites.length).toBe(writes);
  });

  it('taken over in the middle of a pass, the old one stops before its next save and its next write', async () => {
    const world = await ReconcilerWorld.create(database.db);
    await world.approve();
    const old = await world.hands('old');
    await world.drive(old, (row) => row.phase === 'starting');
    const overtaken = {
      ...old,
      cluster: {
        ...old.cluster,
        observe: async (scope: Parameters<typeof old.cluster.observe>[0]) => {
          const observed = await old.cluster.observe(scope);
          await world.hands('current');
          return observed;
        },
      },
    };
    const before = await world.rollout();
    const writes = world.clusterWrites.length;
    world.nowMs += 30_000;
    await expect(reconcile(overtaken, world.serviceId)).rejects.toThrow(LeaseLost);
    expect(await world.rollout()).toEqual(before);
    expect(world.clusterWrites.length).toBe(writes);
  });

  it('a person who acts in the middle of a pass wins: nothing of it is saved', async () => {
    const world = await ReconcilerWorld.create(database.db);
    await world.approve();
    const hands = await world.hands('worker');
    await world.drive(hands, (row) => row.phase === 'starting');
    const interrupted = {
      ...hands,
      cluster: {
        ...hands.cluster,
        observe: async (scope: Parameters<typeof hands.cluster.observe>[0]) => {
          const observed = await hands.cluster.observe(scope);
          await world.intend({ goal: 'abort' });
          return observed;
        },
      },
    };
    world.nowMs += 30_000;
    expect(await reconcile(interrupted, world.serviceId)).toMatchObject({ requeueAfterMs: 0, actions: [] });
    expect((await world.rollout())?.phase).toBe('starting');
    await world.pass(hands);
    expect((await world.rollout())?.phase).toBe('rollingBack');
  });
});
