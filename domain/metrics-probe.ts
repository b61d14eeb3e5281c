import * as z from 'zod';

const probeRowSchema = z.object({
  id: z.enum(['requests', 'errors', 'durations', 'revisions', 'rate', 'work']),
  /** met: works; missing: evidence is lost without it; absent: nothing to see yet, or something less is offered. */
  state: z.enum(['met', 'missing', 'absent']),
  query: z.string(),
  /** Series that the query gives; null when it could not be run. */
  series: z.int().nullable(),
  /** Age of the newest sample; null without one. */
  newestAgeMs: z.number().nullable(),
  detail: z.string(),
  fix: z.string().nullable(),
});
export type ProbeRow = z.output<typeof probeRowSchema>;

export const metricsProbeSchema = z.object({
  schema: z.literal(1),
  /** Whether the source answers queries at all. */
  reachable: z.boolean(),
  /** Why the source cannot be asked; null when it can. */
  problem: z.string().nullable(),
  /** The rules for outbound requests refuse the address, so the source cannot be stored. */
  refusedByEgress: z.boolean(),
  rows: z.array(probeRowSchema),
  /** The label that tells revisions apart, with the revisions seen; null when the profile names none. */
  revisions: z
    .object({ label: z.string(), values: z.array(z.string()), numbers: z.array(z.int()) })
    .nullable(),
});
/** What each query of a metric profile gives on one live service. */
export type MetricsProbe = z.output<typeof metricsProbeSchema>;

/** Whether a source may be stored without a word: it answers, and nothing that evidence needs is missing. */
export function isFit(probe: MetricsProbe): boolean {
  return probe.reachable && probe.rows.every((row) => row.state !== 'missing');
}
