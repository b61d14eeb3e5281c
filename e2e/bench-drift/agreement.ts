import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seededRandom } from '../../domain/analysis/simulated-counts.ts';
import { upperBound } from '../../domain/drift/binning.ts';
import { countValues } from '../../domain/drift/counters.ts';
import { jensenShannon, kolmogorovSmirnov, psiAsEvidently } from '../../domain/drift/divergence.ts';
import { homogeneity, twoProportions } from '../../domain/drift/homogeneity.ts';
import { learnNumericBinning } from '../../domain/drift/learn-binning.ts';
import { wassersteinOverDeviation } from '../../domain/drift/wasserstein.ts';
import type { Evidently, Job } from './evidently.ts';
import { normalQuantile } from './normal-curve.ts';

/** One value of both; `limit` bounds their difference (over theirs where relative), null where they differ by design. */
export type Agreement = {
  readonly of: string;
  readonly own: number;
  readonly theirs: number;
  readonly limit: number | null;
  readonly relative: boolean;
};

/** Our distance is in bits, theirs in nats. */
const asTheirs = (distance: number | null): number => (distance ?? Number.NaN) * Math.sqrt(Math.LN2);

const categorical: Readonly<Record<string, readonly [readonly number[], readonly number[]]>> = {
  A: [
    [16, 18, 16, 14, 12, 12],
    [16, 16, 16, 16, 16, 8],
  ],
  B: [
    [16, 18, 16, 14, 12, 12],
    [10, 10, 24, 24, 10, 10],
  ],
  C: [
    [16, 18, 16, 14, 12, 12],
    [0, 0, 0, 0, 0, 88],
  ],
  D: [
    [70, 30],
    [55, 45],
  ],
  E: [
    [50, 30, 20, 0],
    [40, 30, 20, 10],
  ],
  V: [
    [200, 800],
    [400, 600],
  ],
};

type Theirs = Readonly<Record<'psi' | 'jensenshannon' | 'chisquare' | 'z' | 'wasserstein' | 'ks', number>> & {
  readonly edges: readonly number[];
};

function categoricalRows(
  name: string,
  sides: readonly [readonly number[], readonly number[]],
  theirs: Theirs,
): Agreement[] {
  const [reference, current] = sides;
  const pair = { reference, current };
  const exact = { limit: 1e-9, relative: false };
  const rows = [
    {
      of: `${name} PSI as Evidently fills it`,
      own: psiAsEvidently(pair) ?? Number.NaN,
      theirs: theirs.psi,
      ...exact,
    },
    {
      of: `${name} Jensen-Shannon × √ln 2`,
      own: asTheirs(jensenShannon(pair)),
      theirs: theirs.jensenshannon,
      ...exact,
    },
    {
      of: `${name} chi-square p: both sides sampled, theirs one`,
      own: homogeneity(pair)?.p ?? Number.NaN,
      theirs: theirs.chisquare,
      limit: null,
      relative: false,
    },
  ];
  if (reference.length !== 2) return rows;
  const shares = sides.map(([part = 0, rest = 0]) => ({ part, whole: part + rest }));
  const [first, second] = shares;
  if (first === undefined || second === undefined) return rows;
  return [
    ...rows,
    {
      of: `${name} two proportions p`,
      own: twoProportions(first, second)?.p ?? Number.NaN,
      theirs: theirs.z,
      ...exact,
    },
  ];
}

function drawn(seed: number, count: number, change: (value: number) => number): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from({ length: count }, () => change(normalQuantile(random())));
}

