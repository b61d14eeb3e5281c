/**
 * Boundaries at multiples of the interval since 1970, so that every worker and every retry cuts time alike: from the
 * first to the last aligned instant of a span, the newest `most` of them; empty when fewer than two.
 */
export function boundariesBetween(
  span: { fromMs: number; toMs: number },
  intervalMs: number,
  most: number,
): number[] {
  const to = Math.floor(span.toMs / intervalMs) * intervalMs;
  const from = Math.max(Math.ceil(span.fromMs / intervalMs) * intervalMs, to - (most - 1) * intervalMs);
  const count = Math.floor((to - from) / intervalMs) + 1;
  if (count < 2) return [];
  return Array.from({ length: count }, (_, index) => from + index * intervalMs);
}
