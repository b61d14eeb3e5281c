import { formatExact, type Zone } from '../time-format.ts';
import { type ChartUnit, formatUnit } from './chart-unit.ts';
import type { PreparedChart } from './prepare-chart.ts';

type Reading = { unit: ChartUnit; zone: Zone };

/** What a reader would see at a glance, for one who cannot: last, lowest, highest, gaps, and limits crossed. */
export function chartSentence(title: string, chart: PreparedChart, { unit, zone }: Reading): string {
  const span = `from ${formatExact(chart.range.from, zone)} to ${formatExact(chart.range.to, zone)}`;
  if (chart.isEmpty) return `${title} ${span}: no data.`;
  const parts = chart.lines.map((line) => {
    const values = (chart.full.columns.find((column) => column.key === line.key)?.values ?? []).filter(
      (value) => value !== null,
    );
    if (values.length === 0 || line.last === null) return `${line.label} has no data`;
    const low = values.reduce((a, b) => Math.min(a, b));
    const high = values.reduce((a, b) => Math.max(a, b));
    const crossed = chart.thresholds
      .map((threshold) => ({ threshold, count: values.filter((value) => value > threshold.value).length }))
      .filter(({ count }) => count > 0)
      .map(({ threshold, count }) => `, above ${threshold.label} in ${count} of ${values.length} intervals`);
    return `${line.label} last ${formatUnit(line.last.value, unit)}${line.last.isOpen ? ' so far' : ''}, between ${formatUnit(low, unit)} and ${formatUnit(high, unit)}${crossed.join('')}`;
  });
  return `${title} ${span}: ${parts.join('; ')}.`;
}
