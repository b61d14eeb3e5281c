import { sql } from 'drizzle-orm';
import { type Database, type Queries, type Transaction, transaction } from '../../db/client.ts';
import type { SentRow } from '../../domain/drift/sent-row.ts';
import type { SentQueries } from '../../domain/queries/patterns.ts';
import { DomainError } from '../../domain/refusal.ts';
import { retryingDeadlocks } from '../command.ts';
import { newId } from '../id.ts';
import { noteUnknownColumns } from '../rows/unknown-columns.ts';
import { addQueries } from './add-queries.ts';
import { joinLabels, type LabelAnswer, type NamedRows, storeKeys } from './prediction-keys.ts';
import { sampleRows } from './reservoir.ts';
import { addTallies } from './tallies.ts';

type BatchKey = { readonly serviceId: string; readonly source: string; readonly batchId: string };

/** A batch as it is to be stored. */
export type NewBatch = BatchKey & {
  readonly projectId: string;
  readonly sha256: string;
  /** Packed; null when it adds nothing to any counter. */
  readonly contribution: Uint8Array | null;
  readonly rows: number;
  readonly rejected: number;
  readonly receivedAt: Date;
  /** What is noted beside it, once per batch however often it is sent. */
  readonly rejectedByReason: ReadonlyMap<string, number>;
  readonly unknownNames: readonly string[];
  readonly sampled: readonly SentRow[];
  /** What clients asked; outside what undoing a batch takes back. */
  readonly queries?: SentQueries | undefined;
  /** Predictions that labels may find by id, and such labels. */
  readonly named?: NamedRows | null;
};

/** Of a batch with labels by id it is known only then which of them found their prediction. */
export type Appended = 'stored' | 'duplicate' | LabelAnswer;

type Waiting = {
  readonly batch: NewBatch;
  readonly resolve: (answer: Appended) => void;
  readonly reject: (error: unknown) => void;
};

/** Batches that one statement may store. */
const mostTogether = 64;

/**
 * Stores batches, each once by its key. While one commit is under way the next ones gather and go together: a lone batch
 * waits for nobody, and many at once share their commits.
 */
export class BatchAppender {
  readonly #db: Database;
  #waiting: Waiting[] = [];
  #running = 0;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Answers after the commit; throws conflict when the key was used for another content. */
  append(batch: NewBatch): Promise<Appended> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject });
      if (this.#running === 0) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running += 1;
    while (this.#waiting.length > 0) {
      const together = this.#waiting.splice(0, mostTogether);
      try {
        const stored = await storeBatches(
          this.#db,
          together.map(({ batch }) => batch),
        );
        for (const { batch, resolve, reject } of together) {
          const answer = stored.get(batch);
          if (answer === undefined || answer instanceof Error) reject(answer);
          else resolve(answer);
        }
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
    }
    this.#running -= 1;
  }
}

/** Each batch with what became of it. */
export async function storeBatches(
  db: Database,
  batches: readonly NewBatch[],
): Promise<Map<NewBatch, Appended | Error>> {
  const ids = new Map(batches.map((batch) => [batch, newId()]));
  const plain = batches.every((batch) => !hasNotes(batch));
  const inserted = plain
    ? { stored: await insertBatches(db, ids), labels: new Map() }
    : await retryingDeadlocks(db, async (tx) => {
        const stored = await insertBatches(tx, ids);
        return { stored, labels: await note(tx, newOnes(ids, stored)) };
      });
  return await answersOf(db, ids, inserted);
}

/** The same in a transaction that stores something else with them. */
export async function storeBatchesIn(
  tx: Transaction,
  batches: readonly NewBatch[],
): Promise<Map<NewBatch, Appended | Error>> {
  const ids = new Map(batches.map((batch) => [batch, newId()]));
  const stored = await insertBatches(tx, ids);
  return await answersOf(tx, ids, { stored, labels: await note(tx, newOnes(ids, stored)) });
}

const newOnes = (ids: ReadonlyMap<NewBatch, string>, stored: ReadonlySet<string>) =>
  [...ids].filter(([, id]) => stored.has(id));

type Inserted = {
  readonly stored: ReadonlySet<string>;
  readonly labels: ReadonlyMap<NewBatch, LabelAnswer>;
};

async function answersOf(
  queries: Queries,
  ids: ReadonlyMap<NewBatch, string>,
  { stored, labels }: Inserted,
): Promise<Map<NewBatch, Appended | Error>> {
  const answers = new Map<NewBatch, Appended | Error>();
  for (const [batch, id] of ids)
    answers.set(
      batch,
      stored.has(id) ? (labels.get(batch) ?? 'stored') : await compareStored(queries, batch),
    );
  return answers;
}

const hasNotes = ({ rejectedByReason, unknownNames, sampled, queries, named = null }: NewBatch): boolean =>
  rejectedByReason.size > 0 ||
  unknownNames.length > 0 ||
  sampled.length > 0 ||
  queries !== undefined ||
  named !== null;

