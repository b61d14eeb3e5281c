import type { Zone } from '../time-format.ts';
import { formatTimeTick, timeTicks, valueTicks } from './chart-axis.ts';
import { chartLook, valueAxisWidth } from './chart-look.ts';
import { groupMarks, type MarkGroup } from './chart-marks.ts';
import type { ChartMark, ChartRange, ChartSeries, ChartThreshold } from './chart-series.ts';
import { axisScale, type ChartUnit, formatTick } from './chart-unit.ts';
import { type LineLook, lineLooks } from './line-look.ts';
import { type Band, capTimeGrid, type TimeGrid, toTimeGrid } from './time-grid.ts';

export type ChartInput = {
  series: readonly ChartSeries[];
  unit: ChartUnit;
  range: ChartRange;
  widthPx: number;
  zone: Zone;
  stepMs?: number | undefined;
  thresholds?: readonly ChartThreshold[] | undefined;
  marks?: readonly ChartMark[] | undefined;
  openFromMs?: number | undefined;
};

export type PreparedLine = LineLook & {
  key: string;
  label: string;
  /** One for each time of the chart; null is a gap. */
  values: readonly (number | null)[];
  bands: readonly (Band | null)[] | null;
  last: { at: number; value: number; isOpen: boolean } | null;
};

export type PreparedChart = {
  /** The steps that are drawn; `full` has all. */
  at: readonly number[];
  full: TimeGrid;
  lines: PreparedLine[];
  range: ChartRange;
  timeTicks: { at: number; text: string }[];
  valueTicks: { value: number; text: string }[];
  thresholds: (ChartThreshold & { isOffScale: boolean })[];
  marks: MarkGroup[];
  /** Steps from `index` on, whose time is `at`, are not over and are drawn apart; null when all are. */
  open: { at: number; index: number } | null;
  isEmpty: boolean;
};

const order = { stable: 0, canary: 1, other: 2 };

/** Everything that has to be decided before drawing: order, gaps, caps, scales, labels. Changes nothing it is given. */
export function prepareChart(input: ChartInput): PreparedChart {
  const { range, unit, zone, widthPx } = input;
  const series = input.series.toSorted((a, b) => order[a.role] - order[b.role]);
  const full = toTimeGrid(series, range, input.stepMs);
  const drawn = capTimeGrid(full, Math.max(2, Math.floor(widthPx * 2)));
  const [low, high] = extent(drawn);
  const thresholds = (input.thresholds ?? []).map((each) => ({
    ...each,
    isOffScale: high > 0 && each.value > 4 * high,
  }));
  const top = Math.max(
    high,
    ...thresholds.filter((each) => !each.isOffScale).map((each) => each.value * 1.05),
  );
  const scale = axisScale(unit, top);
  const values = valueTicks(low / scale, top / scale).map((value) => Number((value * scale).toPrecision(12)));
  const step = (values[1] ?? 1) - (values[0] ?? 0);
  const texts = values.map((value) => ({ value, text: formatTick(value, unit, { step, scale }) }));
  const plotPx = widthPx - valueAxisWidth({ valueTicks: texts }) - chartLook.margin.right;
  const openFrom = input.openFromMs ?? Number.POSITIVE_INFINITY;
  const looks = lineLooks(series);
  return {
    at: drawn.at,
    full,
    lines: series.map((each, index) => ({
      ...(looks[index] ?? looks[0] ?? { color: '', dash: undefined, marker: 'circle' }),
      key: each.key,
      label: each.label,
      values: drawn.columns[index]?.values ?? [],
      bands: drawn.columns[index]?.bands ?? null,
      last: lastOf(full, each.key, openFrom),
    })),
    range,
    timeTicks: timeTicks(range, Math.max(2, Math.floor(widthPx / 90)), zone).map((at) => ({
      at,
      text: formatTimeTick(at, range, zone),
    })),
    valueTicks: texts,
    thresholds,
    marks: groupMarks(input.marks ?? [], { range, widthPx: plotPx }),
    open: openOf(drawn, openFrom),
    isEmpty: full.columns.every((column) => column.values.every((value) => value === null)),
  };
}

function extent(grid: TimeGrid): [low: number, high: number] {
  let low = 0;
  let high = 0;
  for (const column of grid.columns) {
    for (const value of column.values) {
      if (value === null) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    for (const band of column.bands ?? []) {
      if (band === null) continue;
      if (band[0] < low) low = band[0];
      if (band[1] > high) high = band[1];
    }
  }
  return [low, high];
}

function openOf({ at }: TimeGrid, openFrom: number): PreparedChart['open'] {
  const index = openFrom === Number.POSITIVE_INFINITY ? -1 : at.findIndex((each) => each >= openFrom);
  const first = at[index];
  return first === undefined ? null : { at: first, index };
}

function lastOf(grid: TimeGrid, key: string, openFrom: number): PreparedLine['last'] {
  const values = grid.columns.find((column) => column.key === key)?.values ?? [];
  const index = values.findLastIndex((value) => value !== null);
  const value = values[index];
  const at = grid.at[index];
  return value === null || value === undefined || at === undefined
    ? null
    : { at, value, isOpen: at >= openFrom };
}
