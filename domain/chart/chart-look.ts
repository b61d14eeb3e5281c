import type { ChartMark } from './chart-series.ts';
import type { Marker } from './line-look.ts';
import type { PreparedChart } from './prepare-chart.ts';

/** Sizes in pixels and strokes that the chart of the browser and the picture of the server share. */
export const chartLook = {
  margin: { top: 14, right: 10, bottom: 0, left: 0 },
  axisFontSize: 11,
  /** Of the number beside a mark that stands for several. */
  countFontSize: 9,
  timeAxisHeight: 22,
  lineWidth: 1.75,
  bandOpacity: 0.12,
  /** Of the edge of a band, whose filling is too faint to be told from the surface. */
  bandEdgeWidth: 0.75,
  markDash: '1 3',
  /** Of the stretch to a step that is not over. */
  openDash: '2 3',
} as const;

export const toneColor: Record<NonNullable<ChartMark['tone']>, string> = {
  bad: 'var(--bad)',
  warn: 'var(--warn)',
  ok: 'var(--ok)',
  neutral: 'var(--ink-faint)',
};

export const markerPath: Record<Marker, string> = {
  circle: 'M0 -3.5 A3.5 3.5 0 1 1 0 3.5 A3.5 3.5 0 1 1 0 -3.5Z',
  diamond: 'M0 -4.5 L4.5 0 L0 4.5 L-4.5 0Z',
  square: 'M-3.2 -3.2 H3.2 V3.2 H-3.2Z',
  triangle: 'M0 -4 L4 3.2 H-4Z',
};

/** Room for the longest label of the value axis. */
export function valueAxisWidth(chart: Pick<PreparedChart, 'valueTicks'>): number {
  return Math.max(...chart.valueTicks.map(({ text }) => text.length)) * 6.5 + 10;
}
