import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { promotion } from '../../db/schema/promotions.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import type { PromotionRetry } from '../../domain/rollout-retry.ts';
import { ReconcilerWorld } from './reconciler-fixture.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

it('a retry is started as any other and begins at its step once the revision is ready, never without readiness', async () => {
  const world = await ReconcilerWorld.create(database.db);
  await world.approve();
  const hands = await world.hands('worker');
  await world.drive(hands, (row) => row.stepIndex === 1 && row.effectiveAt !== null);
  await world.intend({ goal: 'abort' });
  const first = await world.drive(hands, ({ endedAt }) => endedAt !== null);
  expect(first).toMatchObject({ phase: 'aborted', passedSteps: 1 });
  await world.pass(hands);

  const retry: PromotionRetry = {
    schema: 1,
    rolloutId: first.id,
    firstStepIndex: 1,
    requestedBy: world.userId,
  };
  const ofPromotion = eq(promotion.id, first.promotionId ?? '');
  await world.db.update(promotion).set({ state: 'approved', retry }).where(ofPromotion);
  const begun = await world.drive(hands, (row) => row.id !== first.id);
  expect(begun).toMatchObject({
    phase: 'starting',
    retryOfId: first.id,
    firstStepIndex: 1,
    passedSteps: 1,
    startedBy: world.userId,
  });
  const stepping = await world.drive(hands, (row) => row.phase === 'stepping');
  expect(stepping.stepIndex).toBe(1);
  const observed = await hands.cluster.observe(world.scope);
  expect(observed.revisions.find(({ number }) => number === 2)?.ready).toBe(true);
  const [row] = await world.db.select().from(promotion).where(ofPromotion);
  expect(row).toMatchObject({ state: 'started', retry: null });
  const ended = await world.drive(hands, ({ endedAt }) => endedAt !== null);
  expect(ended.phase).toBe('succeeded');
}, 300_000);
