import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transaction } from '../../db/client.ts';
import { auditDetail } from '../../db/schema/audit.ts';
import { policy } from '../../db/schema/environments.ts';
import { promotion } from '../../db/schema/promotions.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { roleInterval, service } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { refusal } from '../../domain/refusal.ts';
import { appendAudit } from '../audit/append.ts';
import { exportLines } from '../audit/export.ts';
import { verifyExport } from '../audit/verify.ts';
import { newId } from '../id.ts';
import { reconcile } from './reconcile.ts';
import { ReconcilerWorld } from './reconciler-fixture.ts';
import { startRollout } from './start-rollout.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const independent = { phi: 1.5, backedByHistory: true, df: 100 };

async function promotionOf(world: ReconcilerWorld, id: string) {
  const [row] = await world.db.select().from(promotion).where(eq(promotion.id, id));
  return row;
}

async function askedOf(world: ReconcilerWorld, id: string) {
  const row = await promotionOf(world, id);
  if (row === undefined) throw new Error('There is no such request.');
  return row;
}

async function start(world: ReconcilerWorld, promotionId: string, no?: string) {
  const { lease } = await world.hands('worker');
  const guards = [async () => (no === undefined ? null : refusal({ code: 'frozen', message: no }))];
  const { now } = world;
  return await startRollout(world.db, {
    lease,
    promotion: await askedOf(world, promotionId),
    dispersion: () => independent,
    now,
    origin: 'live',
    guards,
  });
}

