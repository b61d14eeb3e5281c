/** Rows per bin of both sides, over the same bins; either side may be without rows. */
export type BinPair = { readonly reference: readonly number[]; readonly current: readonly number[] };

/** Bins with rows on either side: one that is empty on both says nothing, and is no degree of freedom. */
export function occupiedBins({ reference, current }: BinPair): BinPair {
  if (reference.length !== current.length) throw new RangeError('Both sides must have the same bins.');
  const kept = reference.map((rows, bin) => rows > 0 || (current[bin] ?? 0) > 0);
  return {
    reference: reference.filter((_, bin) => kept[bin]),
    current: current.filter((_, bin) => kept[bin]),
  };
}

export function rowsOf(counts: readonly number[]): number {
  let sum = 0;
  for (let bin = 0; bin < counts.length; bin += 1) sum += counts[bin] ?? 0;
  return sum;
}

/** Rows of one sample that tells as much as both: n·m/(n + m); 0 when either side is empty. */
export function effectiveRows(n: number, m: number): number {
  return n > 0 && m > 0 ? (n * m) / (n + m) : 0;
}

/** Shares of both sides bin by bin; null when a side has no rows. */
function sharesOf(pair: BinPair): { readonly p: number; readonly q: number }[] | null {
  if (pair.reference.length !== pair.current.length)
    throw new RangeError('Both sides must have the same bins.');
  const n = rowsOf(pair.reference);
  const m = rowsOf(pair.current);
  if (n === 0 || m === 0) return null;
  return pair.reference.map((rows, bin) => ({ p: rows / n, q: (pair.current[bin] ?? 0) / m }));
}

const psiOf = (shares: readonly { readonly p: number; readonly q: number }[]): number =>
  shares.reduce((sum, { p, q }) => sum + (p - q) * Math.log(p / q), 0);

/**
 * Population stability index in nats over the occupied bins, half a row added to each on both sides (Jeffreys), so that
 * no bin is empty and none decides alone; symmetric, 0 for equal counts. Null when a side has no rows.
 */
export function psi(pair: BinPair): number | null {
  const { reference, current } = occupiedBins(pair);
  const n = rowsOf(reference) + reference.length / 2;
  const m = rowsOf(current) + current.length / 2;
  if (rowsOf(reference) === 0 || rowsOf(current) === 0) return null;
  return psiOf(reference.map((rows, bin) => ({ p: (rows + 0.5) / n, q: ((current[bin] ?? 0) + 0.5) / m })));
}

function evidentlyFill(shares: readonly number[]): number {
  const smallest = Math.min(...shares.filter((share) => share > 0));
  return smallest <= 0.0001 ? smallest / 10 ** 6 : 0.0001;
}

/**
 * PSI as Evidently 0.7 gives it for the same bins: empty shares become 0.0001 (or a millionth of the smallest one) and
 * are not put right again, so that an empty bin may decide alone. Only for comparison. Null when a side has no rows.
 */
export function psiAsEvidently(pair: BinPair): number | null {
  const shares = sharesOf(occupiedBins(pair));
  if (shares === null) return null;
  const fillP = evidentlyFill(shares.map(({ p }) => p));
  const fillQ = evidentlyFill(shares.map(({ q }) => q));
  return psiOf(shares.map(({ p, q }) => ({ p: p === 0 ? fillP : p, q: q === 0 ? fillQ : q })));
}

const partOf = (share: number, middle: number): number => (share > 0 ? share * Math.log2(share / middle) : 0);

/**
 * Jensen–Shannon distance, the root of the divergence in bits: 0 for equal shares to 1 for disjoint ones; symmetric.
 * Evidently's is this × √ln 2 (.8325546), TFDV's its square. Null when a side has no rows.
 */
export function jensenShannon(pair: BinPair): number | null {
  const shares = sharesOf(pair);
  if (shares === null) return null;
  const divergence = shares.reduce((sum, { p, q }) => {
    const middle = (p + q) / 2;
    return sum + (partOf(p, middle) + partOf(q, middle)) / 2;
  }, 0);
  return Math.sqrt(Math.min(1, Math.max(0, divergence)));
}

/** Total variation: the share of rows that would have to change bins, 0 to 1; symmetric. Null when a side has no rows. */
export function totalVariation(pair: BinPair): number | null {
  const shares = sharesOf(pair);
  return shares === null ? null : shares.reduce((sum, { p, q }) => sum + Math.abs(p - q), 0) / 2;
}

/**
 * Kolmogorov–Smirnov distance between the bins' cumulated shares, 0 to 1, for bins in order: at most that of the raw
 * values, and short of it by no more than the largest bin. Null when a side has no rows.
 */
export function kolmogorovSmirnov(pair: BinPair): number | null {
  const shares = sharesOf(pair);
  if (shares === null) return null;
  let [difference, largest] = [0, 0];
  for (const { p, q } of shares) {
    difference += p - q;
    largest = Math.max(largest, Math.abs(difference));
  }
  return largest;
}
