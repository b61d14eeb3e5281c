import * as z from 'zod';

export const metricSchema = z.string().regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, 'This is not a name of a metric.');
const optionalMetricSchema = z.union([z.literal(''), metricSchema]);
export const labelSchema = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'This is not a name of a label.');
const optionalLabelSchema = z.union([z.literal(''), labelSchema]);

/** Placeholders, `*`, and `|` between alternatives; everything else is taken literally, so that no pattern can cost time or leave its place. */
const patternSchema = z
  .string()
  .max(200)
  .refine((text) => (text.match(/\*/g)?.length ?? 0) <= 4, 'A pattern has at most four "*".')
  .refine(
    (text) => !/\$(?!service|namespace|revision|workload)/.test(text),
    'A pattern knows $service, $namespace, $revision, $workload, * and |.',
  );

/** A pattern from which the number of a revision can be read. */
export const revisionPatternSchema = patternSchema.refine(
  (text) => text.includes('$revision'),
  'The pattern of the revision needs $revision.',
);

/**
 * Names of counters and labels by which requests are counted per pod or proxy; data, so that another mesh needs no code.
 * An empty label or metric means that there is none. Rows stored before a field existed get its default.
 */
export const metricProfileSchema = z.object({
  requestsMetric: metricSchema,
  /** Label matcher that selects errors among the requests, such as `code=~"5.."`; the pattern is RE2, run by Prometheus. */
  errorLabel: optionalLabelSchema,
  errorPattern: z.string().max(200),
  /** Histogram without `_bucket`; empty when there is none, and then no share of slow requests can be judged. */
  durationMetric: optionalMetricSchema,
  durationUnit: z.enum(['seconds', 'milliseconds']).default('seconds'),
  /** Tells one counter from the next: the pod, or the proxy that counts for several. */
  podLabel: labelSchema,
  namespaceLabel: optionalLabelSchema,
  serviceLabel: optionalLabelSchema,
  servicePattern: patternSchema.default('$service'),
  /** Empty: the metrics do not tell revisions apart, so nothing is compared. */
  revisionLabel: optionalLabelSchema,
  revisionPattern: revisionPatternSchema.default('$revision'),
  /** One more exact match, such as the side that reports. */
  onlyLabel: optionalLabelSchema.default(''),
  onlyValue: z.string().max(200).default(''),
  /** How a workload that Fairlead does not manage is named in the series; for requests per second only. */
  workloadLabel: optionalLabelSchema.default(''),
  workloadPattern: patternSchema.default('$workload-*'),
  /** What a server of language models counts of its work, by the same labels; for costs only, never judged. */
  promptTokensMetric: optionalMetricSchema.default(''),
  generatedTokensMetric: optionalMetricSchema.default(''),
  /** Prompt tokens that came from the prefix cache. */
  cachedTokensMetric: optionalMetricSchema.default(''),
  /** Gauge of the requests that a pod works on at a moment, and histogram (without `_sum`) of the seconds that each is among them. */
  runningMetric: optionalMetricSchema.default(''),
  runningSecondsMetric: optionalMetricSchema.default(''),
  /** Histograms (without `_sum`) of the seconds that reading a prompt and writing an answer took. */
  prefillSecondsMetric: optionalMetricSchema.default(''),
  decodeSecondsMetric: optionalMetricSchema.default(''),
  /** Histograms by which a language model is watched: seconds to the first token and for each further one, tokens in and out. */
  firstTokenSecondsMetric: optionalMetricSchema.default(''),
  outputTokenSecondsMetric: optionalMetricSchema.default(''),
  requestTokensMetric: optionalMetricSchema.default(''),
  answerTokensMetric: optionalMetricSchema.default(''),
});
export type MetricProfile = z.output<typeof metricProfileSchema>;

/** Whether the profile tells revisions apart; without it the analysis has no evidence and only guard rails run. */
export function canCompare(profile: MetricProfile): boolean {
  return profile.revisionLabel !== '';
}

export type PatternValues = Readonly<Partial<Record<'service' | 'namespace' | 'workload', string>>>;

const placeholder = /\$(service|namespace|revision|workload)|\*/g;

type Parts = {
  readonly escape: (text: string) => string;
  readonly revision: string;
  readonly any: string;
};

function filled(pattern: string, values: PatternValues, parts: Parts): string {
  let text = '';
  let end = 0;
  for (const match of pattern.matchAll(placeholder)) {
    text += parts.escape(pattern.slice(end, match.index));
    end = match.index + match[0].length;
    const name = match[1];
    if (name === 'revision') text += parts.revision;
    else {
      const value = isValueName(name) ? values[name] : undefined;
      text += value === undefined ? parts.any : parts.escape(value);
    }
  }
  return text + parts.escape(pattern.slice(end));
}

function isValueName(name: string | undefined): name is keyof PatternValues {
  return name === 'service' || name === 'namespace' || name === 'workload';
}

function alternatives(pattern: string, values: PatternValues, parts: Parts): string {
  return pattern
    .split('|')
    .map((one) => filled(one, values, parts))
    .join('|');
}

/** Escapes every character that RE2 or JavaScript reads as more than itself. */
function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** The pattern as an RE2 expression for PromQL, which anchors it; a placeholder without a value matches anything. */
export function patternRegex(pattern: string, values: PatternValues): string {
  return alternatives(pattern, values, { escape: literal, revision: '[1-9][0-9]*', any: '.*' });
}

/** The one text that the pattern stands for, or null when it stands for more than one. */
export function patternText(pattern: string, values: PatternValues): string | null {
  const open = [...pattern.matchAll(placeholder)].some(
    ([, name]) => !isValueName(name) || values[name] === undefined,
  );
  return open || pattern.includes('|')
    ? null
    : filled(pattern, values, { escape: (text) => text, revision: '', any: '' });
}

/** Reads the revision's number out of label values that the pattern fits; null for every other value. */
export function revisionReader(pattern: string, values: PatternValues): (value: string) => number | null {
  const parts = { escape: literal, revision: '([1-9][0-9]{0,8})', any: '.*' };
  const expression = new RegExp(`^(?:${alternatives(pattern, values, parts)})$`);
  return (value) => {
    const groups = value.length > 1_000 ? null : expression.exec(value);
    const digits = groups?.slice(1).find((group) => group !== undefined);
    return digits === undefined ? null : Number(digits);
  };
}
