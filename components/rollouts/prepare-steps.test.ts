import { describe, expect, test } from 'vitest';
import { preparePips } from './prepare-pips.ts';
import { prepareSteps } from './prepare-steps.ts';
import { promoteChanges } from './promote-changes.ts';
import { after, rolloutDetail } from './rollout-fixture.test-support.ts';

const nowMs = after(14).getTime();
const states = (change: Parameters<typeof rolloutDetail>[0]) =>
  prepareSteps(rolloutDetail(change), nowMs).map((step) => step.state);

const checked = (step: number) => ({
  step,
  checkId: 'errors',
  verdict: 'pass' as const,
  evidence: null,
  at: after(step),
});

describe('the bar of steps', () => {
  test.each([
    [{ phase: 'starting', stepIndex: 0 }, 'current waiting waiting waiting waiting waiting'],
    [{ phase: 'stepping', stepIndex: 1 }, 'done done current waiting waiting waiting'],
    [{ phase: 'finishing', stepIndex: 3 }, 'done done done done done current'],
    [{ phase: 'succeeded', stepIndex: 3 }, 'done done done done done done'],
    [{ phase: 'aborted', stepIndex: 1 }, 'done done skipped skipped skipped skipped'],
  ] as const)('of %o reads %s', (change, expected) => {
    expect(states(change).join(' ')).toBe(expected);
  });

  test('marks the step whose analysis failed', () => {
    const failure = { code: 'analysisFailed', message: 'Worse.', params: {}, fix: null } as const;
    expect(states({ phase: 'rolledBack', stepIndex: 1, failure })[2]).toBe('failed');
  });

  test('calls steps that a promote jumped over skipped, never done', () => {
    const checkResults = [checked(0), checked(3)];
    expect(
      states({ phase: 'finishing', stepIndex: 3, promotedAt: after(13), checkResults }).slice(1, 5),
    ).toEqual(['done', 'skipped', 'skipped', 'done']);
  });

  test('counts the minimum time from the moment the weight took effect', () => {
    const step = prepareSteps(rolloutDetail(), nowMs)[2];
    expect(step?.share).toBeCloseTo(0.2);
    expect(step?.until).toEqual(after(22));
  });

  test('has no countdown while the weight has not taken effect', () => {
    const step = prepareSteps(rolloutDetail({ effectiveAt: null }), nowMs)[2];
    expect(step).toMatchObject({ until: null, share: 0, text: 'until the split is measured' });
  });

  test('leaves a step past its minimum time to the evidence', () => {
    const step = prepareSteps(rolloutDetail(), after(60).getTime())[2];
    expect(step).toMatchObject({ until: null, share: 1, text: 'until the evidence decides' });
  });
});

describe('the marks in a row', () => {
  test('show a failed step and leave those after it empty', () => {
    const failure = { code: 'analysisFailed', message: 'Worse.', params: {}, fix: null } as const;
    expect(preparePips({ phase: 'rolledBack', stepIndex: 1, stepCount: 4, failure })).toEqual([
      'done',
      'failed',
      'left',
      'left',
    ]);
  });
});

describe('what a promote changes', () => {
  test('names the steps that are skipped', () => {
    expect(promoteChanges(rolloutDetail())).toEqual({
      traffic: 'Revision 7: 25 % → 100 %',
      skipped: 'the step at 50 %',
    });
  });

  test('says so when none is', () => {
    expect(promoteChanges(rolloutDetail({ stepIndex: 2, weightPercent: 50 })).skipped).toBe('no step');
  });
});
