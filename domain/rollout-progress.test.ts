import { describe, expect, it } from 'vitest';
import { after, exampleEvidence, exampleRollout, observedFor, observedRevision } from './example-rollout.ts';
import { blocker } from './refusal.ts';
import type { Rollout } from './rollout.ts';
import type { Seen } from './rollout-move.ts';
import { advanceRollout } from './rollout-progress.ts';
import { recordedNumber, recordingLeftMs } from './rollout-recording.ts';

const none = exampleEvidence({ nCanary: 0, nStable: 0 }, null);
const good = exampleEvidence({ nCanary: 200, nStable: 1_800, xCanary: 2, xStable: 18 }, after(95));
const bad = exampleEvidence({ nCanary: 200, nStable: 1_800 }, after(95), { logE: 10 });
const effective = { phase: 'stepping', acceptedAt: after(0), effectiveAt: after(10) } as const;

function seen(rollout: Rollout, change: Partial<Seen> = {}): Seen {
  return { observed: observedFor(rollout), evidence: none, ...change };
}

function codes(answer: ReturnType<typeof advanceRollout>): string[] {
  return answer.blockers.map((found) => found.code);
}

describe('starting', () => {
  const rollout = exampleRollout();

  it('waits for the whole revision, with the words of the cluster and the deadline', () => {
    const found = blocker({ code: 'quotaExceeded', message: 'exceeded quota: requests.nvidia.com/gpu' });
    const unready = observedRevision(2, { ready: false, readyReplicas: 0, blockers: [found] });
    const observed = observedFor(rollout, { revisions: [observedRevision(1), unready] });
    const answer = advanceRollout(rollout, seen(rollout, { observed }), after(5));
    expect(answer.transitions).toEqual([]);
    expect(answer.blockers[0]).toMatchObject({ code: 'quotaExceeded', until: after(300).toISOString() });
    const late = advanceRollout(rollout, seen(rollout, { observed }), after(300));
    expect(late.progress.phase).toBe('rollingBack');
    expect(late.progress.failure?.code).toBe('progressDeadline');
    expect(late.progress.failure?.message).toContain('exceeded quota: requests.nvidia.com/gpu');
  });

  it('waits while only some replicas are ready', () => {
    const some = observedRevision(2, { readyReplicas: 1 });
    const observed = observedFor(rollout, { revisions: [observedRevision(1), some] });
    expect(advanceRollout(rollout, seen(rollout, { observed }), after(5)).progress.phase).toBe('starting');
  });

  it('goes to the first step when the revision is ready', () => {
    const answer = advanceRollout(rollout, seen(rollout), after(5));
    expect(answer.progress).toMatchObject({ phase: 'stepping', stepIndex: 0, stepStartedAt: after(5) });
    expect(answer.transitions[0]).toMatchObject({
      action: 'rollouts.advance',
      from: { phase: 'starting', stepIndex: 0 },
      to: { phase: 'stepping', stepIndex: 0 },
    });
    expect(answer.requeueAfterMs).toBe(0);
  });

  it('concludes nothing, not even the deadline, from a picture that is not fresh', () => {
    const observed = observedFor(rollout, { fresh: false, revisions: [] });
    const answer = advanceRollout(rollout, seen(rollout, { observed }), after(10_000));
    expect(answer.progress.phase).toBe('starting');
    expect(codes(answer)).toEqual(['waitingForCluster']);
  });

  it('does not send a first share while paused', () => {
    const paused = exampleRollout({ intent: { pausedAt: after(1) } });
    const answer = advanceRollout(paused, seen(paused), after(5));
    expect(answer.progress.phase).toBe('starting');
    expect(codes(answer)).toEqual(['paused']);
  });

  it('gives a first revision everything at once', () => {
    const first = exampleRollout({ fromNumber: null });
    expect(advanceRollout(first, seen(first), after(5)).progress.stepIndex).toBe(2);
  });
});

