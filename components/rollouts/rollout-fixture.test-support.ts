import { defaultRolloutPlan } from '../../domain/rollout-plan.ts';
import type { EnvironmentRef, RevisionRef, RolloutDetail } from './rollout-answers.ts';

const minuteMs = 60_000;
const start = new Date('2026-11-24T14:00:00.000Z');
export const after = (minutes: number) => new Date(start.getTime() + minutes * minuteMs);

const environment: EnvironmentRef = {
  id: 'environment',
  name: 'production',
  production: true,
  clusterId: 'cluster',
  clusterName: 'sandbox',
  clusterKind: 'sandbox',
  namespace: 'payments',
};

export function revision(number: number): RevisionRef {
  return {
    revisionId: `revision-${number}`,
    number,
    modelVersionId: `version-${number}`,
    modelName: 'fraud-detector',
    versionNumber: number,
    specDigest: 'sha256:00',
    imageDigest: 'sha256:01',
    adopted: false,
    byteCheck: 'imageDigest',
  };
}

/** A rollout from revision 6 to 7 that stands at its second step (25 %), which took effect two minutes ago. */
export function rolloutDetail(change: Partial<RolloutDetail> = {}): RolloutDetail {
  const refusals = {
    pause: null,
    resume: null,
    promote: null,
    abort: null,
    rollBack: null,
    continueWithoutEvidence: null,
  };
  return {
    id: 'rollout',
    projectId: 'project',
    service: { id: 'service', name: 'fraud-detector' },
    environment,
    from: revision(6),
    to: revision(7),
    phase: 'stepping',
    stepIndex: 1,
    stepCount: 4,
    weightPercent: 25,
    paused: false,
    held: false,
    goal: 'complete',
    startedAt: start,
    startedBy: { id: 'person', kind: 'user', ownerUserId: 'person', name: 'Cy' },
    endedAt: null,
    failure: null,
    bakeFailure: null,
    blockers: [],
    promotionId: null,
    plan: defaultRolloutPlan,
    planDigest: 'sha256:02',
    phi: 1,
    phiBackedByHistory: true,
    generation: 1,
    stepStartedAt: after(11),
    acceptedAt: after(11),
    effectiveAt: after(12),
    heldAt: null,
    pausedAt: null,
    promotedAt: null,
    continuedStep: null,
    serviceGeneration: 3,
    serviceObservedGeneration: 3,
    status: null,
    statusAt: null,
    evidence: [],
    checkResults: [],
    totals: [],
    refusals,
    rollBackTo: revision(6),
    incident: null,
    hasRecord: false,
    retryOfId: null,
    firstStepIndex: 0,
    timeline: [],
    bake: { state: 'off', until: null, outcome: null, rails: [] },
    now: after(14),
    ...change,
  };
}
