import { describe, expect, it } from 'vitest';
import { noCountedWork } from './counted-work.ts';
import { equalLoad, gpuHourNano, type Use, unitFigures } from './unit-figures.ts';

const hour = 3_600_000;
const dollar = 1_000_000_000n;
const named = { tokens: true, load: true };

/** Two GPUs for an hour at $3.60 each, 95,000 requests of 0.2 s, four at a time. */
const busy: Use = {
  servingNano: 7n * dollar,
  holdNano: dollar / 5n,
  milliGpuSeconds: 2n * 3_600_000n,
  unpriced: 0n,
  requests: 95_000,
  countedMs: hour,
  servedMs: hour,
  work: {
    tokenMs: hour,
    promptTokens: 18_000_000,
    generatedTokens: 1_000_000,
    cacheMs: hour,
    cachePromptTokens: 18_000_000,
    cachedTokens: 9_000_000,
    splitMs: hour,
    prefillMs: 300_000,
    decodeMs: 700_000,
    loadMs: hour,
    loadRequests: 95_000,
    runningMs: 19_000_000,
    runningRequests: 400,
    busyPods: 100,
  },
};

describe('figures of a server of language models', () => {
  it('are the cost of requests and of tokens, and what the prefix cache saved', () => {
    const found = unitFigures(busy, busy.servingNano, named);
    expect(found.cost.perMillionTokensNano).toBe(368_421_053n);
    expect(found.cache).toEqual({ share: 0.5, savedNano: 2_100_000_000n, estimated: false });
    expect(found.tokenLack).toBeNull();
  });

  it('are only those of requests, with the reason, where it exposes nothing else', () => {
    const found = unitFigures({ ...busy, work: noCountedWork }, busy.servingNano, named);
    expect(found.cost.perThousandRequestsNano).toBe(73_684_211n);
    expect(found).toMatchObject({ tokens: null, cache: null, tokenLack: { kind: 'noSeries' } });
  });

  it('at equal load are those of two GPUs that are always busy, however little it was sent', () => {
    const cost = equalLoad(busy, 2, named);
    // 0.2 s a request, four at a time on two GPUs: 0.1 GPU-seconds at $0.001 a second; 200 tokens a request.
    expect(cost).toEqual({
      kind: 'cost',
      perThousandRequestsNano: 100_000_000n,
      perMillionTokensNano: 500_000_000n,
      concurrency: 4,
    });
    const idle = { ...busy, requests: 950, work: { ...busy.work, loadRequests: 950, runningMs: 190_000 } };
    expect(equalLoad(idle, 2, named)).toMatchObject({ perThousandRequestsNano: 100_000_000n });
  });

  it.each([
    ['it holds no GPU', {}, 0, 'noGpu'],
    ['some of its time has no price', { unpriced: 1n }, 2, 'noPrice'],
    ['nothing is exposed', { work: noCountedWork }, 2, 'noSeries'],
    ['it was never seen busy', { work: { ...busy.work, busyPods: 0 } }, 2, 'neverBusy'],
  ])('at equal load are not there when %s', (_what, change, gpus, kind) => {
    expect(equalLoad({ ...busy, ...change }, gpus, named)).toEqual({ kind: 'lack', lack: { kind } });
  });

  it('know the price of a GPU-hour as it was billed', () => {
    expect(gpuHourNano(busy)).toBe(3_600_000_000n);
    expect(gpuHourNano({ ...busy, milliGpuSeconds: 0n })).toBeNull();
  });
});
