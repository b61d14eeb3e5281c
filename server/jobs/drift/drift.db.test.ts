import { and, asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { transaction } from '../../../db/client.ts';
import {
  driftAlert,
  driftBinning,
  driftMonitor,
  driftWindow,
  ingestBatch,
} from '../../../db/schema/drift.ts';
import { notice } from '../../../db/schema/notices.ts';
import { type TestDatabase, testDatabase } from '../../../db/test-database.ts';
import { alertFactsSchema } from '../../../domain/drift/alert-facts.ts';
import { windowVerdictsSchema } from '../../../domain/drift/monitor-schema.ts';
import { markDriftAlert } from '../../drift-alerts/mark.ts';
import { DriftFixture, movedHour, usualHour } from '../../drift-fixture.ts';
import { newId } from '../../id.ts';
import { replayDrift } from '../../monitoring/replay.ts';
import { updateMonitor } from '../../monitoring/update.ts';
import { markStale } from '../../rows/stale-windows.ts';
import { ProjectFixture } from '../../test-fixture.ts';
import { judgeDrift } from './judge-due.ts';

const begin = new Date('2026-11-23T08:00:00Z');
const at = (hours: number, minutes = 0) => new Date(begin.getTime() + (hours * 60 + minutes) * 60_000);

let test: TestDatabase;
let fixture: ProjectFixture;
beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());
/** Only the service of the test at hand is watched. */
beforeEach(async () => {
  await test.db.update(driftBinning).set({ state: 'former' });
  await test.db.delete(driftWindow);
  await test.db.delete(driftMonitor);
});

async function monitorOf({ serviceId }: DriftFixture) {
  const [row] = await test.db.select().from(driftMonitor).where(eq(driftMonitor.serviceId, serviceId));
  if (row === undefined) throw new Error('There is no monitor.');
  return row;
}

/** A watched service with four usual weeks behind it, whose alerts are on. */
async function watched(): Promise<{ drift: DriftFixture; monitorId: string }> {
  const drift = await DriftFixture.create(fixture, begin);
  await judgeDrift(test.db, { now: begin });
  const { id: monitorId } = await monitorOf(drift);
  fixture.clock = async () => begin;
  await updateMonitor(fixture.as('operator'), { monitorId, alerts: 'on' });
  return { drift, monitorId };
}

/** The hours one after another, each judged once it is over. */
async function live(
  drift: DriftFixture,
  hours: readonly (typeof usualHour | null)[],
  from = 0,
  only?: string,
) {
  for (const [index, hour] of hours.entries()) {
    const start = from + index;
    if (only !== undefined) await drift.count({ from: at(start) }, usualHour);
    if (hour !== null) await drift.count({ from: at(start), ...(only === undefined ? {} : { only }) }, hour);
    await judgeDrift(test.db, { now: at(start + 1, 10) });
  }
}

async function windowsOf(monitorId: string) {
  const rows = await test.db
    .select()
    .from(driftWindow)
    .where(eq(driftWindow.monitorId, monitorId))
    .orderBy(asc(driftWindow.windowStart));
  return rows.map((row) => ({ ...row, ...windowVerdictsSchema.parse(row.verdicts) }));
}

async function alertsOf({ serviceId }: DriftFixture) {
  const rows = await test.db
    .select()
    .from(driftAlert)
    .where(eq(driftAlert.serviceId, serviceId))
    .orderBy(asc(driftAlert.openedAt));
  return rows.map((row) => ({ ...row, facts: alertFactsSchema.parse(row.facts) }));
}

const driftNotices = async ({ serviceId }: DriftFixture) =>
  await test.db
    .select()
    .from(notice)
    .where(and(eq(notice.serviceId, serviceId), eq(notice.kind, 'drift')));

