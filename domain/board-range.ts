import type { BoardRange } from './board-layout.ts';
import type { ChartRange } from './chart/chart-series.ts';

const hourMs = 3_600_000;

const boardRangeMs: Readonly<Record<BoardRange, number>> = {
  '1h': hourMs,
  '6h': 6 * hourMs,
  '24h': 24 * hourMs,
  '7d': 7 * 24 * hourMs,
  '30d': 30 * 24 * hourMs,
  '90d': 90 * 24 * hourMs,
};

/** The range that ends at the last whole minute, or the last whole five of a long one, so that the same moment asks the same. */
export function rangeUntil(range: BoardRange, nowMs: number): ChartRange {
  const length = boardRangeMs[range];
  const step = length > 24 * hourMs ? 300_000 : 60_000;
  const to = Math.floor(nowMs / step) * step;
  return { from: to - length, to };
}

/** From and to as an address carries them; null unless both are instants in this order. */
export function ownRange(from: string | null, to: string | null): ChartRange | null {
  if (from === null || to === null) return null;
  const range = { from: Date.parse(from), to: Date.parse(to) };
  return Number.isFinite(range.from) && Number.isFinite(range.to) && range.from < range.to ? range : null;
}
