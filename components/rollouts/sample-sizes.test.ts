import { expect, test } from 'vitest';
import { after, rolloutDetail } from './rollout-fixture.test-support.ts';
import { sampleSentence } from './sample-sizes.ts';

const total = { checkId: 'errors', nCanary: 764, nStable: 4_392, xCanary: 1, xStable: 18, intervals: 12 };

test('a rollout that went back still says on how many requests it was judged', () => {
  const totals = [
    { ...total, nCanary: 3 },
    { ...total, newestAt: after(3) },
  ].map((each) => ({
    newestAt: after(3),
    ...each,
  }));
  expect(sampleSentence(rolloutDetail({ totals }))).toBe(
    'Over the whole rollout: 764 canary and 4,392 stable requests in 12 whole intervals.',
  );
});

test('nothing is said before anything was counted', () => {
  expect(sampleSentence(rolloutDetail())).toBeNull();
});
