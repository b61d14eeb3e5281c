/** Time ranges of the charts; `whole` leaves the bounds to the server. */
export const chartRanges = ['whole', '15m', '1h', '6h', '24h'] as const;
export type ChartRangeName = (typeof chartRanges)[number];

const minuteMs = 60_000;
const spans: Record<Exclude<ChartRangeName, 'whole'>, number> = {
  '15m': 15 * minuteMs,
  '1h': 60 * minuteMs,
  '6h': 360 * minuteMs,
  '24h': 1_440 * minuteMs,
};

/** The range's start, on a whole minute so that the same minute asks the same; none for the whole. */
export function rangeStart(range: ChartRangeName, nowMs: number): Date | undefined {
  if (range === 'whole') return undefined;
  return new Date(Math.floor(nowMs / minuteMs) * minuteMs - spans[range]);
}

export const chartRangeOptions = (wholeLabel: string) =>
  chartRanges.map((value) => ({ value, label: value === 'whole' ? wholeLabel : value }));
