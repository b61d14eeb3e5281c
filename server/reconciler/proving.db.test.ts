import { asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment } from '../../db/schema/environments.ts';
import { promotion } from '../../db/schema/promotions.ts';
import { healthInterval, roleInterval, service, serviceRevision } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { openPolicy } from '../../domain/policy.ts';
import { newId } from '../id.ts';
import { type Hands, reconcile } from './reconcile.ts';
import { ReconcilerWorld } from './reconciler-fixture.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const minuteMs = 60_000;
const rules = { ...openPolicy, provenIn: [{ environment: 'staging', healthyMs: 10 * minuteMs }] };

/** A world whose production follows the rules, with a service of the same name in staging that runs the second version. */
class ProvingWorld {
  readonly world: ReconcilerWorld;
  readonly hands: Hands;
  readonly stagingId: string;

  private constructor(parts: { world: ReconcilerWorld; hands: Hands; stagingId: string }) {
    this.world = parts.world;
    this.hands = parts.hands;
    this.stagingId = parts.stagingId;
  }

  static async create(): Promise<ProvingWorld> {
    const world = await ReconcilerWorld.create(database.db, { rules });
    const stagingId = await addStaging(world);
    const made = new ProvingWorld({ world, hands: await world.hands('worker'), stagingId });
    for (let count = 0; count < 12; count += 1) await made.lookAtStaging(2_000);
    return made;
  }

  async lookAtStaging(thenMs: number): Promise<void> {
    await reconcile(this.hands, this.stagingId);
    this.world.nowMs += thenMs;
  }

  /** Passes of both services until so much time has gone by. */
  async live(minutes: number): Promise<void> {
    const until = this.world.nowMs + minutes * minuteMs;
    while (this.world.nowMs < until) {
      await reconcile(this.hands, this.world.serviceId);
      await this.lookAtStaging(Math.min(minuteMs, until - this.world.nowMs));
    }
  }

  async health() {
    return await this.world.db
      .select()
      .from(healthInterval)
      .where(eq(healthInterval.serviceId, this.stagingId))
      .orderBy(asc(healthInterval.fromAt), asc(healthInterval.id));
  }

  async asked(id: string) {
    const [row] = await this.world.db.select().from(promotion).where(eq(promotion.id, id));
    return row;
  }
}

async function addStaging(world: ReconcilerWorld): Promise<string> {
  const { db, projectId } = world;
  const [place] = await db.select().from(environment).where(eq(environment.projectId, projectId));
  const [live] = await db.select().from(service).where(eq(service.id, world.serviceId));
  const [revision] = await db
    .select()
    .from(serviceRevision)
    .where(eq(serviceRevision.id, world.revisionIds[1]));
  if (place === undefined || live === undefined || revision === undefined)
    throw new Error('The world is not whole.');
  const [environmentId, serviceId, revisionId] = [newId(), newId(), newId()];
  await db
    .insert(environment)
    .values({ ...place, id: environmentId, name: 'staging', namespace: 'staging', production: false });
  const { status: _status, statusAt: _at, lookedAt: _looked, ...intent } = live;
  await db.insert(service).values({ ...intent, id: serviceId, environmentId, stableRevisionId: revisionId });
  // Another specification than in production, as environments have: the version is what has to be the same.
  await db.insert(serviceRevision).values({ ...revision, id: revisionId, serviceId, number: 1 });
  await db.insert(roleInterval).values({
    id: newId(),
    projectId,
    serviceId,
    revisionId,
    role: 'stable',
    fromAt: world.now,
    effectiveAt: world.now,
  });
  return serviceId;
}

describe('a policy that asks for a time in another environment', () => {
  it('lets an approved promotion wait, says until when, and it starts by itself when the time is over', async () => {
    const staging = await ProvingWorld.create();
    const { world } = staging;
    const id = await world.approve();
    const since = (await staging.health()).find((row) => row.toAt === null && row.health === 'healthy');
    const until = new Date((since?.fromAt.getTime() ?? 0) + 10 * minuteMs).toISOString();
    await staging.live(4);
    expect(await staging.asked(id)).toMatchObject({
      state: 'approved',
      outcome: { code: 'healthyTimeMissing', until, params: { environment: 'staging' } },
    });
    await staging.live(5);
    expect(await world.rollout()).toBeUndefined();
    expect((await staging.asked(id))?.outcome).toMatchObject({ until });
    const { requeueAfterMs } = await reconcile(staging.hands, world.serviceId);
    expect(requeueAfterMs).toBeLessThanOrEqual(30_000);
    await staging.live(2);
    expect(await world.rollout()).toMatchObject({ promotionId: id });
    expect(await staging.asked(id)).toMatchObject({ state: 'started', outcome: null });
  });

  it('starts the time again after an unhealthy moment, also when it was almost over', async () => {
    const staging = await ProvingWorld.create();
    const { world } = staging;
    const id = await world.approve();
    await staging.live(8);
    const fault = (name: 'none' | 'routeRejected') =>
      world.tell({ subject: 'service', serviceId: staging.stagingId, behaviour: { fault: name } });
    await fault('routeRejected');
    await world.db.update(service).set({ generation: 9 }).where(eq(service.id, staging.stagingId));
    await staging.live(2);
    expect((await staging.asked(id))?.outcome).toMatchObject({
      code: 'healthyTimeMissing',
      until: null,
      message: expect.stringContaining('it is not healthy now'),
    });
    await fault('none');
    await staging.live(9);
    expect(await world.rollout()).toBeUndefined();
    await staging.live(4);
    expect(await world.rollout()).toMatchObject({ promotionId: id });
  });

  it('does not count a time in which nobody looked', async () => {
    const staging = await ProvingWorld.create();
    const { world } = staging;
    await world.approve();
    await staging.live(4);
    world.nowMs += 8 * minuteMs;
    await reconcile(staging.hands, world.serviceId);
    expect(await world.rollout()).toBeUndefined();
    await staging.live(4);
    expect(await world.rollout()).toBeUndefined();
    const told = (await staging.health()).map((row) => row.health);
    expect(told.slice(-3)).toEqual(['healthy', 'unread', 'healthy']);
    await staging.live(7);
    expect(await world.rollout()).toBeDefined();
  });

  it('is told nothing new while a service stays as it is', async () => {
    const staging = await ProvingWorld.create();
    const before = await staging.health();
    await staging.live(10);
    expect(await staging.health()).toEqual(before);
  });

  it('never lets a promotion start whose environment has no such service', async () => {
    const staging = await ProvingWorld.create();
    const { world } = staging;
    await world.db.update(service).set({ name: 'other' }).where(eq(service.id, staging.stagingId));
    const id = await world.approve();
    await staging.live(11);
    expect(await world.rollout()).toBeUndefined();
    expect((await staging.asked(id))?.outcome).toMatchObject({
      code: 'serviceMissing',
      message: expect.stringContaining('there is no service "fraud" in staging'),
      owner: 'admin',
    });
  });
});
