import * as z from 'zod';
import { labelSchema, metricSchema, revisionPatternSchema } from './metric-profile.ts';

/** classic: counters by upper bound, `<metric>_bucket`; native: one series whose buckets the query API gives with it. */
const histogramForms = ['classic', 'native'] as const;
/** earliest: from seven days back, as far as Prometheus still has it. */
const histogramStarts = ['latest', 'earliest'] as const;

const operators = ['=', '!=', '=~', '!~'] as const;
const matcherSchema = z.object({
  label: labelSchema,
  operator: z.enum(operators),
  value: z.string().max(200, 'A value of a label has at most 200 characters.'),
});
export type LabelMatcher = z.output<typeof matcherSchema>;

/** Which histogram of the environment's Prometheus becomes which feature of a service. */
export const histogramSourceSchema = z.object({
  metric: metricSchema
    .max(200, 'A name of a metric has at most 200 characters.')
    .refine((name) => !name.endsWith('_bucket'), 'Give the name without "_bucket".'),
  form: z.enum(histogramForms),
  feature: z
    .string()
    .trim()
    .min(1, 'Name the feature.')
    .max(150, 'A name of a feature has at most 150 characters here.')
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'It has a control character.'),
  /** Besides the namespace of the environment. */
  matchers: z.array(matcherSchema).max(10, 'At most ten labels narrow a histogram.').default([]),
  podLabel: labelSchema.default('pod'),
  /** Null: no label holds the namespace. */
  namespaceLabel: labelSchema.nullable().default('namespace'),
  /** Null: the revision is that of the pod, as the worker saw it. */
  revision: z
    .object({ label: labelSchema, pattern: revisionPatternSchema.default('$revision') })
    .nullable()
    .default(null),
  startAt: z.enum(histogramStarts).default('latest'),
});
export type HistogramSource = z.output<typeof histogramSourceSchema>;

const matcherPattern = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*/y;

/** Reads `model="a", code=~"2.."`, with braces around it or not; null for what is not that. */
export function parseMatchers(text: string): LabelMatcher[] | null {
  const inner = text.trim().replace(/^\{(.*)\}$/s, '$1');
  const found: LabelMatcher[] = [];
  matcherPattern.lastIndex = 0;
  while (matcherPattern.lastIndex < inner.length) {
    const match = matcherPattern.exec(inner);
    const [, label, sign, value] = match ?? [];
    const operator = operators.find((one) => one === sign);
    if (match === null || label === undefined || operator === undefined || value === undefined)
      return inner.trim() === '' ? found : null;
    found.push({
      label,
      operator,
      value: value.replace(/\\(.)/g, (_, next: string) => (next === 'n' ? '\n' : next)),
    });
    if (matcherPattern.lastIndex < inner.length && inner[matcherPattern.lastIndex] !== ',') return null;
    if (inner[matcherPattern.lastIndex] === ',') matcherPattern.lastIndex += 1;
  }
  return found;
}
