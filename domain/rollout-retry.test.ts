import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepRefusal, keptEnd, longestKeepMs, releaseRefusal } from './canary-keeping.ts';
import { after } from './example-rollout.ts';
import { refusal } from './refusal.ts';
import { lastRetryStep, retryRefusal } from './rollout-retry.ts';

const attempt = { phase: 'rolledBack', passedSteps: 1, stepCount: 4, isFirstRevision: false } as const;
const can = {
  attempt,
  firstStepIndex: 0,
  isWayBack: false,
  retried: 'no' as const,
  rolloutActive: false,
  approval: null,
};

describe('retryRefusal', () => {
  it('lets an attempt that went back begin again at the first step or at one behind those that passed', () => {
    expect(retryRefusal(can)).toBeNull();
    expect(retryRefusal({ ...can, firstStepIndex: 1 })).toBeNull();
    expect(retryRefusal({ ...can, firstStepIndex: 2 })?.message).toBe(
      'It can be retried from step 2 at the latest, because only step 1 has passed on evidence.',
    );
  });

  it('never leaves out a step that did not pass on evidence', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 0, max: 5 }),
        (passedSteps, firstStepIndex) => {
          const allowed =
            retryRefusal({ ...can, attempt: { ...attempt, passedSteps }, firstStepIndex }) === null;
          expect(allowed).toBe(firstStepIndex <= passedSteps && firstStepIndex < attempt.stepCount);
        },
      ),
      { seed: 20_261_126 },
    );
    expect(lastRetryStep({ ...attempt, isFirstRevision: true, passedSteps: 3 })).toBe(0);
  });

  it.each([
    ['under way', { attempt: { ...attempt, phase: 'stepping' as const } }, /still under way/],
    ['succeeded', { attempt: { ...attempt, phase: 'succeeded' as const } }, /nothing to retry/],
    ['a roll back', { isWayBack: true }, /roll back once more/],
    ['retried already', { retried: 'started' as const }, /retried already/],
    ['asked to be retried', { retried: 'asked' as const }, /waits for its start/],
    ['beside another rollout', { rolloutActive: true }, /Another rollout/],
    [
      'no longer approved',
      { approval: refusal({ code: 'policyChanged', message: 'The policy changed.' }) },
      /policy/,
    ],
  ])('refuses one that is %s, in a sentence', (_, change, words) => {
    expect(retryRefusal({ ...can, ...change })?.message).toMatch(words);
  });
});

describe('a kept canary', () => {
  const kept = {
    intent: { goal: 'abort', keepUntil: after(3_600) },
    progress: { phase: 'aborted' },
    keptEndedAt: null,
    newerRollout: false,
  } as const;

  it('can be kept once traffic goes back and until a newer rollout begins', () => {
    expect(keepRefusal(kept)).toBeNull();
    expect(keepRefusal({ ...kept, progress: { phase: 'rollingBack' } })).toBeNull();
    expect(keepRefusal({ ...kept, progress: { phase: 'stepping' } })?.code).toBe('wrongState');
    expect(keepRefusal({ ...kept, progress: { phase: 'succeeded' } })?.code).toBe('wrongState');
    expect(keepRefusal({ ...kept, newerRollout: true })?.code).toBe('rolloutActive');
  });

  it('can be taken away while it is kept, and only then', () => {
    expect(releaseRefusal(kept, after(10))).toBeNull();
    expect(releaseRefusal(kept, after(3_600))?.code).toBe('wrongState');
    expect(releaseRefusal({ ...kept, keptEndedAt: after(5) }, after(10))?.code).toBe('wrongState');
  });

  it('is given up when its time is over or a new rollout begins, and says why', () => {
    const of = { keepUntil: after(60), number: 7 };
    expect(keptEnd(of, { rolloutActive: false, now: after(59) })).toBeNull();
    expect(keptEnd(of, { rolloutActive: false, now: after(60) })).toContain('time is over');
    expect(keptEnd(of, { rolloutActive: true, now: after(1) })).toContain('new rollout');
    expect(longestKeepMs).toBe(86_400_000);
  });
});
