import type { ChartAnswer } from '../../domain/chart/chart-answer.ts';
import { chartLook, valueAxisWidth } from '../../domain/chart/chart-look.ts';
import { formatMarkTime, marksOfStep } from '../../domain/chart/chart-marks.ts';
import { chartSentence } from '../../domain/chart/chart-sentence.ts';
import { formatUnit } from '../../domain/chart/chart-unit.ts';
import { namedWords } from '../../domain/chart/named-answer.ts';
import { prepareChart } from '../../domain/chart/prepare-chart.ts';
import { redactAnswer } from '../../domain/share/redact-answer.ts';
import { rangeAt, type ShareRange } from '../../domain/share/share-content.ts';
import { formatExact } from '../../domain/time-format.ts';
import { chartAnswer } from '../charts/chart-answer.ts';
import type { Site } from '../http/request-context.ts';
import { chartSvg } from '../pictures/chart-svg.ts';
import type { ShareRow } from '../rows/share-rows.ts';

/** Ranges that a viewer may choose where the row allows it, beside the one that is stored. */
export const viewerRanges = [
  { value: '1h', label: 'last hour', ms: 3_600_000 },
  { value: '6h', label: 'last 6 hours', ms: 21_600_000 },
  { value: '1d', label: 'last day', ms: 86_400_000 },
  { value: '7d', label: 'last 7 days', ms: 604_800_000 },
  { value: '30d', label: 'last 30 days', ms: 2_592_000_000 },
] as const;

type Asked = {
  readonly row: ShareRow;
  readonly index: number;
  readonly range: ShareRange;
  readonly now: Date;
  readonly maxPoints: number;
};

const keptMs = 10_000;
const mostKept = 200;
const kept = new Map<string, { at: number; answer: Promise<ChartAnswer> }>();

/**
 * What strangers read of one chart: the stored spec over the range, redacted to the stored labels. Many viewers of the same
 * chart share one reading for ten seconds; the caller has read the row's status just before.
 */
export async function sharedAnswer(site: Site, asked: Asked): Promise<ChartAnswer> {
  const { row, index, range, maxPoints } = asked;
  const key = JSON.stringify([row.id, row.changedAt.getTime(), index, range, maxPoints]);
  const at = performance.now();
  const found = kept.get(key);
  if (found !== undefined && at - found.at < keptMs) return await found.answer;
  if (kept.size >= mostKept) kept.clear();
  const answer = readAnswer(site, asked);
  kept.set(key, { at, answer });
  answer.catch(() => kept.delete(key));
  return await answer;
}

async function readAnswer(site: Site, { row, index, range, now, maxPoints }: Asked): Promise<ChartAnswer> {
  const chart = row.content.charts[index];
  if (chart === undefined) throw new Error('There is no such chart in this share.');
  const answer = await chartAnswer(site.db, {
    projectId: row.projectId,
    spec: chart.spec,
    range: rangeAt(range, now.getTime()),
    now,
    maxPoints,
  });
  return redactAnswer(answer, { title: chart.title, labels: row.labels });
}

export type ShownTheme = 'light' | 'dark';

const zone = 'utc';
const padPx = 12;

/** A redacted answer as components/embed/embed-page.ts shows it: the picture without its words, which stand below, and every drawn point in words. */
export function shownChart(
  answer: ChartAnswer,
  { width, height, theme }: { width: number; height: number; theme: ShownTheme },
) {
  const { unit, range } = answer;
  const chart = prepareChart({ ...answer, widthPx: width - 2 * padPx, zone });
  const seconds = chart.full.stepMs < 60_000;
  const { at } = chart;
  const soFar = (time: number) => (chart.open !== null && time >= chart.open.at ? ', so far' : '');
  return {
    title: answer.title,
    words: namedWords(answer),
    sentence: chartSentence(answer.title, chart, { unit, zone }),
    svg: chartSvg({ ...answer, words: [] }, { width, height, theme, zone }),
    width,
    left: padPx + chartLook.margin.left + valueAxisWidth(chart),
    right: width - padPx - chartLook.margin.right,
    from: range.from,
    to: range.to,
    at,
    times: at.map((time) => `${formatExact(time, zone, { seconds })}${soFar(time)}`),
    marks: at.map((_, index) =>
      marksOfStep(chart.marks, at, index).map(
        (mark) => `${formatMarkTime(mark.at, range, zone)} ${mark.label}`,
      ),
    ),
    lines: chart.lines.map((line) => ({
      label: line.label,
      texts: line.values.map((value) => formatUnit(value, unit)),
    })),
  };
}
