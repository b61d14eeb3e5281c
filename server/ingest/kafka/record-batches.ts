import { payloadRows } from '../../../domain/drift/inference-payload.ts';
import { type LostReason, mostBatchRows } from '../../../domain/drift/row-reject.ts';
import type { KafkaFields } from '../../../domain/kafka-source.ts';
import { DomainError } from '../../../domain/refusal.ts';
import { sha256 } from '../../digest.ts';
import { parseInput } from '../../parse-input.ts';
import type { NewBatch } from '../append-batch.ts';
import { countsRecordSchema, rowsRecordSchema } from '../batch-schema.ts';
import { inferenceEvent } from '../cloud-event.ts';
import type { IngestParts } from '../ingest-parts.ts';
import { jsonOf } from '../json-of.ts';
import { BodyRefused } from '../read-body.ts';
import { type NamedRevision, revisionIdOfPod, revisionOf } from '../revision-of.ts';
import type { Counting, Revision } from '../service-catalogue.ts';
import { fromCounts, fromRows } from '../take-batch.ts';
import { cloudEventHeader } from './cloud-event-header.ts';
import type { LogRecord } from './kafka-log.ts';

/** The worker sees a new pod within seconds; what it has not seen for so long is not of the service. */
const longestUnknownMs = 120_000;

/** What the records of a partition come to. */
type Prepared = {
  readonly batches: readonly NewBatch[];
  readonly lost: ReadonlyMap<LostReason, number>;
  /** The record that waits for its pod to be seen, and with it all after it; null when none does. */
  readonly waitsAt: bigint | null;
};

type Place = Pick<KafkaFields, 'topic' | 'format'> & {
  readonly counting: Counting;
  /** Where the records lie; unlike any other place in any log. */
  readonly partition: string;
};

type Rows = { readonly revision: Revision; readonly rows: readonly unknown[] };
type Taken =
  | { readonly kind: 'rows'; readonly rows: Rows }
  | { readonly kind: 'batch'; readonly batch: NewBatch }
  | { readonly kind: 'lost'; readonly reason: LostReason }
  | { readonly kind: 'waits' };

/**
 * Records as batches: those with a batch id one by one, so that one that a producer wrote twice counts once; the others
 * together by revision, told apart by their place in the log.
 */
export async function prepareRecords(
  parts: IngestParts,
  place: Place,
  records: readonly LogRecord[],
): Promise<Prepared> {
  const batches: NewBatch[] = [];
  const lost = new Map<LostReason, number>();
  const rows = new Map<Revision, unknown[]>();
  let waitsAt: bigint | null = null;
  for (const record of records) {
    const taken = await takeRecord(parts, place, record);
    if (taken.kind === 'waits') {
      waitsAt = record.offset;
      break;
    }
    if (taken.kind === 'lost') lost.set(taken.reason, (lost.get(taken.reason) ?? 0) + 1);
    else if (taken.kind === 'batch') batches.push(taken.batch);
    else {
      const known = rows.get(taken.rows.revision) ?? [];
      rows.set(taken.rows.revision, known);
      for (const row of taken.rows.rows) known.push(row);
    }
  }
  const from = records[0]?.offset ?? 0n;
  for (const [revision, list] of rows) batches.push(...placedBatches(place, from, { revision, rows: list }));
  return { batches, lost, waitsAt };
}

function placedBatches(
  { topic, partition, counting }: Place,
  from: bigint,
  { revision, rows }: Rows,
): NewBatch[] {
  const batches: NewBatch[] = [];
  for (let start = 0; start < rows.length; start += mostBatchRows) {
    const batchId = `${partition} ${from} r${revision.number} ${start}`;
    const where = { counting, revisionId: revision.id, sha256: batchId };
    const key = { source: `kafka ${topic}`, batchId };
    batches.push(fromRows(key, rows.slice(start, start + mostBatchRows), where).batch);
  }
  return batches;
}

async function takeRecord(parts: IngestParts, place: Place, record: LogRecord): Promise<Taken> {
  try {
    return place.format === 'kserve'
      ? await takeEvent(parts, place, record)
      : await takeBatchRecord(parts, place, record);
  } catch (error) {
    if (error instanceof DomainError || error instanceof BodyRefused)
      return { kind: 'lost', reason: place.format === 'kserve' ? 'unreadable' : 'recordUnreadable' };
    throw error;
  }
}

async function takeBatchRecord(
  parts: IngestParts,
  { topic, partition, counting }: Place,
  record: LogRecord,
): Promise<Taken> {
  const body = record.value ?? Buffer.alloc(0);
  const raw = jsonOf(body);
  const hasCounts = typeof raw === 'object' && raw !== null && 'counts' in raw;
  const sent = hasCounts ? parseInput(countsRecordSchema, raw) : parseInput(rowsRecordSchema, raw);
  const { serviceId, serviceName } = counting.catalogue;
  if (sent.service !== undefined && sent.service !== serviceId && sent.service !== serviceName)
    return { kind: 'lost', reason: 'recordRevision' };
  const revision = await namedRevision(parts, counting, sent);
  if (revision === null)
    return sent.pod !== undefined && mayStillCome(counting, record)
      ? { kind: 'waits' }
      : { kind: 'lost', reason: 'recordRevision' };
  if ('rows' in sent && sent.batchId === undefined)
    return { kind: 'rows', rows: { revision, rows: sent.rows } };
  const batchId = sent.batchId ?? `${partition} ${record.offset}`;
  const key = { source: sent.source ?? `kafka ${topic}`, batchId };
  const where = { counting, revisionId: revision.id, sha256: sha256(body) };
  const { batch } = 'rows' in sent ? fromRows(key, sent.rows, where) : fromCounts({ ...sent, ...key }, where);
  return { kind: 'batch', batch };
}

async function namedRevision(
  { db }: IngestParts,
  { catalogue }: Counting,
  named: NamedRevision,
): Promise<Revision | null> {
  try {
    return await revisionOf(db, catalogue, named);
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

async function takeEvent(parts: IngestParts, { counting }: Place, record: LogRecord): Promise<Taken> {
  const { header, body } = cloudEventHeader(record);
  const event = inferenceEvent(header, body);
  const { catalogue } = counting;
  const id = await revisionIdOfPod(parts.db, catalogue, event.pod);
  const revision =
    catalogue.revisions.find(({ number }) => number === event.revision) ??
    catalogue.revisions.find((one) => one.id === id);
  if (revision === undefined)
    return mayStillCome(counting, record) ? { kind: 'waits' } : { kind: 'lost', reason: 'podUnknown' };
  const rows = payloadRows(event.side, jsonOf(event.body), revision.names);
  if (rows === null) return { kind: 'lost', reason: 'unreadable' };
  const ts = event.ts === null ? {} : { ts: event.ts };
  return { kind: 'rows', rows: { revision, rows: rows.map((row) => ({ ...row, ...ts })) } };
}

const mayStillCome = ({ nowMs }: Counting, { writtenAtMs }: LogRecord): boolean =>
  Math.abs(nowMs - writtenAtMs) < longestUnknownMs;
