import { formatClock, formatDay, type Zone } from '../time-format.ts';
import type { ChartMark, ChartRange } from './chart-series.ts';

/** Marks that would be drawn over each other, as the one that is drawn; oldest first, at the time of the first. */
export type MarkGroup<Mark extends ChartMark = ChartMark> = {
  readonly at: number;
  readonly tone: NonNullable<ChartMark['tone']>;
  readonly marks: readonly Mark[];
};

/** As near as two triangles with a count beside them may stand. */
const leastDistancePx = 18;
const tones = ['bad', 'warn', 'ok', 'neutral'] as const;

/** Marks inside the range by time, those within a few pixels of a plot `widthPx` wide as one of the worst tone among them. */
export function groupMarks<Mark extends ChartMark>(
  marks: readonly Mark[],
  { range, widthPx }: { range: ChartRange; widthPx: number },
): MarkGroup<Mark>[] {
  const leastMs = ((range.to - range.from) / Math.max(1, widthPx)) * leastDistancePx;
  const groups: Mark[][] = [];
  const inside = marks.filter(({ at }) => at >= range.from && at <= range.to);
  for (const mark of inside.toSorted((left, right) => left.at - right.at)) {
    const group = groups.at(-1);
    if (group !== undefined && mark.at - (group[0]?.at ?? 0) < leastMs) group.push(mark);
    else groups.push([mark]);
  }
  return groups.map((group) => ({
    at: group[0]?.at ?? 0,
    tone: tones.find((tone) => group.some((mark) => mark.tone === tone)) ?? 'neutral',
    marks: group,
  }));
}

/** The marks to which step `index` of the rising `times` is the nearest, so that each is told of once. */
export function marksOfStep<Mark extends ChartMark>(
  marks: readonly MarkGroup<Mark>[],
  times: readonly number[],
  index: number,
): Mark[] {
  const at = times[index];
  if (at === undefined) return [];
  const from = index === 0 ? Number.NEGATIVE_INFINITY : (at + (times[index - 1] ?? at)) / 2;
  const to = index === times.length - 1 ? Number.POSITIVE_INFINITY : (at + (times[index + 1] ?? at)) / 2;
  return marks.flatMap((group) => group.marks.filter((mark) => mark.at >= from && mark.at < to));
}

/** The clock time of a mark, with its day where the range is longer than one. */
export function formatMarkTime(atMs: number, { from, to }: ChartRange, zone: Zone): string {
  const clock = formatClock(atMs, zone);
  return to - from > 86_400_000 ? `${formatDay(atMs, zone)} ${clock}` : clock;
}
