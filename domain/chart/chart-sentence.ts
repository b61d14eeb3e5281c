import { formatExact, type Zone } from '../time-format.ts';
import { type ChartUnit, formatUnit } from './chart-unit.ts';
import type { PreparedChart } from './prepare-chart.ts';

type Reading = { unit: ChartUnit; zone: Zone };

/** What a reader would see at a glance, for one who cannot: last, lowest, highest, gaps, and limits crossed. */
export function chartSentence(title: string, chart: PreparedChart, { unit, zone }: Reading): string {
  const span = `from ${formatExact(chart.range.from, zone)} to ${formatExact(chart.range.to, zone)}`;
  if (chart.isEmpty) return `${title} ${span}: no data.`;
  const parts = chart.lines.map((line) => {
    const values = chart.full.columns.find((column) => column.key === line.key)?.values ?? [];
    const { count, low, high } = spreadOf(values);
    if (count === 0 || line.last === null) return `${line.label} has no data`;
    const crossed = chart.thresholds
      .filter(({ value }) => high > value)
      .map(({ value, label }) => `, above ${label} in ${countAbove(values, value)} of ${count} intervals`);
    return `${line.label} last ${formatUnit(line.last.value, unit)}${line.last.isOpen ? ' so far' : ''}, between ${formatUnit(low, unit)} and ${formatUnit(high, unit)}${crossed.join('')}`;
  });
  return `${title} ${span}: ${parts.join('; ')}.`;
}

type Values = readonly (number | null)[];

/** One pass without a copy: it runs for every chart of a board and every picture. */
function spreadOf(values: Values): { count: number; low: number; high: number } {
  let count = 0;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value === null) continue;
    count += 1;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { count, low, high };
}

const countAbove = (values: Values, limit: number) =>
  values.reduce<number>((count, value) => (value !== null && value > limit ? count + 1 : count), 0);
