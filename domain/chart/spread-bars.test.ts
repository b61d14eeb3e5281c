import { describe, expect, it } from 'vitest';
import type { MetricBar } from '../metric-series.ts';
import { spreadBars } from './spread-bars.ts';
import { errorPoints, latencyPoints, requestPoints } from './traffic-points.ts';

const minute = 60_000;
const bar = (endMs: number, intervalMs: number, requests: number): MetricBar => ({
  endMs,
  intervalMs,
  requests,
  errors: requests / 10,
  buckets: { 50: requests / 2, 100: requests },
});

describe('bars that are longer than a step', () => {
  it('stand at every step of their time, with the rate, share and quantile of the whole', () => {
    const hour = bar(60 * minute, 60 * minute, 3_600);
    const spread = spreadBars([hour], 15 * minute);
    expect(requestPoints(spread)).toEqual([15, 30, 45, 60].map((at) => [at * minute, 1]));
    expect(errorPoints(spread)).toEqual([15, 30, 45, 60].map((at) => [at * minute, 0.1]));
    expect(latencyPoints(spread).map(([, ms]) => ms)).toEqual(Array(4).fill(latencyPoints([hour])[0]?.[1]));
    expect(spread.reduce((sum, { requests }) => sum + requests, 0)).toBe(hour.requests);
  });

  it('leave what was measured finer, and gaps, as they are', () => {
    const fine = [bar(10 * minute, 5 * minute, 10), bar(30 * minute, 5 * minute, 10)];
    expect(spreadBars(fine, 5 * minute)).toEqual(fine);
    const ends = spreadBars([...fine, bar(60 * minute, 60 * minute, 60)], 10 * minute).map(
      ({ endMs }) => endMs,
    );
    expect(ends).toEqual([10, 30, 40, 50, 60].map((at) => at * minute));
  });
});
