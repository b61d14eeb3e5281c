import type { ChartAnswer, MarkKind } from '../../domain/chart/chart-answer.ts';
import { formatMarkTime } from '../../domain/chart/chart-marks.ts';
import type { ChartMark } from '../../domain/chart/chart-series.ts';
import { formatUnit } from '../../domain/chart/chart-unit.ts';
import type { LineLook } from '../../domain/chart/line-look.ts';
import type { PreparedChart } from '../../domain/chart/prepare-chart.ts';
import type { Zone } from '../../domain/time-format.ts';
import { cutText, textWidth } from './svg-text.ts';

export const smallText = 11;

export type LegendEntry = { look: LineLook | null; label: string; value: string; x: number };
export type MarkEntry = { text: string; tone: ChartAnswer['marks'][number]['tone']; x: number };

const gap = 16;
const swatch = 28;
const maxRows = 3;

const markWords: Record<MarkKind, string> = {
  deploy: 'rollout',
  approval: 'approval',
  abort: 'abort',
  rollBack: 'roll back',
  alert: 'alert',
  annotation: 'note',
};

const widthOfEntry = ({ look, label, value }: Omit<LegendEntry, 'x'>) =>
  (look === null ? 0 : swatch) +
  textWidth(label, smallText) +
  (value === '' ? 0 : 6 + textWidth(value, smallText));

/** What each line is and where it ended; limits far above the chart follow in words. */
export function legendRows(chart: PreparedChart, answer: ChartAnswer, width: number): LegendEntry[][] {
  const labelWidth = Math.min(260, width - swatch - 70);
  const entries = [
    ...chart.lines.map((line) => ({
      look: line,
      label: cutText(line.label, smallText, labelWidth),
      value: `${formatUnit(line.last?.value, answer.unit)}${line.last?.isOpen ? ' so far' : ''}`,
    })),
    ...chart.thresholds
      .filter(({ isOffScale }) => isOffScale)
      .map(({ label }) => ({
        look: null,
        label: cutText(`${label}: far above this chart`, smallText, width),
        value: '',
      })),
  ];
  return flow(entries, width, widthOfEntry).slice(0, maxRows);
}

/**
 * Time and kind of the marks, those that are drawn as one together, as many as two rows hold and how many more there are; what
 * they point to is for the console only.
 */
export function markRows(
  chart: PreparedChart,
  answer: ChartAnswer,
  reader: { width: number; zone: Zone },
): MarkEntry[][] {
  const kindOf = new Map<ChartMark, MarkKind>(answer.marks.map((mark) => [mark, mark.kind]));
  const entries = chart.marks.map(({ at, tone, marks }) => {
    const kinds = Map.groupBy(marks, (mark) => markWords[kindOf.get(mark) ?? 'annotation']);
    const words = [...kinds].map(([word, { length }]) => (length === 1 ? word : `${word} ×${length}`));
    return { text: `${formatMarkTime(at, chart.range, reader.zone)} ${words.join(', ')}`, tone, marks };
  });
  const rows = (shown: number) => {
    const rest = entries.slice(shown).reduce((sum, { marks }) => sum + marks.length, 0);
    const more = rest === 0 ? [] : [{ text: `and ${rest} more`, tone: 'neutral' as const }];
    const kept = [...entries.slice(0, shown).map(({ text, tone }) => ({ text, tone })), ...more];
    return flow(kept, reader.width, ({ text }) => 10 + textWidth(text, smallText));
  };
  const shown = entries.findLastIndex((_, index) => rows(index + 1).length <= 2) + 1;
  return rows(shown).slice(0, 2);
}

/** Left to right, and on to the next row when one is full. */
function flow<T>(
  entries: readonly T[],
  width: number,
  widthOf: (entry: T) => number,
): (T & { x: number })[][] {
  const rows: (T & { x: number })[][] = [];
  let x = 0;
  for (const entry of entries) {
    const size = widthOf(entry);
    if (rows.length === 0 || x + size > width) {
      rows.push([]);
      x = 0;
    }
    rows.at(-1)?.push({ ...entry, x });
    x += size + gap;
  }
  return rows;
}
