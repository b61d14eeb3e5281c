import { levelKey, type RandomKey, randomBits, randomUnit } from './random.ts';

// 2^40 events on [0, 2^40): near any place indistinguishable from a Poisson process of rate 1, and never used up.
const depthOfTree = 40;
const span = 2 ** depthOfTree;
const widths = Float64Array.from({ length: depthOfTree + 1 }, (_, depth) => 2 ** (depthOfTree - depth));

/** Which node of a depth a cell lies under. */
function nodeOf(cell: number, depth: number): number {
  return Math.floor(cell / (widths[depth] ?? 1));
}

function popcount(bits: number): number {
  let count = bits - ((bits >>> 1) & 0x55555555);
  count = (count & 0x33333333) + ((count >>> 2) & 0x33333333);
  return Math.imul((count + (count >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** How many of n events fall into the left half: Binomial(n, 1/2), exact up to 64, by the normal law above. */
function leftHalf(n: number, key: RandomKey, index: number): number {
  if (n === 0) return 0;
  const first = randomBits(key, index, 0);
  if (n <= 32) return popcount(first >>> (32 - n));
  const second = randomBits(key, index, 1);
  if (n <= 64) return popcount(first) + popcount(second >>> (64 - n));
  const radius = Math.sqrt(-2 * Math.log((first + 0.5) / 2 ** 32));
  const normal = radius * Math.cos((2 * Math.PI * second) / 2 ** 32);
  return Math.min(n, Math.max(0, Math.round(n / 2 + (normal * Math.sqrt(n)) / 2)));
}

/** The way from the root to a cell of length 1; neighbouring places share most of it, so it is kept between them. */
class Path {
  readonly #keys: readonly RandomKey[];
  /** Events of the node at each depth, and events before it. */
  readonly #events = new Float64Array(depthOfTree + 1);
  readonly #before = new Float64Array(depthOfTree + 1);
  #cell = 0;
  #known = 0;

  constructor(key: RandomKey) {
    this.#keys = Array.from({ length: depthOfTree + 1 }, (_, depth) => levelKey(key, depth));
    this.#events[0] = span;
  }

  #key(depth: number): RandomKey {
    const key = this.#keys[depth];
    if (key === undefined) throw new RangeError(`The tree has no depth ${depth}.`);
    return key;
  }

  #walkTo(cell: number): void {
    while (this.#known > 0 && nodeOf(cell, this.#known) !== nodeOf(this.#cell, this.#known)) this.#known -= 1;
    for (let depth = this.#known; depth < depthOfTree; depth += 1) {
      const events = this.#events[depth] ?? 0;
      const before = this.#before[depth] ?? 0;
      const left = leftHalf(events, this.#key(depth), nodeOf(cell, depth));
      const right = nodeOf(cell, depth + 1) % 2 === 1;
      this.#events[depth + 1] = right ? events - left : left;
      this.#before[depth + 1] = right ? before + left : before;
    }
    this.#cell = cell;
    this.#known = depthOfTree;
  }

  /** Events before a place. */
  count(place: number): number {
    if (place <= 0) return 0;
    if (place >= span) return span;
    const cell = Math.floor(place);
    this.#walkTo(cell);
    let count = this.#before[depthOfTree] ?? 0;
    const key = this.#key(depthOfTree);
    for (let event = 0; event < (this.#events[depthOfTree] ?? 0); event += 1)
      if (randomUnit(key, cell, event) < place - cell) count += 1;
    return count;
  }
}

/**
 * Events before each of the given places of a Poisson process of rate 1 that is a pure function of the key: monotone,
 * integer, additive over any split of the line; at most 40 draws a place, fewer for neighbours. Places beyond 0..2^40
 * count as the nearest. Binomial splitting of a counted interval is exact (Kingman, Poisson Processes, §2.4).
 */
export function eventsBefore(key: RandomKey, places: readonly number[]): number[] {
  const path = new Path(key);
  return places.map((place) => path.count(place));
}
