import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counterIncrease } from './counter-increase.ts';
import { cacheSaving } from './prefix-cache.ts';
import { bothSpans, heldGpus, zeroSaving } from './scale-to-zero.ts';
import { type ArmUse, type ArmWork, costRatio, equalLoadCost, unitCost } from './unit-cost.ts';

const hour = 3_600_000;
const dollar = 1_000_000_000n;
const use = (change: Partial<ArmUse> = {}): ArmUse => ({
  amountNano: 10n * dollar,
  requests: 4_000,
  countedMs: hour,
  servedMs: hour,
  unpriced: 0n,
  tokens: null,
  ...change,
});

describe('the cost of a unit', () => {
  it('is the amount over what was counted', () => {
    expect(unitCost(use())).toEqual({
      perThousandRequestsNano: 2_500_000_000n,
      perMillionTokensNano: null,
      doubts: [],
    });
  });

  it('of a million tokens at $3.28 an hour and 4,000 tokens a second is $0.2278', () => {
    const cost = unitCost(use({ amountNano: 3_280_000_000n, tokens: 4_000 * 3_600 }));
    expect(cost.perMillionTokensNano).toBe(227_777_778n);
  });

  it('is absent, not 0, where nothing was counted', () => {
    const cost = unitCost(use({ requests: 0, tokens: 0 }));
    expect(cost.perThousandRequestsNano).toBeNull();
    expect(cost.perMillionTokensNano).toBeNull();
  });

  it.each([
    ['less than 15 minutes were counted', { countedMs: 14 * 60_000, servedMs: 14 * 60_000 }, 'shortTime'],
    ['fewer than 10,000 tokens were counted', { tokens: 9_999 }, 'fewTokens'],
    ['a tenth of its time was not counted', { servedMs: 1.2 * hour }, 'notAllCounted'],
    ['some of its GPU time has no price', { unpriced: 1n }, 'unpriced'],
  ])('says so when %s', (_what, change, doubt) => {
    expect(unitCost(use(change)).doubts).toEqual([doubt]);
  });

  it('grows with the amount and falls with the requests', () => {
    const amounts = fc.bigInt({ min: 1n, max: 10n ** 15n });
    const counts = fc.integer({ min: 1, max: 10 ** 9 });
    fc.assert(
      fc.property(amounts, counts, fc.integer({ min: 2, max: 9 }), (amountNano, requests, times) => {
        const cost = (change: Partial<ArmUse>) =>
          unitCost(use({ amountNano, requests, ...change })).perThousandRequestsNano ?? 0n;
        expect(cost({ amountNano: amountNano * BigInt(times) }) >= cost({})).toBe(true);
        expect(cost({ requests: requests * times }) <= cost({})).toBe(true);
      }),
    );
  });
});

describe('a canary against stable', () => {
  it('of the same code costs 4.75 times as much a request at actual load with 1 of 5 replicas and 5 % of traffic', () => {
    const stable = unitCost(use({ amountNano: 4n * dollar, requests: 95_000 })).perThousandRequestsNano;
    const canary = unitCost(use({ amountNano: 1n * dollar, requests: 5_000 })).perThousandRequestsNano;
    expect(costRatio(canary, stable)).toBeCloseTo(4.75, 3);
  });

  const work = (change: Partial<ArmWork> = {}): ArmWork => ({
    requests: 95_000,
    requestSeconds: 19_000,
    concurrency: 4,
    gpus: 2,
    gpuHourNano: 3_600_000_000n,
    ...change,
  });

  it('costs the same at equal load, however little traffic it has', () => {
    // 0.2 s a request, 4 at a time on 2 GPUs: 0.1 GPU-seconds, at $0.001 a second.
    expect(equalLoadCost(work())).toBe(100_000_000n);
    expect(equalLoadCost(work({ requests: 5_000, requestSeconds: 1_000 }))).toBe(100_000_000n);
  });

  it.each([
    ['the time of its requests', { requestSeconds: null }],
    ['how many it answers at a time', { concurrency: null }],
    ['a price', { gpuHourNano: null }],
    ['a request', { requests: 0 }],
  ])('is not compared at equal load without %s', (_what, change) => {
    expect(equalLoadCost(work(change))).toBeNull();
  });
});

