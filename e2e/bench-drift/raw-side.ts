import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { countValues } from '../../domain/drift/counters.ts';
import type { EvidentlyColumn, Side } from './evidently.ts';
import { drawer } from './monitor-run.ts';
import { type Column, rawRows, type Shift, type Traffic } from './traffic.ts';

export const asEvidently = (columns: readonly Column[]): EvidentlyColumn[] =>
  columns.map(({ index, ends }) => ({ name: `f${index}`, kind: ends === null ? 'numeric' : 'category' }));

export type Hours = {
  readonly traffic: Traffic;
  readonly hours: readonly number[];
  readonly shiftOf: (column: Column) => Shift;
};

/** Rows of some hours in a file, a column after the other; throws where what the monitor saw is not what was counted of them. */
export async function writeRows(
  file: string,
  columns: readonly Column[],
  { traffic, hours, shiftOf }: Hours,
): Promise<Side> {
  const draw = drawer(traffic);
  const parts = columns.flatMap((column) =>
    hours.map((hour) => {
      const at = { column, hour, shift: shiftOf(column) };
      const rows = rawRows(traffic, at);
      assertCounted(column, rows, draw(at));
      return rows;
    }),
  );
  await writeFile(file, Buffer.concat(parts.map((rows) => Buffer.from(rows.buffer))));
  return { file, rows: hours.length * traffic.rows.count };
}

/** The values as they would be sent. */
function valuesOf({ ends }: Column, rows: Float64Array): unknown[] {
  return [...rows].map((value) => (Number.isNaN(value) ? null : ends === null ? value : `c${value}`));
}

function assertCounted(
  column: Column,
  rows: Float64Array,
  drawn: ReturnType<ReturnType<typeof drawer>>,
): void {
  const counted = countValues(column.binning, valuesOf(column, rows));
  const told = ({ counts, apart }: typeof counted) => JSON.stringify([counts, apart]);
  if (told(counted) !== told(drawn))
    throw new Error(`Column ${column.index}: ${told(drawn)} was judged where the rows are ${told(counted)}.`);
}

export const rowFile = (folder: string, name: string): string =>
  join(folder, `${name.replaceAll(/\W+/g, '-')}.f64`);
