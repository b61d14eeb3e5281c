import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Arm,
  armIntervals,
  type CounterSample,
  type CounterSeries,
  podIntervals,
} from './counter-deltas.ts';

const MINUTE = 60_000;
type Row = readonly [pod: string, arm: Arm, ...values: (readonly [total: number, part: number] | null)[]];

/** One row per pod: its counters at minute 0, 1, 2 ...; null where the series is absent. */
function series(rows: readonly Row[], partIs: CounterSeries['partIs'] = 'bad'): CounterSeries {
  const samples: CounterSample[] = [];
  let count = 0;
  for (const [pod, arm, ...values] of rows) {
    count = Math.max(count, values.length);
    for (const [index, value] of values.entries()) {
      if (value !== null)
        samples.push({ boundaryMs: index * MINUTE, pod, arm, total: value[0], part: value[1] });
    }
  }
  return { boundariesMs: Array.from({ length: count }, (_, index) => index * MINUTE), samples, partIs };
}

function outcomes(rows: readonly Row[], partIs: CounterSeries['partIs'] = 'bad') {
  return armIntervals(series(rows, partIs)).map((interval) =>
    interval.kind === 'counted' ? interval.counts : interval.dropped,
  );
}

const steady: Row = ['s1', 'stable', [100, 5], [200, 6], [300, 8]];

