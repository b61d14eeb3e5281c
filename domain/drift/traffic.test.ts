import { describe, expect, it } from 'vitest';
import { binningOfBounds, countersOfBuckets } from './bucket-binning.ts';
import { trafficVerdicts, usualRows, windowRows } from './traffic.ts';

describe('the rows of a window', () => {
  it('are usually the median of like windows, and unknown from fewer than two', () => {
    expect(usualRows([])).toBeNull();
    expect(usualRows([900])).toBeNull();
    expect(usualRows([900, 100])).toBe(500);
    expect(usualRows([900, 0, 1_000])).toBe(900);
  });

  it('are those that were sent, whatever histograms count beside them, unless there is nothing else', () => {
    const seconds = binningOfBounds([1], [1, 1]);
    const of = (rows: number) => countersOfBuckets(seconds, [rows, 0]);
    const amount = { featureId: 'amount', role: 'input' as const };
    const country = { featureId: 'country', role: 'input' as const };
    const ttft = { featureId: 'ttft', role: 'latency' as const };
    const counters = new Map([
      ['amount', of(40)],
      ['country', of(30)],
      ['ttft', of(900)],
    ]);
    expect(windowRows(counters, [amount, country, ttft])).toBe(40);
    expect(windowRows(new Map([['ttft', of(900)]]), [amount, ttft])).toBe(0);
    expect(windowRows(counters, [ttft])).toBe(900);
    expect(windowRows(new Map(), [amount])).toBe(0);
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
