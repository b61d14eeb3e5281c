import { randomBytes } from 'node:crypto';
import { eq, getTableColumns, type Placeholder, type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { postgresError, type Queries, type Transaction, withCommit } from '../../db/client.ts';
import { prepared, type ValueOf } from '../../db/prepared.ts';
import { auditChain, auditDetail, auditEntry } from '../../db/schema/audit.ts';
import { type AuditEntry, type AuditObjectKind, entryPreimage, genesisHash } from '../../domain/audit.ts';
import type { Permission } from '../../domain/permission.ts';
import { digestOf, sha256 } from '../digest.ts';

/** What a command says about its act; digests of before and after are taken from the values. */
export type AuditDraft = {
  readonly object: { readonly kind: AuditObjectKind; readonly id: string; readonly name: string };
  /** One sentence in the past tense, for people. */
  readonly sentence: string;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly comment?: string | undefined;
  /** Other objects whose timelines show this act. */
  readonly related?: readonly { readonly kind: AuditObjectKind; readonly id: string }[];
  /** Defaults to the command's permission. */
  readonly action?: Permission;
};

type AuditActor = { readonly id: string; readonly name: string };

type AppendInput = {
  /** Null writes to the chain of the instance. */
  readonly projectId: string | null;
  readonly actor: AuditActor;
  readonly action: Permission;
  readonly now: Date;
  readonly origin: 'live' | 'demo';
  readonly drafts: readonly AuditDraft[];
};

export function chainName(projectId: string | null): string {
  return projectId === null ? 'instance' : `project:${projectId}`;
}

type Head = { readonly seq: number; readonly hash: string; readonly at: Date };

const seenHeads = new WeakMap<Transaction, { readonly chain: string; readonly head: Head }>();

/**
 * Reads the head of the chain to which the transaction will append, together with what else it reads; then all that it
 * writes and its COMMIT go in one round trip. Not locked: when another transaction appends first, the end fails with what
 * `isChainMoved` tells, and has to be done again with `attempt` 2, which locks.
 */
export async function seeChain(tx: Transaction, projectId: string | null, attempt: number): Promise<void> {
  if (attempt > 1) return;
  const chain = chainName(projectId);
  const [head] = await heads(tx, { chain });
  if (head !== undefined) seenHeads.set(tx, { chain, head });
}

/** Primary keys of entries and their details: the chain and the place in it, which only one transaction can have. */
const placeKeys: readonly unknown[] = ['audit_entry_chain_seq_pk', 'audit_detail_chain_seq_pk'];

/** Whether a transaction failed only because another one appended to its chain first. */
export function isChainMoved(error: unknown): boolean {
  return placeKeys.includes(postgresError(error)?.constraint);
}

/**
 * Appends the drafts to their chain. Call it last in the transaction: it locks the chain's head until the commit, unless
 * that was seen.
 * `at` never decreases within a chain, even when the clock does.
 */
export async function appendAudit(tx: Transaction, input: AppendInput): Promise<void> {
  const chain = chainName(input.projectId);
  const seen = seenHeads.get(tx);
  // A transaction that appends a second time finds another head.
  seenHeads.delete(tx);
  const isSeen = seen?.chain === chain;
  let head = isSeen ? seen.head : await lockHead(tx, chain);
  const entries: (typeof auditEntry.$inferInsert)[] = [];
  const details: (typeof auditDetail.$inferInsert)[] = [];
  for (const draft of input.drafts) {
    const at = new Date(Math.max(input.now.getTime(), head.at.getTime()));
    const detail = detailOf(draft, input.actor);
    const entry: AuditEntry = {
      format: 1,
      chain,
      seq: head.seq + 1,
      prevHash: head.hash,
      at: at.toISOString(),
      actorId: input.actor.id,
      action: draft.action ?? input.action,
      objectKind: draft.object.kind,
      objectId: draft.object.id,
      beforeDigest: draft.before === undefined ? null : digestOf(jsonOf(draft.before)),
      afterDigest: draft.after === undefined ? null : digestOf(jsonOf(draft.after)),
      detailDigest: digestOf(detail),
      origin: input.origin,
    };
    const hash = sha256(entryPreimage(entry));
    entries.push({ ...entry, at, hash });
    details.push({ chain, seq: entry.seq, ...detail });
    head = { seq: entry.seq, hash, at };
  }
  // One round trip for all, and for the COMMIT: the chain's head is locked meanwhile.
  const stored = appended(tx, {
    chain,
    entries: recordsOf(auditEntry, entries),
    details: recordsOf(auditDetail, details),
    seq: head.seq,
    hash: head.hash,
    at: head.at.toISOString(),
    hints: changesOf(input).map((change) => JSON.stringify(change)),
  });
  void withCommit(tx, stored);
}

type Appended = {
  readonly chain: string;
  readonly entries: string;
  readonly details: string;
  readonly seq: number;
  readonly hash: string;
  readonly at: string;
  readonly hints: readonly string[];
};

/**
 * The head is locked before anything is written, so that who has only seen it never stands in the way of who holds it: each
 * part takes its rows from the lock, because PostgreSQL runs the parts in no order.
 */
const appended = prepared((queries, value: ValueOf<Appended>) => {
  const part = (name: string, statement: SQL) => queries.$with(name, {}).as(statement);
  const locked = part('locked', sql`select from ${auditChain} where chain = ${value('chain')} for update`);
  const inserted = (table: PgTable, rows: Placeholder) =>
    sql`insert into ${table} select row.* from locked, jsonb_populate_recordset(null::${table}, ${rows}::jsonb) as row`;
  const head = sql`update ${auditChain} set seq = ${value('seq')}, hash = ${value('hash')}, at = ${value('at')}
    from locked where chain = ${value('chain')}`;
  return queries
    .with(
      locked,
      part('entries', inserted(auditEntry, value('entries'))),
      part('details', inserted(auditDetail, value('details'))),
      part('head', head),
    )
    .select({ told: told(sql`hint`) })
    .from(sql`unnest(${value('hints')}::text[]) as hint`);
});

/** Rows of a table as one value, so that the statement is the same however many there are, and stays prepared. */
function recordsOf<Table extends PgTable>(table: Table, rows: readonly Table['$inferInsert'][]): string {
  const columns = Object.entries(getTableColumns(table));
  const records = rows.map((row: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(columns.map(([key, { name }]) => [name, row[key] ?? null])),
  );
  return JSON.stringify(records);
}

/** Values as JSON carries them: dates become texts, undefined members go. */
function jsonOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function detailOf(draft: AuditDraft, actor: AuditActor) {
  return {
    salt: randomBytes(16).toString('hex'),
    actorName: actor.name,
    objectName: draft.object.name,
    sentence: draft.sentence,
    before: draft.before === undefined ? null : jsonOf(draft.before),
    after: draft.after === undefined ? null : jsonOf(draft.after),
    comment: draft.comment ?? null,
    related: (draft.related ?? []).map((object) => `${object.kind}:${object.id}`),
  };
}

async function lockHead(tx: Transaction, chain: string): Promise<Head> {
  const [found] = await lockedHeads(tx, { chain });
  const { seq, hash, at } = found ?? (await firstHead(tx, chain));
  return { seq, hash, at };
}

const headOf = (queries: Queries, value: ValueOf<{ chain: string }>) =>
  queries
    .select()
    .from(auditChain)
    .where(eq(auditChain.chain, value('chain')));

const heads = prepared(headOf);
const lockedHeads = prepared((queries, value: ValueOf<{ chain: string }>) =>
  headOf(queries, value).for('update'),
);

async function firstHead(tx: Transaction, chain: string) {
  await tx
    .insert(auditChain)
    .values({ chain, seq: 0, hash: genesisHash, at: new Date(0) })
    .onConflictDoNothing();
  const [head] = await lockedHeads(tx, { chain });
  if (head === undefined) throw new Error(`The audit chain ${chain} has no head.`);
  return head;
}

/** Hints to the live screens and the worker; delivered at commit, ids only. */
function changesOf(input: AppendInput): Change[] {
  const objects = input.drafts.flatMap((draft) => [draft.object, ...(draft.related ?? [])]);
  const changes = new Map(
    objects.map(({ kind, id }) => [`${kind}:${id}`, { projectId: input.projectId, topic: kind, id }]),
  );
  return [...changes.values()];
}

export type Change = {
  readonly projectId: string | null;
  /** `drift`: counters of a service have changed; `noticeEnd`: what a notice tells of is over. */
  readonly topic: AuditObjectKind | 'drift' | 'noticeEnd';
  readonly id: string;
};

/** Postgres channel of all hints. */
export const changeChannel = 'fairlead_change';

/** Tells every process that something changed; a hint only, sent at commit. */
export async function notifyChange(tx: Transaction, change: Change): Promise<void> {
  await tx.execute(sql`select ${told(sql`${JSON.stringify(change)}`)}`);
}

/** Sends a hint at the commit. */
export function told(hint: SQL): SQL<string> {
  return sql`pg_notify(${changeChannel}, ${hint})`;
}
