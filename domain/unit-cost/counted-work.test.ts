import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CountedWork,
  cacheWorkOf,
  loadLack,
  loadOf,
  noCountedWork,
  sumOfWork,
  tokenLack,
  tokensOf,
} from './counted-work.ts';
import { intervalWork, type PodWork } from './pod-work.ts';

const reading = (pod: string, work?: PodWork) => ({ pod, work });

describe('the work of an interval', () => {
  it('is what the counters of its pods grew by, and how many requests were under way at its end', () => {
    const from = [
      reading('a', { promptTokens: 100, generatedTokens: 10, runningSeconds: 2.5, running: 9 }),
      reading('b', { promptTokens: 0, generatedTokens: 0, runningSeconds: 0, running: 0 }),
    ];
    const to = [
      reading('a', { promptTokens: 300, generatedTokens: 30, runningSeconds: 4, running: 3 }),
      reading('b', { promptTokens: 50, generatedTokens: 5, runningSeconds: 0.25, running: 0 }),
    ];
    expect(intervalWork(from, to)).toEqual({
      promptTokens: 250,
      generatedTokens: 25,
      cachedTokens: null,
      runningMs: 1_750,
      prefillMs: null,
      decodeMs: null,
      runningRequests: 3,
      busyPods: 1,
    });
  });

  it('is unknown, not a part, as soon as one pod does not expose it', () => {
    const both = [reading('a', { promptTokens: 1, running: 1 }), reading('b', { running: 1 })];
    expect(intervalWork(both, both)).toMatchObject({ promptTokens: null, runningRequests: 2 });
    expect(intervalWork(both, [reading('a', { promptTokens: 5 }), reading('b')]).promptTokens).toBeNull();
    expect(intervalWork([], []).busyPods).toBeNull();
  });

  it('never shrinks when a counter falls', () => {
    const counts = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(counts, (pods) => {
        const at = (place: 0 | 1) =>
          pods.map((values, index) => reading(`p${index}`, { promptTokens: values[place] }));
        expect(intervalWork(at(0), at(1)).promptTokens).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

const counted = (change: Partial<CountedWork>) => ({
  work: { ...noCountedWork, ...change },
  countedMs: 1_000,
});

describe('counted work', () => {
  it.each([
    [900, 30],
    [899, null],
    [0, null],
  ])('of which tokens were counted in %s of 1,000 ms has %s tokens', (tokenMs, tokens) => {
    expect(tokensOf(counted({ tokenMs, promptTokens: 20, generatedTokens: 10 }))).toBe(tokens);
  });

  it('has no tokens where nothing was counted', () => {
    expect(tokensOf({ work: noCountedWork, countedMs: 0 })).toBeNull();
  });

  it('says why tokens are not shown', () => {
    expect(tokenLack(counted({ tokenMs: 950 }), true)).toBeNull();
    expect(tokenLack(counted({ tokenMs: 400 }), true)).toEqual({ kind: 'partly', share: 0.4 });
    expect(tokenLack(counted({}), true)).toEqual({ kind: 'noSeries' });
    expect(tokenLack(counted({}), false)).toEqual({ kind: 'notNamed' });
  });

  it('says why nothing is shown at equal load, and that a pod was never seen busy', () => {
    const idle = { loadMs: 1_000, loadRequests: 5, runningMs: 200 };
    expect(loadLack(counted({}), false)).toEqual({ kind: 'notNamed' });
    expect(loadLack(counted(idle), true)).toEqual({ kind: 'neverBusy' });
    const busy = counted({ ...idle, runningRequests: 12, busyPods: 4 });
    expect(loadLack(busy, true)).toBeNull();
    expect(loadOf(busy)).toEqual({ requests: 5, requestSeconds: 0.2, concurrency: 3 });
  });

  it('has the cache only beside tokens, and the times apart only where all are counted', () => {
    const tokens = { tokenMs: 1_000, promptTokens: 40, generatedTokens: 5 };
    const cache = { cacheMs: 1_000, cachePromptTokens: 40, cachedTokens: 10 };
    expect(cacheWorkOf(counted(tokens))).toBeNull();
    expect(cacheWorkOf(counted(cache))).toBeNull();
    expect(cacheWorkOf(counted({ ...tokens, ...cache, splitMs: 500 }))?.prefillSeconds).toBeNull();
    const times = { splitMs: 1_000, prefillMs: 300, decodeMs: 700 };
    expect(cacheWorkOf(counted({ ...tokens, ...cache, ...times }))).toEqual({
      promptTokens: 40,
      cachedTokens: 10,
      generatedTokens: 5,
      prefillSeconds: 0.3,
      decodeSeconds: 0.7,
    });
  });

  it('of several revisions is the sum of every part', () => {
    const one = { ...noCountedWork, tokenMs: 1, decodeMs: 2, busyPods: 3 };
    expect(sumOfWork(one, one)).toEqual({ ...noCountedWork, tokenMs: 2, decodeMs: 4, busyPods: 6 });
  });
});
