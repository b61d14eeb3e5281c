import { describe, expect, test } from 'vitest';
import { refusal } from '../../domain/refusal.ts';
import {
  askAgainHref,
  keptSize,
  noticedAfter,
  requestsHit,
  retrySteps,
  whatBroke,
} from './incident-words.ts';
import { after, rolloutDetail } from './rollout-fixture.test-support.ts';

const served = {
  requests: 8_241,
  failed: 412,
  slow: 1_203,
  slowerThanMs: 250,
  firstBadAt: after(12).toISOString(),
  countedUntil: after(15).toISOString(),
};

describe('what broke', () => {
  test('is the sentence of the check with its figures, or who sent the traffic back and why', () => {
    const failure = refusal({ code: 'analysisFailed', message: '5 % of requests failed, at most 1 % may.' });
    expect(whatBroke(rolloutDetail({ failure })).title).toBe('5 % of requests failed, at most 1 % may.');
    const order = { seq: 1, action: 'rollouts.abort', actorName: 'Omar', comment: 'Wrong model' };
    const timeline = [order as never];
    expect(whatBroke(rolloutDetail({ phase: 'aborted', timeline }))).toEqual({
      title: 'Omar aborted this rollout.',
      quote: 'Wrong model',
    });
  });
});

describe('the requests that were hit', () => {
  test('are counted with their share, and nothing is made up where nothing was counted', () => {
    expect(requestsHit(served, 7).title).toBe('412 of 8,241 requests failed (5 %).');
    expect(requestsHit(served, 7).detail).toContain('1,203 of them were slower than 250 ms.');
    expect(requestsHit({ ...served, failed: 0 }, 7).title).toBe('None of 8,241 requests failed.');
    expect(requestsHit({ ...served, requests: 0 }, 7).title).toBe('No request was counted.');
  });

  test('were noticed so long after the first one', () => {
    expect(noticedAfter({ served, orderedAt: after(14.5) })).toBe('2 min 30 s');
    expect(noticedAfter({ served: { ...served, firstBadAt: null }, orderedAt: after(14) })).toBeNull();
  });
});

test('a kept canary names its cost, a retry its steps, and a new request what it is about', () => {
  expect(keptSize({ replicas: 3, gpuCount: 6 })).toBe('3 pods, 6 GPUs');
  expect(keptSize({ replicas: 1, gpuCount: 0 })).toBe('1 pod, no GPU');
  expect(retrySteps(rolloutDetail().plan, 2).map((step) => step.label)).toEqual([
    'Step 1: 5 %',
    'Step 2: 25 %',
  ]);
  expect(askAgainHref(rolloutDetail())).toBe('/promotions/new?service=service&modelVersion=version-7');
});
