import { chartLook, toneColor, valueAxisWidth } from './chart-look.ts';
import type { LineLook } from './line-look.ts';
import { bandPath, linePath, px, type Scales } from './plot-path.ts';
import type { PreparedChart, PreparedLine } from './prepare-chart.ts';

/** Where the plot lies, axes and margins within; pixels. */
export type PlotBox = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};
type Edges = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
type PlotText = { readonly x: number; readonly y: number; readonly text: string };
type PlotMark = {
  readonly color: string;
  readonly rule: string;
  readonly sign: string;
  readonly count: PlotText | null;
};
type PlotLimit = { readonly color: string; readonly rule: string; readonly label: PlotText };
type PlotLine = {
  readonly key: string;
  readonly look: LineLook;
  readonly band: string;
  readonly solid: string;
  readonly open: string;
};
export type PlotEnd = {
  readonly x: number;
  readonly y: number;
  readonly look: LineLook;
  readonly isOpen: boolean;
};

/** All that is drawn of a chart, as paths and texts at their place; colours are `var(--<token>)`. */
export type ChartPlot = {
  readonly grid: string;
  readonly axis: string;
  readonly valueTexts: readonly PlotText[];
  readonly timeTexts: readonly PlotText[];
  readonly marks: readonly PlotMark[];
  readonly limits: readonly PlotLimit[];
  readonly lines: readonly PlotLine[];
  readonly ends: readonly (PlotEnd & { readonly key: string })[];
};

/** How far the letters of an axis reach below the middle of their line, in sizes of the font. */
const halfLetter = 0.355;

/** Half of what a digit of an axis is wide, in sizes of the font. */
const halfDigit = 0.3;

export function plotEdges(chart: Pick<PreparedChart, 'valueTicks'>, box: PlotBox): Edges {
  const { margin, timeAxisHeight } = chartLook;
  return {
    left: box.x + margin.left + valueAxisWidth(chart),
    right: box.x + box.width - margin.right,
    top: box.y + margin.top,
    bottom: box.y + box.height - margin.bottom - timeAxisHeight,
  };
}

/** Times to pixels across and values to pixels down. */
export function plotScales(chart: PreparedChart, { left, right, top, bottom }: Edges): Scales {
  const { from, to } = chart.range;
  const [low, high] = [chart.valueTicks[0]?.value ?? 0, chart.valueTicks.at(-1)?.value ?? 1];
  const across = (right - left) / Math.max(1, to - from);
  const up = (bottom - top) / (high - low);
  return { x: (at) => left + (at - from) * across, y: (value) => bottom - (value - low) * up };
}

/** The same for the chart of the browser and the picture of the server, so that neither can show what the other does not. */
export function chartPlot(chart: PreparedChart, box: PlotBox): ChartPlot {
  const edges = plotEdges(chart, box);
  const { left, right, top, bottom } = edges;
  const scales = plotScales(chart, edges);
  const { x, y } = scales;
  const size = chartLook.axisFontSize;
  const shown = chart.thresholds.filter(({ isOffScale }) => !isOffScale);
  return {
    grid: chart.valueTicks.map(({ value }) => `M${left},${px(y(value))}H${right}`).join(''),
    axis: `M${left},${bottom}H${right}`,
    valueTexts: chart.valueTicks.map(({ value, text }) => ({
      x: left - 8,
      y: px(y(value) + size * halfLetter),
      text,
    })),
    timeTexts: chart.timeTicks.map(({ at, text }) => ({
      // The last one would be cut at the edge of the chart.
      x: px(Math.min(x(at), right + chartLook.margin.right - text.length * size * halfDigit)),
      y: px(bottom + 8 + size * 2 * halfLetter),
      text,
    })),
    marks: chart.marks.map(({ at, tone, marks }) => {
      const place = px(x(at));
      return {
        color: toneColor[tone],
        rule: `M${place},${top}V${bottom}`,
        sign: `M${px(place - 3.5)},${top - 8}h7l-3.5,6z`,
        count: marks.length === 1 ? null : { x: px(place + 5), y: top - 2, text: String(marks.length) },
      };
    }),
    limits: shown.map(({ value, label, tone }) => ({
      color: toneColor[tone ?? 'bad'],
      rule: `M${left},${px(y(value))}H${right}`,
      label: { x: right - 8, y: px(y(value) - 5), text: label },
    })),
    lines: chart.lines.map((line) => plotLine(chart, line, scales)),
    ends: chart.lines.flatMap(({ last, key, ...look }) =>
      last === null ? [] : [{ key, x: px(x(last.at)), y: px(y(last.value)), look, isOpen: last.isOpen }],
    ),
  };
}

function plotLine({ at, open }: PreparedChart, line: PreparedLine, scales: Scales): PlotLine {
  const { key, values, bands } = line;
  const ended = open === null ? at.length : open.index;
  return {
    key,
    look: line,
    band: bands === null ? '' : bandPath({ at, bands }, scales),
    solid: linePath({ at, values }, scales, { from: 0, to: ended }),
    open:
      open === null ? '' : linePath({ at, values }, scales, { from: Math.max(0, ended - 1), to: at.length }),
  };
}
