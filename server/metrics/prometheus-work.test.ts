import { describe, expect, test } from 'vitest';
import { defaultMetricProfile, metricPresets } from '../../domain/metric-profile-presets.ts';
import { workRowOf } from './probe-work.ts';
import { counterSamples } from './prometheus-counters.ts';
import { workQuery } from './prometheus-text.ts';

const vllm = metricPresets.find(({ id }) => id === 'vllm')?.profile ?? defaultMetricProfile;
const scope = { serviceName: 'chat', namespace: 'production' };
const at = new Date(1_700_000_000_000);
const pod = { pod: 'a', fairlead_revision: '2' };
const series = (name: string, value: string) => ({
  labels: { ...pod, __name__: name },
  points: [[at.getTime() / 1_000, value] as const],
});

describe('the work of a server of language models', () => {
  test('is one selection by name, and none where the profile names nothing', () => {
    expect(workQuery(defaultMetricProfile, scope)).toBeNull();
    expect(workQuery(vllm, scope)).toBe(
      'sum by (__name__, pod, fairlead_revision) ({__name__=~"vllm:prompt_tokens_total|vllm:generation_tokens_total|vllm:prefix_cache_hits_total|vllm:num_requests_running|vllm:request_inference_time_seconds_sum|vllm:request_prefill_time_seconds_sum|vllm:request_decode_time_seconds_sum", namespace="production", fairlead_service="chat", pod!="", fairlead_revision!=""})',
    );
  });

  test('of a workload of others is that of its pods', () => {
    const workload = { name: 'chat', podNames: ['chat-1'], revisionNumber: 3 };
    const query = workQuery({ ...defaultMetricProfile, runningMetric: 'running' }, scope, workload);
    expect(query).toBe(
      'sum by (__name__, pod) ({__name__=~"running", namespace="production", pod=~"chat-1"})',
    );
  });

  test('stands beside the requests of each pod; what is not exposed or no number is left out', () => {
    const [requests, work] = [
      [{ labels: pod, points: [[at.getTime() / 1_000, '7'] as const] }],
      [
        series('vllm:prompt_tokens_total', '1200'),
        series('vllm:num_requests_running', '3'),
        series('vllm:generation_tokens_total', 'NaN'),
        series('vllm:request_inference_time_seconds_sum', '12.5'),
      ],
    ];
    const answers = { requests, errors: [], buckets: [], work };
    expect(counterSamples(answers, vllm, { scope, boundaries: [at] })).toEqual([
      {
        pod: 'a',
        revisionNumber: 2,
        at,
        requests: 7,
        errors: 0,
        buckets: {},
        work: { promptTokens: 1_200, running: 3, runningSeconds: 12.5 },
      },
    ]);
  });

  test('is told by a trial: all of it, what is lacking, or that costs go by requests only', () => {
    const row = (profile: typeof vllm, names: readonly string[]) =>
      workRowOf(
        profile,
        'query',
        names.map((name) => series(name, '1')),
      );
    const two = {
      ...defaultMetricProfile,
      promptTokensMetric: 'prompt_total',
      decodeSecondsMetric: 'decode_seconds',
    };
    expect(row(two, ['prompt_total', 'decode_seconds_sum'])).toMatchObject({ state: 'met', series: 2 });
    expect(row(two, ['prompt_total'])).toMatchObject({
      state: 'absent',
      detail: 'Some series are not there: decode_seconds_sum. Costs that need them are not shown.',
    });
    expect(row(two, []).detail).toBe(
      'None of the series of its work is there, so costs are shown by requests only.',
    );
  });
});
