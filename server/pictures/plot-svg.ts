import { scaleLinear } from 'd3-scale';
import { area, line } from 'd3-shape';
import { chartLook, markerPath, toneColor, valueAxisWidth } from '../../domain/chart/chart-look.ts';
import type { PreparedChart, PreparedLine } from '../../domain/chart/prepare-chart.ts';
import { svgText } from './svg-text.ts';

/** Where the plot lies, axes and margins within, as `ComposedChart` of the browser has them. */
type PlotBox = { x: number; y: number; width: number; height: number };
type Color = (variable: string) => string;
type Row = PreparedChart['rows'][number];

const fontSize = chartLook.axisFontSize;

/** A thousandth of a pixel is enough, as in the paths of d3. */
export const px = (value: number) => Math.round(value * 1_000) / 1_000;

/** Axes, bands, marks, limits, lines and end markers in the order in which the browser draws them. */
export function plotSvg(chart: PreparedChart, box: PlotBox, color: Color): string {
  const left = box.x + chartLook.margin.left + valueAxisWidth(chart);
  const right = box.x + box.width - chartLook.margin.right;
  const top = box.y + chartLook.margin.top;
  const bottom = box.y + box.height - chartLook.margin.bottom - chartLook.timeAxisHeight;
  const x = scaleLinear([chart.range.from, chart.range.to], [left, right]);
  const low = chart.valueTicks[0]?.value ?? 0;
  const y = scaleLinear([low, chart.valueTicks.at(-1)?.value ?? 1], [bottom, top]);
  const edges = { left, right, top, bottom };
  const parts = [valueAxis(chart, { y, color, edges }), timeAxis(chart, { x, color, edges })];
  for (const each of chart.lines) parts.push(band(chart.rows, each, { x, y, color }));
  for (const { at, tone, marks } of chart.marks)
    parts.push(mark({ at: px(x(at)), count: marks.length }, edges, color(toneColor[tone])));
  for (const threshold of chart.thresholds) {
    if (threshold.isOffScale) continue;
    const stroke = color(toneColor[threshold.tone ?? 'bad']);
    parts.push(`<path d="M${left},${px(y(threshold.value))}H${right}" stroke="${stroke}" fill="none"/>`);
  }
  const { open } = chart;
  const solid = open === null ? chart.rows : chart.rows.filter(({ at }) => at < open.at);
  for (const each of chart.lines) parts.push(linePath(solid, each, { x, y, color }));
  if (open !== null) {
    const rows = chart.rows.filter(({ at }) => at >= open.joinAt);
    const look = { dash: chartLook.openDash, opacity: chartLook.openOpacity };
    for (const each of chart.lines) parts.push(linePath(rows, { ...each, ...look }, { x, y, color }));
  }
  for (const { last, ...look } of chart.lines) {
    if (last !== null)
      parts.push(marker({ x: x(last.at), y: y(last.value) }, { ...look, isOpen: last.isOpen }, color));
  }
  for (const { isOffScale, value, label, tone } of chart.thresholds) {
    if (isOffScale) continue;
    const halo = `paint-order="stroke" stroke="${color('var(--surface)')}" stroke-width="3"`;
    parts.push(
      `<text x="${right - 8}" y="${px(y(value) - 5)}" text-anchor="end" font-size="${fontSize}" fill="${color(toneColor[tone ?? 'bad'])}" ${halo}>${svgText(label)}</text>`,
    );
  }
  return parts.join('');
}

type Scale = (value: number) => number;
type Scales = { x: Scale; y: Scale; color: Color };
type Edges = { left: number; right: number; top: number; bottom: number };

function valueAxis(
  chart: PreparedChart,
  { y, color, edges }: { y: Scale; color: Color; edges: Edges },
): string {
  const rules = chart.valueTicks.map(({ value }) => `M${edges.left},${px(y(value))}H${edges.right}`).join('');
  const texts = chart.valueTicks.map(
    ({ value, text }) =>
      `<text x="${edges.left - 8}" y="${px(y(value) + fontSize * 0.355)}">${svgText(text)}</text>`,
  );
  return `<path d="${rules}" stroke="${color('var(--chart-grid)')}" fill="none"/><g text-anchor="end" font-size="${fontSize}" fill="${color('var(--chart-axis)')}">${texts.join('')}</g>`;
}

function timeAxis(
  chart: PreparedChart,
  { x, color, edges }: { x: Scale; color: Color; edges: Edges },
): string {
  const texts = chart.timeTicks.map(
    ({ at, text }) =>
      `<text x="${px(x(at))}" y="${px(edges.bottom + 8 + fontSize * 0.71)}">${svgText(text)}</text>`,
  );
  return `<path d="M${edges.left},${edges.bottom}H${edges.right}" stroke="${color('var(--line-strong)')}" fill="none"/><g text-anchor="middle" font-size="${fontSize}" fill="${color('var(--chart-axis)')}">${texts.join('')}</g>`;
}

function mark({ at, count }: { at: number; count: number }, edges: Edges, stroke: string): string {
  const text =
    count === 1
      ? ''
      : `<text x="${px(at + 5)}" y="${edges.top - 2}" font-size="${fontSize - 2}" fill="${stroke}">${count}</text>`;
  return `${text}<path d="M${at},${edges.top}V${edges.bottom}" stroke="${stroke}" stroke-dasharray="${chartLook.markDash}" fill="none"/><path d="M${px(at - 3.5)},${edges.top - 8}h7l-3.5,6z" fill="${stroke}"/>`;
}

function band(rows: readonly Row[], { bandKey, color }: PreparedLine, scales: Scales): string {
  if (bandKey === null) return '';
  const limits = (row: Row) => {
    const value = row[bandKey];
    return typeof value === 'object' && value !== null ? value : null;
  };
  const shape = area<Row>()
    .defined((row) => limits(row) !== null)
    .x((row) => scales.x(row.at))
    .y0((row) => scales.y(limits(row)?.[0] ?? 0))
    .y1((row) => scales.y(limits(row)?.[1] ?? 0));
  return `<path d="${shape(rows) ?? ''}" fill="${scales.color(color)}" fill-opacity="${chartLook.bandOpacity}"/>`;
}

function linePath(rows: readonly Row[], each: PreparedLine & { opacity?: number }, scales: Scales): string {
  const shape = line<Row>()
    .defined((row) => typeof row[each.key] === 'number')
    .x((row) => scales.x(row.at))
    .y((row) => scales.y(Number(row[each.key])));
  const dash = each.dash === undefined ? '' : ` stroke-dasharray="${each.dash}"`;
  const opacity = each.opacity === undefined ? '' : ` stroke-opacity="${each.opacity}"`;
  return `<path d="${shape(rows) ?? ''}" stroke="${scales.color(each.color)}" stroke-width="${chartLook.lineWidth}"${dash}${opacity} fill="none"/>`;
}

export function marker(
  at: { x: number; y: number },
  look: Pick<PreparedLine, 'color' | 'marker'> & { isOpen?: boolean },
  color: Color,
): string {
  const [own, surface] = [color(look.color), color('var(--surface)')];
  const [fill, stroke] = look.isOpen === true ? [surface, own] : [own, surface];
  return `<path d="${markerPath[look.marker]}" transform="translate(${px(at.x)} ${px(at.y)})" fill="${fill}" stroke="${stroke}" stroke-width="1.5"/>`;
}
