import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { burnSeries, type ObjectiveHour } from './objective-series.ts';

const hourMs = 3_600_000;
const hour = (index: number, requests: number, bad: number): ObjectiveHour => ({
  endMs: index * hourMs,
  requests,
  bad,
  coveredMs: hourMs,
});
const at = (fromHour: number, toHour: number, windowHours: number) => ({
  fromMs: fromHour * hourMs,
  toMs: toHour * hourMs,
  windowMs: windowHours * hourMs,
  budgetPpm: 1_000,
});

describe('the burn series', () => {
  it('weighs hours by their requests', () => {
    const hours = [hour(1, 900, 0), hour(2, 100, 10)];
    expect(burnSeries(hours, at(2, 2, 2))).toEqual([[2 * hourMs, 10]]);
  });

  it('has a gap, not zero, where less than half of the window was measured', () => {
    const hours = [hour(1, 100, 0), hour(6, 100, 0)];
    expect(burnSeries(hours, at(1, 6, 1)).map((point) => point[1])).toEqual([0, null, null, null, null, 0]);
    expect(burnSeries([hour(6, 100, 1)], at(6, 6, 6))).toEqual([[6 * hourMs, null]]);
  });

  it('is the same as summing every window anew', () => {
    const counts = fc.array(fc.tuple(fc.nat(50), fc.nat(50), fc.boolean()), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 8 }), (drawn, windowHours) => {
        const hours = drawn.flatMap(([good, bad, there], index) =>
          there ? [hour(index + 1, good + bad, bad)] : [],
        );
        const points = burnSeries(hours, at(1, drawn.length, windowHours));
        for (const [endMs, value] of points) {
          const own = hours.filter(
            (each) => each.endMs <= endMs && each.endMs > endMs - windowHours * hourMs,
          );
          const requests = own.reduce((sum, each) => sum + each.requests, 0);
          const bad = own.reduce((sum, each) => sum + each.bad, 0);
          const covered = own.length * 2 >= windowHours;
          expect(value).toBe(covered && requests > 0 ? (bad * 1_000_000) / (requests * 1_000) : null);
        }
      }),
    );
  });
});
