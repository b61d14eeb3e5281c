import { bigint, pgTable, text } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm/sql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  CommitUnknown,
  createDatabase,
  postgresError,
  type Queries,
  snapshot,
  snapshotAfter,
  type TransactionOptions,
  transaction,
  transactionAfter,
  withCommit,
} from './client.ts';
import { type TestDatabase, testDatabase } from './test-database.ts';

const thing = pgTable('thing', { id: bigint({ mode: 'bigint' }).primaryKey(), name: text() });

let database: TestDatabase;
const idleErrors: Error[] = [];

beforeAll(async () => {
  database = await testDatabase({ maxConnections: 2, onError: (error) => idleErrors.push(error) });
  await database.pool.query('CREATE TABLE thing (id int8 PRIMARY KEY, name text)');
});
afterAll(() => database.drop());

/** Ends the server side of every connection of the pool, from a connection of another pool. */
async function cutAllConnections(): Promise<void> {
  const other = createDatabase(database.url, { applicationName: 'cutter' });
  await other.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'fairlead-test'`,
  );
  await other.close();
}

test('the pool outlives pg_terminate_backend of its idle connections and answers again', async () => {
  await database.pool.query('SELECT 1');
  const told = new Promise((resolve) => database.pool.once('error', resolve));
  await cutAllConnections();
  await told;
  expect(idleErrors.length).toBeGreaterThan(0);
  expect((await database.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('a connection that dies between two statements of a transaction fails it and is not given back', async () => {
  const run = transaction(database.db, async (tx) => {
    await tx.execute(sql`SELECT 1`);
    await cutAllConnections();
    await tx.execute(sql`SELECT 2`);
  });
  await expect(run).rejects.toThrow();
  expect(database.pool.totalCount - database.pool.idleCount).toBe(0);
  expect((await database.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('a BEGIN that fails gives its connection back, however often', async () => {
  for (let attempt = 0; attempt < 6; attempt += 1) {
    const refused = transaction(database.db, async () => undefined, {
      isolation: 'no such level' as 'serializable',
    });
    await expect(refused).rejects.toThrow(/syntax error/);
  }
  expect(database.pool.waitingCount).toBe(0);
  expect((await database.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('a transaction stores all of its statements, or none and the very error that was thrown', async () => {
  await transaction(database.db, (tx) => tx.insert(thing).values({ id: 1n, name: 'kept' }));
  const mine = new Error('mine');
  const failed = transaction(database.db, async (tx) => {
    await tx.insert(thing).values({ id: 2n, name: 'gone' });
    throw mine;
  });
  await expect(failed).rejects.toBe(mine);
  expect(await database.db.select({ id: thing.id }).from(thing)).toEqual([{ id: 1n }]);
});

test('a swallowed error cannot pass for a commit', async () => {
  const swallowed = transaction(database.db, async (tx) => {
    await tx.insert(thing).values({ id: 3n, name: 'lost' });
    await tx
      .insert(thing)
      .values({ id: 3n, name: 'twice' })
      .catch(() => undefined);
  });
  await expect(swallowed).rejects.toThrow('Nothing was stored');
  expect(await database.db.$count(thing, sql`id = 3`)).toBe(0);
});

test('a COMMIT whose answer never comes is reported as unknown, not as failed', async () => {
  const lost = transaction(database.db, async (tx) => {
    // A deferred trigger runs inside COMMIT; it ends the very connection that waits for the answer.
    await tx.execute(sql`CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); RETURN NULL; END'`);
    await tx.execute(sql`CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON thing DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION cut()`);
    await tx.insert(thing).values({ id: 4n, name: 'unknown' });
  });
  await expect(lost).rejects.toBeInstanceOf(CommitUnknown);
  expect(database.pool.totalCount - database.pool.idleCount).toBe(0);
});

test('an error that the server gives at COMMIT is that error and nothing is stored', async () => {
  await database.pool.query(
    'CREATE TABLE pair (id int PRIMARY KEY, other int REFERENCES pair DEFERRABLE INITIALLY DEFERRED)',
  );
  const dangling = transaction(database.db, (tx) => tx.execute(sql`INSERT INTO pair VALUES (1, 2)`));
  await expect(dangling).rejects.toMatchObject({ code: '23503' });
  expect((await database.pool.query('SELECT * FROM pair')).rows).toEqual([]);
});

test('a last statement that is sent with COMMIT is stored with the rest, and fails all of it', async () => {
  const both = (last: bigint) =>
    transaction(database.db, async (tx) => {
      await tx.insert(thing).values({ id: last + 1n, name: 'before' });
      void withCommit(tx, tx.insert(thing).values({ id: last, name: 'last' }));
    });
  await both(30n);
  await expect(both(30n)).rejects.toMatchObject({ cause: { code: '23505' } });
  await expect(both(31n)).rejects.toThrow();
  const named = database.db.select({ id: thing.id }).from(thing).where(sql`name in ('before', 'last')`);
  expect(await named.orderBy(thing.id)).toEqual([{ id: 30n }, { id: 31n }]);
});

