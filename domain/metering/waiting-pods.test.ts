import { describe, expect, it } from 'vitest';
import type { ObservedPod } from './observed.ts';
import { at, containerOf, podOf } from './observed-fixture.ts';
import { mostWaiting, waitingAfter, waitingPods } from './waiting-pods.ts';

const seen = (given: Partial<ObservedPod> = {}, gone = false) => ({
  pod: podOf({ nodeName: null, request: { 'nvidia.com/gpu': 2 }, containers: [containerOf([])], ...given }),
  gone,
});
const words = '0/2 nodes are available: 2 Insufficient nvidia.com/gpu.';
const none = new Map();

describe('pods that wait for GPUs', () => {
  it('are named with their owner, what they ask for, and the scheduler’s words', () => {
    const found = waitingAfter(none, {
      whole: true,
      pods: [seen({ uid: 'a', name: 'x-1', unscheduled: words })],
    });
    expect(waitingPods(found).pods).toMatchObject([{ uid: 'a', name: 'x-1', gpus: 2, words }]);
  });

  it.each<[string, Partial<ObservedPod>]>([
    ['has a node', { nodeName: 'gpu-1' }],
    ['is being deleted', { deletion: { at: at('10:00'), graceSeconds: 0 } }],
    ['is over', { ended: true }],
    ['asks for no GPU', { containers: [{ ...containerOf([]), holdsGpu: false }] }],
  ])('are not there when one %s', (_what, change) => {
    expect(waitingAfter(none, { whole: false, pods: [seen(change)] }).size).toBe(0);
  });

  it('are forgotten when they get a node, go, or are missing where everything is told', () => {
    const before = waitingAfter(none, {
      whole: false,
      pods: [seen({ uid: 'a' }), seen({ uid: 'b' }), seen({ uid: 'c' })],
    });
    const after = waitingAfter(before, {
      whole: false,
      pods: [seen({ uid: 'a', nodeName: 'gpu-1' }), seen({ uid: 'b' }, true)],
    });
    expect([...after.keys()]).toEqual(['c']);
    expect(waitingAfter(after, { whole: true, pods: [] }).size).toBe(0);
  });

  it('beyond a limit are counted', () => {
    const pods = Array.from({ length: mostWaiting + 3 }, (_, index) => seen({ uid: `pod-${index}` }));
    const stored = waitingPods(waitingAfter(none, { whole: true, pods }));
    expect([stored.pods.length, stored.more]).toEqual([mostWaiting, 3]);
  });
});
