import { and, asc, eq, isNull } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditDetail } from '../../db/schema/audit.ts';
import { budget, budgetReservation } from '../../db/schema/budgets.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { type Hands, reconcile } from './reconcile.ts';
import { ReconcilerWorld, Stopped } from './reconciler-fixture.ts';
import { makeBudget, reservationsOf } from './reservation-fixture.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

/** Passes come at the same instants in every run, so that what differs was caused by the stop. */
const cadenceMs = 5_000;
const mostPasses = 60;
/** 3 GPUs over start, steps, delay and a way back, in milli-GPU-seconds. */
const wholePlan = BigInt(3_000 * (60 + 60 + 10 + 70));

async function heldOf(budgetId: string): Promise<bigint> {
  const rows = await database.db
    .select({ held: budgetReservation.held })
    .from(budgetReservation)
    .where(and(eq(budgetReservation.budgetId, budgetId), isNull(budgetReservation.endedAt)));
  return rows.reduce((sum, { held }) => sum + BigInt(held), 0n);
}

/** A rollout under a budget by fixed passes; the worker is stopped after write number `stopAfter` and another one takes over. */
async function run(errorShare: number, stopAfter: number | null) {
  const world = await ReconcilerWorld.create(database.db, { gpusPerPod: { first: 1, second: 1 } });
  const { db, projectId } = world;
  const budgetId = await makeBudget(db, world, { amount: 10, scope: { projectId } });
  await world.tell({
    subject: 'modelVersion',
    modelVersionId: world.versionIds[1],
    behaviour: { errorShare },
  });
  await world.approve();
  let [writes, stopped] = [0, false];
  let hands: Hands = await world.hands('first', () => {
    writes += 1;
    if (writes === stopAfter) throw new Stopped();
  });
  const held: string[] = [];
  const look = async () => {
    const row = await world.rollout();
    const now = await heldOf(budgetId);
    expect(now).toBeLessThanOrEqual(wholePlan);
    const place = row === undefined ? 'waits' : `${row.phase} ${row.stepIndex}`;
    const seen = `${place}: ${now}`;
    if (held.at(-1) !== seen) held.push(seen);
  };
  for (let count = 0, calm = 0; count < mostPasses && calm < 2; count += 1) {
    try {
      const { actions } = await reconcile(hands, world.serviceId);
      calm = (await world.rollout())?.endedAt != null && actions.length === 0 ? calm + 1 : 0;
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      stopped = true;
      hands = await world.hands('second');
      await reconcile(hands, world.serviceId);
    }
    await look();
    world.nowMs += cadenceMs;
  }
  const row = await world.rollout();
  if (row === undefined) throw new Error('No rollout was started.');
  const rollouts = await db.select().from(rollout).where(eq(rollout.serviceId, world.serviceId));
  const told = await db
    .select({ sentence: auditDetail.sentence })
    .from(auditDetail)
    .where(eq(auditDetail.chain, `project:${projectId}`))
    .orderBy(asc(auditDetail.seq));
  await db.update(budget).set({ closedAt: world.now }).where(eq(budget.id, budgetId));
  const left = {
    phase: row.phase,
    rollouts: rollouts.length,
    reservations: (await reservationsOf(db, row.id)).map((one) => ({
      ...one,
      budgetId: one.budgetId !== null,
    })),
    held,
    sentences: told.map(({ sentence }) => sentence),
  };
  return { left, writes, stopped };
}

describe.each([
  ['good', 0.005, 'succeeded'],
  ['bad', 0.08, 'rolledBack'],
] as const)(
  'a rollout of a %s version that holds budget and whose worker is killed',
  (_, errorShare, phase) => {
    it('after any one of its writes holds at each step what it holds otherwise, never twice, and nothing at the end', async () => {
      const whole = await run(errorShare, null);
      expect(whole.left).toMatchObject({ phase, rollouts: 1 });
      expect(whole.left.held[0]).toBe(`starting 0: ${wholePlan}`);
      expect(whole.left.reservations).toEqual([
        { budgetId: false, held: 0n, ended: true },
        { budgetId: true, held: 0n, ended: true },
      ]);
      for (let stopAfter = 1; stopAfter <= whole.writes; stopAfter += 1) {
        const { left, stopped } = await run(errorShare, stopAfter);
        expect(stopped, `write ${stopAfter}`).toBe(true);
        expect(left, `stopped after write ${stopAfter}`).toEqual(whole.left);
      }
    }, 600_000);
  },
);
