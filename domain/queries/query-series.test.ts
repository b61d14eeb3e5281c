import { expect, it } from 'vitest';
import { querySeries } from './query-series.ts';

const hour = (startMs: number, busiestRows: number) => ({ startMs, busiestRows, compared: 10, repeated: 4 });

it('an hour without clients is a gap, and nothing is drawn where there is none', () => {
  expect(querySeries([])).toBeNull();
  const prepared = querySeries([hour(0, 5), hour(7_200_000, 9)]);
  expect(prepared?.range).toEqual({ from: 0, to: 10_800_000 });
  expect(prepared?.series[0]?.points).toEqual([
    [0, 5],
    [3_600_000, null],
    [7_200_000, 9],
  ]);
});
