import type { ChartRange, ChartSeries } from './chart-series.ts';

export type Band = readonly [low: number, high: number];
type GridColumn = { key: string; values: (number | null)[]; bands: (Band | null)[] | null };
export type TimeGrid = { at: number[]; stepMs: number; columns: GridColumn[] };

const maxSteps = 50_000;

/** The median distance between neighbouring points, or the whole range when there are fewer than two. */
export function inferStepMs(series: readonly ChartSeries[], range: ChartRange): number {
  const distances: number[] = [];
  for (const { points } of series) {
    for (let index = 1; index < points.length; index += 1) {
      const distance = (points[index]?.[0] ?? 0) - (points[index - 1]?.[0] ?? 0);
      if (distance > 0) distances.push(distance);
    }
  }
  distances.sort((a, b) => a - b);
  return distances[Math.floor(distances.length / 2)] ?? Math.max(1, range.to - range.from);
}

/**
 * Puts all series on one axis of equal steps. A step without a point stays null, so that a missing stretch
 * is drawn as a gap; of two points in one step the later wins.
 */
export function toTimeGrid(series: readonly ChartSeries[], range: ChartRange, stepMs?: number): TimeGrid {
  const span = Math.max(0, range.to - range.from);
  const wanted = stepMs !== undefined && stepMs > 0 ? stepMs : inferStepMs(series, range);
  const step = Math.max(wanted, span / maxSteps, 1);
  const count = Math.floor(span / step + 0.5) + 1;
  const at: number[] = [];
  for (let index = 0; index < count; index += 1) at.push(range.from + index * step);
  const indexOf = (atMs: number) => {
    const index = Math.round((atMs - range.from) / step);
    return index >= 0 && index < count && atMs <= range.to ? index : null;
  };
  const columns = series.map((each): GridColumn => {
    const values: (number | null)[] = at.map(() => null);
    for (const [atMs, value] of each.points) {
      const index = indexOf(atMs);
      if (index !== null && value !== null && Number.isFinite(value)) values[index] = value;
    }
    return { key: each.key, values, bands: each.band ? gridBands(each.band, count, indexOf) : null };
  });
  return { at, stepMs: step, columns };
}

function gridBands(
  band: NonNullable<ChartSeries['band']>,
  count: number,
  indexOf: (atMs: number) => number | null,
): (Band | null)[] {
  const bands: (Band | null)[] = Array.from({ length: count }, () => null);
  for (const [atMs, low, high] of band) {
    const index = indexOf(atMs);
    if (index !== null) bands[index] = [low, high];
  }
  return bands;
}

/**
 * At most `maxRows` rows (two per bucket): each bucket keeps the lowest and the highest value of every series in
 * the order in which they came, so no spike is lost; a bucket without any value stays a gap.
 */
export function capTimeGrid(grid: TimeGrid, maxRows: number): TimeGrid {
  if (grid.at.length <= maxRows) return grid;
  const buckets = Math.max(1, Math.floor(maxRows / 2));
  const size = grid.at.length / buckets;
  const edges = Array.from({ length: buckets }, (_, index) => Math.floor(index * size));
  const ends = edges.map((_, index) => edges[index + 1] ?? grid.at.length);
  const at = edges.flatMap((start, index) => {
    const first = grid.at[start] ?? 0;
    const last = grid.at[(ends[index] ?? 1) - 1] ?? first;
    return [first, last > first ? last : first + grid.stepMs / 2];
  });
  const columns = grid.columns.map((column) => ({
    key: column.key,
    values: edges.flatMap((start, index) => extremes(column.values.slice(start, ends[index]))),
    bands:
      column.bands && edges.flatMap((start, index) => widest(column.bands?.slice(start, ends[index]) ?? [])),
  }));
  return { at, stepMs: grid.stepMs, columns };
}

function extremes(values: readonly (number | null)[]): [number | null, number | null] {
  let low = -1;
  let high = -1;
  values.forEach((value, index) => {
    if (value === null) return;
    if (low < 0 || value < (values[low] ?? 0)) low = index;
    if (high < 0 || value > (values[high] ?? 0)) high = index;
  });
  const first = Math.min(low, high);
  const second = Math.max(low, high);
  return [values[first] ?? null, values[second] ?? null];
}

function widest(bands: readonly (Band | null)[]): [Band | null, Band | null] {
  const known = bands.filter((band) => band !== null);
  if (known.length === 0) return [null, null];
  const band: Band = [Math.min(...known.map(([low]) => low)), Math.max(...known.map(([, high]) => high))];
  return [band, band];
}
