import { eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { transaction } from '../../db/client.ts';
import { auditDetail } from '../../db/schema/audit.ts';
import { clusterLease, clusterRequest, cluster as clusterTable } from '../../db/schema/environments.ts';
import { service } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import {
  exampleRevision,
  exampleRollout,
  observedFor,
  observedRevision,
} from '../../domain/example-rollout.ts';
import { serviceStatusSchema } from '../../domain/service-status.ts';
import { setBehaviour } from '../cluster/sandbox/behaviour.ts';
import { newId } from '../id.ts';
import { log } from '../log.ts';
import { ClusterLoop } from './cluster-loop.ts';
import { desiredOf } from './modelled-cluster.ts';
import { ReconcilerWorld } from './reconciler-fixture.ts';
import { backoffMs } from './schedule.ts';
import { loweringActions } from './without-database.ts';

let database: TestDatabase;
const loops: ClusterLoop[] = [];
beforeAll(async () => {
  log.level = 'silent';
  database = await testDatabase();
});
afterEach(async () => {
  await Promise.all(loops.splice(0).map((loop) => loop.close()));
});
afterAll(() => database.drop());

const soon = { timeout: 10_000, interval: 20 };

/** A loop over the world's cluster whose time is the test's; nobody holds the lease when it begins. */
async function begin(world: ReconcilerWorld, holder: string): Promise<ClusterLoop> {
  const { db, clusterId } = world;
  const { cluster, metricsOf, clock } = await world.hands('nobody');
  await db
    .update(clusterLease)
    .set({ leaseUntil: new Date(0) })
    .where(eq(clusterLease.clusterId, clusterId));
  const loop = new ClusterLoop({ db, cluster, metricsOf, clock, holder });
  loops.push(loop);
  return loop;
}

async function stateOf(world: ReconcilerWorld) {
  const [row] = await world.db.select().from(service).where(eq(service.id, world.serviceId));
  if (row === undefined) throw new Error('The service is gone.');
  return row;
}

async function leaseOf(world: ReconcilerWorld) {
  const [row] = await world.db.select().from(clusterLease).where(eq(clusterLease.clusterId, world.clusterId));
  return row;
}

describe('the loop', () => {
  it('handles a changed intent as soon as it is woken, with no time of its own to wait for', async () => {
    const world = await ReconcilerWorld.create(database.db);
    const loop = await begin(world, 'a');
    await vi.waitFor(
      async () =>
        expect((await stateOf(world)).nextReconcileAt?.getTime()).toBeGreaterThan(Date.now() + 5_000),
      soon,
    );
    const askedAt = performance.now();
    await world.approve();
    loop.wake();
    await vi.waitFor(async () => expect((await world.rollout())?.phase).toBe('starting'), soon);
    expect(performance.now() - askedAt).toBeLessThan(3_000);
    await vi.waitFor(async () => {
      const row = await stateOf(world);
      expect(row.observedGeneration).toBe(row.generation);
      expect(serviceStatusSchema.parse(row.status).state).toBe('rollingOut');
    }, soon);
  });

  it('of a second worker stands by and takes over when the first ends', async () => {
    const world = await ReconcilerWorld.create(database.db);
    const { cluster, metricsOf, clock } = await world.hands('nobody');
    const first = await begin(world, 'a');
    await vi.waitFor(async () => expect((await leaseOf(world))?.holder).toBe('a'), soon);
    const second = new ClusterLoop({ db: world.db, cluster, metricsOf, clock, holder: 'b', leaseMs: 600 });
    loops.push(second);
    const before = (await leaseOf(world))?.epoch ?? 0;
    await first.close();
    await vi.waitFor(async () => expect((await leaseOf(world))?.holder).toBe('b'), soon);
    expect((await leaseOf(world))?.epoch).toBeGreaterThan(before);
  });

  it('backs a broken service off and goes on with the others', async () => {
    const world = await ReconcilerWorld.create(database.db);
    const good = await stateOf(world);
    const brokenId = newId();
    const broken = { ...good, id: brokenId, name: 'broken', scaling: { kind: 'nonsense' }, status: null };
    await world.db.insert(service).values({ ...broken, generation: 2, observedGeneration: 1 });
    await world.approve();
    await begin(world, 'a');
    await vi.waitFor(async () => {
      const [row] = await world.db.select().from(service).where(eq(service.id, brokenId));
      expect(row?.attempts).toBeGreaterThanOrEqual(1);
      expect(row?.nextReconcileAt?.getTime()).toBeGreaterThan(Date.now() - 1_000);
      expect((await world.rollout())?.phase).toBe('starting');
    }, soon);
  });

  it('answers probes and dry runs of the web', async () => {
    const world = await ReconcilerWorld.create(database.db, { stable: false });
    const loop = await begin(world, 'a');
    const ids = { probe: newId(), dryRun: newId(), nonsense: newId() };
    const asked = { clusterId: world.clusterId, requestedAt: sql`clock_timestamp()` };
    const revision = {
      number: 1,
      revisionId: newId(),
      modelVersionId: newId(),
      specDigest: 'sha256:1',
      podTemplate: { spec: { containers: [{ name: 'model', image: 'fraud:1' }] } },
      port: 8080,
      scaling: { kind: 'fixed', replicas: 1 },
    };
    const desired = {
      scope: world.scope,
      generation: 1,
      revisions: [revision],
      weights: { 1: 100 },
      fallbackNumber: 1,
    };
    await world.db.insert(clusterRequest).values([
      { ...asked, id: ids.probe, kind: 'probe', payload: {} },
      { ...asked, id: ids.dryRun, kind: 'dryRun', payload: { schema: 1, desired } },
      { ...asked, id: ids.nonsense, kind: 'dryRun', payload: { schema: 1 } },
    ]);
    loop.wake();
    const answers = await vi.waitFor(async () => {
      const rows = await world.db
        .select()
        .from(clusterRequest)
        .where(eq(clusterRequest.clusterId, world.clusterId));
      expect(rows.every((row) => row.answeredAt !== null)).toBe(true);
      return new Map(rows.map((row) => [row.id, row.answer]));
    }, soon);
    expect(answers.get(ids.probe)).toMatchObject({ reachable: true, version: 'sandbox' });
    expect(answers.get(ids.dryRun)).toEqual({ schema: 1, blockers: [] });
    expect(answers.get(ids.nonsense)).toMatchObject({
      blockers: [{ message: 'The request to the worker could not be read.' }],
    });
    const [row] = await world.db.select().from(clusterTable).where(eq(clusterTable.id, world.clusterId));
    expect(row?.capabilities).toMatchObject({ reachable: true });
  });

  it('says that the cluster cannot be read and recovers when it can', async () => {
    const world = await ReconcilerWorld.create(database.db);
    const tell = (fault: 'none' | 'unreachable') =>
      transaction(world.db, (tx) =>
        setBehaviour(tx, {
          clusterId: world.clusterId,
          change: { subject: 'cluster', behaviour: { fault } },
          at: world.now,
        }),
      );
    await tell('unreachable');
    const loop = await begin(world, 'a');
    const state = async () => serviceStatusSchema.parse((await stateOf(world)).status);
    await vi.waitFor(
      async () => expect(await state()).toMatchObject({ state: 'unknown', synced: false }),
      soon,
    );
    expect((await state()).blockers[0]?.code).toBe('clusterUnreachable');
    world.nowMs += 1_000;
    await tell('none');
    await loop.due({ serviceId: world.serviceId });
    await vi.waitFor(async () => expect(await state()).toMatchObject({ state: 'healthy' }), soon);
  });
});

describe('without the database', () => {
  it('only gives back the share of a canary that lost its endpoints, and audits that on return', async () => {
    const world = await ReconcilerWorld.create(database.db);
    await world.approve();
    await world.drive(await world.hands('worker'), (row) => row.effectiveAt !== null);
    const { db, clusterId } = world;
    const { cluster, metricsOf, clock } = await world.hands('nobody');
    await db
      .update(clusterLease)
      .set({ leaseUntil: new Date(0) })
      .where(eq(clusterLease.clusterId, clusterId));
    const outage = { gone: false };
    const seen = await cluster.observe(world.scope);
    const applied: unknown[] = [];
    const wrapped: typeof cluster = {
      ...cluster,
      observe: async (scope) => {
        if (!outage.gone) return await cluster.observe(scope);
        const revisions = seen.revisions.map((found) => ({ ...found, ready: found.number !== 2 }));
        const requested = applied.length === 0 ? seen.route.requested : { 1: 100 };
        return { ...seen, revisions, route: { ...seen.route, requested } };
      },
      apply: async (scope, action, fence) => {
        if (!outage.gone) return await cluster.apply(scope, action, fence);
        applied.push({ ...action, epoch: fence.epoch });
      },
    };
    const breakable = new Proxy(db, {
      get: (target, name, receiver) => {
        if (outage.gone) throw new Error('connect ECONNREFUSED');
        return Reflect.get(target, name, receiver);
      },
    });
    let passes = 0;
    const onWrite = (what: string) => {
      if (what === 'status') passes += 1;
    };
    const loop = new ClusterLoop({ db: breakable, cluster: wrapped, metricsOf, clock, holder: 'a', onWrite });
    loops.push(loop);
    await vi.waitFor(() => expect(passes).toBeGreaterThan(0), soon);
    outage.gone = true;
    loop.wake();
    await vi.waitFor(() => expect(applied).toHaveLength(1), soon);
    loop.wake();
    const epoch = (await leaseOf(world))?.epoch;
    expect(applied).toEqual([{ kind: 'applyRoute', weights: { 1: 100 }, epoch }]);
    outage.gone = false;
    loop.wake();
    await vi.waitFor(async () => {
      const told = await db
        .select()
        .from(auditDetail)
        .where(eq(auditDetail.chain, `project:${world.projectId}`));
      expect(told.map((entry) => entry.sentence)).toContain(
        'Revision 2 lost its endpoints while the database could not be reached, so its share was given back.',
      );
    }, soon);
  });

  it('raises nothing, creates nothing and deletes nothing', () => {
    const rollout = exampleRollout({ progress: { phase: 'stepping', stepIndex: 1 } });
    const both = [exampleRevision(1), exampleRevision(2)];
    const known = { rollout, desired: desiredOf(both, { 1: 50, 2: 50 }, 1) };
    const before = observedFor(exampleRollout({ progress: { phase: 'stepping', stepIndex: 0 } }));
    expect(loweringActions(known, before)).toEqual([]);
    const stray = { ...before, revisions: [...before.revisions, observedRevision(7)] };
    expect(loweringActions(known, stray)).toEqual([]);
    const lost = { ...before, revisions: [observedRevision(1), observedRevision(2, { ready: false })] };
    expect(loweringActions(known, lost)).toEqual([{ kind: 'applyRoute', weights: { 1: 100 } }]);
  });
});

describe('backing off', () => {
  it('doubles from a second to at most a minute, half of it random', () => {
    expect([1, 2, 3, 7, 50].map((attempts) => backoffMs(attempts, 1))).toEqual([
      1_000, 2_000, 4_000, 60_000, 60_000,
    ]);
    expect(backoffMs(3, 0)).toBe(2_000);
  });
});
