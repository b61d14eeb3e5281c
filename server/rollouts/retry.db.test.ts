import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { guardedAction, promotion } from '../../db/schema/promotions.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { abortRollout } from './commands.ts';
import { getRollout } from './get.ts';
import { keepCanary, releaseCanary } from './keep-canary.ts';
import { getRecord } from './record.ts';
import { retryRollout } from './retry.ts';

let test: TestDatabase;
let fixture: ProjectFixture;

beforeAll(async () => {
  test = await testDatabase();
});
beforeEach(async () => {
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());

/** A canary over a live revision that was rolled back at its second step. */
async function wentBack(change: Partial<typeof rollout.$inferInsert> = {}) {
  await fixture.live();
  const { promotionId } = await fixture.request(fixture.stagingServiceId);
  const rolloutId = await fixture.startRollout(promotionId);
  await test.db
    .update(rollout)
    .set({ phase: 'rolledBack', endedAt: new Date(), stepIndex: 1, passedSteps: 1, ...change })
    .where(eq(rollout.id, rolloutId));
  return { rolloutId, promotionId };
}

const stored = async (rolloutId: string) =>
  (await test.db.select().from(rollout).where(eq(rollout.id, rolloutId)))[0];

describe('a retry', () => {
  it('makes the promotion approved once more, from the step asked for, on record', async () => {
    const { rolloutId, promotionId } = await wentBack();
    const page = await getRollout(fixture.as('operator'), { rolloutId });
    expect(page.incident?.retry).toMatchObject({ refusal: null, lastStep: 2, retriedBy: null });
    await retryRollout(fixture.as('operator'), { rolloutId, fromStep: 2, reason: 'The node was broken.' });
    const [row] = await test.db.select().from(promotion).where(eq(promotion.id, promotionId));
    expect(row).toMatchObject({ state: 'approved', retry: { rolloutId, firstStepIndex: 1 } });
    const [entry] = await fixture.auditOf(rolloutId);
    expect(entry).toMatchObject({ action: 'rollouts.retry' });
    expect(entry?.sentence).toContain('from step 2');
    const again = retryRollout(fixture.as('operator'), { rolloutId });
    expect((await refusalOf(again)).message).toContain('waits for its start');
  });

  it('never begins behind the steps that passed on evidence', async () => {
    const { rolloutId } = await wentBack();
    const early = retryRollout(fixture.as('operator'), { rolloutId, fromStep: 3 });
    expect((await refusalOf(early)).message).toContain('from step 2 at the latest');
  });

  it('needs a new promotion when its signatures have expired or bind to something else, and the page says so', async () => {
    const { rolloutId, promotionId } = await wentBack();
    const [row] = await test.db.select().from(promotion).where(eq(promotion.id, promotionId));
    const past = { expiresAt: new Date(Date.now() - 1_000) };
    await test.db
      .update(guardedAction)
      .set(past)
      .where(eq(guardedAction.id, row?.actionId ?? ''));
    expect((await refusalOf(retryRollout(fixture.as('operator'), { rolloutId }))).code).toBe(
      'approvalsMissing',
    );
    const page = await getRollout(fixture.as('operator'), { rolloutId });
    expect(page.incident?.retry).toMatchObject({ needsPromotion: true });
    const future = { expiresAt: new Date(Date.now() + 86_400_000) };
    await test.db
      .update(guardedAction)
      .set(future)
      .where(eq(guardedAction.id, row?.actionId ?? ''));
    await fixture.live();
    const changed = await refusalOf(retryRollout(fixture.as('operator'), { rolloutId }));
    expect(changed.code).toBe('subjectChanged');
    expect(changed.message).toContain('the revision that is live');
  });

  it('is not for a viewer, nor for somebody of another project, nor while it is under way', async () => {
    const { rolloutId } = await wentBack();
    expect((await refusalOf(retryRollout(fixture.as('viewer'), { rolloutId }))).code).toBe('forbidden');
    expect((await refusalOf(retryRollout(fixture.as('stranger'), { rolloutId }))).code).toBe('notFound');
    await test.db.update(rollout).set({ phase: 'stepping', endedAt: null }).where(eq(rollout.id, rolloutId));
    expect((await refusalOf(retryRollout(fixture.as('operator'), { rolloutId }))).code).toBe('wrongState');
  });

  it('of two at once happens once', async () => {
    const { rolloutId } = await wentBack();
    const outcomes = await Promise.allSettled(
      [1, 2, 3].map(() => retryRollout(fixture.as('operator'), { rolloutId })),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
  });
});

describe('a canary at 0 %', () => {
  it('is kept for an hour unless said otherwise, given more time, and taken away at once, each on record', async () => {
    const { rolloutId } = await wentBack();
    await keepCanary(fixture.as('operator'), { rolloutId });
    const left = ((await stored(rolloutId))?.keepUntil?.getTime() ?? 0) - Date.now();
    expect(Math.abs(left - 3_600_000)).toBeLessThan(60_000);
    const page = await getRollout(fixture.as('viewer'), { rolloutId });
    expect(page.incident?.kept).toMatchObject({ isKept: true, keepRefusal: { code: 'forbidden' } });
    await keepCanary(fixture.as('operator'), { rolloutId, keepCanaryMs: 86_400_000 });
    await releaseCanary(fixture.as('operator'), { rolloutId });
    expect((await stored(rolloutId))?.keptEndedAt).not.toBeNull();
    expect((await refusalOf(releaseCanary(fixture.as('operator'), { rolloutId }))).code).toBe('wrongState');
    expect((await fixture.auditOf(rolloutId)).map(({ action }) => action)).toEqual([
      'rollouts.keepCanary',
      'rollouts.keepCanary',
      'rollouts.releaseCanary',
    ]);
  });

  it('is not kept for more than a day, by a viewer, for another project, or beside a newer rollout', async () => {
    const { rolloutId } = await wentBack();
    const long = keepCanary(fixture.as('operator'), { rolloutId, keepCanaryMs: 86_400_001 });
    expect((await refusalOf(long)).message).toContain('at most 24 hours');
    expect((await refusalOf(keepCanary(fixture.as('viewer'), { rolloutId }))).code).toBe('forbidden');
    expect((await refusalOf(keepCanary(fixture.as('stranger'), { rolloutId }))).code).toBe('notFound');
    await fixture.startRollout((await fixture.request(fixture.stagingServiceId)).promotionId);
    expect((await refusalOf(keepCanary(fixture.as('operator'), { rolloutId }))).code).toBe('rolloutActive');
  });

  it('can be asked for together with an abort', async () => {
    await fixture.live();
    const asked = await fixture.request(fixture.stagingServiceId);
    const rolloutId = await fixture.startRollout(asked.promotionId);
    await abortRollout(fixture.as('operator'), { rolloutId, keepCanaryMs: 600_000 });
    expect(await stored(rolloutId)).toMatchObject({ goal: 'abort', keepUntil: expect.any(Date) });
    expect((await fixture.auditOf(rolloutId))[0]?.sentence).toContain('keeps the canary at 0 %');
  });
});

it('a rollout without a record says so', async () => {
  const { rolloutId } = await wentBack();
  expect((await refusalOf(getRecord(fixture.as('viewer'), { rolloutId }))).code).toBe('notFound');
});
