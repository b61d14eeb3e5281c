import { desc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditDetail } from '../../db/schema/audit.ts';
import { rollout, rolloutRecord } from '../../db/schema/rollouts.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { rolloutRecordSchema } from '../../domain/rollout-record.ts';
import { digestOf } from '../digest.ts';
import type { Hands } from './reconcile.ts';
import { ReconcilerWorld } from './reconciler-fixture.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

async function recordOf(world: ReconcilerWorld) {
  const row = await world.rollout();
  const [found] = await world.db
    .select()
    .from(rolloutRecord)
    .where(eq(rolloutRecord.rolloutId, row?.id ?? ''));
  return found;
}

async function revisionsOf(world: ReconcilerWorld, { cluster }: Hands): Promise<number[]> {
  const observed = await cluster.observe(world.scope);
  return observed.revisions.map((revision) => revision.number);
}

async function underWay(): Promise<{
  world: ReconcilerWorld;
  hands: Hands;
}> {
  const world = await ReconcilerWorld.create(database.db);
  await world.approve();
  const hands = await world.hands('worker');
  await world.drive(hands, (row) => row.phase === 'stepping' && row.effectiveAt !== null);
  return { world, hands };
}

describe('the record of a way back', () => {
  it('is frozen with the verdict, its figures and both arms before the canary is taken away, and never changes', async () => {
    const world = await ReconcilerWorld.create(database.db);
    await world.tell({
      subject: 'modelVersion',
      modelVersionId: world.versionIds[1],
      behaviour: { errorShare: 0.2 },
    });
    await world.approve();
    const order: string[] = [];
    const hands = await world.hands('worker', (what) => order.push(what));
    const row = await world.drive(hands, ({ endedAt }) => endedAt !== null);
    expect(row.phase).toBe('rolledBack');
    expect(order.filter((what) => what === 'record')).toHaveLength(1);
    // The traffic first, then the record, and only then is anything taken away.
    const steps = order.filter((what) => ['applyRoute', 'record', 'deleteRevision'].includes(what));
    expect(steps.slice(-3)).toEqual(['applyRoute', 'record', 'deleteRevision']);

    const found = await recordOf(world);
    const record = rolloutRecordSchema.parse(found?.record);
    expect(record).toMatchObject({ rolloutId: row.id, revisionNumber: 2 });
    if (record.verdict.kind !== 'taken' || record.series.kind !== 'taken' || record.requests.kind !== 'taken')
      throw new Error('A part is missing.');
    expect(record.verdict.value.failure?.code).toBe('analysisFailed');
    expect(
      record.verdict.value.checks.find((check) => check.result?.verdict === 'fail')?.result?.figures.nCanary,
    ).toBeGreaterThan(0);
    expect(record.series.value.revisions.map(({ role }) => role).sort()).toEqual(['canary', 'stable']);
    if (record.pods.kind !== 'taken' || record.events.kind !== 'taken' || record.logs.kind !== 'taken')
      throw new Error('What the cluster shows is missing.');
    expect(record.pods.value.pods.map((pod) => pod.revisionNumber)).toEqual([2, 2, 2]);
    expect(record.events.value.events.length).toBeGreaterThan(0);
    expect(record.logs.value.filter((log) => (log.text ?? '') !== '').length).toBeGreaterThanOrEqual(3);
    expect(record.requests.value.failed).toBeGreaterThan(0);
    expect(record.requests.value.requests).toBeGreaterThan(record.requests.value.failed);

    const [told] = await world.db
      .select({ after: auditDetail.after })
      .from(auditDetail)
      .where(eq(auditDetail.chain, `project:${world.projectId}`))
      .orderBy(desc(auditDetail.seq))
      .offset(1)
      .limit(1);
    expect(told?.after).toMatchObject({ recordDigest: found?.digest });
    expect(digestOf(found?.record)).toBe(found?.digest);
    await expect(
      world.db.update(rolloutRecord).set({ digest: 'x' }).where(eq(rolloutRecord.rolloutId, row.id)),
    ).rejects.toThrow();
    await expect(world.db.delete(rolloutRecord).where(eq(rolloutRecord.rolloutId, row.id))).rejects.toThrow();
  }, 300_000);

  it('keeps nothing from being taken away once its 20 s are over, and is then frozen with what the database knows', async () => {
    const { world, hands } = await underWay();
    await world.intend({ goal: 'abort' });
    await world.drive(hands, (row) => row.phase === 'rollingBack');
    const now = world.now;
    await world.db.update(rollout).set({ weightOffAt: new Date(now.getTime() - 20_000) });
    const row = await world.drive(hands, ({ endedAt }) => endedAt !== null, 8);
    expect(row.phase).toBe('aborted');
    await world.pass(hands);
    expect(await revisionsOf(world, hands)).toEqual([1]);
    const record = rolloutRecordSchema.parse((await recordOf(world))?.record);
    expect(record.verdict.kind).toBe('taken');
  }, 300_000);

  it('says of each part why it is missing when the cluster does not answer, and takes no longer for it', async () => {
    const { world, hands } = await underWay();
    const never = () => new Promise<never>(() => undefined);
    const silent = { ...hands, cluster: { ...hands.cluster, pods: never, events: never, readLog: never } };
    await world.intend({ goal: 'abort' });
    await world.drive(silent, (row) => row.phase === 'rollingBack');
    // All but a tenth of a second of the 20 s is over.
    await world.db.update(rollout).set({ weightOffAt: new Date(world.nowMs - 19_900) });
    const began = performance.now();
    await world.drive(silent, ({ endedAt }) => endedAt !== null, 8);
    expect(performance.now() - began).toBeLessThan(15_000);
    const record = rolloutRecordSchema.parse((await recordOf(world))?.record);
    expect(record.verdict.kind).toBe('taken');
    expect(record.pods).toEqual({ kind: 'missing', why: 'The pods were not there in time.' });
    expect(record.events.kind).toBe('missing');
    expect(record.logs.kind).toBe('missing');
    expect(await revisionsOf(world, hands)).toEqual([1]);
  }, 300_000);

  it('is taken of an abort in the middle of the start, too, when there is little to record', async () => {
    const world = await ReconcilerWorld.create(database.db);
    await world.approve();
    const hands = await world.hands('worker');
    await world.drive(hands, (row) => row.phase === 'starting');
    await world.intend({ goal: 'abort' });
    await world.drive(hands, ({ endedAt }) => endedAt !== null);
    expect((await recordOf(world))?.digest).toMatch(/^sha256:/);
  }, 300_000);
});

