import type { MetricProfile } from '../metric-profile.ts';
import { metricPresets } from '../metric-profile-presets.ts';
import type { LlmMeasure } from './llm-figures.ts';

/** A histogram of a metric profile by which a language model is watched. */
export type LlmHistogram = LlmMeasure & { readonly metric: string };

const measures = [
  ['firstTokenSecondsMetric', 'Time to first token', 's'],
  ['outputTokenSecondsMetric', 'Time per output token', 's'],
  ['requestTokensMetric', 'Tokens in', 'tokens'],
  ['answerTokensMetric', 'Tokens out', 'tokens'],
] as const satisfies readonly (readonly [keyof MetricProfile, string, LlmMeasure['unit']])[];

/**
 * The histograms of language models that a profile names; a profile that was stored before it could name any has those of
 * the preset with the same counter of requests. Empty case: none.
 */
export function llmHistograms(profile: MetricProfile): LlmHistogram[] {
  const own = namedBy(profile);
  if (own.length > 0) return own;
  const preset = metricPresets.find((one) => one.profile.requestsMetric === profile.requestsMetric);
  return preset === undefined ? [] : namedBy(preset.profile);
}

const namedBy = (profile: MetricProfile): LlmHistogram[] =>
  measures.flatMap(([key, label, unit]) =>
    profile[key] === '' ? [] : [{ metric: profile[key], kind: 'spread' as const, label, unit }],
  );
