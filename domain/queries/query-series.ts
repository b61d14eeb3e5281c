import type { ChartRange, ChartSeries } from '../chart/chart-series.ts';

type Hour = {
  readonly startMs: number;
  readonly busiestRows: number;
  readonly compared: number;
  readonly repeated: number;
};

export const queryHourMs = 3_600_000;

/** Rows of the busiest client by hour, and how many rows of all clients repeated an input; hours without clients are a gap. */
export function querySeries(hours: readonly Hour[]): { range: ChartRange; series: ChartSeries[] } | null {
  const [first, last] = [hours[0], hours.at(-1)];
  if (first === undefined || last === undefined) return null;
  const byStart = new Map(hours.map((hour) => [hour.startMs, hour]));
  const starts: number[] = [];
  for (let at = first.startMs; at <= last.startMs; at += queryHourMs) starts.push(at);
  const points = (of: (hour: Hour) => number): [number, number | null][] =>
    starts.map((at) => {
      const hour = byStart.get(at);
      return [at, hour === undefined ? null : of(hour)];
    });
  return {
    range: { from: first.startMs, to: last.startMs + queryHourMs },
    series: [
      { key: 'busiest', label: 'Busiest client', role: 'stable', points: points((hour) => hour.busiestRows) },
      { key: 'repeated', label: 'Repeated inputs', role: 'other', points: points((hour) => hour.repeated) },
    ],
  };
}
