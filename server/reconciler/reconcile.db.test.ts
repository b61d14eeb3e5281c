import { asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditDetail, auditEntry } from '../../db/schema/audit.ts';
import { promotion } from '../../db/schema/promotions.ts';
import { analysisInterval, checkResult } from '../../db/schema/rollouts.ts';
import { metricInterval, roleInterval, service } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { blocker } from '../../domain/refusal.ts';
import { rolloutStatusSchema } from '../../domain/rollout-status.ts';
import { serviceStatusSchema } from '../../domain/service-status.ts';
import { ReconcilerWorld } from './reconciler-fixture.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

async function serviceOf(world: ReconcilerWorld) {
  const [row] = await world.db.select().from(service).where(eq(service.id, world.serviceId));
  if (row === undefined) throw new Error('The service is gone.');
  return { ...row, status: serviceStatusSchema.parse(row.status) };
}

async function sentences(world: ReconcilerWorld): Promise<string[]> {
  const chain = `project:${world.projectId}`;
  const rows = await world.db
    .select({ sentence: auditDetail.sentence })
    .from(auditDetail)
    .where(eq(auditDetail.chain, chain))
    .orderBy(asc(auditDetail.seq));
  return rows.map((row) => row.sentence);
}

describe('a rollout of a good version', () => {
  it('reaches 100 %, takes the old revision away, audits every move and then writes nothing', async () => {
    const world = await ReconcilerWorld.create(database.db);
    const promotionId = await world.approve();
    const hands = await world.hands('worker');
    const ended = await world.drive(hands, (row) => row.endedAt !== null);
    expect(ended.phase).toBe('succeeded');
    for (let count = 0; count < 5; count += 1) await world.pass(hands);
    const { status, stableRevisionId } = await serviceOf(world);
    expect(stableRevisionId).toBe(world.revisionIds[1]);
    expect(status).toMatchObject({ state: 'healthy', synced: true, stableNumber: 2, activeRolloutId: null });
    expect(status.serving.revisions.map((revision) => revision.number)).toEqual([2]);
    expect(status.serving.requested).toEqual({ 2: 100 });

    const told = await sentences(world);
    expect(told[0]).toMatch(/started the rollout/);
    expect(told.slice(1)).toEqual([
      'Revision 2 is ready: 10 % of the traffic goes to it.',
      'No harm was seen at 10 %: 50 % of the traffic goes to revision 2.',
      'No harm was seen at 50 %: 100 % of the traffic goes to revision 2.',
      'No harm was seen at 100 %: revision 1 is kept for 10 s more.',
      'Revision 2 is stable; revision 1 is taken away.',
    ]);
    const entries = await world.db
      .select()
      .from(auditEntry)
      .where(eq(auditEntry.chain, `project:${world.projectId}`));
    expect(new Set(entries.map((entry) => entry.action))).toEqual(
      new Set(['rollouts.start', 'rollouts.advance']),
    );
    const [asked] = await world.db.select().from(promotion).where(eq(promotion.id, promotionId));
    expect(asked?.state).toBe('started');

    const intervals = await world.db
      .select()
      .from(roleInterval)
      .where(eq(roleInterval.serviceId, world.serviceId));
    const open = intervals.filter((interval) => interval.toAt === null);
    expect(open).toMatchObject([{ role: 'stable', revisionId: world.revisionIds[1] }]);
    const canary = intervals.find((interval) => interval.role === 'canary');
    expect(canary?.effectiveAt).not.toBeNull();
    expect(canary?.toAt).toEqual(ended.endedAt);

    const { clusterWrites, nowMs } = world;
    const before = clusterWrites.length;
    for (let count = 0; count < 5; count += 1) expect((await world.pass(hands)).actions).toEqual([]);
    expect(world.clusterWrites.length).toBe(before);
    expect(world.nowMs).toBeGreaterThan(nowMs);
  });

  it('keeps evidence and verdicts that can be replayed, and chart intervals of both revisions', async () => {
    const world = await ReconcilerWorld.create(database.db);
    await world.approve();
    const hands = await world.hands('worker');
    const ended = await world.drive(hands, (row) => row.endedAt !== null);
    const rows = await world.db
      .select()
      .from(analysisInterval)
      .where(eq(analysisInterval.rolloutId, ended.id));
    const relative = rows.filter((row) => row.checkId === 'errors' && row.stepIndex === 0);
    expect(relative.length).toBeGreaterThanOrEqual(1);
    expect(relative.every((row) => row.logE.length === 24 && row.nCanary > 0 && row.nStable > 0)).toBe(true);
    const verdicts = await world.db.select().from(checkResult).where(eq(checkResult.rolloutId, ended.id));
    expect(verdicts.filter((row) => row.verdict === 'pass').length).toBeGreaterThanOrEqual(9);
    const charts = await world.db
      .select()
      .from(metricInterval)
      .where(eq(metricInterval.serviceId, world.serviceId));
    expect(new Set(charts.map((row) => row.revisionNumber))).toEqual(new Set([1, 2]));
    const status = rolloutStatusSchema.parse(ended.status ?? (await world.rollout())?.status);
    expect(status.phase).toBe('succeeded');
  });
});

