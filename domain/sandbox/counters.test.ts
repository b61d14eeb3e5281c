import { describe, expect, test } from 'vitest';
import {
  defaultModelVersionBehaviour,
  defaultServiceBehaviour,
  type ModelVersionBehaviour,
  type ServiceBehaviour,
} from '../sandbox.ts';
import { type SandboxCounters, sandboxCounters } from './counters.ts';
import { latencyBoundsMs } from './latency.ts';
import { expectedRequests, type SandboxHistory } from './load.ts';
import type { SandboxPod } from './pod.ts';

const start = Date.UTC(2026, 10, 23);
const minute = 60_000;
const hour = 60 * minute;

function pod(revisionNumber: number, ordinal: number, createdAtMs = start): SandboxPod {
  return {
    name: `fraud-r${revisionNumber}-${ordinal}`,
    revisionNumber,
    modelVersionId: `version-${revisionNumber}`,
    createdAtMs,
    scheduledAtMs: createdAtMs,
    node: 'sandbox-cpu-1',
    gpuCount: 0,
    readyAfterMs: 6_000,
  };
}

const traffic = (requestsPerSecond: number): ServiceBehaviour => ({
  ...defaultServiceBehaviour,
  requestsPerSecond,
});
const version = (told: Partial<ModelVersionBehaviour>): ModelVersionBehaviour => ({
  ...defaultModelVersionBehaviour,
  ...told,
});

function history(given: Partial<SandboxHistory> = {}): SandboxHistory {
  return {
    seed: 7,
    namespace: 'production',
    weights: [{ atMs: start, value: { 1: 75, 2: 25 } }],
    pods: [{ atMs: start, value: [pod(1, 0), pod(1, 1), pod(2, 0)] }],
    service: [{ atMs: start, value: traffic(50) }],
    modelVersions: new Map(),
    ...given,
  };
}

const byRevision = (samples: readonly SandboxCounters[], number: number, atMs: number) =>
  samples.filter((sample) => sample.revisionNumber === number && sample.atMs === atMs);
const requests = (samples: readonly SandboxCounters[]) =>
  samples.reduce((sum, sample) => sum + sample.requests, 0);
const errors = (samples: readonly SandboxCounters[]) =>
  samples.reduce((sum, sample) => sum + sample.errors, 0);

/** Standard deviations between a binomial count and its expectation. */
const deviation = (count: number, n: number, share: number) =>
  Math.abs(count - n * share) / Math.sqrt(n * share * (1 - share));

