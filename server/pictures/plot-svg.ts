import { chartLook, markerPath } from '../../domain/chart/chart-look.ts';
import { type ChartPlot, chartPlot, type PlotBox, type PlotEnd } from '../../domain/chart/chart-plot.ts';
import type { PreparedChart } from '../../domain/chart/prepare-chart.ts';
import { svgText } from './svg-text.ts';

type Color = (variable: string) => string;
type PlotText = ChartPlot['valueTexts'][number];

const fontSize = chartLook.axisFontSize;

/** Axes, bands, marks, limits, lines and end markers in the order in which the browser draws them. */
export function plotSvg(chart: PreparedChart, box: PlotBox, color: Color): string {
  const plot = chartPlot(chart, box);
  return [
    path(plot.grid, { stroke: color('var(--chart-grid)') }),
    texts(plot.valueTexts, 'end', color),
    path(plot.axis, { stroke: color('var(--line-strong)') }),
    texts(plot.timeTexts, 'middle', color),
    ...plot.lines.filter(({ band }) => band !== '').map(({ band, look }) => bandSvg(band, color(look.color))),
    ...plot.marks.map((mark) => markSvg(mark, color(mark.color))),
    ...plot.limits.map((limit) => path(limit.rule, { stroke: color(limit.color) })),
    ...plot.lines.map(({ solid, look }) => line(solid, { stroke: color(look.color), dash: look.dash })),
    ...plot.lines
      .filter(({ open }) => open !== '')
      .map(({ open, look }) => line(open, { stroke: color(look.color), dash: chartLook.openDash })),
    ...plot.ends.map((end) => markerSvg(end, color)),
    ...plot.limits.map(({ label, color: own }) => limitLabel(label, color(own), color('var(--surface)'))),
  ].join('');
}

type Stroke = { stroke: string; dash?: string | undefined };

const dashOf = (dash: string | undefined) => (dash === undefined ? '' : ` stroke-dasharray="${dash}"`);

const path = (d: string, { stroke, dash }: Stroke) =>
  `<path d="${d}" stroke="${stroke}"${dashOf(dash)} fill="none"/>`;

const line = (d: string, { stroke, dash }: Stroke) =>
  `<path d="${d}" stroke="${stroke}" stroke-width="${chartLook.lineWidth}"${dashOf(dash)} fill="none"/>`;

const bandSvg = (d: string, own: string) =>
  `<path d="${d}" fill="${own}" fill-opacity="${chartLook.bandOpacity}" stroke="${own}" stroke-width="${chartLook.bandEdgeWidth}"/>`;

function texts(all: readonly PlotText[], anchor: 'end' | 'middle', color: Color): string {
  const each = all.map(({ x, y, text }) => `<text x="${x}" y="${y}">${svgText(text)}</text>`).join('');
  return `<g text-anchor="${anchor}" font-size="${fontSize}" fill="${color('var(--chart-axis)')}">${each}</g>`;
}

function markSvg({ rule, sign, count }: ChartPlot['marks'][number], stroke: string): string {
  const text =
    count === null
      ? ''
      : `<text x="${count.x}" y="${count.y}" font-size="${chartLook.countFontSize}" fill="${stroke}">${count.text}</text>`;
  return `${text}${path(rule, { stroke, dash: chartLook.markDash })}<path d="${sign}" fill="${stroke}"/>`;
}

/** With a halo, so that it is read over a line. */
function limitLabel({ x, y, text }: PlotText, fill: string, halo: string): string {
  return `<text x="${x}" y="${y}" text-anchor="end" font-size="${fontSize}" fill="${fill}" paint-order="stroke" stroke="${halo}" stroke-width="3">${svgText(text)}</text>`;
}

export function markerSvg({ x, y, look, isOpen }: PlotEnd, color: Color): string {
  const [own, surface] = [color(look.color), color('var(--surface)')];
  const [fill, stroke] = isOpen ? [surface, own] : [own, surface];
  return `<path d="${markerPath[look.marker]}" transform="translate(${x} ${y})" fill="${fill}" stroke="${stroke}" stroke-width="1.5"/>`;
}