describe('a rollout of a bad version', () => {
  it('is rolled back by the analysis and leaves the old revision alone with all traffic', async () => {
    const world = await ReconcilerWorld.create(database.db);
    await world.tell({
      subject: 'modelVersion',
      modelVersionId: world.versionIds[1],
      behaviour: { errorShare: 0.08 },
    });
    await world.approve();
    const hands = await world.hands('worker');
    const ended = await world.drive(hands, (row) => row.endedAt !== null);
    expect(ended.phase).toBe('rolledBack');
    expect(ended.failure).toMatchObject({ code: 'analysisFailed' });
    for (let count = 0; count < 3; count += 1) await world.pass(hands);
    const { status, stableRevisionId } = await serviceOf(world);
    expect(stableRevisionId).toBe(world.revisionIds[0]);
    expect(status).toMatchObject({ state: 'healthy', synced: true, stableNumber: 1 });
    expect(status.serving.revisions.map((revision) => revision.number)).toEqual([1]);
    expect((await sentences(world)).at(-1)).toBe('All traffic is back on revision 1.');
  });

  it('that never becomes ready is rolled back at its deadline in the words of the cluster', async () => {
    const world = await ReconcilerWorld.create(database.db);
    await world.tell({
      subject: 'modelVersion',
      modelVersionId: world.versionIds[1],
      behaviour: { fault: 'imagePull' },
    });
    await world.approve();
    const ended = await world.drive(await world.hands('worker'), (row) => row.endedAt !== null);
    expect(ended.phase).toBe('rolledBack');
    expect(ended.failure).toMatchObject({ code: 'progressDeadline' });
    expect(JSON.stringify(ended.failure)).toContain('ErrImagePull');
  });
});

describe('people', () => {
  it('abort mid-way: traffic goes back and the canary goes away', async () => {
    const world = await ReconcilerWorld.create(database.db);
    await world.approve();
    const hands = await world.hands('worker');
    await world.drive(hands, (row) => row.stepIndex === 1 && row.effectiveAt !== null);
    await world.intend({ goal: 'abort' });
    const ended = await world.drive(hands, (row) => row.endedAt !== null, 10);
    expect(ended.phase).toBe('aborted');
    for (let count = 0; count < 3; count += 1) await world.pass(hands);
    expect((await serviceOf(world)).status.serving.revisions.map((revision) => revision.number)).toEqual([1]);
  });

  it('pause: no weight rises until somebody resumes', async () => {
    const world = await ReconcilerWorld.create(database.db);
    await world.approve();
    const hands = await world.hands('worker');
    await world.drive(hands, (row) => row.effectiveAt !== null);
    await world.intend({ pausedAt: world.now });
    for (let count = 0; count < 15; count += 1) await world.pass(hands);
    const paused = await world.rollout();
    expect(paused?.stepIndex).toBe(0);
    expect(rolloutStatusSchema.parse(paused?.status).blockers.map((found) => found.code)).toContain('paused');
    await world.intend({ pausedAt: null });
    await world.drive(hands, (row) => row.stepIndex === 1, 3);
  });

  it('promote: the weight goes to 100 % at once', async () => {
    const world = await ReconcilerWorld.create(database.db);
    await world.approve();
    const hands = await world.hands('worker');
    await world.drive(hands, (row) => row.phase === 'stepping');
    await world.intend({ promotedAt: world.now });
    await world.drive(hands, (row) => row.stepIndex === 2, 2);
  });
});

