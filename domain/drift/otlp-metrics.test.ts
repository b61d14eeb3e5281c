import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binningOfBounds, countersOfBuckets } from './bucket-binning.ts';
import { addCounters, allRows } from './counters.ts';
import { bucketsOfBounds } from './histogram-buckets.ts';
import { otlpHistograms, otlpMetricsSchema } from './otlp-metrics.ts';

const point = (change: Record<string, unknown> = {}) => ({
  timeUnixNano: '1795000000000000000',
  count: '6',
  bucketCounts: ['1', '2', '3'],
  explicitBounds: [0.1, 0.5],
  ...change,
});
const metric = (change: Record<string, unknown> = {}, points = [point()]) => ({
  name: 'gen_ai.server.time_to_first_token',
  histogram: { aggregationTemporality: 1, dataPoints: points },
  ...change,
});
const read = (...metrics: unknown[]) =>
  otlpHistograms(
    otlpMetricsSchema.parse({
      resourceMetrics: [
        {
          resource: { attributes: [{ key: 'k8s.pod.name', value: { stringValue: 'chat-r1-x' } }] },
          scopeMetrics: [{ scope: {}, metrics }],
        },
      ],
    }),
  );

describe('an export in OTLP', () => {
  it('gives its delta histograms with the pod of their resource', () => {
    expect(read(metric())).toEqual({
      histograms: [
        {
          feature: 'gen_ai.server.time_to_first_token',
          atMs: 1_795_000_000_000,
          buckets: bucketsOfBounds([0.1, 0.5], [1, 2, 3]),
          pod: 'chat-r1-x',
          revision: null,
        },
      ],
      rejected: new Map(),
    });
  });

  it('gives exponential histograms; what its JSON leaves out is zero or empty', () => {
    const exponential = (dataPoints: object[]) => ({
      name: 'gen_ai.server.time_to_first_token',
      exponentialHistogram: { aggregationTemporality: 1, dataPoints },
    });
    const at = { timeUnixNano: '1795000000000000000' };
    const { histograms, rejected } = read(
      exponential([{ ...at, scale: 1, positive: { offset: -2, bucketCounts: ['4', '0', '1'] } }]),
      exponential([{ ...at, zeroCount: '2' }]),
      exponential([at]),
    );
    expect(histograms.map(({ buckets }) => buckets)).toEqual([
      [
        { from: 0.5, to: 2 ** -0.5, count: 4 },
        { from: 1, to: 2 ** 0.5, count: 1 },
      ],
      [{ from: -0, to: 0, count: 2 }],
    ]);
    expect([...rejected]).toEqual([['Only histograms with buckets are counted.', 1]]);
  });

  it('gives tokens that went in and came out as two features', () => {
    const of = (type: string) =>
      point({ attributes: [{ key: 'gen_ai.token.type', value: { stringValue: type } }] });
    const { histograms } = read(metric({ name: 'gen_ai.client.token.usage' }, [of('input'), of('output')]));
    expect(histograms.map(({ feature }) => feature)).toEqual([
      'gen_ai.client.token.usage.input',
      'gen_ai.client.token.usage.output',
    ]);
  });

  it.each([
    [
      'cumulative ones',
      metric({
        histogram: { aggregationTemporality: 'AGGREGATION_TEMPORALITY_CUMULATIVE', dataPoints: [point()] },
      }),
      'delta',
    ],
    ['sums', metric({ histogram: undefined, sum: {} }), 'Only histograms'],
    ['other metrics', metric({ name: 'http.server.request.duration' }), 'gen_ai'],
    [
      'histograms without buckets',
      metric({}, [point({ bucketCounts: [], explicitBounds: [] })]),
      'with buckets',
    ],
    ['bounds that do not ascend', metric({}, [point({ explicitBounds: [2, 1] })]), 'ascend'],
    ['too few buckets', metric({}, [point({ bucketCounts: ['1'] })]), 'ascend'],
  ])('has %s told and not counted', (_name, wrong, sentence) => {
    const { histograms, rejected } = read(wrong, metric());
    expect(histograms).toHaveLength(1);
    expect([...rejected]).toEqual([[expect.stringContaining(sentence) as string, 1]]);
  });
});

it('buckets are counted as they are, and histograms add up as their rows would', () => {
  const counts = fc.array(fc.nat(1_000_000), { minLength: 4, maxLength: 4 });
  const bounds = [0.001, 0.25, 7.5];
  const binning = binningOfBounds(bounds, [1, 2, 3, 4]);
  fc.assert(
    fc.property(counts, counts, (left, right) => {
      const both = left.map((count, bin) => count + (right[bin] ?? 0));
      const added = addCounters(countersOfBuckets(binning, left), countersOfBuckets(binning, right));
      expect(added).toEqual(countersOfBuckets(binning, both));
      expect(added.counts).toEqual(both);
      expect(allRows(added)).toBe(both.reduce((sum, count) => sum + count, 0));
    }),
  );
});