describe('counters', () => {
  const at = (pod: string, minute: number, value: number) => ({ pod, atMs: minute * 60_000, value });

  it('are clamped by pod before they are summed, so that a restart takes nothing from the others', () => {
    const samples = [at('a', 0, 500), at('b', 0, 100), at('a', 1, 20), at('b', 1, 180)];
    expect(counterIncrease(samples)).toBe(80);
  });

  it('of a pod that goes or comes take nothing away', () => {
    expect(counterIncrease([at('gone', 0, 900), at('new', 1, 50), at('new', 2, 70)])).toBe(20);
    expect(counterIncrease([])).toBe(0);
  });

  it('do not depend on the order of samples and never shrink', () => {
    const samples = fc.array(
      fc.record({
        pod: fc.constantFrom('a', 'b'),
        atMs: fc.integer({ min: 0, max: 1_000 }),
        value: fc.nat({ max: 1_000 }),
      }),
    );
    const distinct = samples.map((given) => [
      ...new Map(given.map((one) => [`${one.pod}${one.atMs}`, one])).values(),
    ]);
    fc.assert(
      fc.property(distinct, (given) => {
        expect(counterIncrease(given)).toBeGreaterThanOrEqual(0);
        expect(counterIncrease(given.toReversed())).toBe(counterIncrease(given));
      }),
    );
  });
});

describe('the prefix cache', () => {
  const work = {
    amountNano: 10n * dollar,
    promptTokens: 1_000,
    cachedTokens: 500,
    generatedTokens: 200,
    prefillSeconds: 30,
    decodeSeconds: 70,
  };

  it('saved what its tokens would have cost at the server’s own times', () => {
    expect(cacheSaving(work)).toEqual({ share: 0.5, savedNano: 3n * dollar, estimated: false });
  });

  it('is an estimate by tokens where the server does not tell its times apart', () => {
    const saving = cacheSaving({ ...work, prefillSeconds: null });
    expect(saving).toEqual({ share: 0.5, savedNano: 5n * dollar, estimated: true });
  });

  it.each([
    ['it is not exposed', { cachedTokens: null }],
    ['nothing was asked', { promptTokens: 0, cachedTokens: 0 }],
    ['all came from it', { cachedTokens: 1_000 }],
  ])('is left out when %s', (_what, change) => {
    expect(cacheSaving({ ...work, ...change })).toBeNull();
  });
});

describe('standing at 0', () => {
  it('saves at most its time at the last size before, and nothing before there was one', () => {
    const pieces = [
      { fromMs: 0, toMs: hour, gpus: 0 },
      { fromMs: hour, toMs: 2 * hour, gpus: 4 },
      { fromMs: 2 * hour, toMs: 3 * hour, gpus: 2.5 },
      { fromMs: 3 * hour, toMs: 7 * hour, gpus: 0 },
      { fromMs: 7 * hour, toMs: 8 * hour, gpus: 1 },
    ];
    expect(zeroSaving(pieces, 2n * dollar)).toEqual({ zeroMs: 4 * hour, atMostNano: 20n * dollar });
    expect(zeroSaving([], dollar)).toEqual({ zeroMs: 0, atMostNano: 0n });
  });

  it('is counted where it was to serve and all pods were seen, to the last part of a GPU', () => {
    const serving = [{ fromMs: 0, toMs: 100 }];
    const seen = [
      { fromMs: 0, toMs: 40 },
      { fromMs: 50, toMs: 120 },
    ];
    const third = { fromMs: 10, toMs: 60, gpus: 1 / 3 };
    expect(heldGpus(bothSpans(serving, seen), [third, third, third])).toEqual([
      { fromMs: 0, toMs: 10, gpus: 0 },
      { fromMs: 10, toMs: 40, gpus: 0.999999 },
      { fromMs: 50, toMs: 60, gpus: 0.999999 },
      { fromMs: 60, toMs: 100, gpus: 0 },
    ]);
    expect(heldGpus([], [third])).toEqual([]);
  });

  it('adds up to all that pods held, where everything is seen', () => {
    const pods = fc.array(
      fc
        .record({ fromMs: fc.nat(500), length: fc.integer({ min: 1, max: 500 }), gpus: fc.nat(8) })
        .map(({ fromMs, length, gpus }) => ({ fromMs, toMs: fromMs + length, gpus })),
    );
    const sum = (pieces: readonly { fromMs: number; toMs: number; gpus: number }[]) =>
      pieces.reduce((total, { fromMs, toMs, gpus }) => total + (toMs - fromMs) * gpus, 0);
    fc.assert(
      fc.property(pods, (given) => {
        expect(sum(heldGpus([{ fromMs: 0, toMs: 1_000 }], given))).toBe(sum(given));
      }),
    );
  });
});