async function insertBatches(queries: Queries, ids: ReadonlyMap<NewBatch, string>): Promise<Set<string>> {
  const entries = [...ids];
  const column = <Value>(of: (batch: NewBatch) => Value) => sql.param(entries.map(([batch]) => of(batch)));
  const { rows } = await queries.execute<{ id: string }>(sql`
    insert into ingest_batch (id, project_id, service_id, source, batch_id, sha256, contribution, rows, rejected, received_at, folded_at)
    select id, project_id, service_id, source, batch_id, sha256, contribution, rows, rejected, received_at,
      case when contribution is null then received_at end
    from unnest(${sql.param(entries.map(([, id]) => id))}::uuid[], ${column((batch) => batch.projectId)}::uuid[],
      ${column((batch) => batch.serviceId)}::uuid[], ${column((batch) => batch.source)}::text[],
      ${column((batch) => batch.batchId)}::text[], ${column((batch) => batch.sha256)}::text[],
      ${column((batch) => (batch.contribution === null ? null : Buffer.from(batch.contribution)))}::bytea[],
      ${column((batch) => batch.rows)}::int[], ${column((batch) => batch.rejected)}::int[],
      ${column((batch) => batch.receivedAt.toISOString())}::timestamptz[])
      as sent(id, project_id, service_id, source, batch_id, sha256, contribution, rows, rejected, received_at)
    order by service_id, source, batch_id
    on conflict (service_id, source, batch_id) do nothing
    returning id`);
  return new Set(rows.map(({ id }) => id));
}

/** In the order of services, so that two processes wait for each other in one direction only. */
async function note(
  tx: Transaction,
  batches: readonly (readonly [NewBatch, string])[],
): Promise<Map<NewBatch, LabelAnswer>> {
  const labels = new Map<NewBatch, LabelAnswer>();
  const ordered = batches.toSorted(([left], [right]) => (left.serviceId < right.serviceId ? -1 : 1));
  for (const [batch, id] of ordered) {
    const { projectId, serviceId, source, receivedAt: at, sampled, queries } = batch;
    if (batch.rejectedByReason.size > 0)
      await addTallies(tx, {
        projectId,
        serviceId,
        source,
        at,
        kind: 'rejectedRow',
        rows: batch.rejectedByReason,
      });
    if (batch.unknownNames.length > 0)
      await noteUnknownColumns(tx, { projectId, serviceId, names: batch.unknownNames, at });
    if (sampled.length > 0) await sampleRows(tx, { projectId, serviceId, rows: sampled, at });
    if (queries !== undefined) await addQueries(tx, { projectId, serviceId, queries });
    const { named = null } = batch;
    if (named === null) continue;
    if (named.predictions.length > 0) await storeKeys(tx, { batch, id, named });
    if (named.labels.length > 0) labels.set(batch, await joinLabels(tx, { batch, id, named }));
  }
  return labels;
}

async function compareStored(db: Queries, batch: NewBatch): Promise<Appended | Error> {
  const { serviceId, source, batchId } = batch;
  const { rows } = await db.execute<{ sha256: string; rows: number; rejected: number }>(sql`
    select sha256, rows, rejected from ingest_batch
    where service_id = ${serviceId} and source = ${source} and batch_id = ${batchId}`);
  const [known] = rows;
  if (known?.sha256 === batch.sha256)
    return (batch.named?.labels.length ?? 0) === 0
      ? 'duplicate'
      : { duplicate: true, accepted: known.rows, rejected: known.rejected, rejects: [] };
  return new DomainError({
    code: 'conflict',
    message: `The batch ${batchId} of ${source} was sent before with another content; this one was not stored.`,
    fix: 'Give every batch an id of its own, and repeat a batch only as it was.',
  });
}

/** Stores batches of history, all or none; throws conflict that names the days that are filled from this source already. */
export async function appendHistory(db: Database, batches: readonly NewBatch[]): Promise<Appended> {
  const ids = new Map(batches.map((batch) => [batch, newId()]));
  return await transaction(db, async (tx) => {
    const stored = await insertBatches(tx, ids);
    const filled = batches.filter((batch) => !stored.has(ids.get(batch) ?? ''));
    if (filled.length === 0) return 'stored';
    const compared: (Appended | Error)[] = [];
    for (const batch of filled) compared.push(await compareStored(tx, batch));
    if (stored.size === 0 && compared.every((answer) => answer === 'duplicate')) return 'duplicate';
    const days = filled.map(({ batchId }) => batchId).toSorted();
    throw new DomainError({
      code: 'conflict',
      message: `Filled from this source before: ${days.slice(0, 5).join(', ')}${days.length > 5 ? ` and ${days.length - 5} days more` : ''}. Nothing was stored.`,
      fix: 'Leave these days out, undo their batches, or name another source if these are other rows.',
    });
  });
}
