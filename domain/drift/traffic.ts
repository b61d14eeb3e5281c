import type { Votable } from './alert-spans.ts';
import { allRows, type Counters } from './counters.ts';
import type { BinnedFeature } from './feature.ts';

/** Windows that make a median. */
const fewest = 2;

/** Rows that such a window usually has: the median of like ones; null from fewer than two. */
export function usualRows(likeWindows: readonly number[]): number | null {
  const ascending = likeWindows.toSorted((left, right) => left - right);
  if (ascending.length < fewest) return null;
  const middle = ascending.length / 2;
  const [low, high] = [ascending[Math.ceil(middle) - 1] ?? 0, ascending[Math.floor(middle)] ?? 0];
  return (low + high) / 2;
}

/**
 * Rows of a window: those of the feature that most rows have. Histograms that were counted elsewhere go on when rows stay
 * away, and may count more than rows are sent of, so they speak only for a service that has nothing else.
 */
export function windowRows(
  counters: ReadonlyMap<string, Counters>,
  features: readonly Pick<BinnedFeature, 'featureId' | 'role'>[],
): number {
  const sent = features.filter(({ role }) => role !== 'latency');
  const rows = (sent.length === 0 ? features : sent).map(({ featureId }) => counters.get(featureId));
  return Math.max(0, ...rows.map((one) => (one === undefined ? 0 : allRows(one))));
}

export type TrafficRule = { readonly factor: number; readonly least: number };

type Usual = { readonly usualRows: number | null; readonly usualOf: 'sameHours' | 'lastWindows' };

/**
 * Whether the rows of a window are missing, and whether they are unusually many or few; null where too little is known
 * of what is usual: the last windows tell that rows are missing, but a night is not like the day before it. No rows at
 * all are the matter of `noRows` alone.
 */
export function trafficVerdicts(
  rows: number,
  { usualRows: usual, usualOf }: Usual,
  { factor, least }: TrafficRule,
): { readonly noRows: Votable | null; readonly volume: Votable | null } {
  if (usual === null || usual < least) return { noRows: null, volume: null };
  if (rows === 0) return { noRows: { verdict: 'drifted', effect: 1, limit: 1 }, volume: null };
  const noRows: Votable = { verdict: 'steady', effect: 0, limit: 1 };
  if (usualOf === 'lastWindows') return { noRows, volume: null };
  const effect = Math.abs(Math.log(rows / usual));
  const limit = Math.log(factor);
  return { noRows, volume: { verdict: effect >= limit ? 'drifted' : 'steady', effect, limit } };
}