describe('little traffic', () => {
  it('honestly holds, is let pass by a person one step at a time, and says so', async () => {
    const world = await ReconcilerWorld.create(database.db, { requestsPerSecond: 0.2 });
    await world.approve();
    const hands = await world.hands('worker');
    const held = await world.drive(hands, (row) => row.heldAt !== null);
    expect(held.stepIndex).toBe(0);
    await world.pass(hands);
    const blockers = rolloutStatusSchema.parse((await world.rollout())?.status).blockers;
    expect(blockers[0]).toMatchObject({ code: 'held', owner: 'an operator' });
    for (let count = 0; count < 5; count += 1) await world.pass(hands);
    expect((await world.rollout())?.stepIndex).toBe(0);
    await world.intend({ continuedStep: 0 });
    await world.drive(hands, (row) => row.stepIndex === 1, 5);
    expect((await sentences(world)).at(-1)).toMatch(/^A person let this step pass without evidence at 10 %/);
    await world.drive(hands, (row) => row.heldAt !== null);
    expect((await world.rollout())?.stepIndex).toBe(1);
  });
});

describe("a service's first revision", () => {
  it('takes all traffic at once, is judged by rails alone and becomes stable', async () => {
    const world = await ReconcilerWorld.create(database.db, { stable: false });
    await world.approve();
    const hands = await world.hands('worker');
    const stepping = await world.drive(hands, (row) => row.effectiveAt !== null);
    const status = rolloutStatusSchema.parse((await world.pass(hands)) && (await world.rollout())?.status);
    expect(stepping.stepIndex).toBe(2);
    expect(status.notes[0]).toMatch(/only guard rails/);
    expect(status.results.map((result) => result.checkId)).toEqual(['rail']);
    const ended = await world.drive(hands, (row) => row.endedAt !== null);
    expect(ended.phase).toBe('succeeded');
    expect((await serviceOf(world)).stableRevisionId).toBe(world.revisionIds[0]);
  });

  it('that is aborted leaves nothing', async () => {
    const world = await ReconcilerWorld.create(database.db, { stable: false });
    await world.approve();
    const hands = await world.hands('worker');
    await world.drive(hands, (row) => row.effectiveAt !== null);
    await world.intend({ goal: 'abort' });
    await world.drive(hands, (row) => row.phase === 'aborted', 10);
    for (let count = 0; count < 3; count += 1) await world.pass(hands);
    const { status } = await serviceOf(world);
    expect(status.serving.revisions).toEqual([]);
    expect(status.state).toBe('empty');
  });
});

describe('where nothing may be written', () => {
  const forbidden = blocker({ code: 'namespaceClaimed', message: 'Another Fairlead manages it.' });

  it('a pass writes nothing, moves nothing and says why, and goes on where it was once it may', async () => {
    const world = await ReconcilerWorld.create(database.db);
    await world.approve();
    const hands = await world.hands('worker');
    await world.drive(hands, (row) => row.phase === 'stepping');
    const before = await world.rollout();
    const held = { ...hands, mayWrite: async () => forbidden };
    for (let count = 0; count < 3; count += 1) expect((await world.pass(held)).actions).toEqual([]);
    const { status } = await serviceOf(world);
    expect(status.blockers).toContainEqual(forbidden);
    expect(await world.rollout()).toMatchObject({
      phase: before?.phase,
      stepIndex: before?.stepIndex,
      endedAt: null,
    });
    const ended = await world.drive(hands, (row) => row.endedAt !== null);
    expect(ended.phase).toBe('succeeded');
  });
});
