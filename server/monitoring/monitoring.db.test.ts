import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { driftMonitor } from '../../db/schema/drift.ts';
import { roleInterval } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { DriftFixture, movedHour, usualHour } from '../drift-fixture.ts';
import { judgeDrift } from '../jobs/drift/judge-due.ts';
import { getOverview } from '../overview/get.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { getMonitoredFeature } from './feature.ts';
import { getMonitoring } from './get.ts';
import { listMonitoring } from './list.ts';
import { replayDrift } from './replay.ts';
import { updateMonitor } from './update.ts';

const begin = new Date('2026-11-23T08:00:00Z');
const at = (hours: number, minutes = 0) => new Date(begin.getTime() + (hours * 60 + minutes) * 60_000);

let test: TestDatabase;
let fixture: ProjectFixture;
let drift: DriftFixture;
let monitorId = '';
let featureId = '';

/** Four weeks of usual hours, then one usual and two in which `amount` has moved: an alert lasts. */
beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  drift = await DriftFixture.create(fixture, begin);
  featureId = drift.features.find(({ name }) => name === 'amount')?.featureId ?? '';
  fixture.clock = async () => begin;
  await judgeDrift(test.db, { now: begin });
  const [monitor] = await test.db
    .select()
    .from(driftMonitor)
    .where(eq(driftMonitor.serviceId, drift.serviceId));
  monitorId = monitor?.id ?? '';
  await updateMonitor(fixture.as('operator'), { monitorId, alerts: 'on' });
  await drift.count({ from: at(0), hours: 3 }, usualHour);
  await drift.count({ from: at(1), hours: 2, only: 'amount' }, movedHour);
  for (const hour of [1, 2, 3]) await judgeDrift(test.db, { now: at(hour, 10) });
  fixture.clock = async () => at(3, 20);
});
afterAll(() => test.drop());

describe('monitoring', () => {
  it('lists services with their worst features first and what lasts', async () => {
    const { services, unmonitored } = await listMonitoring(fixture.as('viewer'), {
      projectId: fixture.projectId,
    });
    expect(services).toHaveLength(1);
    expect(services[0]).toMatchObject({ features: 2, drifted: 1, insufficient: 0, openAlerts: 1 });
    expect(services[0]?.worst.map(({ name, state }) => [name, state])).toEqual([
      ['amount', 'drifted'],
      ['country', 'steady'],
    ]);
    expect(unmonitored.map(({ name }) => name)).toEqual(['scoring', 'scoring']);
  });

  it('of a service shows each window with its rows and how many features drifted', async () => {
    const shown = await getMonitoring(fixture.as('viewer'), { serviceId: drift.serviceId });
    expect(shown.windows.map(({ rows, drifted, usualRows }) => [rows, drifted, usualRows])).toEqual([
      [1_000, 0, 1_000],
      [1_000, 1, 1_000],
      [1_000, 1, 1_000],
    ]);
    expect(shown.alerts.map(({ state }) => state)).toEqual(['open']);
    expect(shown.refusals.update?.code).toBe('forbidden');
  });

  it('of a feature recomputes any range from counters, with the verdict only for the window itself', async () => {
    const window = await getMonitoredFeature(fixture.as('viewer'), { featureId });
    expect(window.verdicts?.find((one) => one.test === 'distribution')?.verdict).toBe('drifted');
    expect(window.reference.counts).toEqual(usualHour.counts.map((rows) => rows * 4));
    expect(window.current.counts).toEqual(movedHour.counts);
    expect(window.statistics.psi).toBeCloseTo(0.36, 2);
    expect(window.byRevision.map(({ counters }) => counters.counts)).toEqual([movedHour.counts]);
    expect(
      window.windows.map(({ verdicts }) => verdicts.every((one) => one.featureId === featureId)),
    ).toEqual([true, true, true]);
    expect(window.alerts).toHaveLength(1);
    const range = { from: at(0), to: at(3) };
    const three = await getMonitoredFeature(fixture.as('viewer'), { featureId, range });
    expect(three.verdicts).toBeNull();
    expect(three.current.counts[0]).toBe(160);
    // What drifts is compared with what was before it: hours under the alert are in no reference.
    expect(three.reference.counts[0]).toBe(1_200);
    const month = await getMonitoredFeature(fixture.as('viewer'), { featureId, range: '28d' });
    // Of more than a week: the four weeks before it, of which three hours were counted.
    expect(month.reference.counts[0]).toBe(300);
  });

  it('gives the same digest for the same counters, and another for others', async () => {
    const read = async (to: Date) =>
      (await getMonitoredFeature(fixture.as('viewer'), { featureId, range: { from: at(0), to } }))
        .inputDigest;
    expect(await read(at(2))).toBe(await read(at(2)));
    expect(await read(at(2))).not.toBe(await read(at(3)));
  });

  it('of another project is not found', async () => {
    const stranger = fixture.as('stranger');
    for (const call of [
      listMonitoring(stranger, { projectId: fixture.projectId }),
      getMonitoring(stranger, { serviceId: drift.serviceId }),
      getMonitoredFeature(stranger, { featureId }),
    ])
      expect((await refusalOf(call)).code).toBe('notFound');
  });

  it('names what drifts among what is wrong on the overview, with its alert', async () => {
    const { wrong } = await getOverview(fixture.as('viewer'), { projectId: fixture.projectId });
    const found = wrong.filter(({ kind }) => kind === 'driftAlert');
    expect(found.map(({ blocker }) => [blocker.code, blocker.message])).toEqual([
      ['drift', expect.stringMatching(/^amount drifted: its distribution moved by PSI 0\.3/)],
    ]);
  });
});

