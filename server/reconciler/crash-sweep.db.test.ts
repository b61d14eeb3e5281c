import { asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditDetail } from '../../db/schema/audit.ts';
import { analysisInterval, checkResult, rolloutRecord } from '../../db/schema/rollouts.ts';
import { metricInterval, roleInterval } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { rolloutRecordSchema } from '../../domain/rollout-record.ts';
import { type Hands, reconcile } from './reconcile.ts';
import { ReconcilerWorld, Stopped } from './reconciler-fixture.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

/** Passes come at the same instants in every run, so that what differs was caused by the stop. */
const cadenceMs = 5_000;
const mostPasses = 80;

type Told = { readonly errorShare: number };

/** Which parts of a record were taken. */
function partsOf(record: unknown): string[] {
  const parsed = rolloutRecordSchema.parse(record);
  return Object.entries(parsed).map(([key, part]) =>
    typeof part === 'object' && part !== null ? `${key} ${part.kind}` : key,
  );
}

/** Everything a rollout leaves behind, without ids. */
async function leftBehind(world: ReconcilerWorld) {
  const row = await world.rollout();
  if (row === undefined) throw new Error('No rollout was started.');
  const { db } = world;
  const intervals = await db
    .select()
    .from(analysisInterval)
    .where(eq(analysisInterval.rolloutId, row.id))
    .orderBy(asc(analysisInterval.intervalEnd), asc(analysisInterval.checkId));
  const verdicts = await db
    .select()
    .from(checkResult)
    .where(eq(checkResult.rolloutId, row.id))
    .orderBy(asc(checkResult.at), asc(checkResult.step), asc(checkResult.checkId));
  const charts = await db
    .select()
    .from(metricInterval)
    .where(eq(metricInterval.serviceId, world.serviceId))
    .orderBy(asc(metricInterval.intervalEnd), asc(metricInterval.revisionNumber));
  const roles = await db
    .select()
    .from(roleInterval)
    .where(eq(roleInterval.serviceId, world.serviceId))
    .orderBy(asc(roleInterval.fromAt), asc(roleInterval.role));
  const told = await db
    .select({ sentence: auditDetail.sentence })
    .from(auditDetail)
    .where(eq(auditDetail.chain, `project:${world.projectId}`))
    .orderBy(asc(auditDetail.seq));
  const records = await db.select().from(rolloutRecord).where(eq(rolloutRecord.rolloutId, row.id));
  const scope = await world.hands('reader');
  const observed = await scope.cluster.observe(world.scope);
  return {
    phase: row.phase,
    endedAt: row.endedAt,
    failure: row.failure,
    // A pass that is repeated may find the weights moved already, and then records a look earlier.
    records: records.map(({ record }) => partsOf(record)),
    evidence: intervals.map((interval) => ({ ...interval, projectId: '', rolloutId: '' })),
    // That nothing is known yet may be noticed a pass earlier by the pass that repeats a stopped one.
    verdicts: verdicts
      .map(({ step, checkId, verdict, at }) => ({
        step,
        checkId,
        verdict,
        at: verdict === 'noEvidence' ? null : at,
      }))
      .toSorted((left, right) => JSON.stringify(left).localeCompare(JSON.stringify(right))),
    // How long a run looks on after the end is the test's affair.
    charts: charts
      .filter((chart) => row.endedAt !== null && chart.intervalEnd <= row.endedAt)
      .map((chart) => ({ ...chart, projectId: '', serviceId: '' })),
    roles: roles.map(({ role, fromAt, effectiveAt, toAt }) => ({ role, fromAt, effectiveAt, toAt })),
    sentences: told.map((entry) => entry.sentence),
    route: observed.route.requested,
    revisions: observed.revisions.map((revision) => revision.number),
  };
}

/** A whole rollout by fixed passes; the worker is stopped after write number `stopAfter` and another one takes over. */
async function run({ errorShare }: Told, stopAfter: number | null) {
  const world = await ReconcilerWorld.create(database.db);
  await world.tell({
    subject: 'modelVersion',
    modelVersionId: world.versionIds[1],
    behaviour: { errorShare },
  });
  await world.approve();
  let writes = 0;
  let stopped = false;
  let hands: Hands = await world.hands('first', () => {
    writes += 1;
    if (writes === stopAfter) throw new Stopped();
  });
  for (let count = 0, calm = 0; count < mostPasses && calm < 2; count += 1) {
    try {
      const { actions } = await reconcile(hands, world.serviceId);
      calm = (await world.rollout())?.endedAt != null && actions.length === 0 ? calm + 1 : 0;
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      stopped = true;
      hands = await world.hands('second');
      // The new worker begins at once, at the same instant.
      await reconcile(hands, world.serviceId);
    }
    world.nowMs += cadenceMs;
  }
  return { left: await leftBehind(world), writes, stopped };
}

describe.each([
  ['good', { errorShare: 0.005 }, 'succeeded'],
  ['bad', { errorShare: 0.08 }, 'rolledBack'],
] as const)('a rollout of a %s version whose worker is killed', (_, told, phase) => {
  it('after any one of its writes comes to the same end on the same evidence', async () => {
    const whole = await run(told, null);
    expect(whole.left.phase).toBe(phase);
    expect(whole.left.evidence.length).toBeGreaterThan(0);
    expect(whole.writes).toBeGreaterThan(20);
    expect(whole.left.records).toHaveLength(phase === 'rolledBack' ? 1 : 0);
    for (let stopAfter = 1; stopAfter <= whole.writes; stopAfter += 1) {
      const { left, stopped } = await run(told, stopAfter);
      expect(stopped, `write ${stopAfter}`).toBe(true);
      expect(left, `stopped after write ${stopAfter}`).toEqual(whole.left);
    }
  }, 600_000);
});