describe('sandbox counters', () => {
  test('are whole numbers that never fall and whose parts never exceed the whole', () => {
    const instants = Array.from({ length: 200 }, (_, index) => start + 10_000 + index * 7_500);
    const samples = sandboxCounters(history(), instants);
    const last = new Map<string, SandboxCounters>();
    for (const sample of samples) {
      const rising = [sample.requests, sample.errors, ...Object.values(sample.buckets)];
      const before = last.get(sample.pod);
      const floor = before
        ? [before.requests, before.errors, ...Object.values(before.buckets)]
        : rising.map(() => 0);
      rising.forEach((count, index) => {
        expect(Number.isSafeInteger(count)).toBe(true);
        expect(count).toBeGreaterThanOrEqual(floor[index] ?? 0);
      });
      expect(sample.errors).toBeLessThanOrEqual(sample.requests);
      const buckets = latencyBoundsMs.map((bound) => sample.buckets[bound] ?? -1);
      expect(buckets.toSorted((left, right) => left - right)).toEqual(buckets);
      expect(buckets.at(-1)).toBeLessThanOrEqual(sample.requests);
      last.set(sample.pod, sample);
    }
    expect(last.size).toBe(3);
  });

  test('are the same whichever other instants are asked for, and after later changes became known', () => {
    const at = start + hour;
    const alone = sandboxCounters(history(), [at]);
    const among = sandboxCounters(history(), [at - 17_000, at, at + 3_000]).filter(({ atMs }) => atMs === at);
    expect(among).toEqual(alone);
    const later = history({
      weights: [...history().weights, { atMs: at + 1, value: { 2: 100 } }],
      pods: [...history().pods, { atMs: at + 1, value: [pod(2, 0)] }],
      modelVersions: new Map([['version-2', [{ atMs: at + 1, value: version({ errorShare: 1 }) }]]]),
    });
    expect(sandboxCounters(later, [at])).toEqual(alone);
  });

  test('differ with the seed', () => {
    const at = start + hour;
    expect(sandboxCounters(history({ seed: 8 }), [at])).not.toEqual(sandboxCounters(history(), [at]));
  });

  test('split by weight within binomial bands, and evenly over the pods of a revision', () => {
    const at = start + 6 * hour;
    const samples = sandboxCounters(history(), [start + hour, at]);
    const grown = (number: number) =>
      requests(byRevision(samples, number, at)) - requests(byRevision(samples, number, start + hour));
    const total = grown(1) + grown(2);
    expect(deviation(grown(2), total, 0.25)).toBeLessThan(4);
    const [first, second] = byRevision(samples, 1, at);
    const both = (first?.requests ?? 0) + (second?.requests ?? 0);
    expect(deviation(first?.requests ?? 0, both, 0.5)).toBeLessThan(4);
    const expected = expectedRequests({ startMs: start + hour, endMs: at }, 50);
    expect(Math.abs(total - expected) / Math.sqrt(expected)).toBeLessThan(4);
  });

  test('follow a change of weights from its instant on, and of a weight of 0 nothing arrives', () => {
    const change = start + hour;
    const changed = history({ weights: [...history().weights, { atMs: change, value: { 1: 100, 2: 0 } }] });
    const samples = sandboxCounters(changed, [change, change + hour]);
    const [canary] = byRevision(samples, 2, change);
    const [after] = byRevision(samples, 2, change + hour);
    expect(canary?.requests).toBeGreaterThan(0);
    expect(after?.requests).toBe(canary?.requests);
  });

  test('fail and slow down by the share that the version was told', () => {
    const told = { errorShare: 0.05, slowShare: 0.2, latencyMs: 40 };
    const at = start + 4 * hour;
    const samples = sandboxCounters(
      history({ modelVersions: new Map([['version-2', [{ atMs: start, value: version(told) }]]]) }),
      [at],
    );
    const bad = byRevision(samples, 2, at);
    expect(deviation(errors(bad), requests(bad), 0.05)).toBeLessThan(4);
    const good = byRevision(samples, 1, at);
    expect(deviation(errors(good), requests(good), 0.005)).toBeLessThan(4);
    const slow = (of: readonly SandboxCounters[]) =>
      of.reduce((sum, sample) => sum + sample.requests - (sample.buckets[250] ?? 0), 0) / requests(of);
    expect(slow(bad)).toBeGreaterThan(0.15);
    expect(slow(bad)).toBeLessThan(0.2);
    expect(slow(good)).toBeLessThan(0.05);
  });

  test('exist only while the pod is ready, and start from zero after a fault', () => {
    const broken = start + 2 * hour;
    const mended = broken + minute;
    const faults = new Map([
      [
        'version-2',
        [
          { atMs: broken, value: version({ fault: 'crashLoop' }) },
          { atMs: mended, value: version({}) },
        ],
      ],
    ]);
    const instants = [start + 5_999, start + 6_000, broken - 1, broken, mended + 5_999, mended + 60_000];
    const samples = sandboxCounters(history({ modelVersions: faults }), instants);
    const seen = samples.filter(({ revisionNumber }) => revisionNumber === 2);
    expect(seen.map(({ atMs }) => atMs)).toEqual([start + 6_000, broken - 1, mended + 60_000]);
    expect(seen[2]?.requests).toBeLessThan(seen[1]?.requests ?? 0);
  });

  test('end with the pod, whose past stays', () => {
    const gone = start + hour;
    const removed = history({ pods: [...history().pods, { atMs: gone, value: [pod(1, 0), pod(1, 1)] }] });
    const samples = sandboxCounters(removed, [gone - 1, gone]);
    expect(byRevision(samples, 2, gone - 1)).toHaveLength(1);
    expect(byRevision(samples, 2, gone)).toHaveLength(0);
  });

  test('of a service with 0.2 requests per second come at that pace', () => {
    const at = start + 24 * hour;
    const samples = sandboxCounters(history({ service: [{ atMs: start, value: traffic(0.2) }] }), [at]);
    expect(Math.abs(requests(samples) - 17_280) / Math.sqrt(17_280)).toBeLessThan(4);
  });

  test('of ten day-old pods at three boundaries take less than 20 ms', () => {
    const pods = Array.from({ length: 10 }, (_, index) => pod(1 + (index % 2), index));
    const weights = Array.from({ length: 60 }, (_, index) => ({
      atMs: start + index * 20 * minute,
      value: { 1: 100 - (index % 50), 2: index % 50 },
    }));
    const old = history({ weights, pods: [{ atMs: start, value: pods }] });
    const end = start + 24 * hour;
    const times = Array.from({ length: 9 }, (_, index) => {
      const began = performance.now();
      expect(
        sandboxCounters(
          old,
          [end - 20_000, end - 10_000, end].map((at) => at + index),
        ),
      ).toHaveLength(30);
      return performance.now() - began;
    });
    expect(Math.min(...times)).toBeLessThan(20);
  });
});

describe('a server of language models', () => {
  const tokens = { prompt: 1_800, generated: 40, cachedShare: 0.4 };
  const busy = history({
    service: [{ atMs: start, value: traffic(200) }],
    modelVersions: new Map([['version-1', [{ atMs: start, value: version({ tokens }) }]]]),
  });
  const instants = Array.from({ length: 60 }, (_, index) => start + hour + index * 10_000);
  const samples = sandboxCounters(busy, instants);

  test('counts tokens of its requests, and others none', () => {
    for (const { requests: count, work } of samples.filter(({ revisionNumber }) => revisionNumber === 1)) {
      expect(work).toMatchObject({ promptTokens: 1_800 * count, generatedTokens: 40 * count });
      expect(work?.cachedTokens).toBe(Math.floor(720 * count));
    }
    expect(samples.filter(({ revisionNumber, work }) => revisionNumber === 2 && work !== undefined)).toEqual(
      [],
    );
  });

  test('has under way, on average, its rate times the time of a request, by Little’s law', () => {
    const own = samples.filter(({ pod: name }) => name === 'fraud-r1-0');
    const running = own.reduce((sum, { work }) => sum + (work?.running ?? 0), 0) / own.length;
    const [first, last] = [own[0], own.at(-1)];
    const seconds = ((last?.atMs ?? 0) - (first?.atMs ?? 0)) / 1_000;
    const time = (last?.work?.runningSeconds ?? 0) - (first?.work?.runningSeconds ?? 0);
    expect(time / seconds).toBeGreaterThan(3);
    // The mean of 60 Poisson draws, within four of its standard deviations.
    expect(Math.abs(running - time / seconds)).toBeLessThan(4 * Math.sqrt(time / seconds / 60) + 0.2);
  });
});