describe('a replay', () => {
  it('names when it would have alerted, and the days without a reference', async () => {
    const replay = await replayDrift(fixture.as('viewer'), { monitorId });
    expect(replay.alerts.map(({ openedMs, clearedMs, features }) => [openedMs, clearedMs, features])).toEqual(
      [[at(3).getTime(), null, [{ featureId, name: 'amount', test: 'distribution' }]]],
    );
    // Nothing was counted before the first of these weeks, so it has no same hours to be compared with.
    const judged = replay.days.map((day) => day.judged);
    expect(judged.slice(0, 7)).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(judged.slice(8, -1).every((windows) => windows === 24)).toBe(true);
    expect(judged.at(-1)).toBe(11);
    const stranger = replayDrift(fixture.as('stranger'), { monitorId });
    expect((await refusalOf(stranger)).code).toBe('notFound');
  });
});

describe('training–serving skew', () => {
  it('is the verdict of the first day of the stable revision against the training data, once that day is over', async () => {
    const { serviceId } = drift;
    const read = async () => (await getMonitoring(fixture.as('viewer'), { serviceId })).skew;
    expect(await read()).toBeNull();
    await drift.training(usualHour);
    await test.db
      .update(roleInterval)
      .set({ effectiveAt: at(0) })
      .where(eq(roleInterval.serviceId, serviceId));
    expect((await read())?.whyNone).toBe('The first day of this revision is not over yet.');
    fixture.clock = async () => at(24);
    const found = await read();
    expect([found?.revision, found?.from, found?.whyNone]).toEqual([1, at(0), null]);
    expect(found?.features.map(({ name, state }) => [name, state])).toEqual([
      ['amount', 'drifted'],
      ['country', 'steady'],
    ]);
    fixture.clock = async () => at(3, 20);
  });
});

describe('changing a monitor', () => {
  it('is for operators, is audited, and keeps since when alerts are on', async () => {
    const viewer = updateMonitor(fixture.as('viewer'), { monitorId, alerts: 'off' });
    expect((await refusalOf(viewer)).code).toBe('forbidden');
    const stranger = updateMonitor(fixture.as('stranger'), { monitorId, alerts: 'off' });
    expect((await refusalOf(stranger)).code).toBe('notFound');
    await updateMonitor(fixture.as('operator'), { monitorId, alerts: 'on' });
    const [row] = await test.db.select().from(driftMonitor).where(eq(driftMonitor.id, monitorId));
    expect(row?.alertsFrom).toEqual(begin);
    expect((await fixture.auditOf(monitorId)).at(-1)).toMatchObject({ action: 'monitors.update' });
  });

  it('refuses hours against a reference of all hours, and what somebody changed meanwhile', async () => {
    const training = updateMonitor(fixture.as('operator'), { monitorId, referenceKind: 'training' });
    expect((await refusalOf(training)).code).toBe('invalidInput');
    const stale = updateMonitor(fixture.as('operator'), { monitorId, alerts: 'off', seenGeneration: 1 });
    expect((await refusalOf(stale)).code).toBe('conflict');
  });

  it('to another length judges whole windows of it from now on', async () => {
    await updateMonitor(fixture.as('operator'), { monitorId, windowLength: 'day' });
    await judgeDrift(test.db, { now: at(5) });
    expect((await getMonitoring(fixture.as('viewer'), { serviceId: drift.serviceId })).windows).toEqual([]);
  });
});