describe('a step', () => {
  it('is accepted only when the route carries exactly its weights and the gateway accepted them', () => {
    const rollout = exampleRollout({ progress: { phase: 'stepping' } });
    const route = observedFor(rollout).route;
    const wrong = { ...route, requested: { 1: 91, 2: 9 } };
    for (const bad of [wrong, { ...route, accepted: false }, { ...route, owned: false }]) {
      const observed = observedFor(rollout, { route: bad });
      expect(advanceRollout(rollout, seen(rollout, { observed }), after(5)).progress.acceptedAt).toBeNull();
    }
    expect(advanceRollout(rollout, seen(rollout), after(5)).progress.acceptedAt).toEqual(after(5));
  });

  const accepted = exampleRollout({ progress: { phase: 'stepping', acceptedAt: after(1) } });

  it.each([
    ['too few requests', { nCanary: 2, nStable: 17 }, null],
    ['a split outside the band', { nCanary: 60, nStable: 140 }, null],
    ['a split inside the band', { nCanary: 11, nStable: 99 }, after(20)],
  ])('with %s measured has the matching effectiveAt', (_, split, expected) => {
    const evidence = { ...none, split };
    const answer = advanceRollout(accepted, seen(accepted, { evidence }), after(20));
    expect(answer.progress.effectiveAt).toEqual(expected);
    expect(codes(answer).includes('weightNotEffective')).toBe(expected === null);
  });

  it('loses acceptance and effect when the route no longer carries its weights', () => {
    const rollout = exampleRollout({ progress: effective });
    const route = { ...observedFor(rollout).route, requested: { 1: 100 } };
    const observed = observedFor(rollout, { route });
    const answer = advanceRollout(rollout, seen(rollout, { observed, evidence: good }), after(100));
    expect(answer.progress).toMatchObject({ acceptedAt: null, effectiveAt: null, stepIndex: 0 });
  });

  const rollout = exampleRollout({ progress: effective });

  it('is followed by the next when it passes', () => {
    const answer = advanceRollout(rollout, seen(rollout, { evidence: good }), after(100));
    expect(answer.progress).toMatchObject({
      phase: 'stepping',
      stepIndex: 1,
      acceptedAt: null,
      effectiveAt: null,
    });
    expect(answer.transitions[0]).toMatchObject({ withoutEvidence: false });
  });

  it.each([
    ['paused', exampleRollout({ progress: effective, intent: { pausedAt: after(1) } }), {}, 'paused'],
    ['not fresh', rollout, { fresh: false }, 'waitingForCluster'],
    [
      'with an unready replica',
      rollout,
      { revisions: [observedRevision(1), observedRevision(2, { readyReplicas: 1 })] },
      'revisionNotReady',
    ],
    ['in a fight', rollout, { fight: { manager: 'argocd', object: 'route', fields: ['weight'] } }, 'fight'],
  ] as const)('is not followed while %s, although it passes', (_, held, change, code) => {
    const observed = observedFor(held, change as Partial<Seen['observed']>);
    const answer = advanceRollout(held, seen(held, { observed, evidence: good }), after(100));
    expect(answer.progress.stepIndex).toBe(0);
    expect(codes(answer)).toContain(code);
  });

  it('is not followed while the measured split contradicts the weight, even when let pass or at a deadline that continues', () => {
    const evidence = { ...good, split: { nCanary: 90, nStable: 110 } };
    for (const change of [
      {},
      { intent: { continuedStep: 0 } },
      { plan: { onDeadline: 'continue' as const } },
    ]) {
      const each = exampleRollout({ progress: effective, ...change });
      const answer = advanceRollout(each, seen(each, { evidence }), after(5_000));
      expect(answer.progress.stepIndex).toBe(0);
      expect(codes(answer)).toContain('weightNotEffective');
    }
  });

  it('that passes is not followed while the measured split contradicts its weight', () => {
    const evidence = { ...good, split: { nCanary: 90, nStable: 110 } };
    const answer = advanceRollout(rollout, seen(rollout, { evidence }), after(100));
    expect(answer.progress.stepIndex).toBe(0);
    expect(codes(answer)).toEqual(['weightNotEffective']);
  });

  it('counts down its minimum time', () => {
    const answer = advanceRollout(rollout, seen(rollout, { evidence: good }), after(60));
    expect(answer.blockers).toMatchObject([{ code: 'minimumTime', until: after(70).toISOString() }]);
    expect(answer.requeueAfterMs).toBe(10_000);
  });

  it('is let pass by a person only at the step that was named, and marked', () => {
    const named = exampleRollout({ progress: effective, intent: { continuedStep: 0 } });
    const answer = advanceRollout(named, seen(named), after(20));
    expect(answer.progress.stepIndex).toBe(1);
    expect(answer.transitions[0]?.withoutEvidence).toBe(true);
    const other = exampleRollout({ progress: { ...effective, stepIndex: 1 }, intent: { continuedStep: 0 } });
    expect(advanceRollout(other, seen(other), after(20)).progress.stepIndex).toBe(1);
  });

  it('jumps to the last when promoted', () => {
    const promoted = exampleRollout({ progress: { phase: 'stepping' }, intent: { promotedAt: after(1) } });
    const answer = advanceRollout(promoted, seen(promoted), after(20));
    expect(answer.progress).toMatchObject({ phase: 'stepping', stepIndex: 2 });
    expect(answer.transitions[0]?.withoutEvidence).toBe(true);
  });

  it('that is the last leads to finishing and keeps its sightings', () => {
    const last = exampleRollout({ progress: { ...effective, stepIndex: 2 } });
    const evidence = { ...good, split: { nCanary: 300, nStable: 0 } };
    const answer = advanceRollout(last, seen(last, { evidence }), after(100));
    expect(answer.progress).toMatchObject({
      phase: 'finishing',
      acceptedAt: after(0),
      effectiveAt: after(10),
    });
  });
});

