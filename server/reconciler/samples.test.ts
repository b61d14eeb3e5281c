import { describe, expect, it } from 'vitest';
import { exampleRollout } from '../../domain/example-rollout.ts';
import type { CounterSample } from '../metrics/metrics.ts';
import { analysisRows, armsOf, badByPod, requestsId } from './analysis-samples.ts';
import { boundariesBetween } from './boundaries.ts';
import { chartRows } from './chart-samples.ts';
import { measuredSplit, splitBoundaries } from './split.ts';

const minute = Date.UTC(2026, 2, 1, 10);
const at = (seconds: number) => minute + seconds * 1_000;

/** Cumulative counters of one pod at 0, 10, 20 … s: so many requests and errors per interval; null leaves a boundary out. */
function pod(
  name: string,
  revisionNumber: number,
  steps: readonly (readonly [number, number] | null)[],
): CounterSample[] {
  let requests = 1_000;
  let errors = 10;
  return steps.flatMap((step, index) => {
    if (step === null) return [];
    requests += step[0];
    errors += step[1];
    const buckets = { 250: requests - errors, 1_000: requests };
    return [{ pod: name, revisionNumber, at: new Date(at(index * 10)), requests, errors, buckets }];
  });
}

const boundaries = [0, 10, 20, 30].map(at);
const rollout = exampleRollout();

describe('boundariesBetween', () => {
  it('are aligned, within the span and at most so many, the newest', () => {
    const span = { fromMs: at(3), toMs: at(44) };
    expect(boundariesBetween(span, 10_000, 100)).toEqual([10, 20, 30, 40].map(at));
    expect(boundariesBetween(span, 10_000, 2)).toEqual([30, 40].map(at));
    expect(boundariesBetween({ fromMs: at(3), toMs: at(19) }, 10_000, 9)).toEqual([]);
  });
});

describe('analysisRows', () => {
  it('are the exact differences of both arms, summed over pods', () => {
    const samples = [
      ...pod('a', 1, [
        [0, 0],
        [100, 1],
        [90, 0],
        [80, 2],
      ]),
      ...pod('b', 1, [
        [0, 0],
        [10, 0],
        [10, 1],
        [10, 0],
      ]),
      ...pod('c', 2, [
        [0, 0],
        [12, 3],
        [11, 0],
        [10, 1],
      ]),
    ];
    const { rows, missing } = analysisRows(rollout, samples, boundaries);
    expect(missing.size).toBe(0);
    const errors = rows.filter((row) => row.checkId === 'errors');
    expect(
      errors.map(({ nCanary, nStable, xCanary, xStable }) => [nCanary, nStable, xCanary, xStable]),
    ).toEqual([
      [12, 110, 3, 1],
      [11, 100, 0, 1],
      [10, 90, 1, 2],
    ]);
    expect(errors.every((row) => row.logE.length === 24 && row.canaryPodCount === 1)).toBe(true);
    expect(rows.filter((row) => row.checkId === requestsId).map((row) => row.nCanary)).toEqual([12, 11, 10]);
    expect(rows.filter((row) => row.checkId === 'rail').every((row) => row.logE.length === 0)).toBe(true);
  });

  it('drop an interval for both arms when a counter is born, vanishes or falls', () => {
    const reset = pod('c', 2, [
      [0, 0],
      [12, 3],
      [-500, 0],
      [10, 1],
    ]);
    const born = pod('d', 1, [null, [0, 0], [5, 0], [5, 0]]);
    const samples = [
      ...pod('a', 1, [
        [0, 0],
        [100, 1],
        [90, 0],
        [80, 2],
      ]),
      ...reset,
      ...born,
    ];
    const ends = analysisRows(rollout, samples, boundaries).rows.filter((row) => row.checkId === 'errors');
    expect(ends.map((row) => row.intervalEnd.getTime())).toEqual([at(30)]);
  });

  it('name the latency boundary that has no bucket instead of counting nothing as fast', () => {
    const slow = { kind: 'eProcess', id: 'slow', of: 'slow', slowerThanMs: 300 } as const;
    const asked = exampleRollout({ plan: { checks: [slow] } });
    const samples = [
      ...pod('a', 1, [
        [0, 0],
        [100, 1],
      ]),
      ...pod('c', 2, [
        [0, 0],
        [12, 3],
      ]),
    ];
    const { rows, missing } = analysisRows(asked, samples, boundaries.slice(0, 2));
    expect(rows.map((row) => row.checkId)).toEqual([requestsId]);
    expect(missing.get('slow')).toContain('300 ms');
  });

  it('of a first revision count the canary alone', () => {
    const first = exampleRollout({ fromNumber: null });
    const { rows } = analysisRows(
      first,
      pod('c', 2, [
        [0, 0],
        [12, 3],
      ]),
      boundaries.slice(0, 2),
    );
    expect(rows.map(({ checkId, nCanary, xCanary }) => [checkId, nCanary, xCanary])).toEqual([
      [requestsId, 12, 0],
      ['rail', 12, 3],
    ]);
  });
});

