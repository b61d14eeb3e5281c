import { binLabels } from '../../domain/drift/bin-labels.ts';
import type { Binning } from '../../domain/drift/binning.ts';

export type HistogramSide = {
  readonly key: string;
  readonly label: string;
  readonly counts: readonly number[];
};

type Bar = { readonly key: string; readonly share: number | null; readonly rows: number };
export type Histogram = {
  readonly sides: readonly { readonly key: string; readonly label: string; readonly rows: number }[];
  readonly bins: readonly { readonly label: string; readonly bars: readonly Bar[] }[];
  /** The largest share of all: the height of the chart. */
  readonly most: number;
};

const sumOf = (counts: readonly number[]) => counts.reduce((sum, rows) => sum + rows, 0);

/** Shares of every side bin by bin, so that sides of any size can be compared; a side without rows has none. */
export function prepareHistogram(binning: Binning, sides: readonly HistogramSide[]): Histogram {
  const totals = sides.map(({ counts }) => sumOf(counts));
  const bins = binLabels(binning).map((label, bin) => ({
    label,
    bars: sides.map(({ key, counts }, side): Bar => {
      const [rows, total] = [counts[bin] ?? 0, totals[side] ?? 0];
      return { key, rows, share: total === 0 ? null : rows / total };
    }),
  }));
  const shares = bins.flatMap(({ bars }) => bars.map(({ share }) => share ?? 0));
  return {
    sides: sides.map(({ key, label }, side) => ({ key, label, rows: totals[side] ?? 0 })),
    bins,
    most: Math.max(0, ...shares),
  };
}

/** What a reader sees at a glance: where the sides differ most. */
export function histogramSentence(title: string, { sides, bins }: Histogram): string {
  const [first, second] = sides;
  if (first === undefined || second === undefined || first.rows === 0 || second.rows === 0)
    return `${title}: there are no rows on both sides to compare.`;
  const changes = bins.map(({ label, bars }) => ({
    label,
    before: bars[0]?.share ?? 0,
    after: bars[1]?.share ?? 0,
  }));
  const far = changes.toSorted(
    (left, right) => Math.abs(right.after - right.before) - Math.abs(left.after - left.before),
  );
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const parts = far
    .slice(0, 3)
    .map(({ label, before, after }) => `${label} from ${percent(before)} to ${percent(after)}`);
  return `${title}, ${first.label} to ${second.label}: ${parts.join('; ')}.`;
}

/** Rows of every bin and side as CSV. */
export function histogramCsv({ sides, bins }: Histogram): string {
  const cell = (text: string) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  const head = ['bin', ...sides.map(({ label }) => label)].map(cell).join(',');
  const rows = bins.map(({ label, bars }) =>
    [cell(label), ...bars.map(({ rows: count }) => count)].join(','),
  );
  return `${[head, ...rows].join('\r\n')}\r\n`;
}
