import { describe, expect, it } from 'vitest';
import { usualPersistence } from './alert-spans.ts';
import type { CategoricalBinning } from './binning.ts';
import { type Counters, noRows } from './counters.ts';
import { type FeatureHistory, replayMonitor } from './replay-monitor.ts';
import { dispersionsOf, sumWindows } from './same-hours.ts';
import { slowDriftClock, slowDriftPersistence } from './slow-drift.ts';
import type { WindowClock } from './window-clock.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const start = Date.parse('2026-09-07T00:00:00Z');
const binning: CategoricalBinning = { kind: 'categorical', categories: ['a', 'b', 'c', 'd'], tail: [] };
const hourly: WindowClock = { length: 'hour', timeZone: 'UTC' };

const counted = (counts: number[], nulls = 0): Counters => {
  const none = noRows(binning);
  return { ...none, counts, apart: { ...none.apart, null: nulls } };
};

/** Hours of rows that follow the time of day exactly; `at` says what else a given hour holds. */
function history(days: number, at: (hour: number) => Counters | null = () => null): FeatureHistory {
  const windows = new Map<number, Counters>();
  for (let hour = 0; hour < days * 24; hour += 1) {
    const night = hour % 24 < 8;
    const usual = counted(night ? [300, 300, 50, 50] : [50, 50, 300, 300]);
    windows.set(start + hour * hourMs, at(hour) ?? usual);
  }
  return { featureId: 'plan', binning, windows, leftOut: [], reference: null };
}

const shifted = counted([400, 100, 100, 100]);
const replay = (of: FeatureHistory, days: [number, number], clock = hourly) =>
  replayMonitor(
    [of],
    { fromMs: start + days[0] * dayMs, toMs: start + days[1] * dayMs },
    { clock, persistence: usualPersistence },
  );
const dayOf = (at: number | null) => (at === null ? null : (at - start) / dayMs);

describe('the replay of a monitor', () => {
  it('compares each hour with the same hours, so that a daily course is no drift', () => {
    const found = replay(history(56), [28, 56]);
    expect(found.windows).toHaveLength(28 * 24);
    expect(found.alerts).toEqual([]);
    expect(found.windows.every(({ verdicts }) => verdicts.every(({ verdict }) => verdict === 'steady'))).toBe(
      true,
    );
  });

  it('against one reference of all hours would have alarmed every day', () => {
    const of = history(56);
    const reference = sumWindows(
      binning,
      [...of.windows].map(([fromMs, counters]) => ({ fromMs, counters })),
    );
    const { windows } = replay({ ...of, reference }, [28, 56]);
    const drifted = windows.filter(({ verdicts }) => verdicts.some(({ verdict }) => verdict === 'drifted'));
    expect(drifted).toHaveLength(28 * 24);
  });

  it('says for an hour without a past of its own that the reference has too few rows', () => {
    const [first] = replay(history(2), [0, 1]).windows;
    expect(first?.verdicts[0]).toMatchObject({ verdict: 'insufficientData', side: 'reference', rows: 0 });
  });

  it('does not let the reference swallow a drift that lasts: the alert stays open for as long as it lasts', () => {
    const of = history(84, (hour) => (hour >= 30 * 24 ? shifted : null));
    const { alerts } = replay(of, [28, 84]);
    expect(alerts.map(({ test, span }) => [test, dayOf(span.openedMs), dayOf(span.clearedMs)])).toEqual([
      ['distribution', 30 + 2 / 24, null],
    ]);
  });

  it('closes an alert when the rows are as they were, and learns nothing from the windows under it', () => {
    const under = (hour: number) => hour >= 30 * 24 && hour < 33 * 24;
    const of = history(70, (hour) => (under(hour) ? shifted : null));
    const { alerts, windows } = replay(of, [28, 70]);
    expect(alerts.map(({ span }) => [dayOf(span.driftedMs), dayOf(span.clearedMs)])).toEqual([
      [30 + 1 / 24, 33 + 2 / 24],
    ]);
    const weekLater = windows.find(({ span }) => span.fromMs === start + 38 * dayMs);
    expect(weekLater?.verdicts[0]).toMatchObject({ verdict: 'steady', effect: 0 });
  });

  it('leaves out what is marked as data fault, which would make the windows after it impossible to judge', () => {
    const broken = (hour: number) => hour >= 25 * 24 && hour < 26 * 24;
    const of = history(40, (hour) => (broken(hour) ? counted([0, 0, 0, 0], 700) : null));
    const leftOut = [{ fromMs: start + 25 * dayMs, toMs: start + 26 * dayMs }];
    const nullsOf = (one: FeatureHistory) =>
      replay(one, [32, 33]).windows[0]?.verdicts.find(({ test }) => test === 'null');
    expect(nullsOf(of)).toMatchObject({ verdict: 'insufficientData' });
    expect(nullsOf({ ...of, leftOut })).toMatchObject({ verdict: 'steady', effect: 0 });
  });

  it('gives an alert of one test without touching the others, and of no features windows without verdicts', () => {
    const nulls = counted([50, 50, 300, 300], 200);
    const of = history(40, (hour) => (hour >= 30 * 24 && hour % 24 >= 8 ? nulls : null));
    expect(replay(of, [28, 40]).alerts.map(({ test }) => test)).toEqual(['null']);
    const none = replayMonitor(
      [],
      { fromMs: start, toMs: start + dayMs },
      { clock: hourly, persistence: usualPersistence },
    );
    expect(none.alerts).toEqual([]);
    expect(none.windows.flatMap(({ verdicts }) => verdicts)).toEqual([]);
  });
});

describe('slow drift', () => {
  it('that the rolling reference follows is found within a week against what the model was trained on', () => {
    const week = 7 * dayMs;
    /** A tenth of the way from a to d each week. */
    const slowly = (index: number) => counted([7_000 - 700 * index, 7_000, 7_000, 7_000 + 700 * index]);
    const windows = new Map(Array.from({ length: 10 }, (_, index) => [start + index * week, slowly(index)]));
    const of = { featureId: 'plan', binning, windows, leftOut: [], reference: null };
    const clock = slowDriftClock('UTC');
    const found = (reference: Counters | null) =>
      replayMonitor(
        [{ ...of, reference }],
        { fromMs: start + 4 * week, toMs: start + 10 * week },
        { clock, persistence: slowDriftPersistence },
      ).alerts.map(({ span }) => (span.openedMs - start) / week);
    expect(found(null)).toEqual([]);
    expect(found(slowly(0))).toEqual([7]);
  });
});

it('over-dispersion is within the hours of the week, for every test of the feature', () => {
  const windows = [...history(28).windows].map(([fromMs, counters]) => ({ fromMs, counters }));
  const found = dispersionsOf(binning, windows, hourly);
  expect(found.distribution).toEqual({ phi: 1, degreesOfFreedom: 168 * 3 * 3, windows: 168 * 3 });
  expect(found.null).toEqual({ phi: 1, degreesOfFreedom: 0, windows: 168 * 3 });
  expect(
    dispersionsOf(binning, windows, { length: 'week', timeZone: 'UTC' }).distribution?.phi,
  ).toBeGreaterThan(50);
  expect(dispersionsOf(binning, [], hourly).distribution).toMatchObject({ phi: 1, windows: 0 });
});
