import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { transaction } from './client.ts';
import { type TestDatabase, testDatabase } from './test-database.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase({ maxConnections: 1 });
});
afterAll(() => test.drop());

async function prepared(): Promise<string[]> {
  const { rows } = await test.db.execute<{ statement: string }>(
    'select statement from pg_prepared_statements order by name',
  );
  return rows.map(({ statement }) => statement);
}

it('a statement is prepared when it comes again, whatever its values, and one that comes once is not', async () => {
  const twice = (value: number) => test.db.execute<{ found: number }>(sql`select ${value}::int + 1 as found`);
  await test.db.execute(sql`select ${1}::int as once`);
  expect((await twice(1)).rows).toEqual([{ found: 2 }]);
  expect(await prepared()).not.toContainEqual(expect.stringContaining('as found'));
  expect((await twice(2)).rows).toEqual([{ found: 3 }]);
  expect((await twice(3)).rows).toEqual([{ found: 4 }]);
  const statements = await prepared();
  expect(statements.filter((statement) => statement.includes('as found'))).toHaveLength(1);
  expect(statements.filter((statement) => statement.includes('as once'))).toEqual([]);
});

it('a statement that was prepared in a transaction that failed works in the next one', async () => {
  const insert = (tx: Pick<typeof test.db, 'execute'>, value: number) =>
    tx.execute(sql`insert into prepared_here values (${value}::int)`);
  await test.db.execute('create table prepared_here (value int unique)');
  const failing = transaction(test.db, async (tx) => {
    await insert(tx, 1);
    await insert(tx, 1);
  });
  await expect(failing).rejects.toThrow();
  await transaction(test.db, (tx) => insert(tx, 1));
  const { rows } = await test.db.execute('select value from prepared_here');
  expect(rows).toEqual([{ value: 1 }]);
});

it('a statement over a column that a migration changed fails once, and is read as the table is from then on', async () => {
  await test.db.execute('create table changing (value int)');
  const named = () => test.db.execute(sql`select value from changing where ${true}`);
  const all = () => test.db.execute(sql`select * from changing where ${true}`);
  for (let time = 0; time < 3; time += 1) await Promise.all([named(), all()]);
  await test.db.execute('alter table changing add column other text');
  await test.db.execute(`insert into changing values (1, 'two')`);
  expect((await named()).rows).toEqual([{ value: 1 }]);
  await expect(all()).rejects.toThrow();
  expect((await all()).rows).toEqual([{ value: 1, other: 'two' }]);
});

it('what is asked together goes out in one write, and what waits for an answer in the next', async () => {
  const client = await test.pool.connect();
  const { stream } = (client as unknown as { connection: { stream: { _handle: Handle } } }).connection;
  const writes = vi.spyOn(stream._handle, 'writev');
  const ask = (value: number) => client.query('select $1::int as value', [value]);
  const answers = await Promise.all([ask(1), ask(2), ask(3)]);
  expect(answers.map(({ rows }) => rows)).toEqual([[{ value: 1 }], [{ value: 2 }], [{ value: 3 }]]);
  expect(writes).toHaveBeenCalledTimes(1);
  await ask(4);
  expect(writes).toHaveBeenCalledTimes(2);
  client.release();
});

type Handle = { writev(...args: unknown[]): number };
