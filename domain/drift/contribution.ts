import { apartKinds, apartList, type Counters, storedCounters } from './counters.ts';
import { PackedReader, PackedWriter } from './packed-integers.ts';
import { fiveMinutesMs } from './window.ts';

/** The finest rows that a part is counted into: back-filled history has no 5-minute rows. */
const finestWindows = ['fiveMinutes', 'hour'] as const;

/** What a batch adds to the counters of one feature in one window. */
export type ContributionPart = {
  readonly binningId: string;
  readonly revisionId: string;
  readonly featureId: string;
  readonly segment: string;
  readonly finest: (typeof finestWindows)[number];
  /** Start of 5 minutes or of an hour, in ms since 1970 UTC. */
  readonly windowMs: number;
  readonly counters: Counters;
};

const format = 1;

/** Gives each different key a number, in order of first sight. */
class Dictionary {
  readonly keys: string[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(key: string): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.keys.length);
    this.keys.push(key);
    return this.keys.length - 1;
  }
}

const idBytes = (id: string): Uint8Array =>
  Uint8Array.from(id.replaceAll('-', '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

function idText(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A contribution as bytes; ids stand in it once, and an empty bin takes one byte. */
export function packContribution(parts: readonly ContributionPart[]): Uint8Array {
  const ids = new Dictionary();
  const segments = new Dictionary();
  const body = new PackedWriter();
  for (const part of parts) {
    for (const id of [part.binningId, part.revisionId, part.featureId]) body.count(ids.numberOf(id));
    body.count(segments.numberOf(part.segment));
    body.count(finestWindows.indexOf(part.finest));
    body.count(part.windowMs / fiveMinutesMs);
    const { counts, sums } = part.counters;
    body.count(counts.length);
    for (const rows of counts) body.count(rows);
    body.count(sums.length);
    for (const sum of sums) body.sum(sum);
    for (const rows of apartList(part.counters)) body.count(rows);
  }
  const packed = new PackedWriter();
  packed.byte(format);
  packed.count(ids.keys.length);
  for (const id of ids.keys) packed.bytes(idBytes(id));
  packed.count(segments.keys.length);
  for (const segment of segments.keys) packed.text(segment);
  packed.count(parts.length);
  packed.bytes(body.done());
  return packed.done();
}

/** The parts of a packed contribution; throws RangeError for bytes that are none. */
export function unpackContribution(bytes: Uint8Array): ContributionPart[] {
  const packed = new PackedReader(bytes);
  if (packed.byte() !== format) throw new RangeError('This contribution has an unknown format.');
  const ids = listOf(packed, () => idText(packed.bytes(16)));
  const segments = listOf(packed, () => packed.text());
  const oneOf = <Entry>(list: readonly Entry[]): Entry => {
    const found = list[packed.count()];
    if (found === undefined) throw new RangeError('This contribution names what is not in it.');
    return found;
  };
  return listOf(packed, () => ({
    binningId: oneOf(ids),
    revisionId: oneOf(ids),
    featureId: oneOf(ids),
    segment: oneOf(segments),
    finest: oneOf(finestWindows),
    windowMs: packed.count() * fiveMinutesMs,
    counters: countersOf(packed),
  }));
}

function countersOf(packed: PackedReader): Counters {
  const counts = listOf(packed, () => packed.count());
  const sums = listOf(packed, () => packed.sum());
  return storedCounters(
    counts,
    sums,
    apartKinds.map(() => packed.count()),
  );
}

function listOf<Entry>(packed: PackedReader, next: () => Entry): Entry[] {
  const entries: Entry[] = [];
  for (let rest = packed.count(); rest > 0; rest -= 1) entries.push(next());
  return entries;
}