describe('a deadline', () => {
  const starved = exampleEvidence({ nCanary: 30, nStable: 300 }, after(605));
  const at = (onDeadline: 'hold' | 'rollBack' | 'continue') =>
    exampleRollout({ progress: effective, plan: { onDeadline } });

  it('holds once, with a blocker for who may continue', () => {
    const rollout = at('hold');
    const before = advanceRollout(rollout, seen(rollout, { evidence: starved }), after(609));
    expect(before.progress.heldAt).toBeNull();
    const answer = advanceRollout(rollout, seen(rollout, { evidence: starved }), after(610));
    expect(answer.progress).toMatchObject({ stepIndex: 0, heldAt: after(610) });
    expect(answer.transitions).toMatchObject([{ from: { stepIndex: 0 }, to: { stepIndex: 0 } }]);
    expect(answer.blockers[0]).toMatchObject({ code: 'held', owner: 'an operator' });
    const held = { ...rollout, progress: answer.progress };
    const again = advanceRollout(held, seen(held, { evidence: starved }), after(620));
    expect(again.transitions).toEqual([]);
    expect(codes(again)).toContain('held');
  });

  it('does not touch a step that passes and is only paused', () => {
    const paused = exampleRollout({
      progress: effective,
      intent: { pausedAt: after(1) },
      plan: { onDeadline: 'rollBack', intervalMs: 600_000 },
    });
    const answer = advanceRollout(paused, seen(paused, { evidence: good }), after(700));
    expect(answer.progress.phase).toBe('stepping');
    expect(codes(answer)).toEqual(['paused']);
  });

  it('that held ends by itself when the step passes after all', () => {
    const held = exampleRollout({ progress: { ...effective, heldAt: after(80) } });
    expect(advanceRollout(held, seen(held, { evidence: good }), after(100)).progress).toMatchObject({
      stepIndex: 1,
      heldAt: null,
    });
  });

  it('rolls back when the plan says so', () => {
    const rollout = at('rollBack');
    const answer = advanceRollout(rollout, seen(rollout, { evidence: starved }), after(610));
    expect(answer.progress).toMatchObject({ phase: 'rollingBack', failure: { code: 'noEvidence' } });
  });

  it('goes on, marked, when the plan says so', () => {
    const rollout = at('continue');
    const answer = advanceRollout(rollout, seen(rollout, { evidence: starved }), after(610));
    expect(answer.progress.stepIndex).toBe(1);
    expect(answer.transitions[0]?.withoutEvidence).toBe(true);
  });

  it('counts from the request when the weight never took effect', () => {
    const rollout = exampleRollout({ progress: { phase: 'stepping', acceptedAt: after(1) } });
    const answer = advanceRollout(rollout, seen(rollout), after(600));
    expect(answer.progress.heldAt).toEqual(after(600));
  });
});