test('what is read first is read and locked inside the transaction, and nothing is written when BEGIN is refused', async () => {
  await database.db.insert(thing).values({ id: 50n, name: 'locked' });
  const isolation = 'repeatable read';
  const lock = (tx: Queries) => tx.select().from(thing).where(sql`id = 50`).for('update');
  const change = sql`UPDATE thing SET name = 'changed' WHERE id = 50`;
  const before = { isolation, first: lock } as const;
  const [found, during] = await transactionAfter(database.db, before, async (tx, rows) => {
    const other = transaction(database.db, async (second) => {
      await second.execute(sql`SET LOCAL lock_timeout = '50ms'`);
      await second.execute(change);
    });
    await expect(other).rejects.toMatchObject({ cause: { code: '55P03' } });
    return [rows, (await tx.execute(sql`SHOW transaction_isolation`)).rows] as const;
  });
  expect(found).toEqual([{ id: 50n, name: 'locked' }]);
  expect(during).toEqual([{ transaction_isolation: isolation }]);
  const wrong = { isolation: 'no level' } as unknown as TransactionOptions;
  const refused = transactionAfter(database.db, { ...wrong, first: lock }, (tx) => tx.execute(change));
  await expect(refused).rejects.toMatchObject({ code: '42601' });
  expect(await database.db.$count(thing, sql`name = 'changed'`)).toBe(0);
  await database.db.execute(change);
  expect(database.pool.totalCount - database.pool.idleCount).toBe(0);
});

test('a snapshot is of one moment, whatever is stored meanwhile, and stores nothing itself', async () => {
  const count = sql`SELECT count(*)::int AS count FROM thing`;
  const counts = await snapshot(database.db, async (queries) => {
    const first = await queries.execute(count);
    await database.db.insert(thing).values({ id: 40n, name: 'meanwhile' });
    return [first.rows, (await queries.execute(count)).rows];
  });
  expect(counts[1]).toEqual(counts[0]);
  await expect(
    snapshot(database.db, (queries) => queries.insert(thing).values({ id: 41n })),
  ).rejects.toMatchObject({ cause: { code: '25006' } });
  expect((await database.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('postgresError finds the SQLSTATE and constraint that drizzle wraps', async () => {
  const twice = database.db.insert(thing).values([{ id: 9n }, { id: 9n }]);
  const error = await twice.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(postgresError(error)).toMatchObject({ code: '23505', constraint: 'thing_pkey', table: 'thing' });
  expect(postgresError(new Error('other'))).toBeUndefined();
});

test('int8 keeps every digit, through drizzle and through the pool', async () => {
  const big = 9_007_199_254_740_993n;
  await database.db.insert(thing).values({ id: big, name: 'big' });
  expect(await database.db.select().from(thing).where(sql`name = 'big'`)).toEqual([{ id: big, name: 'big' }]);
  expect((await database.pool.query(`SELECT id FROM thing WHERE name = 'big'`)).rows).toEqual([{ id: big }]);
});

test('every connection carries the time-outs and its name', async () => {
  const { rows } = await database.pool.query(
    `SELECT name, setting FROM pg_settings WHERE name IN
     ('statement_timeout', 'idle_in_transaction_session_timeout', 'lock_timeout', 'application_name') ORDER BY name`,
  );
  expect(rows).toEqual([
    { name: 'application_name', setting: 'fairlead-test' },
    { name: 'idle_in_transaction_session_timeout', setting: '30000' },
    { name: 'lock_timeout', setting: '5000' },
    { name: 'statement_timeout', setting: '15000' },
  ]);
});

test('waiting for a free connection is bounded', async () => {
  const narrow = createDatabase(database.url, { maxConnections: 1, connectTimeoutMs: 1_000 });
  const client = await narrow.pool.connect();
  await expect(narrow.pool.query('SELECT 1')).rejects.toThrow('timeout exceeded');
  client.release();
  await narrow.close();
});

test('close may be called twice', async () => {
  const handle = createDatabase(database.url);
  await handle.pool.query('SELECT 1');
  await Promise.all([handle.close(), handle.close()]);
  await expect(handle.pool.query('SELECT 1')).rejects.toThrow();
});

test('a transaction that plans once plans for any value, and leaves its connection as it was', async () => {
  const mode = sql<{ plan_cache_mode: string }>`SHOW plan_cache_mode`;
  // Sent at once: a query that is only awaited would be sent after the BEGIN that follows.
  const shown = async (queries: Queries) => (await queries.execute(mode).execute()).rows;
  const generic = [{ plan_cache_mode: 'force_generic_plan' }];
  const isolation = 'serializable';
  const first = async () => undefined;
  await transactionAfter(database.db, { first, isolation, readOnly: true, plansOnce: true }, async (tx) => {
    expect(await shown(tx)).toEqual(generic);
    expect((await tx.execute(sql`SHOW transaction_isolation`)).rows).toEqual([
      { transaction_isolation: isolation },
    ]);
    expect((await tx.execute(sql`SHOW transaction_read_only`)).rows).toEqual([
      { transaction_read_only: 'on' },
    ]);
  });
  expect(await snapshotAfter(database.db, { first: shown, plansOnce: true }, shown)).toEqual([
    [{ plan_cache_mode: 'auto' }],
    generic,
  ]);
  expect(await shown(database.db)).toEqual([{ plan_cache_mode: 'auto' }]);
});
