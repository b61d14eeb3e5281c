import { describe, expect, test } from 'vitest';
import { clockOffsetMs } from './clock-offset.ts';
import { listAsk, rolloutFilter, withParams } from './list-params.ts';
import { endingOf, pendingSentence } from './rollout-ending.ts';
import { after, revision, rolloutDetail } from './rollout-fixture.test-support.ts';
import { changeSentence, rolloutStanding, rolloutTitle } from './rollout-words.ts';
import { blockerTone, ownerText } from './wait-words.ts';

describe('the words for a rollout', () => {
  test('name both revisions, or only the first one there is', () => {
    expect(rolloutTitle(rolloutDetail())).toBe('fraud-detector 6 → 7');
    expect(rolloutTitle(rolloutDetail({ from: null }))).toBe('fraud-detector → 7');
  });

  test('tell a changed specification from a new version', () => {
    const same = { ...revision(7), modelVersionId: 'version-6', versionNumber: 6 };
    expect(changeSentence(rolloutDetail({ to: same }))).toContain('changed specification');
    expect(changeSentence(rolloutDetail())).toBe('fraud-detector version 6 → 7.');
  });

  test('call a rollout that goes back so, even before its phase has changed', () => {
    expect(rolloutStanding(rolloutDetail({ goal: 'abort' }))).toEqual({ tone: 'warn', label: 'Going back' });
  });

  test('put held before paused, because it is the one that a person has to decide', () => {
    expect(rolloutStanding(rolloutDetail({ held: true, paused: true })).label).toBe('Held at 25 %');
  });
});

describe('an order that the worker has not seen', () => {
  test('is named until its generation was acted on', () => {
    const waiting = { pausedAt: after(14), serviceGeneration: 4 };
    expect(pendingSentence(rolloutDetail(waiting))).toContain('Pause is requested (generation 4)');
    expect(pendingSentence(rolloutDetail({ ...waiting, serviceObservedGeneration: 4 }))).toBeNull();
  });
});

describe('the end of a rollout', () => {
  test('says where the traffic is', () => {
    expect(endingOf(rolloutDetail({ phase: 'succeeded' })).title).toBe('Revision 7 serves all traffic.');
    expect(endingOf(rolloutDetail({ phase: 'succeeded', from: null })).detail).toBeUndefined();
  });
});

describe('a blocker', () => {
  test('is calm when it belongs to every rollout and bad when something is broken', () => {
    expect(blockerTone({ code: 'minimumTime', until: null })).toBe('info');
    expect(blockerTone({ code: 'held', until: null })).toBe('warn');
    expect(blockerTone({ code: 'crashLoop', until: null })).toBe('bad');
  });

  test('names a role with its article and a person as they are', () => {
    expect(ownerText({ owner: 'operator', until: null })).toBe('an operator');
    expect(ownerText({ owner: 'viewer', until: null })).toBe('a viewer');
    expect(ownerText({ owner: 'the cluster', until: null })).toBe('the cluster');
  });
});

describe("the service's clock", () => {
  test('is this one when they differ only by the travel of the answer', () => {
    expect(clockOffsetMs(after(0), after(0).getTime() + 900)).toBe(0);
    expect(clockOffsetMs(after(60), after(0).getTime())).toBe(3_600_000);
  });
});

describe('the address of a list', () => {
  test('that makes no sense asks for the first page of everything active', () => {
    expect(listAsk({ q: '', page: '-3' })).toEqual({});
    expect(listAsk({ q: ['fraud', 'x'], page: '2' })).toEqual({ search: 'fraud', page: 2 });
    expect(rolloutFilter({ filter: 'nonsense' })).toBe('active');
  });

  test('carries only what was chosen', () => {
    expect(withParams('/rollouts', { q: 'a b', page: undefined })).toBe('/rollouts?q=a+b');
    expect(withParams('/rollouts', {})).toBe('/rollouts');
  });
});
