import { asc, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditDetail } from '../../db/schema/audit.ts';
import { promotion } from '../../db/schema/promotions.ts';
import { service } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { afterAct, type TakeOver, type TakeOverPhase, takeOverSchema } from '../../domain/take-over.ts';
import { FoundCluster } from './found-cluster.ts';
import { type Hands, reconcile } from './reconcile.ts';
import { ReconcilerWorld, Stopped } from './reconciler-fixture.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

/** Passes come at the same instants in every run, so that what differs was caused by the stop. */
const cadenceMs = 3_000;

/** A service whose workload others run, and the workers that look after it. */
class World {
  readonly found = new FoundCluster();
  readonly reconciler: ReconcilerWorld;
  writes = 0;
  stopped = 0;
  hands: Hands | null = null;
  constructor(reconciler: ReconcilerWorld) {
    this.reconciler = reconciler;
  }

  static async create(): Promise<World> {
    const world = new World(await ReconcilerWorld.create(database.db, { stable: true }));
    const { path } = world.found;
    const at = world.reconciler.now.toISOString();
    const times = { since: at, inEffectSince: null, startedAt: at };
    const rest = { path, foundReplicas: 2, scalesFoundToZero: false, step: 0 };
    await world.intend(takeOverSchema.parse({ schema: 1, phase: 'creating', ...times, ...rest }));
    return world;
  }

  async row() {
    const rows = await database.db.select().from(service).where(eq(service.id, this.reconciler.serviceId));
    const [row] = rows;
    if (row === undefined) throw new Error('The service is gone.');
    return {
      mode: row.mode,
      takeOver: row.takeOver === null ? null : takeOverSchema.parse(row.takeOver),
      status: row.status,
    };
  }

  /** What a command does. */
  async intend(takeOver: TakeOver): Promise<void> {
    await database.db
      .update(service)
      .set({ takeOver, mode: 'managed', generation: sql`${service.generation} + 1` })
      .where(eq(service.id, this.reconciler.serviceId));
  }

  async act(phase: 'finishing' | 'returning', change: Partial<TakeOver> = {}): Promise<void> {
    const { takeOver } = await this.row();
    if (takeOver === null) throw new Error('Nothing is taken over.');
    await this.intend({ ...afterAct(takeOver, phase, this.reconciler.now), ...change });
  }

  async worker(name: string, stopAfter: number | null): Promise<Hands> {
    const onWrite = (): void => {
      this.writes += 1;
      if (this.writes === stopAfter) throw new Stopped();
    };
    const hands = await this.reconciler.hands(name, onWrite);
    const cluster = this.found.port(this.reconciler.clusterId, () => this.reconciler.now);
    return { ...hands, cluster };
  }

  /** Passes until the phase is reached (null: given back); a stopped worker is followed by another at the same instant. */
  async drive(until: TakeOverPhase | null, stopAfter: number | null): Promise<void> {
    for (let count = 0; count < 60; count += 1) {
      this.hands ??= await this.worker('first', stopAfter);
      try {
        await reconcile(this.hands, this.reconciler.serviceId);
      } catch (error) {
        if (!(error instanceof Stopped)) throw error;
        this.stopped += 1;
        this.hands = await this.worker('next', null);
        await reconcile(this.hands, this.reconciler.serviceId);
      }
      this.reconciler.nowMs += cadenceMs;
      this.found.settle();
      const { takeOver } = await this.row();
      if ((takeOver?.phase ?? null) === until) return;
    }
    throw new Error(`${until} was not reached: ${JSON.stringify(await this.row())}`);
  }

  async sentences(): Promise<string[]> {
    const rows = await database.db
      .select({ sentence: auditDetail.sentence })
      .from(auditDetail)
      .where(eq(auditDetail.chain, `project:${this.reconciler.projectId}`))
      .orderBy(asc(auditDetail.seq));
    return rows.map(({ sentence }) => sentence);
  }
}

