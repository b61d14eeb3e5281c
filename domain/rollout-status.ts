import * as z from 'zod';
import { type CheckResult, type Evidence, verdicts } from './analysis/verdict.ts';
import type { Blocker } from './refusal.ts';
import { blockerSchema } from './refusal-schema.ts';
import { rolloutPhases } from './rollout.ts';
import { type ServingStatus, servingStatusSchema } from './serving-status.ts';

export const checkResultSchema = z.object({
  checkId: z.string(),
  kind: z.enum(['threshold', 'eProcess', 'drift']),
  verdict: z.enum(verdicts),
  sentence: z.string(),
  figures: z.object({
    nCanary: z.number(),
    nStable: z.number(),
    xCanary: z.number(),
    xStable: z.number(),
    logE: z.number().nullable(),
    logLimit: z.number().nullable(),
    value: z.number().nullable(),
    limit: z.number().nullable(),
    missingSamples: z.number(),
    detectableFactor: z.number().nullable(),
    canaryPodCount: z.number(),
  }),
});

/** What the reconciler last saw of a rollout; written to `rollout.status`, parsed on the way out. Times are ISO texts. */
export const rolloutStatusSchema = z.object({
  schema: z.literal(1),
  phase: z.enum(rolloutPhases),
  stepIndex: z.int(),
  serving: servingStatusSchema,
  /** Requests per arm in the newest intervals since acceptance: the measured split. */
  measured: z.object({ nCanary: z.number(), nStable: z.number() }),
  requestedAt: z.string().nullable(),
  acceptedAt: z.string().nullable(),
  effectiveAt: z.string().nullable(),
  /** Requests in whole analysis intervals since the first effective weight, and of the present step. */
  requests: z.object({ nCanary: z.number(), nStable: z.number(), stepNCanary: z.number() }),
  newestEvidenceAt: z.string().nullable(),
  results: z.array(checkResultSchema),
  notes: z.array(z.string()),
  phi: z.number(),
  phiBackedByHistory: z.boolean(),
  blockers: z.array(blockerSchema),
  /** The next moment at which time alone changes something, and what; null when there is none. */
  next: z.object({ code: z.string(), message: z.string(), until: z.string() }).nullable(),
});
export type RolloutStatus = z.infer<typeof rolloutStatusSchema>;

type Situation = {
  readonly progress: {
    readonly phase: RolloutStatus['phase'];
    readonly stepIndex: number;
    readonly stepStartedAt: Date;
    readonly acceptedAt: Date | null;
    readonly effectiveAt: Date | null;
  };
  readonly serving: ServingStatus;
  readonly evidence: Evidence;
  readonly results: readonly CheckResult[];
  readonly notes: readonly string[];
  readonly blockers: readonly Blocker[];
};

/** The status of one pass. */
export function rolloutStatus({ progress, serving, evidence, ...told }: Situation): RolloutStatus {
  const { newestAt, ...requests } = evidence.requests;
  return {
    schema: 1,
    phase: progress.phase,
    stepIndex: progress.stepIndex,
    serving,
    measured: evidence.split,
    requestedAt: progress.stepStartedAt.toISOString(),
    acceptedAt: progress.acceptedAt?.toISOString() ?? null,
    effectiveAt: progress.effectiveAt?.toISOString() ?? null,
    requests,
    newestEvidenceAt: newestAt?.toISOString() ?? null,
    results: [...told.results],
    notes: [...told.notes],
    phi: evidence.phi,
    phiBackedByHistory: evidence.phiBackedByHistory,
    blockers: [...told.blockers],
    next: nextTime(told.blockers),
  };
}

function nextTime(blockers: readonly Blocker[]): RolloutStatus['next'] {
  const timed = blockers.flatMap(({ code, message, until }) =>
    until === null ? [] : [{ code, message, until }],
  );
  timed.sort((left, right) => left.until.localeCompare(right.until));
  return timed[0] ?? null;
}