describe('going back', () => {
  it.each([
    ['stepping', {}],
    ['stepping and paused', { intent: { pausedAt: after(1) } }],
    ['held', { progress: { ...effective, heldAt: after(50) } }],
    ['finishing', { progress: { ...effective, phase: 'finishing', stepIndex: 2 } }],
  ] as const)('starts on a failing check while %s', (_, change) => {
    const rollout = exampleRollout({ progress: effective, ...change });
    const answer = advanceRollout(rollout, seen(rollout, { evidence: bad }), after(100));
    expect(answer.progress.phase).toBe('rollingBack');
    expect(answer.progress.failure?.code).toBe('analysisFailed');
    expect(answer.results.some((result) => result.verdict === 'fail')).toBe(true);
  });

  it.each(['starting', 'stepping', 'finishing'] as const)(
    'starts on another goal from %s, blind and paused',
    (phase) => {
      const rollout = exampleRollout({ progress: { phase }, intent: { goal: 'abort', pausedAt: after(1) } });
      const observed = observedFor(rollout, { fresh: false });
      const evidence = { ...none, sourceProblem: 'Down.' };
      expect(advanceRollout(rollout, { observed, evidence }, after(5)).progress.phase).toBe('rollingBack');
    },
  );

  it.each([
    ['abort', 'aborted'],
    ['rollBack', 'rolledBack'],
    ['complete', 'rolledBack'],
  ] as const)(
    'with goal %s ends as %s once it is recorded and the old revision alone is accepted',
    (goal, end) => {
      const rollout = exampleRollout({
        progress: { phase: 'rollingBack', weightOffAt: after(4) },
        intent: { goal },
        recordedAt: after(5),
      });
      const route = { ...observedFor(rollout).route, requested: { 1: 90, 2: 10 } };
      const behind = observedFor(rollout, { route });
      expect(advanceRollout(rollout, seen(rollout, { observed: behind }), after(5)).progress.phase).toBe(
        'rollingBack',
      );
      const evidence = { ...none, sourceProblem: 'Down.' };
      const answer = advanceRollout(rollout, seen(rollout, { evidence }), after(6));
      expect(answer.progress).toMatchObject({ phase: end, endedAt: after(6) });
      expect(answer.requeueAfterMs).toBeNull();
    },
  );

  it('of a first revision ends when nothing serves', () => {
    const first = exampleRollout({
      fromNumber: null,
      progress: { phase: 'rollingBack', weightOffAt: after(4) },
      intent: { goal: 'abort' },
      recordedAt: after(5),
    });
    const route = { ...observedFor(first).route, exists: true, requested: { 2: 100 } };
    const serving = observedFor(first, { route });
    expect(advanceRollout(first, seen(first, { observed: serving }), after(5)).progress.phase).toBe(
      'rollingBack',
    );
    expect(advanceRollout(first, seen(first), after(6)).progress.phase).toBe('aborted');
  });
});

describe('a hold from outside', () => {
  const hold = blocker({ code: 'budgetExceeded', message: 'Nothing is left.' });
  const held = { evidence: good, hold };

  it('sends no first share, and raises no step whether it passes, is let pass or is promoted', () => {
    const rollout = exampleRollout();
    expect(advanceRollout(rollout, seen(rollout, held), after(5))).toMatchObject({
      progress: { phase: 'starting' },
      blockers: [hold],
    });
    for (const intent of [{}, { continuedStep: 0 }, { promotedAt: after(1) }]) {
      const step = exampleRollout({ progress: effective, intent, plan: { onDeadline: 'continue' } });
      const answer = advanceRollout(step, seen(step, held), after(10_000));
      expect([answer.progress.phase, answer.progress.stepIndex]).toEqual(['stepping', 0]);
      expect(answer.blockers).toContainEqual(hold);
    }
  });

  it('neither keeps a bad canary nor a roll back, nor what has all traffic already', () => {
    const step = exampleRollout({ progress: effective });
    const phase = (rollout: Rollout, change: Partial<Seen>) =>
      advanceRollout(rollout, seen(rollout, { ...held, ...change }), after(100)).progress.phase;
    expect(phase(step, { evidence: bad })).toBe('rollingBack');
    expect(phase(exampleRollout({ progress: effective, intent: { goal: 'rollBack' } }), {})).toBe(
      'rollingBack',
    );
    expect(
      phase(exampleRollout({ progress: { ...effective, stepIndex: 2 } }), {
        evidence: exampleEvidence({ nCanary: 2_000, nStable: 0 }, after(95)),
      }),
    ).toBe('finishing');
  });
});

