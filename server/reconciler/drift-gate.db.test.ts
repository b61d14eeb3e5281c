import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { driftBinning } from '../../db/schema/drift.ts';
import { serviceRevision } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { judgeCanaryGate } from '../../domain/drift/canary-gate.ts';
import { exampleRollout } from '../../domain/example-rollout.ts';
import type { Check } from '../../domain/rollout-plan.ts';
import { DriftFixture, movedHour, usualHour } from '../drift-fixture.ts';
import { gateForecasts } from '../rows/gate-forecasts.ts';
import { ProjectFixture } from '../test-fixture.ts';
import { gateReader } from './drift-gate.ts';

const begin = new Date('2026-11-23T08:00:00Z');
const at = (minutes: number) => new Date(begin.getTime() + minutes * 60_000);
const inputs: Check = { kind: 'drift', id: 'inputs', of: 'inputs' };

let test: TestDatabase;
let fixture: ProjectFixture;
let drift: DriftFixture;
let revisions: { fromRevisionId: string; toRevisionId: string };

/** In the hour that the step runs, `amount` is asked otherwise of the canary; before it, both arms were alike. */
beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  drift = await DriftFixture.create(fixture, begin);
  await fixture.live(drift.serviceId);
  const rows = await test.db
    .select({ id: serviceRevision.id })
    .from(serviceRevision)
    .where(eq(serviceRevision.serviceId, drift.serviceId))
    .orderBy(serviceRevision.number);
  revisions = { fromRevisionId: rows[0]?.id ?? '', toRevisionId: rows[1]?.id ?? '' };
  await drift.count({ from: begin }, usualHour);
  await drift.count({ from: begin, only: 'amount', revisionId: revisions.toRevisionId }, movedHour);
});
afterAll(() => test.drop());

function reader(now: Date, effectiveAt: Date | null = begin) {
  const rollout = exampleRollout();
  const progress = { ...rollout.progress, stepIndex: 0, effectiveAt };
  const steps = rollout.plan.steps.map((step) => ({ ...step, minimumMs: 3_600_000 }));
  const plan = { ...rollout.plan, steps };
  const active = { row: revisions, rollout: { plan, progress } };
  return gateReader({ db: test.db, serviceId: drift.serviceId, active, now });
}

describe('what was counted of both arms', () => {
  it('is read when the step could end, over its whole windows of five minutes, each arm by its revision', async () => {
    const features = await reader(at(62))(inputs);
    const amount = features?.find(({ name }) => name === 'amount');
    expect([amount?.reference.counts, amount?.current.counts]).toEqual([usualHour.counts, movedHour.counts]);
    expect(judgeCanaryGate(features?.filter(({ name }) => name === 'amount') ?? [], 4).verdict).toBe('fail');
    // Of `country` the canary has no rows.
    expect(judgeCanaryGate(features?.filter(({ name }) => name === 'country') ?? [], 4).seen).toMatch(
      /^the canary has 0 of \d+ rows of country$/,
    );
  });

  it('is not read before, nor while no weight is effective, nor for other checks, and has no inputs among predictions', async () => {
    expect(await reader(at(59))(inputs)).toBeUndefined();
    expect(await reader(at(62), null)(inputs)).toBeUndefined();
    expect(await reader(at(62))({ kind: 'eProcess', id: 'errors', of: 'errors' })).toBeUndefined();
    expect(await reader(at(62))({ kind: 'drift', id: 'predictions', of: 'predictions' })).toEqual([]);
  });
});

it('when a plan’s drift check has its rows is forecast from what was counted in the last day', async () => {
  const { serviceId, binningId } = drift;
  const { plan } = exampleRollout();
  const forecasts = async () =>
    (await gateForecasts(test.db, { serviceId, plan: { ...plan, checks: [inputs] }, now: begin })).map(
      ({ feature, rowsNeeded, steps }) => [feature, rowsNeeded, steps[0]?.readyMs],
    );
  await test.db.update(driftBinning).set({ createdAt: at(-14 * 24 * 60) });
  // 1,000 rows an hour: 100 rows at 10 % of them take an hour; a window may have begun, and the last one settles.
  expect([plan.steps[0]?.weightPercent, await forecasts()]).toEqual([10, [['amount', 100, 67 * 60_000]]]);
  // Its own history does not make a service quicker, nor the time before its bins slower.
  await test.db
    .update(driftBinning)
    .set({ createdAt: at(-60) })
    .where(eq(driftBinning.id, binningId));
  expect(await forecasts()).toEqual([['amount', 100, 67 * 60_000]]);
  expect(await gateForecasts(test.db, { serviceId, plan: { ...plan, checks: [] }, now: begin })).toEqual([]);
});
