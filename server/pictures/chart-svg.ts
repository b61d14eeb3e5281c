import type { ChartAnswer } from '../../domain/chart/chart-answer.ts';
import { chartColor } from '../../domain/chart/chart-colors.ts';
import { toneColor } from '../../domain/chart/chart-look.ts';
import { chartSentence } from '../../domain/chart/chart-sentence.ts';
import { namedSeries, namedWords, type SubjectNames } from '../../domain/chart/named-answer.ts';
import { px } from '../../domain/chart/plot-path.ts';
import { prepareChart } from '../../domain/chart/prepare-chart.ts';
import { formatClock, formatExact, type Zone } from '../../domain/time-format.ts';
import { type LegendEntry, legendRows, type MarkEntry, markRows, smallText } from './picture-rows.ts';
import { markerSvg, plotSvg } from './plot-svg.ts';
import { cutText, svgName, svgText, textWidth, wrapText } from './svg-text.ts';

export type PictureOptions = {
  width: number;
  height: number;
  theme: 'light' | 'dark';
  zone: Zone;
  /** In place of the answer's own names; a subject that is missing here is called by its kind. */
  labels?: SubjectNames | undefined;
};

const pad = 12;
const titleHeight = 22;
const rowHeight = 16;
const leastPlotHeight = 84;

/**
 * A chart as an SVG document that needs nothing else: presentation attributes only, no style, script, id or link, the
 * same points, ticks and colours as the chart of the browser at the width within the padding. Sizes in pixels. What
 * does not fit a low picture is left out (marks in words, then the sentence, then the legend), never the plot.
 */
export function chartSvg(answer: ChartAnswer, options: PictureOptions): string {
  const { width, height, theme, zone, labels } = options;
  const color = (variable: string) => chartColor(variable, theme);
  const inner = width - 2 * pad;
  const chart = prepareChart({ ...answer, series: namedSeries(answer, labels), widthPx: inner, zone });
  const words = namedWords(answer, labels);
  const room = height - 2 * pad - titleHeight - leastPlotHeight;
  const rows = fitRows(room, {
    legend: legendRows(chart, answer, inner),
    words: wrapText(words, smallText + 1, { width: inner, maxLines: 2 }),
    marks: markRows(chart, answer, { width: inner, zone }),
  });
  const wordsAt = pad + titleHeight;
  const legendAt = wordsAt + rows.words.length * rowHeight;
  const plotAt = legendAt + rows.legend.length * rowHeight;
  const marksAt = height - pad - rows.marks.length * rowHeight;
  const box = { x: pad, y: plotAt, width: inner, height: marksAt - plotAt };
  const sentence = chartSentence(answer.title, chart, { unit: answer.unit, zone });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="Inter Variable, Inter, ui-sans-serif, system-ui, sans-serif">`,
    `<title>${svgText(answer.title)}</title><desc>${svgText(`${words} ${sentence}`.trim())}</desc>`,
    `<rect width="${width}" height="${height}" fill="${color('var(--surface)')}"/>`,
    titleRow(answer, options, color),
    ...rows.words.map((line, index) =>
      textAt({ x: pad, y: wordsAt + 11 + index * rowHeight }, svgName(line), {
        size: smallText + 1,
        fill: color('var(--ink-muted)'),
      }),
    ),
    ...rows.legend.flatMap((row, index) =>
      row.map((entry) => legendEntry(entry, legendAt + index * rowHeight, color)),
    ),
    chart.isEmpty ? emptyPlot(box, color) : plotSvg(chart, box, color),
    ...rows.marks.flatMap((row, index) =>
      row.map((entry) => markEntry(entry, marksAt + index * rowHeight, color)),
    ),
    '</svg>',
  ].join('');
}

type Color = (variable: string) => string;
type Rows = { legend: LegendEntry[][]; words: string[]; marks: MarkEntry[][] };

/** The legend first, then the sentence, then the marks, each only if all of it fits. */
function fitRows(room: number, wanted: Rows): Rows {
  let left = room;
  const fits = (count: number) => {
    const isFitting = count * rowHeight <= left;
    if (isFitting) left -= count * rowHeight;
    return isFitting;
  };
  const legend = fits(wanted.legend.length) ? wanted.legend : [];
  const words = fits(wanted.words.length) ? wanted.words : [];
  return { legend, words, marks: fits(wanted.marks.length) ? wanted.marks : [] };
}

type TextLook = { size: number; fill: string; weight?: number; anchor?: 'end' | 'middle' };

function textAt(at: { x: number; y: number }, escaped: string, look: TextLook): string {
  const weight = look.weight === undefined ? '' : ` font-weight="${look.weight}"`;
  const anchor = look.anchor === undefined ? '' : ` text-anchor="${look.anchor}"`;
  return `<text x="${at.x}" y="${at.y}" font-size="${look.size}"${weight}${anchor} fill="${look.fill}">${escaped}</text>`;
}

function titleRow(answer: ChartAnswer, { width, zone }: PictureOptions, color: Color): string {
  const exact = formatExact(answer.asOfMs, zone);
  const asOf = width < 420 ? `${formatClock(answer.asOfMs, zone)}${exact.slice(16)}` : `As of ${exact}`;
  const room = width - 2 * pad - textWidth(asOf, smallText) - 12;
  return (
    textAt({ x: pad, y: pad + 13 }, svgName(cutText(answer.title, 15, room)), {
      size: 14,
      weight: 600,
      fill: color('var(--ink)'),
    }) +
    textAt({ x: width - pad, y: pad + 12 }, svgText(asOf), {
      size: smallText,
      anchor: 'end',
      fill: color('var(--ink-faint)'),
    })
  );
}

function legendEntry({ look, label, value, x }: LegendEntry, top: number, color: Color): string {
  const left = px(pad + x);
  const y = top + 11;
  const words = `<tspan fill="${color('var(--ink-muted)')}">${svgName(label)}</tspan>`;
  const figure =
    value === ''
      ? ''
      : `<tspan dx="6" font-weight="500" fill="${color('var(--ink)')}">${svgText(value)}</tspan>`;
  const text = `<text x="${left + (look === null ? 0 : 28)}" y="${y}" font-size="${smallText}">${words}${figure}</text>`;
  if (look === null) return text;
  const dash = look.dash === undefined ? '' : ` stroke-dasharray="${look.dash}"`;
  return `<path d="M${left},${y - 4}h22" stroke="${color(look.color)}" stroke-width="2"${dash} fill="none"/>${markerSvg({ x: left + 11, y: y - 4, look, isOpen: false }, color)}${text}`;
}

function markEntry({ text, tone, x }: MarkEntry, top: number, color: Color): string {
  const y = top + 12;
  return `<path d="M${px(pad + x)},${y - 7}h7l-3.5,6z" fill="${color(toneColor[tone ?? 'neutral'])}"/>${textAt(
    { x: px(pad + x + 10), y },
    svgText(text),
    { size: smallText, fill: color('var(--ink-muted)') },
  )}`;
}

function emptyPlot(box: { x: number; y: number; width: number; height: number }, color: Color): string {
  return textAt(
    { x: box.x + box.width / 2, y: box.y + box.height / 2 },
    'No measurements in this time range.',
    {
      size: 12,
      anchor: 'middle',
      fill: color('var(--ink-muted)'),
    },
  );
}
