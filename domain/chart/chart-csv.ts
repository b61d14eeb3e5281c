import type { PreparedChart } from './prepare-chart.ts';

/** Every measured step, times in ISO 8601 UTC, a gap as an empty cell. */
export function chartCsv(chart: PreparedChart): string {
  const head = ['time', ...chart.lines.map((line) => line.label)].map(cell).join(',');
  const columns = chart.lines.map(
    (line) => chart.full.columns.find((column) => column.key === line.key)?.values ?? [],
  );
  const rows = chart.full.at.map((at, index) =>
    [new Date(at).toISOString(), ...columns.map((values) => values[index] ?? '')].join(','),
  );
  return `${[head, ...rows].join('\r\n')}\r\n`;
}

/** A spreadsheet runs a cell that starts like a formula, so such a label gets a quote in front. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
