import type { Binning } from '../../domain/drift/binning.ts';
import { TrainingCensus, type TrainingCounts } from '../../domain/drift/training-census.ts';
import { TableError, tableReader } from './table-lots.ts';

const mostBytes = 4 * 2 ** 30;
/** What the console takes in one request, with room for the rest of it. */
const mostSent = 1_900_000;

type Options = {
  readonly predictions: ReadonlySet<string>;
  /** Bins of the service, by column. */
  readonly known: ReadonlyMap<string, Binning>;
  /** 0 to 1 over both passes. */
  readonly onShare: (share: number) => void;
};

/**
 * Counts a file where it lies, in two passes: no row is kept or sent. Throws TableError or RangeError with a sentence when
 * it cannot.
 */
export async function countTable(
  file: File,
  { predictions, known, onShare }: Options,
): Promise<TrainingCounts> {
  if (file.size > mostBytes)
    throw new TableError(
      'The file is larger than 4 GiB; count it with the Python client, or a sample of it.',
    );
  const lots = tableReader(file);
  const census = new TrainingCensus({ predictions, known });
  let rows = 0;
  for await (const lot of lots((share) => onShare(share / 2))) {
    for (const [name, values] of lot.columns) census.look(name, values);
    rows += lot.rows;
  }
  if (rows === 0) throw new TableError('The file has no rows.');
  census.learn();
  for await (const lot of lots((share) => onShare(0.5 + share / 2)))
    for (const [name, values] of lot.columns) census.count(name, values);
  const counts = census.result(rows);
  if (JSON.stringify(counts).length > mostSent)
    throw new TableError(
      'Its columns hold so many distinct texts that their counts do not fit one request: leave some of them out.',
    );
  return counts;
}
