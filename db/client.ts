import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { PreparingClient } from './preparing-client.ts';

export interface DatabaseOptions {
  readonly applicationName?: string;
  readonly maxConnections?: number;
  readonly connectTimeoutMs?: number;
  readonly statementTimeoutMs?: number;
  readonly idleInTransactionTimeoutMs?: number;
  readonly lockTimeoutMs?: number;
  /**
   * false: a commit does not wait for the disk, so that a crash of the machine may take the commits of the last second
   * (all after some one; those before stay) until one of another connection that waits has come after them.
   */
  readonly waitsForDisk?: boolean;
  /** Hears of connections that die while nobody waits on them; the pool replaces them by itself. */
  readonly onError?: (error: Error) => void;
}

/** What reading code takes: a database or a transaction. drizzle's own `transaction` is left out, see `transaction` below. */
export type Queries = Omit<NodePgDatabase, 'transaction' | '$client' | 'query' | '_'>;
export type Database = Queries & { readonly $client: pg.Pool };

declare const insideTransaction: unique symbol;
/** Only `transaction` makes one, so a function that asks for it cannot be handed a bare database. */
export type Transaction = Queries & { readonly [insideTransaction]: true };

export interface DatabaseHandle {
  readonly pool: pg.Pool;
  readonly db: Database;
  close(): Promise<void>;
}

export interface TransactionOptions {
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
  readonly readOnly?: boolean;
  /**
   * Plans each statement once on its connection, for any value: right for what is read by an id, where PostgreSQL would
   * plan the first runs, and some for ever, by their values.
   */
  readonly plansOnce?: boolean;
}

/** COMMIT was sent and its answer never came: the work may or may not be stored, so look it up before doing it again. */
export class CommitUnknown extends Error {
  override readonly name = 'CommitUnknown';
  constructor(cause: unknown) {
    super(
      'The connection to PostgreSQL broke during COMMIT, so it is unknown whether the change was stored.',
      {
        cause,
      },
    );
  }
}

// pg's parsers are process-wide; handing our own to each client leaves other users of pg alone.
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8 && format !== 'binary'
      ? (value: string) => BigInt(value)
      : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

function connectionConfig(url: string, options: DatabaseOptions): pg.ClientConfig {
  const statementTimeoutMs = options.statementTimeoutMs ?? 15_000;
  return {
    connectionString: url,
    application_name: options.applicationName ?? 'fairlead',
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs ?? 30_000,
    lock_timeout: options.lockTimeoutMs ?? 5_000,
    // The server's time-out cannot fire when the network is gone; this one can. 0 switches both off.
    ...(statementTimeoutMs > 0 ? { query_timeout: statementTimeoutMs + 5_000 } : {}),
    ...(options.waitsForDisk === false ? { options: '-c synchronous_commit=off' } : {}),
    keepAlive: true,
    // What is awaited together on one connection is sent together; PostgreSQL answers in the order of sending.
    pipeline: true,
    types,
  };
}

/** A pool and drizzle over it; connects at the first query, never before. */
export function createDatabase(url: string, options: DatabaseOptions = {}): DatabaseHandle {
  const pool = new pg.Pool({
    ...connectionConfig(url, options),
    max: options.maxConnections ?? 10,
    idleTimeoutMillis: 30_000,
    Client: PreparingClient,
  });
  // Without a listener a connection that dies while idle ends the whole process.
  pool.on('error', (error) => options.onError?.(error));
  let closing: Promise<void> | undefined;
  return {
    pool,
    db: drizzle(pool),
    close: () => {
      closing ??= pool.end();
      return closing;
    },
  };
}

/** One connected client outside any pool, for LISTEN and advisory locks; a dead connection is told to `onError`. */
export async function connectOnce(url: string, options: DatabaseOptions = {}): Promise<pg.Client> {
  const client = new pg.Client(connectionConfig(url, options));
  client.on('error', (error) => options.onError?.(error));
  await client.connect();
  return client;
}

function beginStatement({ isolation, readOnly, plansOnce }: TransactionOptions): string {
  const level = isolation ? ` ISOLATION LEVEL ${isolation}` : '';
  const settings = plansOnce ? '; SET LOCAL plan_cache_mode = force_generic_plan' : '';
  return `BEGIN${level}${readOnly ? ' READ ONLY' : ''}${settings}`;
}

async function commit(client: pg.PoolClient): Promise<void> {
  let answer: pg.QueryResult;
  try {
    answer = await client.query('COMMIT');
  } catch (error) {
    // An SQLSTATE of class 08, 57 or none means the connection went; any other is the server's clear "not stored".
    const code = postgresError(error)?.code;
    throw code === undefined || /^(08|57)/.test(code) ? new CommitUnknown(error) : error;
  }
  // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK and no error.
  if (answer.command !== 'COMMIT') {
    throw new Error(
      'Nothing was stored: a statement of this transaction had failed and its error was swallowed.',
    );
  }
}

const lastStatements = new WeakMap<Transaction, Promise<unknown>[]>();