describe('a canary that is kept for debugging', () => {
  it('stays without traffic until its time is over, is then taken away on record, and costs no write meanwhile', async () => {
    const { world, hands } = await underWay();
    await world.intend({ goal: 'abort', keepUntil: new Date(world.nowMs + 600_000) });
    await world.drive(hands, ({ endedAt }) => endedAt !== null);
    for (let count = 0; count < 4; count += 1) await world.pass(hands, 30_000);
    expect(await revisionsOf(world, hands)).toEqual([1, 2]);
    const observed = await hands.cluster.observe(world.scope);
    expect(observed.route.requested).toEqual({ 1: 100 });
    const writes = world.clusterWrites.length;
    for (let count = 0; count < 3; count += 1) await world.pass(hands, 30_000);
    expect(world.clusterWrites).toHaveLength(writes);
    world.nowMs += 600_000;
    await world.pass(hands);
    await world.pass(hands);
    expect(await revisionsOf(world, hands)).toEqual([1]);
    expect((await world.rollout())?.keptEndedAt).not.toBeNull();
  }, 300_000);

  it('is given up when a new rollout starts', async () => {
    const { world, hands } = await underWay();
    await world.intend({ goal: 'abort', keepUntil: new Date(world.nowMs + 3_600_000) });
    const first = await world.drive(hands, ({ endedAt }) => endedAt !== null);
    await world.pass(hands);
    expect(await revisionsOf(world, hands)).toEqual([1, 2]);
    await world.approve();
    await world.drive(hands, (row) => row.id !== first.id && row.phase === 'stepping');
    const [kept] = await world.db.select().from(rollout).where(eq(rollout.id, first.id));
    expect(kept?.keptEndedAt).not.toBeNull();
  }, 300_000);
});
