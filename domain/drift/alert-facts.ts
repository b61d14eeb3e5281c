import * as z from 'zod';
import { failedExpectationSchema } from '../quality/validation.ts';
import type { AlertSpan } from './alert-spans.ts';
import { driftTests } from './drift-tests.ts';
import { windowLengths } from './window-clock.ts';

const driftedFeatureSchema = z.object({
  featureId: z.string(),
  name: z.string(),
  test: z.enum(driftTests),
  /** Ends of windows, in ms since 1970: the first drifted one, the one that opened it, the one that cleared it. */
  driftedMs: z.number(),
  openedMs: z.number(),
  clearedMs: z.number().nullable(),
  /** As it stood when it opened, of the window that opened it. */
  effect: z.number(),
  limit: z.number(),
  severe: z.boolean(),
});
/** One test of one feature within a drift alert. */
export type DriftedFeature = z.output<typeof driftedFeatureSchema>;

/** Which features drifted, or how many rows came; by kind of alert. */
export const alertFactsSchema = z.discriminatedUnion('of', [
  z.object({
    schema: z.literal(1),
    of: z.literal('features'),
    windowLength: z.enum(windowLengths),
    features: z.array(driftedFeatureSchema),
  }),
  z.object({
    schema: z.literal(1),
    of: z.literal('traffic'),
    windowLength: z.enum(windowLengths),
    driftedMs: z.number(),
    openedMs: z.number(),
    clearedMs: z.number().nullable(),
    rows: z.number(),
    usualRows: z.number(),
  }),
  z.object({
    schema: z.literal(1),
    of: z.literal('quality'),
    /** Suites of Great Expectations whose last runs failed. */
    suites: z.array(
      z.object({
        suite: z.string(),
        evaluated: z.number(),
        failed: z.number(),
        failing: z.array(failedExpectationSchema),
        sinceMs: z.number(),
        lastMs: z.number(),
        calm: z.number(),
      }),
    ),
  }),
  z.object({
    schema: z.literal(1),
    of: z.literal('queries'),
    driftedMs: z.number(),
    openedMs: z.number(),
    clearedMs: z.number().nullable(),
    /** Of the hour that opened it, with what the hours before it usually had. */
    busiestRows: z.number(),
    usualBusiest: z.number(),
    share: z.number().nullable(),
    usualShare: z.number().nullable(),
  }),
]);
export type AlertFacts = z.output<typeof alertFactsSchema>;
export type FeatureFacts = Extract<AlertFacts, { of: 'features' }>;
export type QualityFacts = Extract<AlertFacts, { of: 'quality' }>;
export type QueryFacts = Extract<AlertFacts, { of: 'queries' }>;
export type TrafficFacts = Extract<AlertFacts, { of: 'traffic' }>;

export const spanOfFact = ({ driftedMs, openedMs, clearedMs }: AlertSpan): AlertSpan => ({
  driftedMs,
  openedMs,
  clearedMs,
});
