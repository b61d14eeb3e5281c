import { describe, expect, it } from 'vitest';
import { capPoints, type MetricBar, type MetricPoint, quantileMs, revisionSeries } from './metric-series.ts';

const bar = (endMs: number, requests: number, errors = 0): MetricBar => ({
  endMs,
  intervalMs: 10_000,
  requests,
  errors,
  buckets: { 100: Math.floor(requests / 2), 250: Math.floor(requests * 0.9) },
});

const options = { slowerThanMs: 250, maxPoints: 100 };

describe('revisionSeries', () => {
  it('gives requests per second and shares of one interval', () => {
    const series = revisionSeries([bar(10_000, 100, 5)], options);
    expect(series.requestsPerSecond).toEqual([[10_000, 10]]);
    expect(series.errorShare).toEqual([[10_000, 0.05]]);
    expect(series.slowShare).toEqual([[10_000, 0.1]]);
  });

  it('draws no line over a missing interval', () => {
    const series = revisionSeries([bar(10_000, 10), bar(20_000, 10), bar(50_000, 10)], options);
    expect(series.requestsPerSecond).toEqual([
      [10_000, 1],
      [20_000, 1],
      [20_001, null],
      [50_000, 1],
    ]);
  });

  it('has a gap, not zero, as the share of no requests', () => {
    expect(revisionSeries([bar(10_000, 0)], options).errorShare).toEqual([[10_000, null]]);
  });

  it('has no slow share when no bucket ends at the bound', () => {
    const series = revisionSeries([bar(10_000, 10)], { ...options, slowerThanMs: 300 });
    expect(series.slowShare).toEqual([[10_000, null]]);
  });
});

describe('quantileMs', () => {
  it('is linear within its bucket, and the last bound when it lies above', () => {
    const counts = { ...bar(0, 100), buckets: { 100: 50, 200: 100 } };
    expect(quantileMs(counts, 0.75)).toBe(150);
    expect(quantileMs({ ...counts, buckets: { 100: 50 } }, 0.95)).toBe(100);
    expect(quantileMs(bar(0, 0), 0.95)).toBeNull();
  });
});

describe('capPoints', () => {
  it('keeps the greatest and the least value of a long series within the cap', () => {
    const points = Array.from({ length: 10_000 }, (_, at): MetricPoint => [at, at === 5_123 ? 99 : 1]);
    const capped = capPoints(points, 200);
    expect(capped.length).toBeLessThanOrEqual(200);
    expect(capped).toContainEqual([5_123, 99]);
    expect(capped.map(([at]) => at)).toEqual(
      capped.map(([at]) => at).toSorted((left, right) => left - right),
    );
  });

  it('keeps a gap', () => {
    const points = Array.from({ length: 1_000 }, (_, at): MetricPoint => [at, at === 500 ? null : 1]);
    expect(capPoints(points, 60)).toContainEqual([500, null]);
  });

  it('leaves a short series alone', () => {
    const points: MetricPoint[] = [[1, 2]];
    expect(capPoints(points, 10)).toEqual(points);
  });
});
