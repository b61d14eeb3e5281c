import { describe, expect, it } from 'vitest';
import type { DriftVerdict } from '../../domain/drift/window-verdict.ts';
import { prepareTrend } from './prepare-trend.ts';
import { prepareWindows } from './prepare-windows.ts';

const start = (hour: number) => new Date(Date.UTC(2026, 10, 23, hour));
const judged: DriftVerdict = {
  featureId: 'x',
  test: 'distribution',
  verdict: 'drifted',
  effect: 0.3,
  noiseFloor: 0.01,
  limit: 0.1,
  severe: true,
  p: 0,
  adjustedP: 0,
  excess: null,
  restsOnIndependence: false,
};
const few: DriftVerdict = {
  featureId: 'x',
  test: 'distribution',
  verdict: 'insufficientData',
  side: 'current',
  rows: 1,
  rowsNeeded: 200,
};
const window = (hour: number, verdicts: DriftVerdict[], revision = 1) => ({
  start: start(hour),
  end: start(hour + 1),
  revision,
  verdicts,
});

describe('the course of a feature', () => {
  it('is a gap where there was not enough data or no verdict, never zero', () => {
    const trend = prepareTrend([window(0, [judged]), window(1, [few]), window(2, [])], 'distribution', []);
    expect(trend?.series[0]?.points.map(([, value]) => value)).toEqual([0.3, null, null]);
    expect(trend?.stepMs).toBe(3_600_000);
  });

  it('marks alerts with their page, and windows that late rows changed', () => {
    const alert = { id: 'a', openedAt: start(1) };
    const trend = prepareTrend([window(0, [judged]), window(1, [judged], 3)], 'distribution', [alert]);
    expect(trend?.marks.map(({ label, href }) => [label, href])).toEqual([
      ['Alert', '/monitoring/alerts/a'],
      ['Revised 2 times', undefined],
    ]);
  });

  it('shows the alert that its last window opened, which was told some minutes after the window', () => {
    const alert = { id: 'a', openedAt: new Date(start(1).getTime() + 600_000) };
    const trend = prepareTrend([window(0, [judged])], 'distribution', [alert]);
    expect(trend?.marks.map(({ at }) => at)).toEqual([trend?.range.to]);
  });

  it('has the limit of its test as a line, and severe drift only of distributions', () => {
    const nulls = { ...judged, test: 'null', limit: 0.01 } as const;
    const lines = (test: 'distribution' | 'null') =>
      prepareTrend([window(0, [judged, nulls])], test, [])?.thresholds.map(({ value }) => value);
    expect([lines('distribution'), lines('null')]).toEqual([[0.1, 0.25], [0.01]]);
    expect(prepareTrend([], 'null', [])).toBeNull();
  });
});

it('windows without a verdict are a gap among those that count what drifted', () => {
  const row = { start: start(0), end: start(1), rows: 0, usualRows: 1_000, drifted: 0 };
  const prepared = prepareWindows(
    [
      { ...row, whyNone: 'No rows came in this window.' },
      { ...row, start: start(1), end: start(2), rows: 900, drifted: 2, whyNone: null },
    ],
    [],
  );
  expect(prepared?.drifted[0]?.points.map(([, value]) => value)).toEqual([null, 2]);
  expect(prepared?.rows.map(({ points }) => points.map(([, value]) => value))).toEqual([
    [0, 900],
    [1_000, 1_000],
  ]);
});
