import { expect, test } from 'vitest';
import { behindText, splitOf } from './matrix-words.ts';

const version = (versionNumber: number) => ({
  revisionId: 'r',
  number: 1,
  modelVersionId: 'v',
  modelName: 'fraud',
  versionNumber,
  specDigest: '',
  imageDigest: '',
  adopted: false,
  byteCheck: 'imageDigest' as const,
});
const rollout = (weightPercent: number) => ({
  id: 'r',
  to: version(8),
  weightPercent,
  paused: false,
  held: false,
});
const staging = [{ name: 'staging', groupName: null }];

test.each([
  [{ newest: 0, previous: null }, [], 'newest version'],
  [{ newest: 0, previous: 0 }, staging, 'newest version'],
  [{ newest: 2, previous: null }, staging, '2 behind the newest'],
  [{ newest: 2, previous: 0 }, staging, '2 behind the newest'],
  [{ newest: 2, previous: 1 }, staging, '2 behind the newest, 1 behind staging'],
  [{ newest: 1, previous: 1 }, [{ name: 'eu', groupName: 'live' }], '1 behind the newest, 1 behind live'],
])('how far behind a version is, is told once for each thing that is ahead', (behind, before, text) => {
  expect(behindText({ stable: version(7), behind }, before)).toBe(text);
});

test('where nothing runs nothing is behind and nothing takes traffic', () => {
  expect(behindText({ stable: null, behind: { newest: 0, previous: null } }, staging)).toBeNull();
  expect(splitOf({ stable: null, rollout: null })).toEqual([]);
});

test('the shares of both versions add up to all of the traffic', () => {
  expect(splitOf({ stable: version(7), rollout: null })).toEqual([
    { label: 'fraud 7', weightPercent: 100, isNew: false },
  ]);
  expect(splitOf({ stable: version(7), rollout: rollout(25) })).toEqual([
    { label: 'fraud 7', weightPercent: 75, isNew: false },
    { label: 'fraud 8', weightPercent: 25, isNew: true },
  ]);
});

test('a first rollout has nothing beside it', () => {
  expect(splitOf({ stable: null, rollout: rollout(100) })).toEqual([
    { label: 'fraud 8', weightPercent: 100, isNew: true },
  ]);
});
