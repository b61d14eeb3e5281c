import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Bucket, bucketsOfBounds } from './histogram-buckets.ts';
import { type CountedLooks, forgottenMs, type SeriesLook, seriesIncreases } from './histogram-series.ts';

const bounds = [0.1, 1];
const minuteMs = 60_000;
const sum = (all: readonly (readonly Bucket[])[]) =>
  [0, 1, 2].map((bin) =>
    all.flat().reduce((rows, { to, count }) => rows + (to === (bounds[bin] ?? Infinity) ? count : 0), 0),
  );
/** Reads one instant after the other, as a worker does that may stop after any of them. */
function read(instants: readonly (readonly SeriesLook[])[], beganSince = () => false) {
  let counted: CountedLooks = new Map();
  const found: (readonly Bucket[])[] = [];
  for (const looks of instants) {
    const step = seriesIncreases(counted, looks, beganSince);
    counted = step.counted;
    found.push(...step.increases.map(({ buckets }) => buckets));
  }
  return { found, counted };
}

/** Counters of a pod by instant, which begin anew where `restarts` says so; null: it was not scraped then. */
const life = fc.array(
  fc.record({
    more: fc.array(fc.nat(20), { minLength: 3, maxLength: 3 }),
    seen: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

it('every increase counts once, whichever instants were missed', () => {
  fc.assert(
    fc.property(fc.array(life, { minLength: 1, maxLength: 4 }), (lives) => {
      const looks: SeriesLook[] = [];
      const expected: number[][] = [];
      for (const [pod, steps] of lives.entries()) {
        let held = [5, 0, 2];
        let lastSeen: number[] | null = null;
        let first: number[] | null = null;
        for (const [at, { more, seen }] of steps.entries()) {
          held = held.map((count, bin) => count + (more[bin] ?? 0));
          if (!seen) continue;
          first ??= held;
          lastSeen = held;
          looks.push({ series: `pod ${pod}`, atMs: at * minuteMs, buckets: bucketsOfBounds(bounds, held) });
        }
        if (first !== null && lastSeen !== null)
          expected.push(lastSeen.map((count, bin) => count - (first?.[bin] ?? 0)));
      }
      const instants = [...Map.groupBy(looks, ({ atMs }) => atMs)]
        .toSorted(([left], [right]) => left - right)
        .map(([, own]) => own);
      const all = [0, 1, 2].map((bin) => expected.reduce((rows, one) => rows + (one[bin] ?? 0), 0));
      expect(sum(read(instants).found)).toEqual(all);
    }),
    { seed: 6 },
  );
});

const look = (atMs: number, counts: number[], series = 'pod'): SeriesLook => ({
  series,
  atMs,
  buckets: bucketsOfBounds(bounds, counts),
});

it('the same instant again adds nothing, and a restart adds what was counted since', () => {
  const twice = [[look(0, [1, 1, 1])], [look(1, [4, 1, 1])], [look(1, [4, 1, 1])], [look(2, [2, 0, 0])]];
  expect(sum(read(twice).found)).toEqual([5, 0, 0]);
});

it('a series that was never seen counts from where it stands, or from nothing when it began since', () => {
  const instants = [[look(0, [7, 0, 0])], [look(1, [9, 0, 0])]];
  expect(sum(read(instants).found)).toEqual([2, 0, 0]);
  expect(sum(read(instants, () => true).found)).toEqual([9, 0, 0]);
});

it('a series that was gone for a day is forgotten', () => {
  const later = forgottenMs + minuteMs;
  const { found, counted } = read([
    [look(0, [1, 0, 0]), look(0, [1, 0, 0], 'other')],
    [look(later, [5, 0, 0], 'other')],
    [look(later + 1, [9, 0, 0])],
  ]);
  expect(sum(found)).toEqual([4, 0, 0]);
  expect([...counted.keys()]).toEqual(['other', 'pod']);
});
