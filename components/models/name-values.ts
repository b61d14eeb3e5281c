/** One row of a form: a name and its value as they were typed. */
export type NameValue = { readonly name: string; readonly value: string };

function filled(rows: readonly NameValue[]): NameValue[] {
  return rows
    .map((row) => ({ name: row.name.trim(), value: row.value.trim() }))
    .filter((row) => row.name !== '');
}

/** A later row with the same name wins, as in the map that is stored. */
export function pairsOf(rows: readonly NameValue[]): Record<string, string> {
  return Object.fromEntries(filled(rows).map((row) => [row.name, row.value]));
}

/** An empty or unreadable value becomes NaN, which no schema takes, so it is never read as zero. */
export function numbersOf(rows: readonly NameValue[]): Record<string, number> {
  return Object.fromEntries(
    filled(rows).map((row) => [row.name, row.value === '' ? Number.NaN : Number(row.value)]),
  );
}
