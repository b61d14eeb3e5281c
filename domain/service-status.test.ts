import { describe, expect, it } from 'vitest';
import { emptyEvidence } from './analysis/verdict.ts';
import { desiredServing } from './desired-serving.ts';
import {
  after,
  exampleRevision,
  exampleRollout,
  exampleScope,
  observedFor,
  observedRevision,
} from './example-rollout.ts';
import { blocker } from './refusal.ts';
import type { RolloutPhase } from './rollout.ts';
import { rolloutStatus, rolloutStatusSchema } from './rollout-status.ts';
import { serviceStatus, serviceStatusSchema } from './service-status.ts';
import type { ObservedServing } from './serving.ts';
import { servingStatus } from './serving-status.ts';

const service = { scope: exampleScope, generation: 1, stable: exampleRevision(1) };
const [from, to] = [exampleRevision(1), exampleRevision(2)];
const atRest = observedFor(exampleRollout({ progress: { phase: 'aborted' } }), {
  revisions: [observedRevision(1)],
});

describe('desiredServing', () => {
  it.each<[RolloutPhase, number[], Record<number, number>, number]>([
    ['starting', [1, 2], { 1: 100 }, 1],
    ['stepping', [1, 2], { 1: 50, 2: 50 }, 1],
    ['finishing', [1, 2], { 2: 100 }, 1],
    ['succeeded', [2], { 2: 100 }, 2],
    ['rollingBack', [1], { 1: 100 }, 1],
    ['rolledBack', [1], { 1: 100 }, 1],
    ['aborted', [1], { 1: 100 }, 1],
  ])('while %s holds revisions %j at full size', (phase, numbers, weights, fallbackNumber) => {
    const rollout = exampleRollout({ progress: { phase, stepIndex: 1 } });
    const desired = desiredServing(service, { rollout, from, to });
    expect(desired.revisions.map((revision) => revision.number)).toEqual(numbers);
    expect(desired.revisions.every((revision) => revision.scaling === from.scaling || revision === to)).toBe(
      true,
    );
    expect(desired).toMatchObject({ weights, fallbackNumber });
  });

  it('without a rollout holds stable alone, and nothing before there is one', () => {
    expect(desiredServing(service, null)).toMatchObject({
      revisions: [from],
      weights: { 1: 100 },
      fallbackNumber: 1,
    });
    const empty = desiredServing({ ...service, stable: null }, null);
    expect(empty).toMatchObject({ revisions: [], weights: {}, fallbackNumber: null });
  });

  it('leaves what goes back untouched until it may go, and runs what is debugged beside stable without traffic', () => {
    const back = exampleRollout({ progress: { phase: 'rollingBack' } });
    expect(desiredServing(service, { rollout: back, from, to })).toMatchObject({ untouched: [2] });
    const rolledBack = exampleRollout({ progress: { phase: 'rolledBack' } });
    for (const active of [null, { rollout: rolledBack, from, to }])
      expect(desiredServing(service, active, to)).toMatchObject({
        revisions: [from, to],
        weights: { 1: 100 },
        fallbackNumber: 1,
        debuggedNumber: 2,
      });
  });

  it('of a first revision that goes back holds nothing', () => {
    const rollout = exampleRollout({ fromNumber: null, progress: { phase: 'rollingBack' } });
    expect(desiredServing({ ...service, stable: null }, { rollout, from: null, to })).toMatchObject({
      revisions: [],
      weights: {},
    });
  });
});

describe('serviceStatus', () => {
  it('is healthy whatever becomes of a revision that is only debugged', () => {
    const observed = { ...atRest, revisions: [observedRevision(1), observedRevision(2, { ready: false })] };
    const desired = desiredServing(service, null, to);
    const shared = { observed, activeRolloutId: null, stableNumber: 1, pendingWrites: 0, blockers: [] };
    expect(serviceStatus({ desired, ...shared })).toMatchObject({ state: 'healthy', blockers: [] });
  });

  const status = (
    observed: ObservedServing,
    change: { activeRolloutId?: string; pendingWrites?: number } = {},
  ) =>
    serviceStatus({
      desired: desiredServing(service, null),
      observed,
      activeRolloutId: null,
      stableNumber: 1,
      pendingWrites: 0,
      blockers: [],
      ...change,
    });

  it.each<[string, ObservedServing, { activeRolloutId?: string; pendingWrites?: number }, object]>([
    ['healthy', atRest, {}, { state: 'healthy', synced: true }],
    ['out of sync', atRest, { pendingWrites: 1 }, { state: 'healthy', synced: false }],
    ['rolling out', atRest, { activeRolloutId: 'r' }, { state: 'rollingOut' }],
    [
      'degraded',
      { ...atRest, revisions: [observedRevision(1, { ready: false })] },
      {},
      { state: 'degraded' },
    ],
    [
      'unknown',
      { ...atRest, fresh: false, blockers: [blocker({ code: 'clusterUnreachable', message: 'No answer.' })] },
      {},
      { state: 'unknown', synced: false },
    ],
    [
      'fought over',
      { ...atRest, fight: { manager: 'argocd', object: 'route', fields: ['weight'] } },
      {},
      { state: 'degraded', synced: false },
    ],
  ])('is %s when that was seen, and survives storage', (_, observed, change, expected) => {
    const made = status(observed, change);
    expect(made).toMatchObject(expected);
    expect(serviceStatusSchema.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
  });
});

describe('rolloutStatus', () => {
  it('survives storage and names the next moment at which time alone changes something', () => {
    const rollout = exampleRollout({ progress: { phase: 'stepping', acceptedAt: after(1) } });
    const blockers = [
      blocker({ code: 'held', message: 'Held.', owner: 'an operator' }),
      blocker({ code: 'minimumTime', message: 'Later.', until: after(90) }),
      blocker({ code: 'minimumTime', message: 'Sooner.', until: after(60) }),
    ];
    const made = rolloutStatus({
      progress: rollout.progress,
      serving: servingStatus(desiredServing(service, { rollout, from, to }), observedFor(rollout)),
      evidence: emptyEvidence({ phi: 2, phiBackedByHistory: false }, null),
      results: [],
      notes: [],
      blockers,
    });
    expect(made.next).toEqual({ code: 'minimumTime', message: 'Sooner.', until: after(60).toISOString() });
    expect(made.acceptedAt).toBe(after(1).toISOString());
    expect(rolloutStatusSchema.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
  });
});