describe('a monitor', () => {
  it('is there once a service has its first binning, judges the same hours, and alerts nobody until that is switched on', async () => {
    const drift = await DriftFixture.create(fixture, begin);
    await judgeDrift(test.db, { now: begin });
    await judgeDrift(test.db, { now: begin });
    const monitor = await monitorOf(drift);
    expect(monitor).toMatchObject({ windowLength: 'hour', referenceKind: 'sameHours', alertsFrom: null });
    expect((await fixture.auditOf(monitor.id)).map(({ action }) => action)).toEqual(['monitors.update']);
    await live(drift, [movedHour, movedHour, movedHour]);
    expect((await windowsOf(monitor.id)).map(({ verdicts }) => verdicts.length)).toEqual([8, 8, 8]);
    expect(await alertsOf(drift)).toEqual([]);
  });

  it('judges a window only when it is over and settled, and each once', async () => {
    const { drift, monitorId } = await watched();
    await drift.count({ from: at(0) }, usualHour);
    expect(await judgeDrift(test.db, { now: at(0, 59) })).toBe(0);
    await test.db.insert(ingestBatch).values({
      id: newId(),
      projectId: fixture.projectId,
      serviceId: drift.serviceId,
      source: 's',
      batchId: 'b',
      sha256: 'x',
      rows: 1,
      rejected: 0,
      receivedAt: at(0, 58),
    });
    // What was accepted is counted first; after an hour nobody waits for it any longer.
    await judgeDrift(test.db, { now: at(1, 10) });
    expect(await windowsOf(monitorId)).toEqual([]);
    await judgeDrift(test.db, { now: at(2, 0) });
    await judgeDrift(test.db, { now: at(2, 0) });
    expect((await windowsOf(monitorId)).map(({ revision, rows }) => [revision, rows])).toEqual([[1, 1_000]]);
  });

  it('finds usual hours steady, with phi of four weeks behind every verdict', async () => {
    const { drift, monitorId } = await watched();
    await live(drift, [usualHour]);
    const [window] = await windowsOf(monitorId);
    expect(window?.whyNone).toBeNull();
    expect(window?.usualRows).toBe(1_000);
    expect(window?.verdicts.map(({ verdict }) => verdict)).toEqual(Array.from({ length: 8 }, () => 'steady'));
    expect(window?.verdicts.some((one) => 'restsOnIndependence' in one && one.restsOnIndependence)).toBe(
      false,
    );
  });
});

describe('a drift alert', () => {
  it('opens at the second drifted window of three, one for all features, is told once and audited', async () => {
    const { drift } = await watched();
    await live(drift, [usualHour, movedHour]);
    expect(await alertsOf(drift)).toEqual([]);
    await live(drift, [movedHour, movedHour], 2);
    const alerts = await alertsOf(drift);
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toMatchObject({ kind: 'drift', state: 'open', fromAt: at(1), clearedAt: null });
    const facts = alerts[0]?.facts;
    expect(
      facts?.of === 'features'
        ? facts.features.map(({ name, test: of, severe }) => [name, of, severe])
        : null,
    ).toEqual([
      ['amount', 'distribution', true],
      ['country', 'distribution', true],
    ]);
    const told = await driftNotices(drift);
    expect(told.map(({ params, endedAt }) => [params, endedAt])).toEqual([
      [expect.objectContaining({ features: 2, severe: true, production: false }), null],
    ]);
    expect((await fixture.auditOf(alerts[0]?.id ?? '')).map(({ action }) => action)).toEqual([
      'driftAlerts.open',
    ]);
  });

  it('widens to features that drift later and clears when the last of them is calm in two windows of three', async () => {
    const { drift } = await watched();
    await live(drift, [movedHour, movedHour], 0, 'amount');
    await live(drift, [movedHour, movedHour], 2);
    await live(drift, [usualHour], 4);
    expect((await alertsOf(drift))[0]?.clearedAt).toBeNull();
    await live(drift, [usualHour], 5);
    const [alert] = await alertsOf(drift);
    expect(alert).toMatchObject({ state: 'cleared', clearedAt: at(6, 10) });
    expect(alert?.facts.of === 'features' ? alert.facts.features.map(({ name }) => name) : null).toEqual([
      'amount',
      'country',
    ]);
    expect((await driftNotices(drift)).map(({ endedAt }) => endedAt !== null)).toEqual([true]);
    // A day of rest follows.
    await live(drift, [movedHour, movedHour, movedHour], 6);
    expect(await alertsOf(drift)).toHaveLength(1);
  });

  it('is not swallowed: a week later the same hours are judged against what was before it', async () => {
    const { drift, monitorId } = await watched();
    await live(drift, [movedHour, movedHour]);
    await drift.count({ from: at(2), hours: 7 * 24 }, movedHour);
    await judgeDrift(test.db, { now: at(2 + 7 * 24, 10) });
    for (let rest = 0; rest < 5; rest += 1) await judgeDrift(test.db, { now: at(2 + 7 * 24, 10) });
    const last = (await windowsOf(monitorId)).at(-1);
    expect(last?.windowStart).toEqual(at(1 + 7 * 24));
    const effects = last?.verdicts.flatMap((one) =>
      'effect' in one && one.test === 'distribution' ? [one.effect] : [],
    );
    expect(Math.min(...(effects ?? []))).toBeGreaterThan(0.3);
    expect((await alertsOf(drift)).map(({ clearedAt }) => clearedAt)).toEqual([null]);
  });

  it('of nulls stands apart from the distribution', async () => {
    const { drift } = await watched();
    const nulls = { counts: usualHour.counts.map((rows) => rows * 0.9), nulls: 100 };
    await live(drift, [nulls, nulls], 0, 'country');
    const [alert] = await alertsOf(drift);
    expect(
      alert?.facts.of === 'features' ? alert.facts.features.map((one) => [one.name, one.test]) : null,
    ).toEqual([['country', 'null']]);
  });

  it('opens for nothing that is longer than an hour ago', async () => {
    const { drift, monitorId } = await watched();
    await drift.count({ from: at(0), hours: 2 }, movedHour);
    await drift.count({ from: at(2), hours: 3 }, usualHour);
    await judgeDrift(test.db, { now: at(5, 10) });
    expect(await windowsOf(monitorId)).toHaveLength(5);
    expect(await alertsOf(drift)).toEqual([]);
  });
});

