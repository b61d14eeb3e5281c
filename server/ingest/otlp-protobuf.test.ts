import { expect, it } from 'vitest';
import { bucketsOfBounds } from '../../domain/drift/histogram-buckets.ts';
import { otlpHistograms, otlpMetricsSchema } from '../../domain/drift/otlp-metrics.ts';
import { otlpExample } from './otlp-example.ts';
import { otlpProtobuf } from './otlp-protobuf.ts';

it('an export in protobuf is read as its JSON is, with what nobody reads passed over', async () => {
  const { read } = await otlpProtobuf();
  const { histograms, rejected } = otlpHistograms(otlpMetricsSchema.parse(read(otlpExample)));
  const from = { atMs: 1_795_000_000_000, pod: null, revision: 1 };
  expect(histograms).toEqual([
    {
      ...from,
      feature: 'gen_ai.client.token.usage.input',
      buckets: bucketsOfBounds([1, 4], [1, 2, 3]),
    },
    {
      ...from,
      feature: 'gen_ai.server.time_to_first_token',
      buckets: [
        { from: -0.001, to: 0.001, count: 2 },
        { from: 4 ** -3, to: 4 ** -2, count: 300 },
        { from: 4 ** -1, to: 1, count: 70_000 },
      ],
    },
  ]);
  expect([...rejected]).toEqual([['Only histograms with buckets are counted.', 1]]);
});

it('answers as the protocol has it: nothing when all was taken, else how many points were not and why', async () => {
  const { answer, error, read } = await otlpProtobuf();
  expect(answer({})).toHaveLength(0);
  const partial = answer({ partialSuccess: { rejectedDataPoints: '3', errorMessage: 'no' } });
  expect(Buffer.from(partial).toString('hex')).toBe('0a06080312026e6f');
  expect(Buffer.from(error('bad')).toString('hex')).toBe('1203626164');
  expect(() => read(otlpExample.subarray(0, 100))).toThrow('no ExportMetricsServiceRequest');
});
