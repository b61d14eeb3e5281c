import fc from 'fast-check';
import { expect, it } from 'vitest';
import { coarsestStretches, dayMs, fiveMinutesMs, hourMs } from './window.ts';

const at = Date.parse;
const of = (from: string, to: string) =>
  coarsestStretches(at(from), at(to)).map(({ windowMs, fromMs, toMs }) => [
    windowMs / fiveMinutesMs,
    (toMs - fromMs) / windowMs,
  ]);

it.each([
  ['a day', '2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z', [[288, 1]]],
  ['an hour', '2026-11-01T07:00:00Z', '2026-11-01T08:00:00Z', [[12, 1]]],
  [
    'a week from an hour',
    '2026-11-01T22:00:00Z',
    '2026-11-08T22:00:00Z',
    [
      [12, 2],
      [288, 6],
      [12, 22],
    ],
  ],
  [
    'seven days until now',
    '2026-11-01T22:50:00Z',
    '2026-11-08T22:50:00Z',
    [
      [1, 2],
      [12, 1],
      [288, 6],
      [12, 22],
      [1, 10],
    ],
  ],
  ['part of five minutes', '2026-11-01T07:01:00Z', '2026-11-01T07:02:00Z', [[1, 1]]],
  ['nothing', '2026-11-01T07:00:00Z', '2026-11-01T07:00:00Z', []],
  ['a range that ends before it begins', '2026-11-02T00:00:00Z', '2026-11-01T00:00:00Z', []],
])('covers %s with the longest windows', (_name, from, to, expected) => {
  expect(of(from, to)).toEqual(expected);
});

it('covers every range once, without a gap, with at most five stretches', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 60 * dayMs }),
      fc.integer({ min: 1, max: 40 * dayMs }),
      (from, length) => {
        const stretches = coarsestStretches(from, from + length);
        let reached = Math.floor(from / fiveMinutesMs) * fiveMinutesMs;
        for (const { windowMs, fromMs, toMs } of stretches) {
          expect(fromMs).toBe(reached);
          expect(fromMs % windowMs).toBe(0);
          expect(toMs % windowMs).toBe(0);
          expect([fiveMinutesMs, hourMs, dayMs]).toContain(windowMs);
          reached = toMs;
        }
        expect(reached).toBe(Math.ceil((from + length) / fiveMinutesMs) * fiveMinutesMs);
        expect(stretches.length).toBeLessThanOrEqual(5);
      },
    ),
  );
});
