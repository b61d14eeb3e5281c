import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { defaultMetricProfile } from '../../domain/metric-profile-presets.ts';
import { escapedLabelValue } from '../../domain/promql-text.ts';
import type { ServingScope } from '../../domain/serving.ts';
import type { CountersAnswer, ValueAnswer } from './metrics.ts';
import { createPrometheusMetrics, rangeOf } from './prometheus.ts';
import { counterQueries, filledTemplate } from './prometheus-text.ts';

type Query = { readonly path: string; readonly params: URLSearchParams };
let answer: (query: Query, response: ServerResponse) => void;
let asked: Query[] = [];
let server: Server;
let metrics: ReturnType<typeof createPrometheusMetrics>;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const query = { path: request.url ?? '', params: new URLSearchParams(body) };
      asked.push(query);
      answer(query, response);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  metrics = createPrometheusMetrics({
    url: `http://127.0.0.1:${port}/prom/`,
    profile: defaultMetricProfile,
    allowances: ['127.0.0.1'],
  });
});
afterAll(async () => {
  await metrics.close();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
});

const scope: ServingScope = {
  projectId: 'p',
  serviceId: 's',
  serviceName: 'fraud-detector',
  clusterId: 'c',
  namespace: 'production',
  gateway: { name: 'gw', namespace: 'gateways' },
  hostnames: [],
  pathPrefix: '/',
  port: 80,
};
const boundaries = [0, 15, 30].map((offset) => new Date(1_700_000_000_000 + offset * 1000));
const counters = (): Promise<CountersAnswer> => metrics.counters({ scope, boundaries });
const value = (template = 'up{service="$service"}'): Promise<ValueAnswer> =>
  metrics.value({ scope, revisionNumber: 4, template, at: boundaries[0] ?? new Date(0) });

function matrix(response: ServerResponse, result: unknown, warnings?: string[]): void {
  response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result }, warnings }));
}
function vector(response: ServerResponse, result: unknown): void {
  response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
}
const at = (offset: number): number => 1_700_000_000 + offset;
const labels = (pod: string, revision = '4') => ({ pod, fairlead_revision: revision });

describe('counters', () => {
  test('are the raw values per pod at the asked boundaries, with buckets in ms and no error series read as 0', async () => {
    answer = ({ params }, response) => {
      const query = params.get('query') ?? '';
      if (query.includes('_bucket'))
        matrix(response, [
          {
            metric: { ...labels('a'), le: '0.005' },
            values: [
              [at(0), '7'],
              [at(15), '9'],
            ],
          },
          {
            metric: { ...labels('a'), le: '0.25' },
            values: [
              [at(0), '8'],
              [at(15), '11'],
            ],
          },
          {
            metric: { ...labels('a'), le: '+Inf' },
            values: [
              [at(0), '10'],
              [at(15), '12'],
            ],
          },
        ]);
      else if (query.includes('code=~'))
        matrix(response, [
          {
            metric: labels('b', '3'),
            values: [
              [at(0), '1'],
              [at(15), '2'],
              [at(30), '2'],
            ],
          },
        ]);
      else
        matrix(response, [
          {
            metric: labels('a'),
            values: [
              [at(0), '10'],
              [at(15), '12'],
              [at(20), '99'],
            ],
          },
          {
            metric: labels('b', '3'),
            values: [
              [at(0), '100'],
              [at(15), 'NaN'],
              [at(30), '140'],
            ],
          },
          { metric: labels('c', 'not a number'), values: [[at(0), '5']] },
          { metric: { pod: '' }, values: [[at(0), '5']] },
        ]);
    };
    expect(await counters()).toEqual({
      kind: 'samples',
      samples: [
        {
          pod: 'a',
          revisionNumber: 4,
          at: boundaries[0],
          requests: 10,
          errors: 0,
          buckets: { 5: 7, 250: 8 },
        },
        { pod: 'b', revisionNumber: 3, at: boundaries[0], requests: 100, errors: 1, buckets: {} },
        {
          pod: 'a',
          revisionNumber: 4,
          at: boundaries[1],
          requests: 12,
          errors: 0,
          buckets: { 5: 9, 250: 11 },
        },
        { pod: 'b', revisionNumber: 3, at: boundaries[2], requests: 140, errors: 2, buckets: {} },
      ],
    });
    expect(asked).toHaveLength(3);
    for (const { path, params } of asked) {
      expect(path).toBe('/prom/api/v1/query_range');
      expect(params.get('start')).toBe('1700000000.000');
      expect(params.get('end')).toBe('1700000030.000');
      expect(params.get('step')).toBe('15.000');
      expect(params.get('limit')).toBe('5000');
      expect(params.get('timeout')).toBe('8000ms');
      expect(params.get('query')).not.toMatch(/rate|increase/);
    }
  });

  test('of a service that nobody scraped are no evidence, never an empty success', async () => {
    answer = (_query, response) => matrix(response, []);
    expect(await counters()).toMatchObject({ kind: 'noEvidence', reason: 'noSeries' });
  });

  test('that Prometheus cut to the limit are no evidence', async () => {
    answer = (_query, response) =>
      matrix(response, [{ metric: labels('a'), values: [[at(0), '1']] }], ['results truncated due to limit']);
    expect(await counters()).toMatchObject({ kind: 'noEvidence', reason: 'tooLarge' });
  });

  test('fail as a whole when one of the three queries fails', async () => {
    answer = ({ params }, response) => {
      if (params.get('query')?.includes('code=~') === true) response.writeHead(503).end('busy');
      else matrix(response, [{ metric: labels('a'), values: [[at(0), '1']] }]);
    };
    expect(await counters()).toMatchObject({ kind: 'noEvidence', reason: 'unreachable' });
  });
});

