import { describe, expect, it } from 'vitest';
import { othersText, podTitle, quotaText, refusedHref, waitingWords } from './prepare-waiting.ts';

describe('what waits for GPUs, in words', () => {
  it('is a pod, what it asks for, whose it is and what the scheduler says', () => {
    expect(podTitle({ name: 'fraud-r2-7c', namespace: 'production', gpus: 2 })).toBe(
      'Pod fraud-r2-7c in production waits for 2 GPUs',
    );
    const owner = { kind: 'Deployment', name: 'fraud-r2' };
    const words = '0/2 nodes are available: 2 Insufficient nvidia.com/gpu.';
    expect(waitingWords({ name: 'fraud-r2-7c', owner, words })).toBe(`Deployment fraud-r2: ${words}`);
    expect(waitingWords({ name: 'x', owner: { kind: 'Pod', name: 'x' }, words: null })).toBe(
      'the scheduler has said nothing yet.',
    );
  });

  it('is a quota with used, hard and who holds it', () => {
    const quota = { namespace: 'a', quota: 'gpus', key: 'requests.nvidia.com/gpu', used: 2, hard: 2 };
    const observedAt = new Date(0);
    expect(quotaText({ ...quota, heldBy: 'fraud-r1 2', observedAt })).toBe(
      '2 of 2 requests.nvidia.com/gpu used, held by fraud-r1 2.',
    );
  });

  it('leads to the rollout that is refused, or to the service', () => {
    const refused = {
      serviceId: 's',
      service: 'fraud',
      environment: 'production',
      blocker: { code: 'quotaExceeded', message: '' } as never,
    };
    expect(refusedHref({ ...refused, rolloutId: 'r' })).toBe('/rollouts/r');
    expect(refusedHref({ ...refused, rolloutId: null })).toBe('/services/s');
  });

  it.each([
    [{ pods: 0, gpus: 0 }, 0, null],
    [{ pods: 3, gpus: 8 }, 0, '3 pods of other projects wait for 8 GPUs'],
    [{ pods: 3, gpus: 1 }, 2, '3 pods of other projects wait for 1 GPU; 2 more pods are not listed'],
  ])('of others is a number: %o and %s more', (others, more, text) => {
    expect(othersText([{ others, more }])).toBe(text);
  });
});
