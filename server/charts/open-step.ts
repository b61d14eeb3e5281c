import type { ChartRange } from '../../domain/chart/chart-series.ts';

type Steps = { readonly range: ChartRange; readonly stepMs: number };
type Open = { readonly openFromMs?: number };

/** The step that holds `now` and so is not over; nothing where all of the range is. */
export function openStep({ range, stepMs }: Steps, now: Date): Open {
  const openFromMs = range.from + Math.floor((now.getTime() - range.from) / stepMs) * stepMs;
  return openFromMs < range.to ? { openFromMs } : {};
}

/** What is said of it, so that nobody takes it for a fall. */
export function openWords({ openFromMs }: Open, step: 'day' | 'week'): string[] {
  return openFromMs === undefined
    ? []
    : [` The last ${step} is not over: dotted, with what has come so far.`];
}
