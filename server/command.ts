import { and, eq, sql } from 'drizzle-orm';
import superjson from 'superjson';
import type * as z from 'zod';
import {
  type Database,
  postgresError,
  type Transaction,
  transaction,
  transactionAfter,
  withCommit,
} from '../db/client.ts';
import { idempotency } from '../db/schema/identity.ts';
import type { Permission } from '../domain/permission.ts';
import type { Principal } from '../domain/principal.ts';
import { DomainError } from '../domain/refusal.ts';
import { type AuditDraft, appendAudit, isChainMoved } from './audit/append.ts';
import { authorize, type Context, signedIn } from './context.ts';
import { digestOf } from './digest.ts';
import { parseInput } from './parse-input.ts';

/** What a command's body gets; `projectId` is that of the row (or the membership-checked input of a create command). */
export type CommandRun<Input, Ahead = unknown> = {
  readonly tx: Transaction;
  readonly input: Input;
  /** What the definition's `ahead` has read. */
  readonly ahead: Ahead;
  readonly principal: Principal;
  readonly projectId: string;
  readonly now: Date;
  readonly ctx: Context;
};

/** Without at least one audit entry a command does not compile, unless it says that what was asked for is there and it wrote nothing. */
type Outcome<Result> = {
  readonly result: Result;
  readonly audit: readonly [AuditDraft, ...AuditDraft[]] | 'nothingWritten';
};

/**
 * Where the project comes from: the row that the input names (throw notFound when there is none), the input itself for
 * create commands, `locked` for what `ahead` locks, or `instance` for what belongs to no project (its `projectId` is then
 * the empty string).
 */
type Project<Input> = 'instance' | 'locked' | ((tx: Transaction, input: Input) => Promise<string> | string);

type Options<Input, Locked, Ahead> = {
  readonly project: Project<Input>;
  /** What the body needs in any case, seen by nobody without the permission. */
  readonly ahead?: {
    /** Locks, and reads what it locked; sent with BEGIN. */
    readonly lock: (tx: Transaction, input: Input) => Promise<Locked>;
    readonly projectOf: (locked: Locked) => string;
    /** Sent once that is allowed; `attempt` counts from 1. */
    readonly read: (tx: Transaction, locked: Locked, at: { now: Date; attempt: number }) => Promise<Ahead>;
  };
  /** A repeat is answered with "already created", never with the secret. */
  readonly returnsSecret?: boolean;
};

export type Command<Schema extends z.ZodType, Result> = {
  (ctx: Context, input: z.input<Schema>): Promise<Result>;
  readonly permission: Permission;
  readonly schema: Schema;
  readonly kind: 'command';
};

/** The only way to write intent: permission, parse, transaction, body, audit entry, one commit. */
export function command<Schema extends z.ZodType, Result, Locked = undefined, Ahead = undefined>(
  definition: { permission: Permission; schema: Schema } & Options<z.output<Schema>, Locked, Ahead>,
  run: (args: CommandRun<z.output<Schema>, Ahead>) => Promise<Outcome<Result>>,
): Command<Schema, Result> {
  const { permission, schema, project, ahead: lookedAt } = definition;
  const execute = async (ctx: Context, raw: z.input<Schema>): Promise<Result> => {
    const principal = signedIn(ctx);
    const input = parseInput(schema, raw);
    // What is looked at ahead is read by ids alone.
    const plansOnce = lookedAt !== undefined;
    const first = (tx: Transaction) =>
      Promise.all([
        typeof project === 'string' ? '' : project(tx, input),
        ctx.clock(tx),
        lookedAt?.lock(tx, input) as Promise<Locked>,
      ]);
    type First = Awaited<ReturnType<typeof first>>;
    const body = async (tx: Transaction, [named, now, locked]: First, attempt: number) => {
      const projectId = project === 'locked' ? (lookedAt?.projectOf(locked) ?? '') : named;
      authorize(principal, permission, project === 'instance' ? null : projectId);
      const [repeated, ahead] = await Promise.all([
        claimKey<Result>(tx, { ctx, principal, permission, input }),
        lookedAt?.read(tx, locked, { now, attempt }) as Promise<Ahead>,
      ]);
      if (repeated !== null) return repeated.result;
      const outcome = await run({ tx, input, ahead, principal, projectId, now, ctx });
      keepResponse(
        tx,
        { ctx, principal, permission },
        definition.returnsSecret ? null : superjson.stringify(outcome.result),
      );
      if (outcome.audit !== 'nothingWritten')
        await appendAudit(tx, {
          projectId: project === 'instance' ? null : projectId,
          actor: principal,
          action: permission,
          now,
          origin: ctx.origin,
          drafts: outcome.audit,
        });
      return outcome.result;
    };
    return await retried((attempt) =>
      transactionAfter(ctx.db, { first, plansOnce }, (tx, found) => body(tx, found, attempt)),
    );
  };
  return Object.assign(execute, { permission, schema, kind: 'command' as const });
}