describe('values', () => {
  test('are the one number that the query gives, infinity included', async () => {
    answer = (_query, response) => vector(response, [{ metric: {}, value: [at(0), '0.25'] }]);
    expect(await value()).toEqual({ kind: 'value', value: 0.25, at: boundaries[0] });
    answer = (_query, response) => vector(response, [{ metric: {}, value: [at(0), '+Inf'] }]);
    expect(await value()).toMatchObject({ kind: 'value', value: Number.POSITIVE_INFINITY });
    answer = (_query, response) =>
      void response.end(`{"status":"success","data":{"resultType":"scalar","result":[${at(0)},"3"]}}`);
    expect(await value()).toMatchObject({ kind: 'value', value: 3 });
  });

  test('are no evidence when there is none, more than one, or NaN', async () => {
    answer = (_query, response) => vector(response, []);
    expect(await value()).toMatchObject({ kind: 'noEvidence', reason: 'noSeries' });
    answer = (_query, response) => vector(response, [{ metric: {}, value: [at(0), 'NaN'] }]);
    expect(await value()).toMatchObject({ kind: 'noEvidence', reason: 'noSeries' });
    const one = { metric: {}, value: [at(0), '1'] };
    answer = (_query, response) => vector(response, [one, one]);
    expect(await value()).toMatchObject({ kind: 'noEvidence', reason: 'malformed' });
  });
});