/**
 * Sends a statement whose answer only the COMMIT needs: all such go with it in one round trip, and when one fails nothing is
 * stored. It is sent here at the latest, so it can never come after the COMMIT.
 */
export function withCommit<T>(
  tx: Transaction,
  statement: Promise<T> | { execute(): Promise<T> },
): Promise<T> {
  const answer = statement instanceof Promise ? statement : statement.execute();
  answer.catch(() => undefined);
  lastStatements.set(tx, [...(lastStatements.get(tx) ?? []), answer]);
  return answer;
}

type Use<T> = (client: pg.PoolClient, onBroken: (error: Error) => void) => Promise<T>;

/** Gives `use` a connection of the pool and takes it back whatever comes; a broken one is closed. */
async function borrowed<T>(db: Database, use: Use<T>): Promise<T> {
  const client = await db.$client.connect();
  let broken: Error | undefined;
  // A checked-out client has no listener of the pool's, and an unheard `error` event ends the process.
  const onBroken = (error: Error) => {
    broken ??= error;
  };
  client.on('error', onBroken);
  try {
    return await use(client, onBroken);
  } finally {
    client.removeListener('error', onBroken);
    client.release(broken);
  }
}

/** Reads what the database held at one moment; what is read at once, and not in turn, costs one round trip. */
export async function snapshot<T>(db: Database, read: (queries: Queries) => Promise<T>): Promise<T> {
  return (await snapshotAfter(db, { first: async () => undefined }, read))[1];
}

/**
 * As `snapshot`, of a moment after a statement that commits by itself. `first` sends it before it returns, so that it goes
 * ahead of BEGIN in the same round trip.
 */
export async function snapshotAfter<First, T>(
  db: Database,
  {
    first,
    plansOnce = false,
  }: Pick<TransactionOptions, 'plansOnce'> & { readonly first: (queries: Queries) => Promise<First> },
  read: (queries: Queries) => Promise<T>,
): Promise<[First, T]> {
  return await borrowed(db, async (client, onBroken) => {
    const queries = drizzle(client);
    const before = first(queries);
    const begun = client.query(beginStatement({ isolation: 'repeatable read', readOnly: true, plansOnce }));
    try {
      const [done, found] = await Promise.all([before, read(queries), begun]);
      return [done, found];
    } finally {
      // There is nothing to store, so nobody needs to wait for it; whoever takes the connection next comes after it.
      client.query('COMMIT').catch(onBroken);
    }
  });
}

/**
 * Runs `run` between BEGIN and COMMIT on one connection and always gives it back, which drizzle 0.45 does not when BEGIN
 * fails; what `run` throws is rethrown as it is, after a ROLLBACK.
 */
export async function transaction<T>(
  db: Database,
  run: (tx: Transaction) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  return await transactionAfter(db, { ...options, first: async () => undefined }, run);
}

/**
 * As `transaction`, with what is read first sent together with BEGIN. `first` may read and lock but never write: were
 * BEGIN refused, it would run outside of a transaction; `run` is only reached inside.
 */
export async function transactionAfter<First, T>(
  db: Database,
  { first, ...options }: TransactionOptions & { readonly first: (tx: Transaction) => Promise<First> },
  run: (tx: Transaction, found: First) => Promise<T>,
): Promise<T> {
  return await borrowed(db, async (client, onBroken) => {
    const tx = drizzle(client) as unknown as Transaction;
    try {
      const begun = client.query(beginStatement(options));
      const [, found] = await Promise.all([begun, first(tx)]);
      const result = await run(tx, found);
      const [stored, ...last] = await Promise.allSettled([commit(client), ...(lastStatements.get(tx) ?? [])]);
      if (stored.status === 'rejected' && stored.reason instanceof CommitUnknown) throw stored.reason;
      for (const end of [...last, stored]) if (end.status === 'rejected') throw end.reason;
      return result;
    } catch (error) {
      if (error instanceof CommitUnknown) onBroken(error);
      else await client.query('ROLLBACK').catch(onBroken);
      throw postgresError(error)?.code === afterFailure ? await firstFailure(tx, error) : error;
    }
  });
}

/** "current transaction is aborted": what is said of every statement after the one that failed. */
const afterFailure = '25P02';

/** What failed among the statements that were left to the COMMIT, else `error`. */
async function firstFailure(tx: Transaction, error: unknown): Promise<unknown> {
  const ends = await Promise.allSettled(lastStatements.get(tx) ?? []);
  return ends.find((end) => end.status === 'rejected')?.reason ?? error;
}

export interface PostgresError {
  /** SQLSTATE, five characters. */
  readonly code: string;
  readonly message: string;
  readonly constraint: string | undefined;
  readonly table: string | undefined;
}

/** PostgreSQL's own error inside whatever wraps it (drizzle wraps every failed query), or undefined. */
export function postgresError(error: unknown): PostgresError | undefined {
  let current = error;
  for (let depth = 0; depth < 8 && current instanceof Error; depth += 1) {
    if (current instanceof pg.DatabaseError && current.code !== undefined) {
      const { code, message, constraint, table } = current;
      return { code, message, constraint, table };
    }
    current = current.cause;
  }
  return undefined;
}
