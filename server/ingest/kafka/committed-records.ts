import type { fetchV13 } from '@platformatic/kafka';
import type { LogRecord } from './kafka-log.ts';

const transactional = 1 << 4;
const control = 1 << 5;
const abortMark = 0;

type Batch = NonNullable<fetchV13.FetchResponsePartition['records']>[number];
type Read = Pick<fetchV13.FetchResponsePartition, 'records' | 'abortedTransactions'>;

/**
 * Records from an offset on that readers of committed data see, and the offset after all that was answered. A producer's
 * records are aborted from the first offset that the broker names for it until its next abort mark (KIP-98).
 */
export function committedRecords(
  { records, abortedTransactions }: Read,
  from: bigint,
): { readonly records: readonly LogRecord[]; readonly next: bigint } {
  const aborted = (abortedTransactions ?? []).toSorted((left, right) =>
    left.firstOffset < right.firstOffset ? -1 : 1,
  );
  const aborting = new Set<bigint>();
  const seen: LogRecord[] = [];
  let next = from;
  for (const batch of records ?? []) {
    const last = batch.firstOffset + BigInt(batch.lastOffsetDelta);
    while (aborted[0] !== undefined && aborted[0].firstOffset <= last)
      aborting.add(aborted.shift()?.producerId ?? -1n);
    if ((batch.attributes & control) !== 0) {
      if (isAbort(batch)) aborting.delete(batch.producerId);
    } else if ((batch.attributes & transactional) === 0 || !aborting.has(batch.producerId))
      seen.push(...recordsOf(batch, from));
    if (last + 1n > next) next = last + 1n;
  }
  return { records: seen, next };
}

/** The key of a mark is its version and its type, 16 bits each. */
function isAbort({ records: [mark] }: Batch): boolean {
  const key = mark?.key;
  return key !== undefined && key !== null && key.length >= 4 && key.readInt16BE(2) === abortMark;
}

/** A batch may begin before the offset that was asked for. */
function recordsOf({ firstOffset, firstTimestamp, records }: Batch, from: bigint): LogRecord[] {
  return records
    .map(({ offsetDelta, timestampDelta, value, headers }) => ({
      offset: firstOffset + BigInt(offsetDelta),
      writtenAtMs: Number(firstTimestamp + timestampDelta),
      value,
      headers: new Map(headers.map(([name, text]) => [String(name ?? ''), String(text ?? '')])),
    }))
    .filter(({ offset }) => offset >= from);
}