describe('rows', () => {
  it('that stay away are an alert of their own, cleared when they come again', async () => {
    const { drift, monitorId } = await watched();
    await live(drift, [usualHour, null, null]);
    expect(
      (await alertsOf(drift)).map(({ kind, facts }) => [kind, 'rows' in facts ? facts.rows : null]),
    ).toEqual([['noRows', 0]]);
    expect((await windowsOf(monitorId)).at(-1)?.whyNone).toBe('No rows came in this window.');
    await live(drift, [usualHour, usualHour], 3);
    expect((await alertsOf(drift)).map(({ state }) => state)).toEqual(['cleared']);
  });

  it('of a fifth of the usual are an alert about their number', async () => {
    const { drift } = await watched();
    const few = { counts: usualHour.counts.map((rows) => rows / 5) };
    await live(drift, [few, few]);
    const found = (await alertsOf(drift)).map(({ kind, facts }) => [
      kind,
      'rows' in facts ? [facts.rows, facts.usualRows] : null,
    ]);
    expect(found).toEqual([['volume', [200, 1_000]]]);
  });
});

describe('rows that come late', () => {
  it('make the window be judged anew, once, with a higher revision; the same rows twice revise nothing', async () => {
    const { drift, monitorId } = await watched();
    await live(drift, [usualHour, usualHour]);
    await drift.count({ from: at(0) }, movedHour);
    await transaction(test.db, (tx) => markStale(tx, drift.serviceId, at(0).getTime()));
    await judgeDrift(test.db, { now: at(2, 20) });
    const revised = await windowsOf(monitorId);
    expect(revised.map(({ revision, rows }) => [revision, rows])).toEqual([
      [2, 1_000],
      [1, 1_000],
    ]);
    expect(revised[0]?.verdicts.some(({ verdict }) => verdict === 'drifted')).toBe(true);
    await transaction(test.db, (tx) => markStale(tx, drift.serviceId, at(0).getTime()));
    await judgeDrift(test.db, { now: at(2, 30) });
    expect((await windowsOf(monitorId)).map(({ revision }) => revision)).toEqual([2, 1]);
  });

  it('in a window that is not judged yet change nothing', async () => {
    const { drift } = await watched();
    await live(drift, [usualHour]);
    await transaction(test.db, (tx) => markStale(tx, drift.serviceId, at(1, 5).getTime()));
    expect((await monitorOf(drift)).staleFrom).toBeNull();
  });
});

