/** How the p-values may hang together: `positive` (Benjamini–Hochberg) or in any way (Benjamini–Yekutieli). */
export type Dependence = 'positive' | 'any';

/**
 * Adjusted p-values in the order given: those at or below q may all be called discoveries with a false share of at most
 * q in expectation. Empty case: no p-values give none. Sources: Benjamini and Hochberg 1995, Benjamini and Yekutieli 2001.
 */
export function adjustPValues(pValues: readonly number[], dependence: Dependence = 'positive'): number[] {
  if (pValues.some((p) => !(p >= 0 && p <= 1))) throw new RangeError('A p-value lies between 0 and 1.');
  const count = pValues.length;
  const penalty = dependence === 'any' ? pValues.reduce((sum, _, index) => sum + 1 / (index + 1), 0) : 1;
  const ascending = pValues.map((p, index) => ({ p, index })).toSorted((left, right) => left.p - right.p);
  const adjusted: number[] = pValues.map(() => 1);
  let least = 1;
  for (let rank = count; rank >= 1; rank -= 1) {
    const one = ascending[rank - 1];
    if (one === undefined) continue;
    least = Math.min(least, (one.p * count * penalty) / rank);
    adjusted[one.index] = least;
  }
  return adjusted;
}