describe('a hostile or broken upstream', () => {
  const flood = (chunk: string) => (_query: Query, response: ServerResponse) => {
    const write = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', write);
    write();
  };

  test('that never ends its answer gives tooLarge within bounded memory', async () => {
    const before = process.memoryUsage().rss;
    answer = flood('[[[[[[[[{"metric":'.repeat(4_000));
    expect(await value()).toMatchObject({ kind: 'noEvidence', reason: 'tooLarge' });
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });

  test.each([
    ['no JSON', '<html>'],
    ['absurdly deep JSON', '['.repeat(1_000_000)],
    ['another form', '{"status":"success","data":{"resultType":"streams","result":[]}}'],
    [
      'numbers instead of text',
      '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,2]}]}}',
    ],
    ['an empty body', ''],
  ])('that sends %s is malformed', async (_name, body) => {
    answer = (_query, response) => void response.end(body);
    expect(await value()).toMatchObject({ kind: 'noEvidence', reason: 'malformed' });
  });

  test.each([
    [500, 'oops', 'unreachable'],
    [502, '{"status":"error","errorType":"bad_gateway","error":"x"}', 'unreachable'],
    [503, '{"status":"error","errorType":"timeout","error":"query timed out"}', 'timeout'],
    [422, '{"status":"error","errorType":"execution","error":"too many samples"}', 'refused'],
    [400, '{"status":"error","errorType":"bad_data","error":"parse error"}', 'refused'],
    [401, 'who are you', 'refused'],
    [302, '', 'refused'],
  ])('that answers %i is no evidence, with its own words', async (status, body, reason) => {
    answer = (_query, response) =>
      void response.writeHead(status, { location: 'http://127.0.0.1/' }).end(body);
    const found = await value();
    expect(found).toMatchObject({ kind: 'noEvidence', reason });
    const words = /"error":"([^"]+)"/.exec(body)?.[1] ?? '';
    expect(found.kind === 'noEvidence' ? found.message : '').toContain(words);
  });

  test.each([
    [401, 'no', 'no secret is set for it'],
    [401, 'no org id', 'set its tenant header'],
    [403, 'no', 'its right to read, or the tenant, is missing'],
    [404, '<html>', 'There is no Prometheus API at this address (404)'],
    [429, 'slow down', 'asked too often (429)'],
    [502, '<html>', 'Prometheus answered 502'],
    [302, '', 'as the sign-in page of Grafana does'],
    [200, '<!doctype html><title>Grafana</title>', 'answers with a web page'],
    [422, '{"status":"error","errorType":"execution","error":"too many"}', 'refused the query (422)'],
  ])('that answers %s %s says: %s', async (status, body, sentence) => {
    answer = (_query, response) =>
      void response.writeHead(status, { location: 'http://127.0.0.1/' }).end(body);
    const found = await value();
    expect(found.kind === 'noEvidence' ? found.message : found).toContain(sentence);
  });

  test('that repeats the secret is not quoted with it', async () => {
    const { port } = server.address() as AddressInfo;
    const signedIn = createPrometheusMetrics({
      url: `http://127.0.0.1:${port}`,
      profile: defaultMetricProfile,
      allowances: ['127.0.0.1'],
      headers: { authorization: 'Bearer hidden-word' },
      secrets: ['hidden-word'],
    });
    answer = (_query, response) =>
      void response
        .writeHead(422)
        .end('{"status":"error","errorType":"execution","error":"got Bearer hidden-word"}');
    const found = await signedIn.value({ scope, revisionNumber: 1, template: 'up', at: new Date(0) });
    expect(found.kind === 'noEvidence' ? found.message : '').toMatch(/got Bearer …/);
    await signedIn.close();
  });

  test('that hangs up is unreachable', async () => {
    answer = (_query, response) => void response.destroy();
    expect(await value()).toMatchObject({ kind: 'noEvidence', reason: 'unreachable' });
  });

  test('that lives at an instance metadata address is never called', async () => {
    const other = createPrometheusMetrics({
      url: 'http://169.254.169.254:9090',
      profile: defaultMetricProfile,
      allowances: ['169.254.169.254', '169.254.0.0/16'],
    });
    const found = await other.value({ scope, revisionNumber: 1, template: 'up', at: new Date(0) });
    expect(found).toMatchObject({ kind: 'noEvidence', reason: 'refused' });
    await other.close();
  });
});

describe('the work of a server of language models', () => {
  test('never holds up what is judged: where it is refused, the requests are still counted', async () => {
    const { port } = server.address() as AddressInfo;
    const profile = { ...defaultMetricProfile, promptTokensMetric: 'prompt_tokens_total' };
    const url = `http://127.0.0.1:${port}`;
    const reader = createPrometheusMetrics({ url, profile, allowances: ['127.0.0.1'] });
    answer = ({ params }, response) => {
      if (!params.get('query')?.includes('__name__=~'))
        return matrix(response, [{ metric: { pod: 'a', fairlead_revision: '2' }, values: [[at(0), '7']] }]);
      response.writeHead(422, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ status: 'error', errorType: 'execution', error: 'too many samples' }));
    };
    const found = await reader.counters({ scope, boundaries });
    await reader.close();
    expect(found).toMatchObject({ kind: 'samples', samples: [{ pod: 'a', requests: 7 }] });
  });
});