describe('badByPod', () => {
  it('is the bad requests of each canary pod over the step', () => {
    const samples = [
      ...pod('c', 2, [
        [0, 0],
        [12, 3],
        [1, 1],
      ]),
      ...pod('d', 2, [
        [0, 0],
        [9, 0],
        [9, 1],
      ]),
    ];
    const check = rollout.plan.checks[1];
    if (check === undefined) throw new Error('no check');
    expect(badByPod(rollout, samples, { boundariesMs: [at(0), at(20)], check })).toEqual([4, 1]);
    expect(badByPod(rollout, samples, { boundariesMs: [], check })).toEqual([]);
  });
});

describe('measuredSplit', () => {
  it('takes the newest intervals back to 200 requests, so that what came before the gateway followed falls out', () => {
    const samples = [
      ...pod('a', 1, [
        [0, 0],
        [300, 0],
        [100, 0],
        [99, 0],
      ]),
      ...pod('c', 2, [
        [0, 0],
        [0, 0],
        [100, 0],
        [101, 0],
      ]),
    ];
    expect(measuredSplit(samples, boundaries, armsOf(rollout))).toEqual({ nCanary: 101, nStable: 99 });
    expect(measuredSplit(samples, boundaries.slice(0, 3), armsOf(rollout))).toEqual({
      nCanary: 100,
      nStable: 100,
    });
    expect(measuredSplit([], boundaries, armsOf(rollout))).toEqual({ nCanary: 0, nStable: 0 });
  });

  it('looks back to acceptance with at most 61 boundaries, however long that is ago', () => {
    const accepted = new Date(at(5));
    expect(splitBoundaries(accepted, 2_000, at(11))).toEqual([6, 8, 10].map(at));
    expect(splitBoundaries(accepted, 60_000, at(86_400)).length).toBeLessThanOrEqual(61);
    expect(splitBoundaries(null, 2_000, at(11))).toEqual([]);
  });
});

describe('chartRows', () => {
  it('count each revision by itself and leave out intervals with a reset', () => {
    const samples = [
      ...pod('a', 1, [
        [0, 0],
        [100, 1],
        [-50, 0],
      ]),
      ...pod('c', 2, [
        [0, 0],
        [12, 3],
        [11, 0],
      ]),
    ];
    const rows = chartRows(samples, boundaries);
    expect(
      rows.map(({ revisionNumber, requests, errors, buckets }) => [
        revisionNumber,
        requests,
        errors,
        buckets,
      ]),
    ).toEqual([
      [1, 100, 1, { 250: 99, 1000: 100 }],
      [2, 12, 3, { 250: 9, 1000: 12 }],
      [2, 11, 0, { 250: 11, 1000: 11 }],
    ]);
  });
});
