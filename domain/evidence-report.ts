import * as z from 'zod';

/** An evaluation report: measured metrics, each with an optional bound that it has to keep. */
export const evaluationReportSchema = z.object({
  schema: z.literal(1),
  name: z.string().min(1).max(200),
  producer: z.string().max(200).optional(),
  producedAt: z.iso.datetime({ offset: true }).optional(),
  dataset: z.string().max(500).optional(),
  metrics: z
    .array(
      z.object({
        name: z.string().min(1).max(200),
        value: z.number(),
        minimum: z.number().optional(),
        maximum: z.number().optional(),
      }),
    )
    .min(1, 'A report needs at least one metric.')
    .max(200),
  link: z.url({ protocol: /^https?$/ }).optional(),
});
export type EvaluationReport = z.infer<typeof evaluationReportSchema>;

/** passed when every bounded metric keeps its bounds, failed when one does not, noThreshold when none has a bound. */
export function reportVerdict(report: EvaluationReport): 'passed' | 'failed' | 'noThreshold' {
  const bounded = report.metrics.filter(
    (metric) => metric.minimum !== undefined || metric.maximum !== undefined,
  );
  if (bounded.length === 0) return 'noThreshold';
  const kept = bounded.every(
    (metric) => metric.value >= (metric.minimum ?? -Infinity) && metric.value <= (metric.maximum ?? Infinity),
  );
  return kept ? 'passed' : 'failed';
}
