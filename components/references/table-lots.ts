import { CsvReader, withoutMark } from '../../domain/csv.ts';

/** Some rows of a table by column. */
type TableLot = { readonly columns: ReadonlyMap<string, readonly unknown[]>; readonly rows: number };
/** Reads a table from its beginning in lots; `onShare` hears which share of it was read, 0 to 1. */
export type TableReader = (onShare: (share: number) => void) => AsyncIterable<TableLot>;

const lotRows = 5_000;
const longestLine = 1_048_576;

/** What is wrong with a file, as a sentence. */
export class TableError extends Error {
  override readonly name = 'TableError';
}

/** A reader by the file's name; throws TableError for another kind. */
export function tableReader(file: File): TableReader {
  const name = file.name.toLowerCase();
  if (name.endsWith('.csv')) return (onShare) => csvLots(file, onShare);
  if (/\.(jsonl|ndjson|jsonlines)$/.test(name)) return (onShare) => jsonLots(file, onShare);
  if (name.endsWith('.parquet')) return (onShare) => parquetLots(file, onShare);
  throw new TableError('Choose a file that ends in .parquet, .csv or .jsonl.');
}

async function* textOf(file: Blob, onShare: (share: number) => void): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const reader = file.stream().getReader();
  let read = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      read += value.byteLength;
      onShare(read / file.size);
      yield decoder.decode(value, { stream: true });
    }
    yield decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw new TableError('The file is not UTF-8 text.');
    throw error;
  } finally {
    reader.releaseLock();
  }
}

/** Columns of rows; a row without one has no value there. */
function lotOf(rows: readonly Readonly<Record<string, unknown>>[]): TableLot {
  const columns = new Map<string, unknown[]>();
  for (const row of rows) for (const name of Object.keys(row)) if (!columns.has(name)) columns.set(name, []);
  for (const [name, values] of columns)
    for (const row of rows) values.push(Object.hasOwn(row, name) ? plain(row[name]) : null);
  return { columns, rows: rows.length };
}

const plain = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);

const number = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** A cell is a number if it looks like one; with a leading zero it is a text, since codes have them. */
function cellValue(cell: string): unknown {
  if (cell === '') return null;
  if (number.test(cell)) return Number(cell);
  return cell === 'NaN' ? Number.NaN : cell;
}

async function* csvLots(file: Blob, onShare: (share: number) => void): AsyncGenerator<TableLot> {
  const reader = new CsvReader();
  let names: readonly string[] | null = null;
  let waiting: string[][] = [];
  let isFirst = true;
  let line = 1;
  const take = function* (rows: string[][], isLast: boolean): Generator<TableLot> {
    waiting.push(...rows);
    names ??= waiting.shift() ?? null;
    if (names === null || (waiting.length < lotRows && !isLast) || waiting.length === 0) return;
    yield cellsLot(names, waiting, line);
    line += waiting.length;
    waiting = [];
  };
  for await (const text of textOf(file, onShare)) {
    yield* take(reader.push(isFirst ? withoutMark(text) : text), false);
    isFirst = false;
  }
  yield* take(reader.end(), true);
}

function cellsLot(names: readonly string[], rows: readonly string[][], from: number): TableLot {
  const wrong = rows.findIndex((row) => row.length !== names.length);
  if (wrong >= 0)
    throw new TableError(
      `Row ${from + wrong} has ${rows[wrong]?.length ?? 0} cells, the head has ${names.length}.`,
    );
  const columns = names.map((name, place) => [name, rows.map((row) => cellValue(row[place] ?? ''))] as const);
  return { columns: new Map(columns), rows: rows.length };
}

async function* jsonLots(file: Blob, onShare: (share: number) => void): AsyncGenerator<TableLot> {
  let rest = '';
  let line = 0;
  let rows: Record<string, unknown>[] = [];
  const take = (text: string) => {
    line += 1;
    if (text.trim() !== '') rows.push(jsonRow(text, line));
  };
  for await (const text of textOf(file, onShare)) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestLine) throw new TableError(`Line ${line + 1} is longer than a mebibyte.`);
    for (const one of lines) take(one);
    if (rows.length >= lotRows) {
      yield lotOf(rows);
      rows = [];
    }
  }
  take(rest);
  if (rows.length > 0) yield lotOf(rows);
}

function jsonRow(text: string, line: number): Record<string, unknown> {
  try {
    const row: unknown = JSON.parse(text);
    if (typeof row === 'object' && row !== null && !Array.isArray(row)) return { ...row };
  } catch {
    // Told below.
  }
  throw new TableError(`Line ${line} is not a JSON object.`);
}

async function* parquetLots(file: Blob, onShare: (share: number) => void): AsyncGenerator<TableLot> {
  // Its script comes with the first Parquet file.
  const { parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
  const buffer = {
    byteLength: file.size,
    slice: async (start: number, end?: number) => await file.slice(start, end).arrayBuffer(),
  };
  try {
    const metadata = await parquetMetadataAsync(buffer);
    const total = Number(metadata.num_rows);
    for (let from = 0; from < total; from += lotRows) {
      const rowEnd = Math.min(total, from + lotRows);
      yield lotOf(await parquetReadObjects({ file: buffer, metadata, rowStart: from, rowEnd }));
      onShare(rowEnd / total);
    }
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const codec = /unsupported compression codec: (\w+)/.exec(said)?.[1];
    throw new TableError(
      codec === undefined
        ? `The Parquet file cannot be read: ${said}.`
        : `The Parquet file is compressed with ${codec}; save it with snappy, or count it with the Python client.`,
    );
  }
}
