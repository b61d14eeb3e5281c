import { createHash } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import { CsvError, CsvReader } from '../../domain/csv.ts';
import { countRows } from '../../domain/drift/count-rows.ts';
import { type HistoryReader, historyReader } from '../../domain/drift/history-row.ts';
import { appendHistory } from './append-batch.ts';
import { type HistoryAnswer, HistoryDays, type HistoryPlace, refusedFile } from './history-days.ts';
import type { IngestParts } from './ingest-parts.ts';

/**
 * Fills days of a service with the rows of a CSV file, all or none: into hours and days only, and each day once from one
 * source. Rows are counted as the file comes and not kept.
 */
export async function takeHistory(
  parts: IngestParts,
  place: HistoryPlace,
  body: AsyncIterable<Buffer>,
): Promise<HistoryAnswer> {
  const file = new HistoryFile(place);
  const csv = new CsvReader();
  const decoder = new StringDecoder('utf8');
  const hash = createHash('sha256');
  try {
    for await (const piece of body) {
      hash.update(piece);
      file.take(csv.push(decoder.write(piece)));
    }
    file.take(csv.push(decoder.end()));
    file.take(csv.end());
  } catch (error) {
    if (error instanceof CsvError) throw refusedFile(error.message);
    throw error;
  }
  const batches = file.days.batches(place, `sha256:${hash.digest('hex')}`);
  if (batches.length === 0) throw refusedFile('No row of the file could be counted.');
  const appended = await appendHistory(parts.db, batches);
  const { rejected, unknown } = file;
  const accepted = batches.reduce((sum, { rows }) => sum + rows, 0);
  return { duplicate: appended === 'duplicate', accepted, rejected, days: batches.length, unknown };
}

/** A file as it is read. */
class HistoryFile {
  rejected = 0;
  readonly days = new HistoryDays();
  readonly #place: HistoryPlace;
  #reader: HistoryReader | null = null;

  constructor(place: HistoryPlace) {
    this.#place = place;
  }

  get unknown(): readonly string[] {
    return this.#reader?.unknown ?? [];
  }

  take(lines: readonly (readonly string[])[]): void {
    const [header, ...rest] = lines;
    if (header === undefined) return;
    const rows = this.#reader === null ? rest : lines;
    this.#reader ??= this.#readerOf(header);
    this.#count(rows.map((cells) => this.#reader?.row(cells)));
  }

  #readerOf(header: readonly string[]): HistoryReader {
    // A byte order mark is no part of the first name.
    const names = header.map((name, index) => (index === 0 ? name.replace(/^\uFEFF/, '') : name));
    const features = this.#place.counting.catalogue.binnings.flatMap((binning) => binning.features);
    const unique = [...new Map(features.map((feature) => [feature.featureId, feature])).values()];
    const reader = historyReader(names, unique);
    if (typeof reader === 'string') throw refusedFile(reader);
    return reader;
  }

  #count(rows: readonly unknown[]): void {
    const { counting, revisionId } = this.#place;
    const { plan } = counting.catalogue;
    const counted = countRows(plan, rows, { revisionId, nowMs: counting.nowMs, history: true });
    this.rejected += counted.rejected.length;
    for (const { atMs } of counted.accepted) this.days.addRows(atMs, 1);
    this.days.add(counted.parts);
  }
}
