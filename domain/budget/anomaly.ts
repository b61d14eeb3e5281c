/** Spending of whole days in one unit; `weeks` are the same weekday one to four weeks before, null for a day without data. */
export type DaySpend = { readonly yesterday: bigint; readonly weeks: readonly (bigint | null)[] };

export type AnomalyRules = {
  /** A difference below it is none, however large the share. */
  readonly least: bigint;
  /** Percent over the usual from which it is one. */
  readonly overPercent: number;
};

export type Anomaly = { readonly yesterday: bigint; readonly usual: bigint; readonly over: bigint };

/**
 * Whether yesterday cost unusually much: over the median of the same weekday of the last four weeks by the share and by at
 * least the stated amount. Null when it did not, or with less than two of those days.
 */
export function anomalyOf(
  { yesterday, weeks }: DaySpend,
  { least, overPercent }: AnomalyRules,
): Anomaly | null {
  const known = weeks.filter((amount) => amount !== null).sort((left, right) => (left < right ? -1 : 1));
  if (known.length < 2) return null;
  const usual = median(known);
  const over = yesterday - usual;
  if (over < least || over * 100n < usual * BigInt(overPercent)) return null;
  return { yesterday, usual, over };
}

/** Of an even number the mean of the two in the middle, rounded down. */
function median(rising: readonly bigint[]): bigint {
  const middle = Math.floor(rising.length / 2);
  const upper = rising[middle] ?? 0n;
  return rising.length % 2 === 1 ? upper : ((rising[middle - 1] ?? 0n) + upper) / 2n;
}
