import { psiGrid } from './analysis/e-process.ts';
import type { CheckEvidence, Evidence } from './analysis/verdict.ts';
import type { Rollout, RolloutIntent, RolloutProgress } from './rollout.ts';
import type { RolloutPlan } from './rollout-plan.ts';
import { rolloutWeights } from './rollout-weights.ts';
import type { DesiredRevision, ObservedRevision, ObservedServing, ServingScope } from './serving.ts';

/** For tests only: a rollout of revision 2 over 1 at a fixed time, and worlds around it. */
export const exampleStart = new Date('2026-03-01T10:00:00.000Z');

/** The example's time after so many seconds. */
export function after(seconds: number): Date {
  return new Date(exampleStart.getTime() + seconds * 1_000);
}

const examplePlan: RolloutPlan = {
  schema: 1,
  steps: [10, 50, 100].map((weightPercent) => ({
    weightPercent,
    minimumMs: 60_000,
    deadlineMs: 600_000,
    minimumSamples: 100,
  })),
  checks: [
    { kind: 'threshold', id: 'rail', of: 'errors', max: 0.2, minimumSamples: 50 },
    { kind: 'eProcess', id: 'errors', of: 'errors' },
  ],
  alpha: 0.05,
  intervalMs: 10_000,
  onDeadline: 'hold',
  progressDeadlineMs: 300_000,
  scaleDownDelayMs: 120_000,
  bakeMs: 3_600_000,
};

type RolloutChange = {
  readonly intent?: Partial<RolloutIntent>;
  readonly progress?: Partial<RolloutProgress>;
  readonly plan?: Partial<RolloutPlan>;
  readonly fromNumber?: number | null;
  readonly firstStepIndex?: number;
  readonly isWayBack?: boolean;
  readonly recordedAt?: Date | null;
};

export function exampleRollout(change: RolloutChange = {}): Rollout {
  return {
    id: 'rollout',
    serviceId: 'service',
    fromNumber: change.fromNumber === undefined ? 1 : change.fromNumber,
    toNumber: 2,
    plan: { ...examplePlan, ...change.plan },
    firstStepIndex: change.firstStepIndex ?? 0,
    isWayBack: change.isWayBack ?? false,
    recordedAt: change.recordedAt ?? null,
    generation: 1,
    intent: {
      goal: 'complete',
      pausedAt: null,
      promotedAt: null,
      continuedStep: null,
      keepUntil: null,
      ...change.intent,
    },
    progress: {
      phase: 'starting',
      stepIndex: 0,
      stepStartedAt: exampleStart,
      acceptedAt: null,
      effectiveAt: null,
      heldAt: null,
      fullAt: null,
      endedAt: null,
      failure: null,
      weightOffAt: null,
      passedSteps: 0,
      ...change.progress,
    },
  };
}

export const exampleScope: ServingScope = {
  projectId: 'project',
  serviceId: 'service',
  serviceName: 'fraud-detector',
  clusterId: 'cluster',
  namespace: 'production',
  gateway: { name: 'gateway', namespace: 'gateways' },
  hostnames: [],
  pathPrefix: '/',
  port: 8080,
};

export function exampleRevision(number: number): DesiredRevision {
  return {
    number,
    revisionId: `revision-${number}`,
    modelVersionId: `version-${number}`,
    specDigest: `digest-${number}`,
    podTemplate: { spec: { containers: [{ name: 'server', image: 'server' }] } },
    port: 8080,
    scaling: { kind: 'fixed', replicas: 2 },
  };
}

export function observedRevision(number: number, change: Partial<ObservedRevision> = {}): ObservedRevision {
  return {
    number,
    owned: true,
    specDigest: `digest-${number}`,
    scaling: { kind: 'fixed', replicas: 2 },
    complete: true,
    desiredReplicas: 2,
    readyReplicas: 2,
    settled: true,
    ready: true,
    blockers: [],
    ...change,
  };
}

/** A world in which both revisions are ready and the route carries, accepted, what the rollout's phase asks for. */
export function observedFor(rollout: Rollout, change: Partial<ObservedServing> = {}): ObservedServing {
  const weights = rolloutWeights(rollout);
  return {
    observedAt: exampleStart,
    fresh: true,
    revisions: [observedRevision(1), observedRevision(2)],
    route: {
      exists: Object.keys(weights).length > 0,
      owned: true,
      requested: weights,
      accepted: true,
      blockers: [],
      matchesScope: true,
    },
    fight: null,
    blockers: [],
    ...change,
  };
}

type Counts = { nCanary: number; nStable: number; xCanary?: number; xStable?: number };

/** Evidence in which every check saw these counts in one interval that ended at `newestAt`, all of it in this step. */
export function exampleEvidence(
  counts: Counts,
  newestAt: Date | null,
  change: Partial<Evidence> & { logE?: number; check?: Partial<CheckEvidence> } = {},
): Evidence {
  const { logE, check, ...rest } = change;
  const { nCanary, nStable, xCanary = 0, xStable = 0 } = counts;
  const requests = { nCanary, nStable, stepNCanary: nCanary, newestAt };
  const checks = ['rail', 'errors'].map((checkId) => ({
    checkId,
    nCanary,
    nStable,
    xCanary,
    xStable,
    stepNCanary: nCanary,
    stepXCanary: xCanary,
    sumLogE: checkId === 'errors' ? psiGrid.map(() => logE ?? 0) : [],
    intervals: checkId === 'errors' ? [{ nCanary, nStable, xCanary, xStable }] : [],
    newestAt,
    queryValue: null,
    canaryPodCount: 2,
    badByPod: [],
    problem: null,
    ...check,
  }));
  return {
    requests,
    checks,
    split: { nCanary, nStable },
    phi: 1,
    phiBackedByHistory: true,
    sourceProblem: null,
    ...rest,
  };
}