describe('counter deltas', () => {
  test('are whole-number differences, summed over the pods of each arm', () => {
    const rows: Row[] = [
      ['c1', 'canary', [0, 0], [10, 1], [30, 1]],
      steady,
      ['s2', 'stable', [7, 7], [57, 8], [60, 8]],
    ];
    expect(outcomes(rows)).toEqual([
      { nCanary: 10, xCanary: 1, nStable: 150, xStable: 2 },
      { nCanary: 20, xCanary: 0, nStable: 103, xStable: 2 },
    ]);
    expect(armIntervals(series(rows))[1]).toMatchObject({
      startMs: MINUTE,
      endMs: 2 * MINUTE,
      pods: [
        { pod: 'c1', arm: 'canary', n: 20, x: 0 },
        { pod: 's1', arm: 'stable', n: 100, x: 2 },
        { pod: 's2', arm: 'stable', n: 3, x: 0 },
      ],
    });
  });

  test('latency: requests slower than a bucket boundary are all requests minus count_le', () => {
    const rows: Row[] = [
      ['c1', 'canary', [0, 0], [10, 7]],
      ['s1', 'stable', [100, 90], [200, 185]],
    ];
    expect(outcomes(rows, 'good')).toEqual([{ nCanary: 10, xCanary: 3, nStable: 100, xStable: 5 }]);
  });

  test('a reset of one pod drops that interval for both arms and no other', () => {
    expect(outcomes([['c1', 'canary', [50, 1], [20, 0], [40, 1]], steady])).toEqual([
      { reason: 'reset', pod: 'c1' },
      { nCanary: 20, xCanary: 1, nStable: 100, xStable: 2 },
    ]);
  });

  test('a reset that only the part shows drops the interval', () => {
    expect(outcomes([['c1', 'canary', [50, 9], [60, 0]], steady])[0]).toEqual({ reason: 'reset', pod: 'c1' });
  });

  test('a series born, or gone, inside an interval drops it for both arms', () => {
    const canary: Row = ['c1', 'canary', [0, 0], [10, 0], [20, 0]];
    expect(outcomes([canary, steady, ['s2', 'stable', null, [5, 0], [9, 0]]])).toEqual([
      { reason: 'seriesBorn', pod: 's2' },
      { nCanary: 10, xCanary: 0, nStable: 104, xStable: 2 },
    ]);
    expect(outcomes([canary, steady, ['s2', 'stable', [5, 0], null, null]])[0]).toEqual({
      reason: 'seriesVanished',
      pod: 's2',
    });
  });

  test('a missed scrape of everything drops both intervals beside it and invents nothing', () => {
    const rows: Row[] = [
      ['c1', 'canary', [0, 0], null, [30, 1]],
      ['s1', 'stable', [0, 0], null, [300, 3]],
    ];
    expect(outcomes(rows)).toEqual([
      { reason: 'noSamples', pod: null },
      { reason: 'noSamples', pod: null },
    ]);
  });

  test('counters that are no whole numbers or contradict each other drop the interval', () => {
    expect(outcomes([['c1', 'canary', [0, 0], [1.5, 0]], steady])[0]).toEqual({
      reason: 'notInteger',
      pod: 'c1',
    });
    expect(outcomes([['c1', 'canary', [0, 0], [3, 4]], steady])[0]).toEqual({
      reason: 'inconsistent',
      pod: 'c1',
    });
    expect(outcomes([['c1', 'canary', [0, 0], [Number.NaN, 0]], steady])[0]).toMatchObject({
      reason: 'notInteger',
    });
  });

  test('an interval without a pod of one arm is dropped, but the pods of one arm alone can be read as history', () => {
    expect(outcomes([steady])[0]).toEqual({ reason: 'noCanary', pod: null });
    expect(outcomes([['c1', 'canary', [0, 0], [1, 0]]])).toEqual([{ reason: 'noStable', pod: null }]);
    expect(podIntervals(series([steady]))[1]).toMatchObject({
      kind: 'counted',
      pods: [{ pod: 's1', n: 100, x: 2 }],
    });
  });

  test('pods without requests are counted with zeros', () => {
    expect(
      outcomes([
        ['c1', 'canary', [4, 0], [4, 0]],
        ['s1', 'stable', [9, 1], [9, 1]],
      ]),
    ).toEqual([{ nCanary: 0, xCanary: 0, nStable: 0, xStable: 0 }]);
  });

  test('fewer than two boundaries give no interval; unordered, unaligned and doubled input is refused', () => {
    expect(armIntervals({ boundariesMs: [], samples: [], partIs: 'bad' })).toEqual([]);
    const sample: CounterSample = { boundaryMs: 0, pod: 'c1', arm: 'canary', total: 1, part: 0 };
    const given = (boundariesMs: number[], samples: CounterSample[]) => () =>
      armIntervals({ boundariesMs, samples, partIs: 'bad' });
    expect(given([0], [sample])()).toEqual([]);
    expect(given([0, 0], [])).toThrow(/ascending/);
    expect(given([0], [{ ...sample, boundaryMs: 7 }])).toThrow(/on no interval boundary/);
    expect(given([0], [sample, sample])).toThrow(/two samples of canary c1/);
  });

  test('without resets the intervals add up to the whole, with =', () => {
    const pod = fc.array(fc.tuple(fc.nat(500), fc.nat(500)), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(pod, pod, (canary, stable) => {
        const rising = (steps: [number, number][]) => {
          let [total, part] = [1_000_000, 10];
          return steps.map(([n, x]) => {
            total += Math.max(n, x);
            part += Math.min(n, x);
            return [total, part] as const;
          });
        };
        const rows: Row[] = [
          ['c', 'canary', ...rising(canary)],
          ['s', 'stable', ...rising(stable)],
        ];
        const intervals = armIntervals(series(rows));
        const sum = (pick: (counts: { nCanary: number; xStable: number }) => number) =>
          intervals.reduce((all, one) => all + (one.kind === 'counted' ? pick(one.counts) : Number.NaN), 0);
        const whole = (steps: [number, number][], pick: (n: number, x: number) => number) =>
          steps.slice(1).reduce((all, [n, x]) => all + pick(n, x), 0);
        expect(sum(({ nCanary }) => nCanary)).toBe(whole(canary, Math.max));
        expect(sum(({ xStable }) => xStable)).toBe(whole(stable, Math.min));
      }),
      { seed: 20261124 },
    );
  });
});