/** Sessions of this database that wait for a lock. */
async function lockWaits({ db }: ReconcilerWorld): Promise<number> {
  const { rows } = await db.execute<{ waits: number }>(
    sql`select count(*)::int as waits from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows[0]?.waits ?? 0;
}

describe('rollouts.start', () => {
  it('inserts the rollout with its fixed dispersion and the canary role, and starts nothing twice', async () => {
    const world = await ReconcilerWorld.create(database.db);
    const id = await world.approve();
    const outcome = await start(world, id);
    expect(outcome.kind).toBe('started');
    expect(await world.rollout()).toMatchObject({
      phase: 'starting',
      phi: 1.5,
      phiBackedByHistory: true,
      promotionId: id,
    });
    const roles = await world.db
      .select()
      .from(roleInterval)
      .where(eq(roleInterval.serviceId, world.serviceId));
    expect(roles.map((row) => row.role).toSorted()).toEqual(['canary', 'stable']);
    expect((await promotionOf(world, id))?.state).toBe('started');
    expect(await start(world, id)).toEqual({ kind: 'gone' });
    expect(await world.db.select().from(rollout).where(eq(rollout.serviceId, world.serviceId))).toHaveLength(
      1,
    );
  });

  it('that a guard refuses leaves the promotion approved with a blocker, and no rollout', async () => {
    const world = await ReconcilerWorld.create(database.db);
    const id = await world.approve();
    expect(await start(world, id, 'Frozen until Monday.')).toMatchObject({
      kind: 'refused',
      refusal: { code: 'frozen' },
    });
    expect(await promotionOf(world, id)).toMatchObject({
      state: 'approved',
      outcome: { code: 'frozen', message: 'Frozen until Monday.' },
    });
    expect(await world.rollout()).toBeUndefined();
    expect((await start(world, id)).kind).toBe('started');
    expect((await promotionOf(world, id))?.outcome).toBeNull();
  });

  it.each([
    ['the policy', 'policyChanged', "the environment's policy"],
    ['the live revision', 'subjectChanged', 'the revision that is live'],
  ])('voids the request visibly when %s changed since it was signed', async (what, code, part) => {
    const world = await ReconcilerWorld.create(database.db);
    const id = await world.approve();
    if (what === 'the policy')
      await world.db
        .update(policy)
        .set({ currentRevisionId: newId() })
        .where(eq(policy.projectId, world.projectId));
    else
      await world.db.update(service).set({ stableRevisionId: null }).where(eq(service.id, world.serviceId));
    await reconcile(await world.hands('worker'), world.serviceId);
    expect(await world.rollout()).toBeUndefined();
    const found = await promotionOf(world, id);
    expect(found).toMatchObject({ state: 'voided', outcome: { code } });
    expect(JSON.stringify(found?.outcome)).toContain(part);
    const told = await world.db
      .select()
      .from(auditDetail)
      .where(eq(auditDetail.chain, `project:${world.projectId}`));
    expect(told.map((entry) => entry.sentence).join(' ')).toContain('voided the request');
  });

  it('waits while another rollout of the service is under way, and goes on when that has ended', async () => {
    const world = await ReconcilerWorld.create(database.db);
    const first = await world.approve();
    const hands = await world.hands('worker');
    await world.drive(hands, (row) => row.phase === 'stepping');
    const second = await world.approve();
    expect(await start(world, second)).toMatchObject({ kind: 'refused', refusal: { code: 'rolloutActive' } });
    const again = await world.hands('worker');
    await world.intend({ goal: 'abort' });
    await world.drive(again, (row) => row.promotionId === second && row.phase === 'starting', 20);
    expect((await promotionOf(world, first))?.state).toBe('started');
    expect((await promotionOf(world, second))?.state).toBe('started');
  });

  it('fixes the dispersion from what stable did, and says when there is no history', async () => {
    const world = await ReconcilerWorld.create(database.db);
    await world.approve();
    await reconcile(await world.hands('worker'), world.serviceId);
    expect(await world.rollout()).toMatchObject({ phi: 2, phiBackedByHistory: false });
    const older = await ReconcilerWorld.create(database.db);
    older.nowMs += 3_600_000;
    await older.approve();
    await reconcile(await older.hands('worker'), older.serviceId);
    const row = await older.rollout();
    expect(row?.phiBackedByHistory).toBe(true);
    expect(row?.phi).toBeGreaterThanOrEqual(1);
    expect(row?.phi).toBeLessThan(1.5);
  });

  it('is measured for while its request waits for signatures', async () => {
    const world = await ReconcilerWorld.create(database.db);
    const id = await world.approve();
    await world.db.update(promotion).set({ state: 'open' }).where(eq(promotion.id, id));
    const hands = await world.hands('worker');
    await world.pass(hands);
    const measure = () => Promise.reject(new Error('It was not measured.'));
    const { now, serviceId } = world;
    expect(
      (await hands.dispersions.prepare(serviceId, `${id} 1`, { now, measure })).phi,
    ).toBeGreaterThanOrEqual(1);
    expect(await world.rollout()).toBeUndefined();
    await world.db.update(promotion).set({ state: 'approved' }).where(eq(promotion.id, id));
    await world.pass(hands);
    expect((await world.rollout())?.promotionId).toBe(id);
  });

  it('that waits for another rollout to begin sees it, and is refused', async () => {
    const world = await ReconcilerWorld.create(database.db);
    const first = await start(world, await world.approve());
    if (first.kind !== 'started') throw new Error(JSON.stringify(first));
    const ofFirst = eq(rollout.id, first.row.id);
    await world.db.update(rollout).set({ endedAt: world.now }).where(ofFirst);
    const id = await world.approve();
    const { lease } = await world.hands('worker');
    const { now } = world;
    const asked = await askedOf(world, id);
    const { waiting } = await transaction(world.db, async (tx) => {
      await tx.select().from(service).where(eq(service.id, world.serviceId)).for('update');
      await tx.update(rollout).set({ endedAt: null }).where(ofFirst);
      const dispersion = () => independent;
      const waiting = startRollout(world.db, {
        lease,
        promotion: asked,
        dispersion,
        now,
        origin: 'live',
        guards: [],
      });
      await expect.poll(() => lockWaits(world)).toBe(1);
      return { waiting };
    });
    expect(await waiting).toMatchObject({ kind: 'refused', refusal: { code: 'rolloutActive' } });
  });

  it('that finds another act put before its own in the audit does it again, and both are in the chain', async () => {
    const world = await ReconcilerWorld.create(database.db);
    const id = await world.approve();
    const { projectId, userId } = world;
    const { starting } = await transaction(world.db, async (tx) => {
      await appendAudit(tx, {
        projectId,
        actor: { id: userId, name: 'Ada' },
        action: 'models.create',
        now: world.now,
        origin: 'live',
        drafts: [{ object: { kind: 'model', id: projectId, name: 'other' }, sentence: 'created other' }],
      });
      const starting = start(world, id);
      await expect.poll(() => lockWaits(world)).toBe(1);
      return { starting };
    });
    expect(await starting).toMatchObject({ kind: 'started', row: { promotionId: id, phase: 'starting' } });
    let lines = '';
    for await (const line of exportLines(world.db, `project:${projectId}`)) lines += line;
    expect(verifyExport(lines)).toMatchObject({ ok: true });
    expect(lines).toContain('created other');
    expect(lines.match(/"rollouts.start"/g)).toHaveLength(1);
  });
});
