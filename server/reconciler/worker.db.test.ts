import { eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { transaction } from '../../db/client.ts';
import { clusterLease, cluster as clusterTable } from '../../db/schema/environments.ts';
import { sandboxCluster } from '../../db/schema/sandbox.ts';
import { service } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { notifyChange } from '../audit/append.ts';
import { type ChangeHub, openChangeHub } from '../http/change-hub.ts';
import { newId } from '../id.ts';
import { log } from '../log.ts';
import { ReconcilerWorld } from './reconciler-fixture.ts';
import { openWorker, type Worker } from './worker.ts';

let database: TestDatabase;
let hub: ChangeHub;
let worker: Worker | null = null;
beforeAll(async () => {
  log.level = 'silent';
  database = await testDatabase();
  hub = await openChangeHub(database.url);
});
afterEach(async () => {
  await worker?.close();
  worker = null;
});
afterAll(async () => {
  await hub.close();
  await database.drop();
});

const soon = { timeout: 10_000, interval: 20 };

/** Lets the world's sandbox run on the real clock from where the world stands. */
async function release(world: ReconcilerWorld): Promise<void> {
  const { db, clusterId } = world;
  await db
    .update(sandboxCluster)
    .set({ clockOffsetMs: world.nowMs - Date.now() })
    .where(eq(sandboxCluster.clusterId, clusterId));
  await db
    .update(clusterLease)
    .set({ leaseUntil: new Date(0) })
    .where(eq(clusterLease.clusterId, clusterId));
}

describe('a worker', () => {
  it('hears of a command by its notification and acts on the commit, not on a timer', async () => {
    const world = await ReconcilerWorld.create(database.db);
    await release(world);
    worker = await openWorker({ db: database.db, hub, workerPrivateKey: null });
    await vi.waitFor(async () => {
      const [row] = await world.db.select().from(service).where(eq(service.id, world.serviceId));
      expect(row?.nextReconcileAt?.getTime()).toBeGreaterThan(Date.now() + 15_000);
    }, soon);
    await world.approve();
    const committedAt = performance.now();
    await transaction(world.db, (tx) =>
      notifyChange(tx, { projectId: world.projectId, topic: 'service', id: world.serviceId }),
    );
    await vi.waitFor(async () => expect((await world.rollout())?.phase).toBe('starting'), soon);
    expect(performance.now() - committedAt).toBeLessThan(2_000);
  });

  it('begins with a cluster that is registered while it runs, and goes on when one cannot be opened', async () => {
    worker = await openWorker({ db: database.db, hub, workerPrivateKey: null });
    const broken = {
      id: newId(),
      name: `broken-${newId()}`,
      kind: 'kubernetes',
      credential: 'token',
    } as const;
    await database.db.insert(clusterTable).values({ ...broken, createdAt: new Date() });
    const world = await ReconcilerWorld.create(database.db);
    await release(world);
    await world.approve();
    await transaction(world.db, (tx) =>
      notifyChange(tx, { projectId: null, topic: 'cluster', id: world.clusterId }),
    );
    await vi.waitFor(async () => expect((await world.rollout())?.phase).toBe('starting'), soon);
    await database.db.delete(clusterTable).where(sql`${clusterTable.id} = ${broken.id}`);
  });
});
