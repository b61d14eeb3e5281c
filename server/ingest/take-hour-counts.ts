import { createHash } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import { contributionOfCounts } from '../../domain/drift/sent-counts.ts';
import { hourMs } from '../../domain/drift/window.ts';
import { DomainError } from '../../domain/refusal.ts';
import { parseInput } from '../parse-input.ts';
import { appendHistory } from './append-batch.ts';
import { hourCountsSchema } from './batch-schema.ts';
import { type HistoryAnswer, HistoryDays, type HistoryPlace, refusedFile } from './history-days.ts';
import type { IngestParts } from './ingest-parts.ts';
import { jsonOf } from './json-of.ts';

const longestLine = 4 * 1024 * 1024;

/**
 * Fills days of a service with counts by hour that were made where the rows lie, a line of JSON per hour, all or none:
 * into hours and days only, and each day once from one source.
 */
export async function takeHourCounts(
  parts: IngestParts,
  place: HistoryPlace,
  body: AsyncIterable<Buffer>,
): Promise<HistoryAnswer> {
  const file = new CountsFile(place);
  const hash = createHash('sha256');
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const piece of body) {
    hash.update(piece);
    const lines = (rest + decoder.write(piece)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestLine) throw refusedFile('A line of the file is longer than 4 MiB.');
    for (const line of lines) file.take(line);
  }
  file.take(rest + decoder.end());
  const batches = file.days.batches(place, `sha256:${hash.digest('hex')}`);
  if (batches.length === 0) throw refusedFile('The file has no line of counts.');
  const appended = await appendHistory(parts.db, batches);
  const accepted = batches.reduce((sum, { rows }) => sum + rows, 0);
  const unknown = [...file.unknown];
  return { duplicate: appended === 'duplicate', accepted, rejected: 0, days: batches.length, unknown };
}

/** Lines of counts as they come. */
class CountsFile {
  readonly days = new HistoryDays();
  readonly unknown = new Set<string>();
  readonly #place: HistoryPlace;
  #line = 0;

  constructor(place: HistoryPlace) {
    this.#place = place;
  }

  take(line: string): void {
    this.#line += 1;
    if (line.trim() !== '') this.#count(line);
  }

  #count(line: string): void {
    const { counting, revisionId } = this.#place;
    const sent = parseInput(hourCountsSchema, jsonOf(Buffer.from(line)));
    const windowMs = Date.parse(sent.hour);
    if (windowMs % hourMs !== 0) throw this.#refused('hour is not the start of an hour (UTC).');
    if (windowMs > counting.nowMs) throw this.#refused('hour has not begun yet.');
    const { binnings, digests, serviceName } = counting.catalogue;
    const binning = binnings.find(({ binningId }) => binningId === digests.get(sent.binning));
    if (binning === undefined)
      throw new DomainError({
        code: 'conflict',
        message: `${serviceName} does not count on the binning ${sent.binning} (any more).`,
        fix: 'Fetch the binning of the service again and count the rows on it.',
      });
    const at = { binningId: binning.binningId, revisionId, windowMs, finest: 'hour' } as const;
    const found = contributionOfCounts(sent.counts, binning.features, at);
    if (typeof found === 'string') throw this.#refused(found);
    for (const name of found.unknown) this.unknown.add(name);
    this.days.addRows(windowMs, found.rows);
    this.days.add(found.parts);
  }

  #refused(message: string): DomainError {
    return refusedFile(`Line ${this.#line}: ${message}`);
  }
}