describe('the record of a way back', () => {
  const back = exampleRollout({ progress: { phase: 'rollingBack' }, intent: { goal: 'abort' } });

  it('is due from the moment the route carries the way back, whether or not the gateway has accepted it', () => {
    const route = { ...observedFor(back).route, requested: { 1: 90, 2: 10 } };
    const behind = advanceRollout(back, seen(back, { observed: observedFor(back, { route }) }), after(5));
    expect(behind.progress.weightOffAt).toBeNull();
    const requested = { ...observedFor(back).route, accepted: false };
    const off = advanceRollout(
      back,
      seen(back, { observed: observedFor(back, { route: requested }) }),
      after(6),
    );
    expect(off.progress.weightOffAt).toEqual(after(6));
    expect(recordingLeftMs({ ...back, progress: off.progress }, after(6))).toBe(20_000);
  });

  it('keeps what served for 20 s at the most, and not a moment longer than it takes', () => {
    const off = { ...back, progress: { ...back.progress, weightOffAt: after(6) } };
    const waits = advanceRollout(off, seen(off), after(25));
    expect(waits.progress.phase).toBe('rollingBack');
    expect(waits.blockers).toMatchObject([{ code: 'recording', until: after(26).toISOString() }]);
    expect(advanceRollout(off, seen(off), after(26)).progress.phase).toBe('aborted');
    const recorded = { ...off, recordedAt: after(7) };
    expect(advanceRollout(recorded, seen(recorded), after(7)).progress.phase).toBe('aborted');
  });

  it('of a roll back of what was live is taken before the revision that it leaves goes', () => {
    const last = { ...effective, phase: 'finishing', stepIndex: 2, stepStartedAt: after(100) } as const;
    const wayBack = exampleRollout({ isWayBack: true, plan: { scaleDownDelayMs: 0 }, progress: last });
    expect(recordedNumber(wayBack)).toBe(1);
    const waits = advanceRollout(wayBack, seen(wayBack), after(110));
    expect(waits.blockers).toMatchObject([{ code: 'recording' }]);
    const recorded = { ...wayBack, recordedAt: after(111) };
    expect(advanceRollout(recorded, seen(recorded), after(111)).progress.phase).toBe('succeeded');
    const forth = exampleRollout({ plan: { scaleDownDelayMs: 0 }, progress: last });
    expect(advanceRollout(forth, seen(forth), after(110)).progress.phase).toBe('succeeded');
  });
});

describe('steps that passed', () => {
  it('count only on evidence, and only behind others that did', () => {
    const first = exampleRollout({ progress: effective });
    const passed = advanceRollout(first, seen(first, { evidence: good }), after(100)).progress;
    expect(passed).toMatchObject({ stepIndex: 1, passedSteps: 1 });
    const letPass = exampleRollout({ progress: effective, intent: { continuedStep: 0 } });
    const unproven = advanceRollout(letPass, seen(letPass), after(20)).progress;
    expect(unproven).toMatchObject({ stepIndex: 1, passedSteps: 0 });
    const second = exampleRollout({ progress: { ...effective, stepIndex: 1, passedSteps: 0 } });
    const split = { nCanary: 100, nStable: 100 };
    const evidence = { ...good, split };
    expect(advanceRollout(second, seen(second, { evidence }), after(100)).progress).toMatchObject({
      stepIndex: 2,
      passedSteps: 0,
    });
  });

  it('are where a retry begins', () => {
    const retry = exampleRollout({ firstStepIndex: 1, progress: { passedSteps: 1 } });
    const answer = advanceRollout(retry, seen(retry), after(5));
    expect(answer.progress).toMatchObject({ phase: 'stepping', stepIndex: 1, passedSteps: 1 });
    expect(answer.transitions[0]?.sentence).toContain('50 %');
  });
});

describe('finishing', () => {
  const rollout = exampleRollout({ progress: { ...effective, phase: 'finishing', stepIndex: 2 } });

  it('keeps the old revision for its delay, then succeeds', () => {
    const early = advanceRollout(rollout, seen(rollout), after(119));
    expect(early.blockers).toMatchObject([{ code: 'scaleDownDelay', until: after(120).toISOString() }]);
    expect(advanceRollout(rollout, seen(rollout), after(120)).progress).toMatchObject({
      phase: 'succeeded',
      endedAt: after(120),
    });
  });

  it('does not succeed while the new revision is unready or the route elsewhere', () => {
    const unready = observedFor(rollout, {
      revisions: [observedRevision(1), observedRevision(2, { ready: false })],
    });
    const elsewhere = observedFor(rollout, {
      route: { ...observedFor(rollout).route, requested: { 1: 100 } },
    });
    for (const observed of [unready, elsewhere, observedFor(rollout, { fresh: false })]) {
      const answer = advanceRollout(rollout, seen(rollout, { observed }), after(500));
      expect(answer.progress.phase).toBe('finishing');
      expect(answer.blockers).not.toEqual([]);
    }
  });
});

describe('an ended rollout', () => {
  it.each(['succeeded', 'rolledBack', 'aborted'] as const)('that has %s never moves again', (phase) => {
    const rollout = exampleRollout({ progress: { phase, endedAt: after(1) }, intent: { goal: 'abort' } });
    const answer = advanceRollout(rollout, seen(rollout, { evidence: bad }), after(5));
    expect(answer).toMatchObject({ progress: rollout.progress, transitions: [], requeueAfterMs: null });
  });
});
