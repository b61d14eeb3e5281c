import { instantOf, wallOf } from '../budget/wall-time.ts';

/** Lengths of window; verdicts are meant for hours and longer, five minutes for charts, gates and the demo. */
export const windowLengths = ['fiveMinutes', 'hour', 'day', 'week'] as const;
export type WindowLength = (typeof windowLengths)[number];

/** How time is cut into windows: days and weeks (from Monday) begin at midnight of the zone, others on whole UTC ones. */
export type WindowClock = { readonly length: WindowLength; readonly timeZone: string };

/** Milliseconds since 1970, [fromMs, toMs); `toMs` Infinity where it goes on. */
export type Span = { readonly fromMs: number; readonly toMs: number };

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const weekMs = 7 * dayMs;
/** Traffic is weekly, so the past that the present is like is four weeks. */
const rememberedWeeks = 4;
/** 1970-01-05 was a Monday. */
const firstMonday = 4 * dayMs;

const floorTo = (ms: number, unit: number): number => Math.floor(ms / unit) * unit;

/** Counters are of whole UTC hours: where midnight is not on one, a day begins with the next. */
function midnight(wall: number, timeZone: string): number {
  return Math.ceil(instantOf(wall, timeZone).getTime() / hourMs) * hourMs;
}

const unitOf = { fiveMinutes: 5 * minuteMs, hour: hourMs, day: dayMs, week: weekMs } as const;

/** Midnight on the wall at which the day or week of a wall time begins. */
function wallStart(length: 'day' | 'week', wall: number): number {
  return length === 'day' ? floorTo(wall, dayMs) : floorTo(wall - firstMonday, weekMs) + firstMonday;
}

function spanFromWall({ length, timeZone }: WindowClock, wall: number): Span {
  return { fromMs: midnight(wall, timeZone), toMs: midnight(wall + unitOf[length], timeZone) };
}

/** The window that an instant is in. */
export function windowAt(clock: WindowClock, atMs: number): Span {
  const { length, timeZone } = clock;
  if (length === 'fiveMinutes' || length === 'hour') {
    const fromMs = floorTo(atMs, unitOf[length]);
    return { fromMs, toMs: fromMs + unitOf[length] };
  }
  const wall = wallStart(length, wallOf(new Date(atMs), timeZone));
  const span = spanFromWall(clock, wall);
  return span.fromMs > atMs ? spanFromWall(clock, wall - unitOf[length]) : span;
}

/** The window that begins so many weeks earlier on the wall. */
function weeksBefore(clock: WindowClock, { fromMs }: Span, weeks: number): Span {
  const { length, timeZone } = clock;
  const wall = wallOf(new Date(fromMs), timeZone);
  if (length === 'day' || length === 'week')
    return spanFromWall(clock, wallStart(length, wall) - weeks * weekMs);
  return windowAt(clock, instantOf(wall - weeks * weekMs, timeZone).getTime());
}

/** The whole windows within a span, in ascending order. */
export function windowsWithin(clock: WindowClock, { fromMs, toMs }: Span): Span[] {
  const found: Span[] = [];
  let window = windowAt(clock, fromMs);
  if (window.fromMs < fromMs) window = windowAt(clock, window.toMs);
  while (window.toMs <= toMs) {
    found.push(window);
    window = windowAt(clock, window.toMs);
  }
  return found;
}

/**
 * What windows may differ in by right, as a number: hour of the week (0 is Monday 00:00 in the zone), weekday, nothing
 * for weeks; windows of five minutes are compared within their hour.
 */
export function stratumOf({ length, timeZone }: WindowClock, fromMs: number): number {
  switch (length) {
    case 'fiveMinutes':
      return Math.floor(fromMs / hourMs);
    case 'hour':
    case 'day': {
      const wall = wallOf(new Date(fromMs), timeZone) - firstMonday;
      return Math.floor((((wall % weekMs) + weekMs) % weekMs) / unitOf[length]);
    }
    case 'week':
      return 0;
  }
}

/** Five minutes are compared with whole hours: their own rows are not kept for four weeks. */
const referenceLength = (length: WindowLength): WindowLength => (length === 'fiveMinutes' ? 'hour' : length);

/**
 * The windows that a window's same-hours reference is made of, latest first: the same hour of the week (weekday; week)
 * of the four last weeks that ended by `endedByMs`, by the clock on the wall. With a time in the past it is the
 * reference as it stood then. Source: drift.md §9.2, §9.3.
 */
export function sameWindows(clock: WindowClock, { fromMs }: Span, endedByMs = fromMs): Span[] {
  const coarse = { ...clock, length: referenceLength(clock.length) };
  const window = windowAt(coarse, fromMs);
  const found: Span[] = [];
  // A window that has not begun by then is none, however many weeks lie between.
  const first = Math.max(1, Math.floor((fromMs - endedByMs) / weekMs));
  for (let weeks = first; found.length < rememberedWeeks; weeks += 1) {
    const span = weeksBefore(coarse, window, weeks);
    if (span.toMs <= endedByMs) found.push(span);
  }
  return found;
}

/**
 * The span of the windows that over-dispersion is estimated from: four weeks up to the day's start, so that one estimate
 * serves all windows of a day; of five-minute rows, which live shorter, one week.
 */
export function dispersionSpan({ length, timeZone }: WindowClock, { fromMs }: Span): Span {
  const clock: WindowClock = { length: length === 'week' ? 'week' : 'day', timeZone };
  const window = windowAt(clock, fromMs);
  const weeks = length === 'fiveMinutes' ? 1 : rememberedWeeks;
  return { fromMs: weeksBefore(clock, window, weeks).fromMs, toMs: window.fromMs };
}

/** The windows that touch none of the spans left out. */
export function outside<W extends Span>(windows: readonly W[], leftOut: readonly Span[]): W[] {
  return windows.filter((one) =>
    leftOut.every(({ fromMs, toMs }) => toMs <= one.fromMs || one.toMs <= fromMs),
  );
}

/** Whole hours like those of a range in the weeks before it began; none of them twice. Of more than a week, the weeks as they are. */
export function earlierSpans({ fromMs, toMs }: Span, beganMs: number): Span[] {
  if (toMs - fromMs > weekMs) return [{ fromMs: beganMs - rememberedWeeks * weekMs, toMs: beganMs }];
  const first = Math.max(1, Math.ceil((toMs - beganMs) / weekMs));
  return Array.from({ length: rememberedWeeks }, (_, index) => ({
    fromMs: floorTo(fromMs - (first + index) * weekMs, hourMs),
    toMs: Math.ceil((toMs - (first + index) * weekMs) / hourMs) * hourMs,
  }));
}

/** What of the spans is in none of those left out, in ascending order of each. */
export function withoutSpans(spans: readonly Span[], leftOut: readonly Span[]): Span[] {
  return leftOut.reduce<Span[]>(
    (rest, gap) =>
      rest.flatMap(({ fromMs, toMs }) => {
        if (gap.toMs <= fromMs || toMs <= gap.fromMs) return [{ fromMs, toMs }];
        const parts = [
          { fromMs, toMs: gap.fromMs },
          { fromMs: gap.toMs, toMs },
        ];
        return parts.filter((part) => part.fromMs < part.toMs);
      }),
    [...spans],
  );
}
