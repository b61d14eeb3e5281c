import type { BinnedFeature } from './feature.ts';

type Named = BinnedFeature & { readonly aliases: readonly string[] };
type Cell = (text: string) => unknown;

/** Reads the rows of a CSV file, whose cells are texts, as rows that would have been sent. */
export type HistoryReader = {
  /** A row; null when it has not as many cells as the header. */
  row(cells: readonly string[]): unknown;
  /** Columns that no feature has. */
  readonly unknown: readonly string[];
};

const asText: Cell = (text) => (text === '' ? null : text);

/** A cell that is no number stays a text, and so counts as of another type. */
const asNumber: Cell = (text) => {
  if (text === '') return null;
  const value = Number(text);
  return Number.isNaN(value) || text.trim() === '' ? text : value;
};

/** A reader of files with this header, or a sentence why there can be none. */
export function historyReader(header: readonly string[], features: readonly Named[]): HistoryReader | string {
  const names = header.map((name) => name.trim());
  const time = names.indexOf('ts');
  if (time < 0) return 'The file has no column "ts" with the time of each row.';
  if (new Set(names).size < names.length) return 'Two columns of the file have one name.';
  const byName = new Map(
    features.flatMap((feature) => [feature.name, ...feature.aliases].map((name) => [name, feature])),
  );
  const columns = names.flatMap((name, place) => {
    const feature = byName.get(name);
    if (feature === undefined) return [];
    const cell = feature.binning.kind === 'categorical' ? asText : asNumber;
    return [{ name, place, cell, isInput: feature.role === 'input' }];
  });
  if (columns.length === 0) return 'No column of the file is a feature that the service counts.';
  return {
    unknown: names.filter((name, place) => place !== time && !byName.has(name)),
    row(cells) {
      if (cells.length !== names.length) return null;
      const f: Record<string, unknown> = {};
      const p: Record<string, unknown> = {};
      for (const { name, place, cell, isInput } of columns) {
        const value = cell(cells[place] ?? '');
        if (isInput) f[name] = value;
        else if (value !== null) p[name] = value;
      }
      return { ts: cells[time], f, p };
    },
  };
}
