import { describe, expect, it } from 'vitest';
import { metricProfileSchema } from '../metric-profile.ts';
import { defaultMetricProfile, metricPresets } from '../metric-profile-presets.ts';
import { binningOfBounds, countersOfBuckets } from './bucket-binning.ts';
import { countValues, noRows } from './counters.ts';
import { learnCategoricalBinning, learnNumericBinning } from './learn-binning.ts';
import { llmFigure, llmMeasure } from './llm-figures.ts';
import { llmHistograms } from './llm-histograms.ts';

const seconds = binningOfBounds([0.1, 0.2, 0.4], [10, 10, 10, 10]);
const ttft = { name: 'gen_ai.server.time_to_first_token', role: 'latency' as const, binning: seconds };
const verdict = learnCategoricalBinning(
  new Map([
    ['ok', 90],
    ['flagged', 10],
  ]),
);

describe('the figures of a language model', () => {
  it('are read of the GenAI conventions, of verdicts and of evaluation scores, and of nothing else', () => {
    const number = learnNumericBinning([0.1, 0.2, 0.35, 0.9]);
    const label = (name: string, role: 'class' | 'score' | 'input') =>
      llmMeasure({ name, role, binning: role === 'class' ? verdict : number })?.label ?? null;
    expect(llmMeasure(ttft)).toEqual({ kind: 'spread', label: 'Time to first token', unit: 's' });
    expect(label('injection', 'class')).toBe('Injection');
    expect(label('personal_data', 'class')).toBe('Personal data');
    expect(label('eval_is_grounded', 'score')).toBe('is grounded');
    expect(label('eval_is_grounded', 'input')).toBeNull();
    expect(label('amount', 'score')).toBeNull();
  });

  it('are read of the histograms that a metric profile names, under whatever feature they are counted', () => {
    const vllm = metricPresets.find(({ id }) => id === 'vllm')?.profile ?? defaultMetricProfile;
    expect(llmHistograms(vllm).map(({ metric, label }) => [metric, label])).toEqual([
      ['vllm:time_to_first_token_seconds', 'Time to first token'],
      ['vllm:request_time_per_output_token_seconds', 'Time per output token'],
      ['vllm:request_prompt_tokens', 'Tokens in'],
      ['vllm:request_generation_tokens', 'Tokens out'],
    ]);
    const stored = { requestsMetric: vllm.requestsMetric, errorLabel: '', errorPattern: '' };
    const labels = { podLabel: 'pod', namespaceLabel: '', serviceLabel: '', revisionLabel: '' };
    const older = metricProfileSchema.parse({ ...stored, ...labels, durationMetric: '' });
    expect(llmHistograms(older)).toEqual(llmHistograms(vllm));
    expect(llmHistograms({ ...older, answerTokensMetric: 'out' }).map(({ metric }) => metric)).toEqual([
      'out',
    ]);
    expect(llmHistograms(defaultMetricProfile)).toEqual([]);
    const scraped = new Map(llmHistograms(vllm).map((one) => [`my ${one.metric}`, one]));
    const feature = { ...ttft, name: 'my vllm:request_prompt_tokens' };
    expect(llmMeasure(feature, scraped)).toMatchObject({ label: 'Tokens in', unit: 'tokens' });
    expect(llmMeasure(feature)).toBeNull();
    expect(llmMeasure({ ...feature, binning: verdict }, scraped)).toBeNull();
  });

  it('are the middle and the 95th of a hundred by the bins, shares of answers that were flagged, and means', () => {
    const spread = llmFigure(ttft, 'spread', countersOfBuckets(seconds, [50, 40, 10, 0]));
    expect([spread.rows, spread.median]).toEqual([100, 0.1]);
    expect(spread.p95).toBeCloseTo(0.3, 12);
    expect(llmFigure(ttft, 'spread', countersOfBuckets(seconds, [0, 0, 0, 5])).p95).toBe(0.4);
    expect(llmFigure(ttft, 'spread', noRows(seconds)).median).toBeNull();
    const values = [
      ...Array.from({ length: 15 }, () => 'ok'),
      'flagged',
      'flagged',
      'flagged',
      'unheard',
      'unheard',
    ];
    expect(llmFigure({ binning: verdict }, 'flagged', countValues(verdict, values))).toMatchObject({
      rows: 20,
      flagged: { value: 5 / 20 },
    });
    const scores = learnNumericBinning([0.1, 0.2, 0.35, 0.9]);
    const mean = llmFigure({ binning: scores }, 'score', countValues(scores, [0.2, 0.4, 0.9])).mean;
    expect(mean).toBeCloseTo(0.5, 5);
  });
});
