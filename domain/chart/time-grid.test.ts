import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChartSeries } from './chart-series.ts';
import { capTimeGrid, inferStepMs, toTimeGrid } from './time-grid.ts';

const series = (points: ChartSeries['points']): ChartSeries => ({
  key: 's',
  label: 'S',
  role: 'stable',
  points,
});
const valuesOf = (grid: ReturnType<typeof toTimeGrid>) => grid.columns[0]?.values ?? [];

describe('the time grid', () => {
  test('leaves a missing step empty, never zero', () => {
    const grid = toTimeGrid(
      [
        series([
          [0, 1],
          [10, 2],
          [30, 4],
        ]),
      ],
      { from: 0, to: 40 },
      10,
    );
    expect(grid.at).toEqual([0, 10, 20, 30, 40]);
    expect(valuesOf(grid)).toEqual([1, 2, null, 4, null]);
  });

  test('keeps a measured zero apart from a missing value', () => {
    const grid = toTimeGrid(
      [
        series([
          [0, 0],
          [10, null],
          [20, Number.NaN],
        ]),
      ],
      { from: 0, to: 20 },
      10,
    );
    expect(valuesOf(grid)).toEqual([0, null, null]);
  });

  test('snaps a point that is a little late to its step and drops what lies outside the range', () => {
    const grid = toTimeGrid(
      [
        series([
          [-10, 9],
          [12, 2],
          [41, 9],
        ]),
      ],
      { from: 0, to: 40 },
      10,
    );
    expect(valuesOf(grid)).toEqual([null, 2, null, null, null]);
  });

  test('infers the step from the usual distance, so that one gap does not stretch it', () => {
    expect(
      inferStepMs(
        [
          series([
            [0, 1],
            [10, 1],
            [20, 1],
            [90, 1],
            [100, 1],
          ]),
        ],
        { from: 0, to: 100 },
      ),
    ).toBe(10);
  });

  test('of nothing at all is still an axis', () => {
    expect(toTimeGrid([], { from: 0, to: 100 }).at).toEqual([0, 100]);
  });
});

describe('capping', () => {
  test('never gives more rows than asked for and never loses the highest or lowest value', () => {
    const value = fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { nil: null, freq: 4 });
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 500 }),
        fc.integer({ min: 2, max: 120 }),
        (values, maxRows) => {
          const points = values.map((each, index): [number, number | null] => [index, each]);
          const grid = toTimeGrid([series(points)], { from: 0, to: Math.max(1, values.length - 1) }, 1);
          const capped = capTimeGrid(grid, maxRows);
          expect(capped.at.length).toBeLessThanOrEqual(
            Math.max(maxRows, grid.at.length <= maxRows ? grid.at.length : 2),
          );
          const known = values.filter((each) => each !== null);
          const kept = valuesOf(capped).filter((each) => each !== null);
          expect(kept.length === 0).toBe(known.length === 0);
          if (known.length > 0) {
            expect(Math.max(...kept)).toBe(Math.max(...known));
            expect(Math.min(...kept)).toBe(Math.min(...known));
          }
        },
      ),
    );
  });

  test('keeps time rising and a stretch without data a gap', () => {
    const points = Array.from({ length: 1_000 }, (_, index): [number, number | null] => [
      index,
      index >= 400 && index < 500 ? null : Math.sin(index),
    ]);
    const capped = capTimeGrid(toTimeGrid([series(points)], { from: 0, to: 999 }, 1), 200);
    expect(capped.at.every((at, index) => index === 0 || at > (capped.at[index - 1] ?? 0))).toBe(true);
    const inGap = valuesOf(capped).filter(
      (_, index) => (capped.at[index] ?? 0) >= 400 && (capped.at[index] ?? 0) < 500,
    );
    expect(inGap.length).toBeGreaterThan(10);
    expect(inGap.every((value) => value === null)).toBe(true);
  });

  test('of a short series changes nothing', () => {
    const grid = toTimeGrid(
      [
        series([
          [0, 1],
          [1, 2],
        ]),
      ],
      { from: 0, to: 1 },
      1,
    );
    expect(capTimeGrid(grid, 100)).toBe(grid);
  });
});
