import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rollout } from '../../db/schema/rollouts.ts';
import { metricInterval, service } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import {
  abortRollout,
  continueWithoutEvidence,
  pauseRollout,
  promoteRollout,
  resumeRollout,
} from './commands.ts';
import { getRollout } from './get.ts';
import { listRollouts } from './list.ts';
import { rollBack } from './roll-back.ts';
import { rolloutSeries } from './series.ts';

let test: TestDatabase;
let fixture: ProjectFixture;

beforeAll(async () => {
  test = await testDatabase();
});
beforeEach(async () => {
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());

/** A canary under way over a live revision. */
async function underWay(): Promise<string> {
  await fixture.live();
  const { promotionId } = await fixture.request(fixture.stagingServiceId);
  return await fixture.startRollout(promotionId);
}

const stored = async (rolloutId: string) =>
  (await test.db.select().from(rollout).where(eq(rollout.id, rolloutId)))[0];

describe('an operator', () => {
  it('pauses and resumes, each time a new generation of rollout and service, with audit', async () => {
    const rolloutId = await underWay();
    const [before] = await test.db.select().from(service).where(eq(service.id, fixture.stagingServiceId));
    const paused = await pauseRollout(fixture.as('operator'), { rolloutId, reason: 'lunch' });
    expect(paused.generation).toBe(2);
    expect((await stored(rolloutId))?.pausedAt).not.toBeNull();
    const resumed = await resumeRollout(fixture.as('operator'), { rolloutId });
    expect(resumed.generation).toBe(3);
    const [after] = await test.db.select().from(service).where(eq(service.id, fixture.stagingServiceId));
    expect(after?.generation).toBe((before?.generation ?? 0) + 2);
    expect((await fixture.auditOf(rolloutId)).map((entry) => entry.action)).toEqual([
      'rollouts.pause',
      'rollouts.resume',
    ]);
  });

  it('promotes, aborts or rolls back what is under way, and then nothing contrary', async () => {
    const first = await underWay();
    await promoteRollout(fixture.as('operator'), { rolloutId: first });
    expect((await stored(first))?.promotedAt).not.toBeNull();
    await abortRollout(fixture.as('operator'), { rolloutId: first });
    expect((await stored(first))?.goal).toBe('abort');
    for (const verb of [pauseRollout, promoteRollout, abortRollout, rollBack])
      expect((await refusalOf(verb(fixture.as('operator'), { rolloutId: first }))).code).toBe('wrongState');
  });

  it('is told when somebody else did the same at the same time', async () => {
    const rolloutId = await underWay();
    const outcomes = await Promise.allSettled(
      (['operator', 'admin', 'operator', 'admin', 'operator', 'admin'] as const).map((who) =>
        pauseRollout(fixture.as(who), { rolloutId }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    const lost = outcomes.find((outcome) => outcome.status === 'rejected');
    expect(lost?.reason).toMatchObject({ refusal: { code: 'paused' } });
    expect((await stored(rolloutId))?.generation).toBe(2);
  });

  it('gets the same answer for a double click with one key', async () => {
    const rolloutId = await underWay();
    const click = () => pauseRollout(fixture.as('operator', 'key'), { rolloutId });
    const [left, right] = await Promise.all([click(), click()]);
    expect(left).toEqual(right);
  });

  it('lets a held step pass only with a reason', async () => {
    const rolloutId = await underWay();
    const early = continueWithoutEvidence(fixture.as('operator'), { rolloutId, reason: 'trust me' });
    expect((await refusalOf(early)).code).toBe('wrongState');
    await test.db.update(rollout).set({ heldAt: new Date() }).where(eq(rollout.id, rolloutId));
    const mute = continueWithoutEvidence(fixture.as('operator'), { rolloutId, reason: '' });
    expect((await refusalOf(mute)).code).toBe('invalidInput');
    await continueWithoutEvidence(fixture.as('operator'), { rolloutId, reason: 'No traffic at night.' });
    expect((await stored(rolloutId))?.continuedStep).toBe(0);
    const page = await getRollout(fixture.as('viewer'), { rolloutId });
    expect(page.timeline.at(-1)).toMatchObject({
      action: 'rollouts.continueWithoutEvidence',
      comment: 'No traffic at night.',
    });
  });
});

describe('who may', () => {
  it('not be a viewer or an engineer, whose buttons say so, nor somebody of another project', async () => {
    const rolloutId = await underWay();
    for (const who of ['viewer', 'engineer', 'approver'] as const)
      expect((await refusalOf(pauseRollout(fixture.as(who), { rolloutId }))).code).toBe('forbidden');
    const page = await getRollout(fixture.as('viewer'), { rolloutId });
    expect(page.refusals.pause?.code).toBe('forbidden');
    const other = await ProjectFixture.create(test.db);
    expect((await refusalOf(pauseRollout(other.as('operator'), { rolloutId }))).code).toBe('notFound');
    expect((await refusalOf(getRollout(other.as('operator'), { rolloutId }))).code).toBe('notFound');
  });

  it('sees on each button what its command would say', async () => {
    const rolloutId = await underWay();
    const page = await getRollout(fixture.as('operator'), { rolloutId });
    expect(page.refusals).toMatchObject({ pause: null, promote: null, abort: null, rollBack: null });
    expect(page.refusals.resume).toEqual(
      await refusalOf(resumeRollout(fixture.as('operator'), { rolloutId })),
    );
    expect(page.rollBackTo?.number).toBe(1);
  });
});

describe('rolling back a service at rest', () => {
  it('starts a rollout to the revision before, without approval, and goes further back the next time', async () => {
    const first = await fixture.live();
    const second = await fixture.live();
    const third = await fixture.live();
    const serviceId = fixture.stagingServiceId;
    const back = await rollBack(fixture.as('operator'), { rolloutId: third.rolloutId, reason: 'errors' });
    expect(back.started).toBe(true);
    expect(await stored(back.rolloutId)).toMatchObject({
      promotionId: null,
      fromRevisionId: third.revisionId,
      toRevisionId: second.revisionId,
      phase: 'starting',
    });
    expect((await fixture.auditOf(back.rolloutId)).map((entry) => entry.action)).toEqual([
      'rollouts.rollBack',
    ]);
    await fixture.finishRollout(back.rolloutId);
    const again = await rollBack(fixture.as('operator'), { serviceId });
    expect((await stored(again.rolloutId))?.toRevisionId).toBe(first.revisionId);
    await fixture.finishRollout(again.rolloutId);
    const last = rollBack(fixture.as('operator'), { serviceId });
    expect((await refusalOf(last)).code).toBe('noStableRevision');
  });

  it('is done once by two operators at once', async () => {
    await fixture.live();
    const { rolloutId } = await fixture.live();
    const outcomes = await Promise.allSettled([
      rollBack(fixture.as('operator'), { rolloutId }),
      rollBack(fixture.as('admin'), { rolloutId }),
    ]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
    const lost = outcomes.find((outcome) => outcome.status === 'rejected');
    expect(lost?.reason).toMatchObject({ refusal: { code: 'rolloutActive' } });
  });

  it('does not stop a newer rollout by surprise', async () => {
    const { rolloutId } = await fixture.live();
    const { promotionId } = await fixture.request(fixture.stagingServiceId);
    await fixture.startRollout(promotionId);
    const page = await getRollout(fixture.as('operator'), { rolloutId });
    const refused = await refusalOf(rollBack(fixture.as('operator'), { rolloutId }));
    expect(refused.code).toBe('rolloutActive');
    expect(page.refusals.rollBack).toEqual(refused);
  });
});

describe('lists and series', () => {
  it('tell what is under way and what has ended', async () => {
    const rolloutId = await underWay();
    const { projectId } = fixture;
    const list = async (filter: 'active' | 'ended') =>
      (await listRollouts(fixture.as('viewer'), { projectId, filter })).rows;
    expect((await list('active')).map((row) => [row.id, row.weightPercent])).toEqual([[rolloutId, 5]]);
    expect((await list('ended')).map((row) => [row.phase, row.weightPercent])).toEqual([['succeeded', 100]]);
    const none = await listRollouts(fixture.as('viewer'), { projectId, search: 'no such thing' });
    expect(none.total).toBe(0);
  });

  it('compare canary and stable by revision, with acts as marks', async () => {
    const rolloutId = await underWay();
    await pauseRollout(fixture.as('operator'), { rolloutId });
    const now = Date.now();
    await test.db.insert(metricInterval).values(
      [1, 2].map((revisionNumber) => ({
        projectId: fixture.projectId,
        serviceId: fixture.stagingServiceId,
        revisionNumber,
        intervalEnd: new Date(now - 20_000),
        intervalMs: 10_000,
        requests: 10,
        errors: 0,
        buckets: { 250: 10 },
        podCount: 1,
      })),
    );
    const series = await rolloutSeries(fixture.as('viewer'), { rolloutId });
    expect(series.revisions.map(({ number, role, label }) => [number, role, label])).toEqual([
      [1, 'stable', expect.stringMatching(/^r1 · fraud-detector \d+$/)],
      [2, 'canary', expect.stringMatching(/^r2 · fraud-detector \d+$/)],
    ]);
    expect(series.marks.map((mark) => mark.label)).toEqual(['paused the rollout of scoring in staging']);
  });
});
