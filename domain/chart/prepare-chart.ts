import type { Zone } from '../time-format.ts';
import { formatTimeTick, timeTicks, valueTicks } from './chart-axis.ts';
import type { ChartMark, ChartRange, ChartSeries, ChartThreshold } from './chart-series.ts';
import { type ChartUnit, formatTick } from './chart-unit.ts';
import { type LineLook, lineLooks } from './line-look.ts';
import { capTimeGrid, type TimeGrid, toTimeGrid } from './time-grid.ts';

export type ChartInput = {
  series: readonly ChartSeries[];
  unit: ChartUnit;
  range: ChartRange;
  widthPx: number;
  zone: Zone;
  stepMs?: number | undefined;
  thresholds?: readonly ChartThreshold[] | undefined;
  marks?: readonly ChartMark[] | undefined;
};

type ChartRow = { at: number } & Record<string, number | null | readonly [number, number]>;

export type PreparedLine = LineLook & {
  key: string;
  label: string;
  bandKey: string | null;
  last: { at: number; value: number } | null;
};

export type PreparedChart = {
  rows: ChartRow[];
  full: TimeGrid;
  lines: PreparedLine[];
  range: ChartRange;
  timeTicks: { at: number; text: string }[];
  valueTicks: { value: number; text: string }[];
  thresholds: (ChartThreshold & { isOffScale: boolean })[];
  marks: ChartMark[];
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
  const values = valueTicks(low, top);
  const stepSize = (values[1] ?? 1) - (values[0] ?? 0);
  const looks = lineLooks(series);
  return {
    rows: toRows(drawn),
    full,
    lines: series.map((each, index) => ({
      ...(looks[index] ?? looks[0] ?? { color: '', dash: undefined, marker: 'circle' }),
      key: each.key,
      label: each.label,
      bandKey: each.band ? bandKey(each.key) : null,
      last: lastOf(full, each.key),
    })),
    range,
    timeTicks: timeTicks(range, Math.max(2, Math.floor(widthPx / 90)), zone).map((at) => ({
      at,
      text: formatTimeTick(at, range, zone),
    })),
    valueTicks: values.map((value) => ({ value, text: formatTick(value, unit, stepSize) })),
    thresholds,
    marks: (input.marks ?? [])
      .filter(({ at }) => at >= range.from && at <= range.to)
      .toSorted((a, b) => a.at - b.at),
    isEmpty: full.columns.every((column) => column.values.every((value) => value === null)),
  };
}

const bandKey = (key: string) => `${key} band`;

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

function toRows(grid: TimeGrid): ChartRow[] {
  return grid.at.map((at, index) => {
    const row: ChartRow = { at };
    for (const column of grid.columns) {
      row[column.key] = column.values[index] ?? null;
      if (column.bands) row[bandKey(column.key)] = column.bands[index] ?? null;
    }
    return row;
  });
}

function lastOf(grid: TimeGrid, key: string): PreparedLine['last'] {
  const values = grid.columns.find((column) => column.key === key)?.values ?? [];
  const index = values.findLastIndex((value) => value !== null);
  const value = values[index];
  const at = grid.at[index];
  return value === null || value === undefined || at === undefined ? null : { at, value };
}