async function thereAndBack(stopAfter: number | null) {
  const world = await World.create();
  const { found } = world;
  await world.drive('serving', stopAfter);
  const taken = { rule: found.rule, own: [...found.own.keys()] };
  await world.act('finishing', { scalesFoundToZero: true });
  await world.drive('finished', stopAfter);
  const finished = { rule: found.rule, replicas: found.replicas };
  await world.act('returning');
  await world.drive(null, stopAfter);
  const { mode } = await world.row();
  const back = { rule: found.rule, replicas: found.replicas, own: [...found.own.keys()], mode };
  return {
    world,
    left: { taken, finished, back, sentences: await world.sentences(), failures: found.failures },
  };
}

describe('a take over, its finish and giving back', () => {
  it('moves all traffic without a moment on an unready pod and leaves everything as it was found', async () => {
    const { left } = await thereAndBack(null);
    expect(left.failures).toEqual([]);
    expect(left.taken.own).toEqual([1]);
    expect(left.taken.rule.map(({ name, weight }) => [name, weight])).toEqual([
      ['other', 300],
      ['old', 0],
      ['fraud-r1', 700],
    ]);
    expect(left.finished.rule.map(({ name }) => name)).toEqual(['other', 'fraud-r1']);
    expect(left.finished.replicas).toBe(0);
    expect(left.back).toEqual({
      rule: [
        { name: 'other', port: 80, weight: 3 },
        { name: 'old', port: 8080, weight: 7 },
      ],
      replicas: 2,
      own: [],
      mode: 'watched',
    });
    expect(left.sentences).toHaveLength(8);
  });

  it('comes to the same end, each move on record once, when the worker is killed after any one of its writes', async () => {
    const whole = await thereAndBack(null);
    expect(whole.world.writes).toBeGreaterThan(20);
    for (let stopAfter = 1; stopAfter <= whole.world.writes; stopAfter += 1) {
      const { world, left } = await thereAndBack(stopAfter);
      expect(world.stopped, `write ${stopAfter}`).toBe(1);
      expect(left, `stopped after write ${stopAfter}`).toEqual(whole.left);
    }
  }, 300_000);

  it('waits with its words while its own pods do not become ready, and can be given back from there', async () => {
    const world = await World.create();
    world.found.canBecomeReady = false;
    await expect(world.drive('shifting', null)).rejects.toThrow(/was not reached/);
    expect(world.found.shares).toEqual({ 0: 100 });
    await world.act('returning');
    await world.drive(null, null);
    expect([...world.found.own.keys()]).toEqual([]);
    expect(world.found.failures).toEqual([]);
  });

  it('writes the split again when others rewrite the route in the middle, and no request meets an unready pod', async () => {
    const world = await World.create();
    await world.drive('shifting', null);
    world.found.rewriteByOthers();
    await world.drive('serving', null);
    world.found.rewriteByOthers();
    await world.act('returning');
    await world.drive(null, null);
    expect(world.found.failures).toEqual([]);
    expect((await world.row()).mode).toBe('watched');
  });

  it('stands still in a fight, which is named, and writes nothing', async () => {
    const world = await World.create();
    await world.drive('shifting', null);
    world.found.rewriteByOthers();
    world.found.fight = { manager: 'helm', object: 'HTTPRoute scores', fields: ['spec.rules'] };
    await expect(world.drive('serving', null)).rejects.toThrow(/fight.*helm/s);
    expect(world.found.shares).toEqual({ 0: 100 });
    expect(world.found.failures).toEqual([]);
  });

  it('keeps an approved promotion waiting until the take over is done', async () => {
    const world = await World.create();
    world.found.canBecomeReady = false;
    const promotionId = await world.reconciler.approve();
    await expect(world.drive('shifting', null)).rejects.toThrow();
    const state = async () =>
      (await database.db.select().from(promotion).where(eq(promotion.id, promotionId)))[0];
    expect(await state()).toMatchObject({
      state: 'approved',
      outcome: { message: expect.stringContaining('taken over') },
    });
    world.found.canBecomeReady = true;
    await world.drive('serving', null);
    for (let pass = 0; pass < 3 && (await state())?.state === 'approved'; pass += 1)
      await reconcile(world.hands ?? (await world.worker('last', null)), world.reconciler.serviceId);
    expect((await state())?.state).toBe('started');
  });
});
