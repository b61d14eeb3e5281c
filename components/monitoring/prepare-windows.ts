import type { ChartMark, ChartRange, ChartSeries } from '../../domain/chart/chart-series.ts';

type Window = {
  readonly start: Date;
  readonly end: Date;
  readonly rows: number;
  readonly usualRows: number | null;
  readonly whyNone: string | null;
  readonly drifted: number;
};
type Alert = { readonly id: string; readonly openedAt: Date };

type Steps = { readonly range: ChartRange; readonly stepMs: number };

/** Marks of alerts, each leading to its page; one that the last window opened stands at its end. */
export const alertMarks = (alerts: readonly Alert[], { range, stepMs }: Steps): ChartMark[] =>
  alerts.map(({ id, openedAt }) => ({
    at: openedAt.getTime() <= range.to + stepMs ? Math.min(openedAt.getTime(), range.to) : openedAt.getTime(),
    label: 'Alert',
    href: `/monitoring/alerts/${id}`,
    tone: 'bad',
  }));

/** From the first window to the last, a step a window; null without any. */
export function windowSteps(windows: readonly Pick<Window, 'start' | 'end'>[]): Steps | null {
  const [first, last] = [windows[0], windows.at(-1)];
  if (first === undefined || last === undefined) return null;
  const stepMs = last.end.getTime() - last.start.getTime();
  return { range: { from: first.start.getTime(), to: last.end.getTime() }, stepMs };
}

/** Rows of each window beside the usual ones, and how many features drifted; windows without a verdict are a gap. */
export function prepareWindows(windows: readonly Window[], alerts: readonly Alert[]) {
  const steps = windowSteps(windows);
  if (steps === null) return null;
  const at = ({ start }: Window) => start.getTime();
  const rows: ChartSeries[] = [
    { key: 'rows', label: 'Rows', role: 'stable', points: windows.map((one) => [at(one), one.rows]) },
    { key: 'usual', label: 'Usual', role: 'other', points: windows.map((one) => [at(one), one.usualRows]) },
  ];
  const drifted: ChartSeries[] = [
    {
      key: 'drifted',
      label: 'Drifted features',
      role: 'stable',
      points: windows.map((one) => [at(one), one.whyNone === null ? one.drifted : null]),
    },
  ];
  return { ...steps, rows, drifted, marks: alertMarks(alerts, steps) };
}
