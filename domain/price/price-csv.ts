import { CsvError, csvLine, csvRows, unguarded } from '../csv.ts';
import { decimalOf } from './money.ts';
import { type NewPrice, priceDraftSchema, priceOf } from './price-draft.ts';

/** Columns of the price book as CSV; what is written is read back as it was. */
export const priceColumns = [
  'instanceType',
  'region',
  'gpuProduct',
  'capacityType',
  'unit',
  'amount',
  'currency',
  'source',
  'sourceNote',
  'sourceDate',
  'validFrom',
  'validTo',
] as const;
type PriceColumn = (typeof priceColumns)[number];

const needed: readonly PriceColumn[] = ['capacityType', 'unit', 'amount', 'validFrom'];

/** The most rows that one file may hold. */
const maxPriceRows = 5_000;

export type PriceProblem = {
  /** Of the row in the file, the head being row 1; null for the file as a whole. */
  readonly row: number | null;
  readonly message: string;
};
export type ReadPrices = {
  readonly rows: readonly { readonly row: number; readonly price: NewPrice }[];
  readonly problems: readonly PriceProblem[];
};

/** Rows of a price book as CSV, times in ISO 8601 UTC. */
export function priceCsv(prices: readonly NewPrice[], currency: string): string {
  const at = (date: Date | null) => date?.toISOString() ?? '';
  const lines = prices.map((price) =>
    csvLine([
      price.instanceType,
      price.region,
      price.gpuProduct,
      price.capacityType,
      price.unit,
      decimalOf(price.amountNano),
      currency,
      price.source,
      price.sourceNote,
      at(price.sourceDate),
      at(price.validFrom),
      at(price.validTo),
    ]),
  );
  return [csvLine(priceColumns), ...lines].join('');
}

/**
 * Reads a CSV of prices in the instance's currency: a sentence for every row that cannot be taken. Columns are found by
 * name, in any order; region, product and instance type default to "*", the source to import.
 */
export function readPriceCsv(text: string, currency: string): ReadPrices {
  const whole = (message: string): ReadPrices => ({ rows: [], problems: [{ row: null, message }] });
  const found = rowsOf(text);
  if (typeof found === 'string') return whole(found);
  const [head = [], ...body] = found;
  const unknown = head.map((name) => name.trim()).filter((name) => !isColumn(name));
  if (unknown.length > 0)
    return whole(`There is no column "${unknown[0]}". The columns are ${priceColumns.join(', ')}.`);
  const missing = needed.filter((name) => !head.some((column) => column.trim() === name));
  if (missing.length > 0) return whole(`The column ${missing[0]} is missing.`);
  if (body.length > maxPriceRows)
    return whole(`The file has ${body.length} rows; take at most ${maxPriceRows} at a time.`);
  const rows: { row: number; price: NewPrice }[] = [];
  const problems: PriceProblem[] = [];
  for (const [index, cells] of body.entries()) {
    const read = readRow(head, cells, currency);
    if (typeof read === 'string') problems.push({ row: index + 2, message: read });
    else rows.push({ row: index + 2, price: read });
  }
  return { rows, problems };
}

function rowsOf(text: string): string[][] | string {
  try {
    const rows = csvRows(text);
    return rows.length < 2 ? 'The file has no rows below its head.' : rows;
  } catch (error) {
    if (error instanceof CsvError) return error.message;
    throw error;
  }
}

const isColumn = (name: string): boolean => priceColumns.some((column) => column === name);

function readRow(head: readonly string[], cells: readonly string[], currency: string): NewPrice | string {
  if (cells.length > head.length) return `It has ${cells.length} cells, the head has ${head.length}.`;
  const values: Partial<Record<PriceColumn, string>> = {};
  for (const [index, name] of head.entries()) {
    const value = unguarded(cells[index] ?? '').trim();
    if (value !== '') values[name.trim() as PriceColumn] = value;
  }
  if (values.currency !== undefined && values.currency !== currency)
    return `It is in ${values.currency}; this instance counts in ${currency}. Convert it first.`;
  const validFrom = instantOf(values.validFrom);
  const validTo = instantOf(values.validTo);
  const sourceDate = instantOf(values.sourceDate);
  const badTime = Object.entries({ validFrom, validTo, sourceDate }).find(([, at]) => at === 'bad');
  if (badTime !== undefined)
    return `${badTime[0]}: Write a date as 2026-07-20 or 2026-07-20T12:00:00Z, in UTC.`;
  const parsed = priceDraftSchema.safeParse({
    ...values,
    source: values.source ?? 'import',
    validFrom,
    validTo,
    sourceDate,
  });
  if (parsed.success) return priceOf(parsed.data);
  const issue = parsed.error.issues[0];
  return `${issue?.path.map(String).join('.') ?? 'row'}: ${issue?.message ?? 'It cannot be read.'}`;
}

const dateOnly = /^\d{4}-\d{2}-\d{2}$/;
const instantText = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

/** Null without a text; a time without a zone is refused, because it would mean another moment elsewhere. */
function instantOf(text: string | undefined): Date | null | 'bad' {
  if (text === undefined) return null;
  if (!dateOnly.test(text) && !instantText.test(text)) return 'bad';
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? 'bad' : at;
}
