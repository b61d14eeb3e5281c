import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bucketsOfBounds } from '../../domain/drift/histogram-buckets.ts';
import { defaultMetricProfile } from '../../domain/metric-profile-presets.ts';
import { histogramSourceSchema } from '../../domain/prometheus-source.ts';
import { createPrometheusMetrics } from './prometheus.ts';

let server: Server;
let metrics: ReturnType<typeof createPrometheusMetrics>;
let result: unknown[] = [];
let asked: Record<string, string> = {};

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      asked = Object.fromEntries(new URLSearchParams(body));
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  metrics = createPrometheusMetrics({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    profile: defaultMetricProfile,
    allowances: ['127.0.0.1'],
  });
});
afterAll(async () => {
  await metrics.close();
  server.closeAllConnections();
  server.close();
});

const scope = { serviceId: 's', serviceName: 'chat', clusterId: 'c', namespace: 'production' };
const at = 1_700_000_100;
const boundaries = [new Date(at * 1_000), new Date((at + 300) * 1_000)];
async function read(change: object = {}) {
  const source = { metric: 'ttft', form: 'classic', feature: 'ttft', ...change };
  const answer = await metrics.histograms?.({
    scope,
    boundaries,
    source: histogramSourceSchema.parse(source),
  });
  if (answer?.kind !== 'samples') throw new Error('There are samples.');
  return answer.samples;
}

it('a classic histogram is asked for as raw series and read pod by pod, whole or not at all', async () => {
  const of = (pod: string, le: string, ...values: string[]) => ({
    metric: { __name__: 'ttft_bucket', namespace: 'production', pod, le },
    values: values.map((value, index) => [at + index * 300, value]),
  });
  result = [
    of('a', '0.5', '3', '4'),
    of('a', '+Inf', '5', '9'),
    of('a', '0.1', '1', '1'),
    // Its scrape is half written at the second instant.
    of('b', '0.1', '2', '9'),
    of('b', '+Inf', '2', '8'),
    of('c', '0.1', '2'),
  ];
  const samples = await read({ matchers: [{ label: 'code', operator: '!~', value: '5.."' }] });
  expect(asked).toMatchObject({
    query: 'ttft_bucket{namespace="production", code!~"5..\\"", pod!=""}',
    start: '1700000100.000',
    step: '300.000',
  });
  expect(samples.map(({ pod, atMs, buckets }) => [pod, atMs / 1_000 - at, buckets])).toEqual(
    expect.arrayContaining([
      ['a', 0, bucketsOfBounds([0.1, 0.5], [1, 2, 2])],
      ['b', 0, bucketsOfBounds([0.1], [2, 0])],
      ['a', 300, bucketsOfBounds([0.1, 0.5], [1, 3, 5])],
    ]),
  );
  expect(samples).toHaveLength(3);
  expect(new Set(samples.map(({ series }) => series)).size).toBe(2);
});

it('a native histogram is read from the histograms of its series; the revision from a label where one is named', async () => {
  const histogram = (buckets: unknown[], count: string) => ({ count, sum: '3.25', buckets });
  const own = [
    [1, '-2', '-1', '1'],
    [3, '-0.001', '0.001', '2'],
    [0, '0.7071067811865475', '1', '4'],
  ];
  result = [
    {
      metric: { __name__: 'ttft', pod: 'a', version: 'chat-r12' },
      histograms: [
        [at, histogram(own, '7')],
        [at + 300, { count: '0', sum: '0' }],
      ],
    },
    {
      metric: { pod: 'b', version: 'other-r1' },
      histograms: [[at, histogram([[0, '1', '2', '1.5']], '1.5')]],
    },
    { metric: { pod: 'c', version: 'other-r1' }, histograms: [[at, histogram([[0, '1', '2', '1']], '1')]] },
    { metric: { pod: 'd' }, values: [[at, '1']] },
  ];
  const revision = { label: 'version', pattern: '$service-r$revision' };
  const samples = await read({ form: 'native', namespaceLabel: null, revision });
  expect(asked).toMatchObject({ query: 'ttft{pod!=""}' });
  const found = samples.map(({ pod, revisionNumber, buckets }) => [pod, revisionNumber, buckets]);
  expect(found).toHaveLength(3);
  expect(found).toContainEqual([
    'a',
    12,
    [
      { from: -2, to: -1, count: 1 },
      { from: -0.001, to: 0.001, count: 2 },
      { from: 0.7071067811865475, to: 1, count: 4 },
    ],
  ]);
  expect(found).toContainEqual(['a', 12, []]);
  expect(found).toContainEqual(['c', 'other', [{ from: 1, to: 2, count: 1 }]]);
});