type Key = { ctx: Context; principal: Principal; permission: Permission };

/** Inserts the idempotency row first, so that a second click waits for the first; returns the stored answer of a repeat. */
async function claimKey<Result>(
  tx: Transaction,
  claim: Key & { input: unknown },
): Promise<{ result: Result } | null> {
  const { ctx, principal, permission } = claim;
  if (ctx.idempotencyKey === null) return null;
  const inputHash = digestOf(JSON.parse(JSON.stringify(claim.input ?? null)));
  const fresh = {
    inputHash,
    response: null,
    secret: false,
    expiresAt: sql`clock_timestamp() + interval '24 hours'`,
  };
  const inserted = await tx
    .insert(idempotency)
    .values({ principalId: principal.id, permission, key: ctx.idempotencyKey, ...fresh })
    .onConflictDoUpdate({
      target: [idempotency.principalId, idempotency.permission, idempotency.key],
      set: fresh,
      setWhere: sql`${idempotency.expiresAt} < clock_timestamp()`,
    })
    .returning({ key: idempotency.key });
  if (inserted.length > 0) return null;
  const rows = await tx.select().from(idempotency).where(keyOf(claim));
  const stored = rows[0];
  if (stored === undefined)
    throw new DomainError({
      code: 'conflict',
      message: 'The same request is being handled right now.',
      fix: 'Try again in a moment.',
    });
  if (stored.inputHash !== inputHash)
    throw new DomainError({
      code: 'conflict',
      message: 'This idempotency key was used for another request.',
      fix: 'Use a new key for a new request.',
    });
  if (stored.response === null)
    throw new DomainError({
      code: 'conflict',
      message: 'It was already created; its secret was shown once and is not shown again.',
    });
  return { result: superjson.parse<Result>(stored.response) };
}

/** Goes with the end of the transaction, which fails with it. */
function keepResponse(tx: Transaction, key: Key, response: string | null): void {
  if (key.ctx.idempotencyKey === null) return;
  const kept = tx
    .update(idempotency)
    .set({ response, secret: response === null })
    .where(keyOf(key));
  void withCommit(tx, kept);
}

function keyOf({ ctx, principal, permission }: Key) {
  return and(
    eq(idempotency.principalId, principal.id),
    eq(idempotency.permission, permission),
    eq(idempotency.key, ctx.idempotencyKey ?? ''),
  );
}

/** Deadlocks, serialisation failures and a chain that moved change nothing, so the body may run again; three times at the most. */
export async function retryingDeadlocks<Result>(
  db: Database,
  run: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  return await retried(() => transaction(db, run));
}

async function retried<Result>(run: (attempt: number) => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run(attempt);
    } catch (error) {
      if (attempt >= 3 || !isRetryable(error)) throw error;
    }
  }
}

function isRetryable(error: unknown): boolean {
  const code = postgresError(error)?.code;
  return code === '40P01' || code === '40001' || isChainMoved(error);
}
