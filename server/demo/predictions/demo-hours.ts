import type { Binning } from '../../../domain/drift/binning.ts';
import { apartKinds, type Counters, countValues } from '../../../domain/drift/counters.ts';
import { type RandomKey, randomKey, randomUnit } from '../../../domain/sandbox/random.ts';
import { type DemoColumn, normalQuantile } from './demo-columns.ts';
import { demoMean } from './demo-rows.ts';

const gridSize = 2_000;
/** Below as many expected rows a draw goes through them one by one. */
const fewRows = 20;

/** Evenly likely standard normal numbers. */
const grid = () =>
  Array.from({ length: gridSize }, (_, place) => normalQuantile(1 - (place + 0.5) / gridSize));

type Draw = () => number;

/** Of n rows how many are such, each with that probability: by inversion, where many are by the normal law. */
function binomial(rows: number, probability: number, draw: Draw): number {
  if (rows <= 0 || probability <= 0) return 0;
  if (probability >= 1) return rows;
  if (probability > 0.5) return rows - binomial(rows, 1 - probability, draw);
  const mean = rows * probability;
  if (mean > fewRows) {
    const z = Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
    const drawn = Math.round(mean + z * Math.sqrt(mean * (1 - probability)));
    return Math.min(rows, Math.max(0, drawn));
  }
  const odds = probability / (1 - probability);
  let left = draw();
  let chance = (1 - probability) ** rows;
  for (let found = 0; found < rows; found += 1) {
    if (left < chance) return found;
    left -= chance;
    chance *= ((rows - found) / (found + 1)) * odds;
  }
  return rows;
}

type Binned = { readonly column: DemoColumn; readonly binning: Binning };
/** Counters in the form in which they are sent. */
type Sent = { counts: number[]; sums: string[]; apart: Partial<Record<(typeof apartKinds)[number], number>> };

/** Draws what the rows of an hour would count: bins by their probability, and every bin with its own mean. */
export class DemoHours {
  readonly #grid = grid();
  readonly #expected = new Map<string, Counters>();
  readonly #features: readonly Binned[];

  constructor(features: readonly Binned[]) {
    this.#features = features;
  }

  /** Counts by feature of so many rows of the hour; before anything drifted. */
  counts(hourMs: number, rows: number): Record<string, Sent> {
    const key = randomKey(`demo hour ${hourMs}`);
    return Object.fromEntries(
      this.#features.map((feature, place) => [
        feature.column.name,
        this.#drawn(feature, { hourMs, rows, draw: drawsOf(key, place) }),
      ]),
    );
  }

  #drawn(feature: Binned, { hourMs, rows, draw }: { hourMs: number; rows: number; draw: Draw }): Sent {
    const expected = this.#expectedOf(feature, hourMs);
    const nulls = binomial(rows, feature.column.nullShare, draw);
    let left = rows - nulls;
    let share = gridSize;
    const drawn = (of: number) => {
      const found = binomial(left, share > 0 ? of / share : 0, draw);
      left -= found;
      share -= of;
      return found;
    };
    const counts = expected.counts.map(drawn);
    // What no bin takes is the rest.
    const fresh = left;
    const sums = expected.sums.map((sum, bin) => {
      const inBin = expected.counts[bin] ?? 0;
      return inBin === 0 ? '0' : String((sum * BigInt(counts[bin] ?? 0)) / BigInt(inBin));
    });
    const tail = (of: number) => binomial(rows - nulls, of / gridSize, draw);
    const { below, above } = expected.apart;
    return { counts, sums, apart: { null: nulls, new: fresh, below: tail(below), above: tail(above) } };
  }

  /** Of the grid's rows; hours of the week that have the same mean share them. */
  #expectedOf({ column, binning }: Binned, hourMs: number): Counters {
    const mean = demoMean(column, { atMs: hourMs, driftsFromMs: Number.POSITIVE_INFINITY });
    const key = `${column.name} ${mean}`;
    const known = this.#expected.get(key);
    if (known !== undefined) return known;
    const found = countValues(
      binning,
      this.#grid.map((z) => column.value(z + mean)),
    );
    this.#expected.set(key, found);
    return found;
  }
}

function drawsOf(key: RandomKey, place: number): Draw {
  let draw = 0;
  return () => {
    draw += 1;
    return randomUnit(key, place, draw);
  };
}
