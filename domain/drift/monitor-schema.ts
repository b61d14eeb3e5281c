import * as z from 'zod';
import { isTimeZone } from '../quiet-hours.ts';
import { usualPersistence } from './alert-spans.ts';
import type { Dispersion } from './dispersion.ts';
import { driftTests } from './drift-tests.ts';
import { usualThreshold } from './label.ts';
import { latestMs } from './row-reject.ts';
import type { DriftVerdict } from './window-verdict.ts';

const hourMs = 3_600_000;

/** How the windows of a service are judged, besides their length and what they are compared with. */
export const monitorSettingsSchema = z.object({
  schema: z.literal(1).default(1),
  /** Days, weeks and hours of the week are those of its clocks. */
  timeZone: z
    .string()
    .max(64)
    .refine(isTimeZone, 'This is no time zone; write one such as Europe/Berlin or UTC.')
    .default('UTC'),
  /** An alert opens at `needed` drifted windows of the last `of`. */
  persistence: z
    .object({
      needed: z.int().min(1).max(12),
      of: z.int().min(1).max(12),
      cooldownHours: z.number().min(0).max(672),
    })
    .refine(({ needed, of }) => needed <= of, 'An alert cannot need more windows than are looked at.')
    .default({
      needed: usualPersistence.needed,
      of: usualPersistence.of,
      cooldownHours: usualPersistence.cooldownMs / hourMs,
    }),
  /** Rows are unusually many or few from this factor on; below `least` usual rows nothing is said of them. */
  traffic: z
    .object({ factor: z.number().min(1.1).max(100), least: z.int().min(1).max(1_000_000_000) })
    .default({ factor: 3, least: 100 }),
  /** Feature by whose values rows are counted once more, by the hour; null: none. */
  segmentColumn: z.uuid().nullable().default(null),
  /** Labels are there so many hours after their predictions; a score decides positive from the threshold on. */
  labels: z
    .object({
      delayHours: z
        .number()
        .min(0)
        .max(latestMs / hourMs),
      threshold: z.number().gt(0).lt(1),
      /** Labels may name their prediction by id alone, of which at most so many are kept; null: they repeat it. */
      byId: z
        .object({ mostIds: z.int().min(1).max(10_000_000) })
        .nullable()
        .default(null),
    })
    .default({ delayHours: latestMs / hourMs, threshold: usualThreshold, byId: null }),
});
export type MonitorSettings = z.output<typeof monitorSettingsSchema>;

const named = { featureId: z.string(), test: z.enum(driftTests) };

/** After labels should be there some come late. */
const lateLabelsMs = 24 * hourMs;

/** How long a prediction is kept for its label: never longer than rows may be late. */
export const labelWaitMs = ({ delayHours }: Pick<MonitorSettings['labels'], 'delayHours'>): number =>
  Math.min(latestMs, delayHours * hourMs + lateLabelsMs);

const verdictSchema = z.discriminatedUnion('verdict', [
  z.object({
    ...named,
    verdict: z.literal('insufficientData'),
    side: z.enum(['reference', 'current']),
    rows: z.number(),
    rowsNeeded: z.number(),
  }),
  z.object({
    ...named,
    verdict: z.enum(['steady', 'drifted']),
    effect: z.number(),
    noiseFloor: z.number(),
    limit: z.number(),
    severe: z.boolean(),
    p: z.number(),
    adjustedP: z.number(),
    excess: z.number().nullable().default(null),
    restsOnIndependence: z.boolean(),
  }),
]) satisfies z.ZodType<DriftVerdict>;

/** What a window was judged to be, as its row keeps it. */
export const windowVerdictsSchema = z.object({
  schema: z.literal(1),
  /** Rows that such a window usually has; null when too little is known. */
  usualRows: z.number().nullable(),
  /** Of the same hours of earlier weeks, or where those are not there yet of the last windows. */
  usualOf: z.enum(['sameHours', 'lastWindows']),
  verdicts: z.array(verdictSchema),
});
export type WindowVerdicts = z.output<typeof windowVerdictsSchema>;

const dispersionSchema = z.object({
  phi: z.number(),
  degreesOfFreedom: z.number(),
  windows: z.number(),
}) satisfies z.ZodType<Dispersion>;

/** How rows of each feature and test hang together, from the windows before `asOfMs`, by feature id. */
export const dispersionsSchema = z.object({
  schema: z.literal(1),
  binningId: z.string(),
  asOfMs: z.number(),
  features: z.record(z.string(), z.partialRecord(z.enum(driftTests), dispersionSchema)),
});
export type StoredDispersions = z.output<typeof dispersionsSchema>;
