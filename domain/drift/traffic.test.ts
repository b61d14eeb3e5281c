import { describe, expect, it } from 'vitest';
import { trafficVerdicts, usualRows } from './traffic.ts';

describe('the rows of a window', () => {
  it('are usually the median of like windows, and unknown from fewer than two', () => {
    expect(usualRows([])).toBeNull();
    expect(usualRows([900])).toBeNull();
    expect(usualRows([900, 100])).toBe(500);
    expect(usualRows([900, 0, 1_000])).toBe(900);
  });

  const rule = { factor: 3, least: 100 };
  const cases: [number, number | null, string | null, string | null][] = [
    [0, 300, 'drifted', null],
    [100, 300, 'steady', 'drifted'],
    [101, 300, 'steady', 'steady'],
    [899, 300, 'steady', 'steady'],
    [900, 300, 'steady', 'drifted'],
    // Too few to say anything of.
    [0, 99, null, null],
    [5_000, null, null, null],
  ];
  it.each(cases)('%i where %o are usual: missing %o, volume %o', (rows, usual, noRows, volume) => {
    const found = trafficVerdicts(rows, { usualRows: usual, usualOf: 'sameHours' }, rule);
    expect([found.noRows?.verdict ?? null, found.volume?.verdict ?? null]).toEqual([noRows, volume]);
  });

  it('are never too many or few by the last windows alone, but may be missing', () => {
    const usual = { usualRows: 300, usualOf: 'lastWindows' } as const;
    expect(trafficVerdicts(5, usual, rule).volume).toBeNull();
    expect(trafficVerdicts(0, usual, rule).noRows?.verdict).toBe('drifted');
  });
});