describe('what was set aside', () => {
  it('and lasts longer than was expected is open again and told again', async () => {
    const { drift } = await watched();
    await live(drift, [movedHour, movedHour]);
    const [alert] = await alertsOf(drift);
    fixture.clock = async () => at(2, 20);
    const mark = { kind: 'expected', until: at(4) } as const;
    await markDriftAlert(fixture.as('engineer'), { alertId: alert?.id ?? '', mark });
    expect((await driftNotices(drift)).map(({ endedAt }) => endedAt !== null)).toEqual([true]);
    await drift.count({ from: at(2), hours: 2 }, movedHour);
    await judgeDrift(test.db, { now: at(3, 10) });
    expect((await alertsOf(drift))[0]?.state).toBe('expected');
    await judgeDrift(test.db, { now: at(4, 10) });
    expect((await alertsOf(drift)).map(({ state, expectedUntil }) => [state, expectedUntil])).toEqual([
      ['open', null],
    ]);
    expect((await driftNotices(drift)).filter(({ endedAt }) => endedAt === null)).toHaveLength(1);
  });
});

describe('a monitor against training data', () => {
  it('compares whole days with the counts that were uploaded, and says so when there are none', async () => {
    const drift = await DriftFixture.create(fixture, begin);
    await judgeDrift(test.db, { now: begin });
    const { id: monitorId } = await monitorOf(drift);
    fixture.clock = async () => begin;
    const how = { monitorId, windowLength: 'day', referenceKind: 'training' } as const;
    await updateMonitor(fixture.as('operator'), how);
    await drift.days({ from: new Date('2026-11-23T00:00:00Z'), days: 2 }, movedHour);
    await judgeDrift(test.db, { now: new Date('2026-11-24T00:20:00Z') });
    expect((await windowsOf(monitorId)).map(({ whyNone }) => whyNone)).toEqual([
      'It has no training reference; upload one, or compare with the same hours.',
    ]);
    await drift.training(usualHour);
    await judgeDrift(test.db, { now: new Date('2026-11-25T00:20:00Z') });
    const last = (await windowsOf(monitorId)).at(-1);
    expect(last?.verdicts.filter(({ verdict }) => verdict === 'drifted')).toHaveLength(2);
  });
});

describe('slow drift', () => {
  it('is judged once a week against training data, whatever windows are judged against, and is an alert of its own', async () => {
    const { drift, monitorId } = await watched();
    await drift.training(usualHour);
    const monday = (week: number, minutes = 0) =>
      new Date(Date.parse('2026-11-23T00:00:00Z') + week * 7 * 86_400_000 + minutes * 60_000);
    const slow = async () => (await alertsOf(drift)).filter(({ kind }) => kind === 'slowDrift');
    await drift.days({ from: monday(0), days: 7 }, movedHour);
    await drift.days({ from: monday(1), days: 7 }, movedHour);
    await drift.days({ from: monday(2), days: 7 }, usualHour);
    await judgeDrift(test.db, { now: monday(1, -60) });
    expect(await slow()).toEqual([]);
    await judgeDrift(test.db, { now: monday(1, 20) });
    const [alert] = await slow();
    expect(alert?.fromAt).toEqual(monday(0));
    expect(alert?.facts).toMatchObject({ windowLength: 'week' });
    expect(
      alert?.facts.of === 'features' && alert.facts.features.map(({ name, test }) => [name, test]),
    ).toEqual([
      ['amount', 'distribution'],
      ['country', 'distribution'],
    ]);
    await judgeDrift(test.db, { now: monday(1, 40) });
    await judgeDrift(test.db, { now: monday(2, 20) });
    expect((await slow()).map(({ clearedAt, openedAt }) => [clearedAt, openedAt])).toEqual([
      [null, monday(1, 20)],
    ]);
    fixture.clock = async () => monday(2, 30);
    const replay = await replayDrift(fixture.as('viewer'), { monitorId });
    expect(replay.slow).toMatchObject({
      referenceName: 'Training data',
      alerts: [{ openedMs: monday(1).getTime() }],
    });
    await judgeDrift(test.db, { now: monday(3, 20) });
    expect((await slow()).map(({ clearedAt }) => clearedAt)).toEqual([monday(3, 20)]);
  });
});
