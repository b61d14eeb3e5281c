import { expect, it } from 'vitest';
import { nodeBuckets, podBuckets } from '../metering/facts.ts';
import { idleBuckets, ownedBuckets } from './spend.ts';

it('every bucket is owned, idle, or one of the four that are the instance’s', () => {
  const known: readonly string[] = [
    ...ownedBuckets,
    ...idleBuckets,
    'system',
    'unhealthy',
    'unobserved',
    'rounding',
  ];
  expect([...podBuckets, ...nodeBuckets].filter((bucket) => !known.includes(bucket))).toEqual([]);
  expect([...podBuckets.filter((bucket) => bucket !== 'system'), 'claimHold']).toEqual(ownedBuckets);
});
