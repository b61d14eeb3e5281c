import type { GateFeature } from '../drift/canary-gate.ts';
import type { Check } from '../rollout-plan.ts';
import type { ArmCounts } from './e-process.ts';

export const verdicts = ['pass', 'fail', 'noEvidence'] as const;
/** `noEvidence` is neither pass nor fail: it never raises a weight and never blames the canary. */
export type Verdict = (typeof verdicts)[number];

/** Totals of one check so far, summed from the stored analysis intervals. */
export type CheckEvidence = {
  readonly checkId: string;
  /** Counts of the whole rollout. */
  readonly nCanary: number;
  readonly nStable: number;
  readonly xCanary: number;
  readonly xStable: number;
  /** Counts of the present step only, since its weight took effect. */
  readonly stepNCanary: number;
  readonly stepXCanary: number;
  /** Sum over intervals of log E per grid point; empty for thresholds. */
  readonly sumLogE: readonly number[];
  /** Counts per interval, from which follows what would have been seen; empty for thresholds. */
  readonly intervals: readonly ArmCounts[];
  /** End of the newest interval; null when there is none. */
  readonly newestAt: Date | null;
  /** Value of a `query` rail; null when the source gave none. */
  readonly queryValue: number | null;
  /** Pods of the canary behind the counts. */
  readonly canaryPodCount: number;
  /** Bad requests of this step by canary pod, in no order; empty when unknown. */
  readonly badByPod: readonly number[];
  /** Of a drift check once its step could end: what was counted of both arms since the weight took effect. */
  readonly gate?: readonly GateFeature[] | undefined;
  /** Why this check has no counts (no such bucket, query failed); null when it has. */
  readonly problem: string | null;
};

/** Requests of both arms in whole intervals, which every check's samples are part of. */
type RequestEvidence = {
  readonly nCanary: number;
  readonly nStable: number;
  /** Canary requests since the present weight took effect. */
  readonly stepNCanary: number;
  readonly newestAt: Date | null;
};

/** All evidence of a pass: one entry per check of the plan, plus what the traffic split measured. */
export type Evidence = {
  readonly requests: RequestEvidence;
  readonly checks: readonly CheckEvidence[];
  /** Requests per revision in the newest intervals since the present weights were accepted. */
  readonly split: { readonly nCanary: number; readonly nStable: number };
  /** Dispersion fixed before the rollout started; 1 = independent errors. */
  readonly phi: number;
  readonly phiBackedByHistory: boolean;
  /** A sentence when the source could not be read; null when it answered. */
  readonly sourceProblem: string | null;
};

/** Evidence of a rollout for which nothing was measured; phi as it was fixed. */
export function emptyEvidence(
  dispersion: { readonly phi: number; readonly phiBackedByHistory: boolean },
  sourceProblem: string | null,
): Evidence {
  return {
    requests: { nCanary: 0, nStable: 0, stepNCanary: 0, newestAt: null },
    checks: [],
    split: { nCanary: 0, nStable: 0 },
    phi: dispersion.phi,
    phiBackedByHistory: dispersion.phiBackedByHistory,
    sourceProblem,
  };
}

/** A check's verdict with the figures that a person needs to believe it. */
export type CheckResult = {
  readonly checkId: string;
  readonly kind: Check['kind'];
  readonly verdict: Verdict;
  readonly sentence: string;
  readonly figures: {
    readonly nCanary: number;
    readonly nStable: number;
    readonly xCanary: number;
    readonly xStable: number;
    /** Natural log of the tempered e-value; null for thresholds. */
    readonly logE: number | null;
    /** Natural log of 1/alpha of this check; null for thresholds. */
    readonly logLimit: number | null;
    /** Observed value of a rail; null without samples. */
    readonly value: number | null;
    readonly limit: number | null;
    /** Canary requests still missing for the step's minimum; 0 when reached. */
    readonly missingSamples: number;
    /** Increase that would have been seen with 80 %; null when unknown. */
    readonly detectableFactor: number | null;
    readonly canaryPodCount: number;
  };
};