describe('query text', () => {
  test('cannot be left by any label value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapedLabelValue(text);
        const plain = escaped.replace(/\\[\\"n]/g, '');
        expect(plain).not.toMatch(/["\n]/);
        const back = escaped.replace(/\\([\\"n])/g, (_all, sign: string) => (sign === 'n' ? '\n' : sign));
        expect(back).toBe(text);
      }),
    );
  });

  test('takes each placeholder once and only whole names', () => {
    const hostile = { ...scope, serviceName: 'a"} or vector(1) #$revision\n', namespace: '$service' };
    expect(filledTemplate('x{s="$service",n="$namespace",r="$revision"} > $services', hostile, 7)).toBe(
      'x{s="a\\"} or vector(1) #$revision\\n",n="$service",r="7"} > $services',
    );
  });

  test('selects by namespace, service, pod and revision label of the profile', () => {
    expect(counterQueries(defaultMetricProfile, scope).errors).toBe(
      'sum by (pod, fairlead_revision) (model_requests_total{namespace="production", fairlead_service="fraud-detector", pod!="", fairlead_revision!="", code=~"5.."})',
    );
  });

  test('of a workload of others selects its pods by name, or by the label that names the workload', () => {
    const workload = { name: 'ranker', podNames: ['ranker-5c-a.b', 'ranker-5c-c'], revisionNumber: 2 };
    expect(counterQueries(defaultMetricProfile, scope, workload).requests).toBe(
      'sum by (pod) (model_requests_total{namespace="production", pod=~"ranker-5c-a\\\\.b|ranker-5c-c"})',
    );
    const mesh = {
      ...defaultMetricProfile,
      workloadLabel: 'destination_workload',
      workloadPattern: '$workload',
    };
    expect(counterQueries(mesh, scope, workload).requests).toBe(
      'sum by (pod) (model_requests_total{namespace="production", destination_workload=~"ranker", pod!=""})',
    );
  });

  test('of a workload of others counts every pod as its one revision, also where nothing tells revisions apart', async () => {
    answer = (_query, response) =>
      matrix(response, [{ metric: { pod: 'ranker-a' }, values: [[at(0), '7']] }]);
    const workload = { name: 'ranker', podNames: ['ranker-a'], revisionNumber: 9 };
    const found = await metrics.counters({ scope, boundaries, workload });
    expect(found).toMatchObject({
      kind: 'samples',
      samples: [{ pod: 'ranker-a', revisionNumber: 9, requests: 7 }],
    });
    const none = await metrics.counters({ scope, boundaries, workload: { ...workload, podNames: [] } });
    expect(none).toMatchObject({ kind: 'noEvidence', reason: 'noSeries' });
  });
});

describe('ranges', () => {
  const dates = (...times: number[]) => times.map((time) => new Date(time));
  test('hit every boundary with the widest step', () => {
    expect(rangeOf(dates(0, 30_000, 45_000))).toEqual({ start: '0.000', end: '45.000', step: '15.000' });
    expect(rangeOf(dates(5_000))).toEqual({ start: '5.000', end: '5.000', step: '1.000' });
  });
  test('are refused when boundaries do not rise, are none, too many or too uneven', () => {
    expect(rangeOf([])).toBeNull();
    expect(rangeOf(dates(10, 10))).toBeNull();
    expect(rangeOf(dates(10, 5))).toBeNull();
    expect(rangeOf(dates(...Array.from({ length: 501 }, (_none, index) => index * 1_000)))).toBeNull();
    expect(rangeOf(dates(0, 1, 1_000_000))).toBeNull();
  });
});