/** Of raw values against what fixed bins know: the last column of drift.md §3.1. */
const numeric: Readonly<Record<string, readonly [Float64Array, Float64Array]>> = {
  G: [
    Float64Array.from({ length: 1_000 }, (_, index) => index / 1_000),
    Float64Array.from({ length: 1_000 }, (_, index) => index / 1_000 + 0.1),
  ],
  H: [
    Float64Array.from({ length: 2_000 }, (_, index) => (index / 1_000) ** 2),
    Float64Array.from({ length: 1_500 }, (_, index) => 1.2 * (index / 1_000) ** 2 + 0.05),
  ],
  '+.1 deviations': [drawn(11, 100_000, (value) => value), drawn(12, 20_000, (value) => value + 0.1)],
  '+.5 deviations': [drawn(11, 100_000, (value) => value), drawn(13, 20_000, (value) => value + 0.5)],
  '×1.2 scale': [drawn(11, 100_000, (value) => value), drawn(14, 20_000, (value) => value * 1.2)],
};

/**
 * Of bins the distance is short of that of raw values by at most the largest bin; .005 holds for the smooth shifts of
 * drift.md §3.1, while H's lies between two edges (.0063).
 */
const ksLimit = (name: string): number => (name === 'H' ? 0.05 : 0.005);

/** Rows per bin of edges of which the last belongs to the last bin. */
function inEdges(values: Float64Array, edges: readonly number[]): number[] {
  const counts = edges.slice(1).map(() => 0);
  for (const value of values) {
    const bin = Math.min(counts.length - 1, upperBound(edges, value) - 1);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

function numericRows(
  name: string,
  [before, after]: readonly [Float64Array, Float64Array],
  theirs: Theirs,
): Agreement[] {
  const pair = { reference: inEdges(before, theirs.edges), current: inEdges(after, theirs.edges) };
  const binning = learnNumericBinning(before);
  const [reference, current] = [countValues(binning, before), countValues(binning, after)];
  const exact = { limit: 1e-9, relative: false };
  return [
    {
      of: `${name} PSI in their bins`,
      own: psiAsEvidently(pair) ?? Number.NaN,
      theirs: theirs.psi,
      ...exact,
    },
    {
      of: `${name} Jensen-Shannon in their bins`,
      own: asTheirs(jensenShannon(pair)),
      theirs: theirs.jensenshannon,
      ...exact,
    },
    {
      of: `${name} Wasserstein over deviation`,
      own: wassersteinOverDeviation(binning, reference, current) ?? Number.NaN,
      theirs: theirs.wasserstein,
      limit: 0.01,
      relative: true,
    },
    {
      of: `${name} KS distance`,
      own: kolmogorovSmirnov({ reference: reference.counts, current: current.counts }) ?? Number.NaN,
      theirs: theirs.ks,
      limit: ksLimit(name),
      relative: false,
    },
  ];
}

/** The same counts and values by Evidently and by the product, value by value. Source of the cases: drift.md §2.4, §7. */
export async function measureAgreement(evidently: Evidently): Promise<Agreement[]> {
  const jobs: Job[] = Object.values(categorical).map((sides) => ({ kind: 'categories', sides }));
  for (const [index, sides] of Object.values(numeric).entries()) {
    const files = await Promise.all(
      sides.map(async (values, side) => {
        const file = join(evidently.folder, `numbers-${index}-${side}.f64`);
        await writeFile(file, Buffer.from(values.buffer));
        return file;
      }),
    );
    jobs.push({ kind: 'numbers', sides: files });
  }
  const answers = (await evidently.ask(jobs)) as Theirs[];
  const answerOf = (index: number): Theirs => {
    const answer = answers[index];
    if (answer === undefined) throw new Error('Evidently left a case without an answer.');
    return answer;
  };
  const cases = Object.entries(categorical);
  return [
    ...cases.flatMap(([name, sides], index) => categoricalRows(name, sides, answerOf(index))),
    ...Object.entries(numeric).flatMap(([name, sides], index) =>
      numericRows(name, sides, answerOf(cases.length + index)),
    ),
  ];
}

/** How far apart a value is. */
export const apart = ({ own, theirs, relative }: Agreement): number =>
  Math.abs(own - theirs) / (relative ? Math.abs(theirs) : 1);
