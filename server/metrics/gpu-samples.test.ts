import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { defaultMetricProfile } from '../../domain/metric-profile-presets.ts';
import { gpuQueries, readGpuSamples, samplesOf } from './gpu-samples.ts';
import type { Series } from './prometheus-api.ts';

const series = (labels: Record<string, string>, value: number): Series => ({
  labels: { UUID: 'GPU-1', gpu: '0', modelName: 'NVIDIA H100 80GB HBM3', ...labels },
  points: [[0, String(value)]],
});
const none = { present: [], activitySum: [], activityCount: [], memoryPeak: [], memoryTotal: [] };
const answersOf = (labels: Record<string, string>) => ({
  present: [series(labels, 1)],
  activitySum: [series(labels, 30)],
  activityCount: [series(labels, 120)],
  memoryPeak: [series(labels, 20_480)],
  memoryTotal: [series(labels, 81_000)],
});
const sample = {
  node: 'gpu-1',
  pod: 'fraud-r1-a',
  device: 'GPU-1',
  instance: false,
  activity: 0.25,
  memoryPeakMib: 20_480,
  memoryTotalMib: 81_000,
};

it.each<[string, Record<string, string>]>([
  ['Hostname', { Hostname: 'gpu-1', namespace: 'fraud', pod: 'fraud-r1-a' }],
  ['hostname', { hostname: 'gpu-1', namespace: 'fraud', pod: 'fraud-r1-a' }],
  [
    'labels of the exporter beside those of the pod',
    {
      Hostname: 'gpu-1',
      namespace: 'gpu-operator',
      pod: 'nvidia-dcgm-exporter-x',
      exported_namespace: 'fraud',
      exported_pod: 'fraud-r1-a',
    },
  ],
])('a device of a pod is read with %s', (_, labels) => {
  expect(samplesOf('fraud', answersOf(labels))).toEqual([sample]);
});

it('a MIG instance is a device of its own', () => {
  const labels = { Hostname: 'gpu-1', namespace: 'fraud', pod: 'fraud-r1-a', GPU_I_ID: '3' };
  expect(samplesOf('fraud', answersOf(labels))).toEqual([{ ...sample, device: 'GPU-1/3', instance: true }]);
});

it('a device of the exporter alone names no pod', () => {
  const labels = { Hostname: 'gpu-1', namespace: 'gpu-operator', pod: 'nvidia-dcgm-exporter-x' };
  expect(samplesOf('fraud', answersOf(labels))).toEqual([{ ...sample, pod: null }]);
});

it('what has no series is null, and a device that is gone is none', () => {
  const labels = { Hostname: 'gpu-1', namespace: 'fraud', pod: 'fraud-r1-a' };
  const without = { ...none, present: [series(labels, 1)] };
  expect(samplesOf('fraud', without)).toEqual([
    { ...sample, activity: null, memoryPeakMib: null, memoryTotalMib: null },
  ]);
  expect(samplesOf('fraud', { ...answersOf(labels), present: [] })).toEqual([]);
});

it('series of one device from before and after a restart of its exporter are counted as one', () => {
  const labels = (instance: string) => ({
    Hostname: 'gpu-1',
    namespace: 'fraud',
    pod: 'fraud-r1-a',
    instance,
  });
  const [before, after] = [answersOf(labels('10.0.0.1:9400')), answersOf(labels('10.0.0.2:9400'))];
  const answers = {
    ...after,
    activitySum: [...before.activitySum, series(labels('10.0.0.2:9400'), 90)],
    activityCount: [...before.activityCount, ...after.activityCount],
  };
  expect(samplesOf('fraud', answers)).toEqual([{ ...sample, activity: 0.5 }]);
});

it('a question asks for one namespace alone, and for unnamed devices of the named nodes', () => {
  const asked = { namespace: 'a"b', sharedNodes: [], seconds: 86_400 };
  expect(gpuQueries(asked).activitySum).toBe(
    String.raw`sum_over_time(DCGM_FI_PROF_GR_ENGINE_ACTIVE{exported_namespace="a\"b", exported_pod!=""}[86400s]) or sum_over_time(DCGM_FI_PROF_GR_ENGINE_ACTIVE{namespace="a\"b", pod!="", exported_pod=""}[86400s])`,
  );
  const shared = gpuQueries({ ...asked, sharedNodes: ['gpu.1', 'gpu-2'] }).memoryPeak;
  expect(shared).toContain(
    String.raw`max_over_time(DCGM_FI_DEV_FB_USED{exported_pod="", pod=~"(.*dcgm-exporter.*)?", hostname=~"gpu\\.1|gpu-2"}[86400s])`,
  );
});

describe('a source over HTTP', () => {
  const listening = async (answer: (query: string) => { status: number; body: unknown }) => {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        const { status, body: sent } = answer(new URLSearchParams(body).get('query') ?? '');
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(sent));
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    try {
      const options = { url: `http://127.0.0.1:${port}`, profile: defaultMetricProfile };
      const question = { namespace: 'fraud', sharedNodes: [], seconds: 3_600 };
      return await readGpuSamples({ ...options, allowances: ['127.0.0.1'] }, question);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  };
  const metric = { UUID: 'GPU-1', Hostname: 'gpu-1', namespace: 'fraud', pod: 'a' };

  it('is asked for all figures of its devices', async () => {
    const valueOf = (query: string) =>
      query.startsWith('sum_over_time') ? '60' : query.startsWith('count_over_time') ? '120' : '4096';
    const answer = await listening((query) => ({
      status: 200,
      body: {
        status: 'success',
        data: { resultType: 'vector', result: [{ metric, value: [0, valueOf(query)] }] },
      },
    }));
    expect(answer).toEqual([
      { ...sample, pod: 'a', activity: 0.5, memoryPeakMib: 4_096, memoryTotalMib: 4_096 },
    ]);
  });

  it('that refuses one of the queries is no evidence, not an idle GPU', async () => {
    const answer = await listening(() => ({
      status: 422,
      body: { status: 'error', errorType: 'execution', error: 'too many samples' },
    }));
    expect(answer).toMatchObject({ kind: 'noEvidence' });
  });
});
