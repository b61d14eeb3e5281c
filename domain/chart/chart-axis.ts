import { formatClock, formatDay, type Zone } from '../time-format.ts';
import type { ChartRange } from './chart-series.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const timeSteps = [
  minute,
  2 * minute,
  5 * minute,
  10 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  3 * hour,
  6 * hour,
  12 * hour,
  day,
  2 * day,
  7 * day,
  14 * day,
  28 * day,
];

/** Round times inside the range, at most `maxTicks`, on whole steps of the reader's own clock. */
export function timeTicks(range: ChartRange, maxTicks: number, zone: Zone): number[] {
  const span = range.to - range.from;
  const step = timeSteps.find((each) => span / each <= maxTicks) ?? 28 * day;
  const offset = zone === 'utc' ? 0 : -new Date(range.from).getTimezoneOffset() * minute;
  const first = Math.ceil((range.from + offset) / step) * step - offset;
  const count = Math.max(0, Math.floor((range.to - first) / step) + 1);
  return Array.from({ length: count }, (_, index) => first + index * step);
}

/** Clock time within a day, the day itself beyond two. */
export function formatTimeTick(atMs: number, range: ChartRange, zone: Zone): string {
  return range.to - range.from > 2 * day ? formatDay(atMs, zone) : formatClock(atMs, zone);
}

/** A scale from a round lower end to a round upper end in steps of 1, 2, 2.5 or 5; an empty or flat input still gives one. */
export function valueTicks(low: number, high: number, wanted = 4): number[] {
  const bottom = Math.min(0, low);
  const top = high > bottom ? high : bottom + 1;
  const raw = (top - bottom) / wanted;
  const size = 10 ** Math.floor(Math.log10(raw));
  const step = size * ([1, 2, 2.5, 5, 10].find((each) => each * size >= raw * 0.999_999) ?? 10);
  const first = Math.floor(bottom / step + 1e-9);
  const last = Math.ceil(top / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}
