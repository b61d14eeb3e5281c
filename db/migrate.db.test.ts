import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectOnce } from './client.ts';
import { migrate } from './migrate.ts';
import { runNode } from './run-node.test-support.ts';
import { type TestDatabase, testDatabase } from './test-database.ts';

let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await testDatabase({ empty: true });
  folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  await write({ first: 'CREATE TABLE one (id int);--> statement-breakpoint\nINSERT INTO one VALUES (1);' });
});
afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

/** Writes the files in this order; the n-th was generated at n × 1000 ms. */
async function write(files: Record<string, string>): Promise<void> {
  await mkdir(join(folder, 'meta'), { recursive: true });
  const entries = Object.keys(files).map((tag, index) => ({ idx: index, tag, when: (index + 1) * 1000 }));
  await writeFile(join(folder, 'meta', '_journal.json'), JSON.stringify({ entries }));
  for (const [tag, text] of Object.entries(files)) {
    await writeFile(join(folder, `${tag}.sql`), text);
  }
}

const first = 'CREATE TABLE one (id int);--> statement-breakpoint\nINSERT INTO one VALUES (1);';
const count = async (table: string) =>
  (await database.pool.query(`SELECT count(*) FROM ${table}`)).rows[0].count;

test('runs each migration once and says which', async () => {
  expect(await migrate(database.url, { folder })).toEqual({ applied: ['first'] });
  await write({ first, second: 'CREATE TABLE two (id int)' });
  expect(await migrate(database.url, { folder })).toEqual({ applied: ['second'] });
  expect(await migrate(database.url, { folder })).toEqual({ applied: [] });
  expect(await count('one')).toBe(1n);
});

test('two processes that start at once both succeed and each migration runs once', async () => {
  const slow = { first, second: 'SELECT pg_sleep(0.5)', third: 'INSERT INTO one VALUES (3)' };
  await write(slow);
  const script = `import { migrate } from ${JSON.stringify(fileURLToPath(new URL('./migrate.ts', import.meta.url)))};
    console.log(JSON.stringify((await migrate(process.argv[1], { folder: process.argv[2] })).applied));`;
  const runs = await Promise.all(
    [1, 2].map(() => runNode(['--input-type=module', '-e', script, database.url, folder])),
  );
  expect(runs.map(({ code, stderr }) => ({ code, stderr }))).toEqual([
    { code: 0, stderr: '' },
    { code: 0, stderr: '' },
  ]);
  const applied = runs.map(({ stdout }) => stdout.trim()).sort();
  expect(applied).toEqual(['["first","second","third"]', '[]']);
  expect(await count('one')).toBe(2n);
});

test('waits for another runner no longer than told', async () => {
  const holder = await connectOnce(database.url);
  await holder.query('SELECT pg_advisory_lock(7377294567178492260)');
  await expect(migrate(database.url, { folder, waitMs: 50 })).rejects.toThrow(
    'Another process has been migrating',
  );
  await holder.end();
  await migrate(database.url, { folder });
});

test('a migration that was changed after it ran is refused by name', async () => {
  await migrate(database.url, { folder });
  await write({ first: `${first} `, second: 'CREATE TABLE two (id int)' });
  await expect(migrate(database.url, { folder })).rejects.toThrow(
    'The migration first was changed after it ran',
  );
  await expect(count('two')).rejects.toThrow('does not exist');
});

test('line ends of another system are no change', async () => {
  await migrate(database.url, { folder });
  await write({ first: first.replaceAll('\n', '\r\n') });
  expect(await migrate(database.url, { folder })).toEqual({ applied: [] });
});

test('a database that is ahead of the files is refused', async () => {
  await write({ first, second: 'CREATE TABLE two (id int)' });
  await migrate(database.url, { folder });
  await write({ first });
  await expect(migrate(database.url, { folder })).rejects.toThrow('this version of Fairlead does not know');
});

test('a listed file that is missing is refused before anything runs', async () => {
  await write({ first, second: 'CREATE TABLE two (id int)' });
  await rm(join(folder, 'second.sql'));
  await expect(migrate(database.url, { folder })).rejects.toThrow('second.sql is listed in the journal');
  await expect(count('one')).rejects.toThrow('does not exist');
});

test('a migration that comes before one that already ran is refused, where drizzle would skip it', async () => {
  await write({ first, second: 'SELECT 1', third: 'SELECT 1' });
  await migrate(database.url, { folder });
  await database.pool.query('DELETE FROM drizzle.__drizzle_migrations WHERE created_at = 2000');
  await expect(migrate(database.url, { folder })).rejects.toThrow('The migration second is older than one');
});

test('a failing migration undoes itself and keeps those before it', async () => {
  await write({ first, second: 'CREATE TABLE two (id int);--> statement-breakpoint\nSELECT broken' });
  await expect(migrate(database.url, { folder })).rejects.toThrow(
    'The migration second failed and was undone',
  );
  expect(await count('one')).toBe(1n);
  await expect(count('two')).rejects.toThrow('does not exist');
  await write({ first, second: 'CREATE TABLE two (id int)' });
  expect(await migrate(database.url, { folder })).toEqual({ applied: ['second'] });
});

test('a migration that cannot get its table lock gives way, tries again, and fails with nothing changed', async () => {
  await migrate(database.url, { folder });
  await write({ first, second: 'ALTER TABLE one ADD COLUMN extra int' });
  const holder = await connectOnce(database.url);
  await holder.query('BEGIN; SELECT * FROM one');
  const blocked = migrate(database.url, { folder, lockTimeoutMs: 20 });
  await expect(blocked).rejects.toThrow(
    'The migration second failed and was undone: canceling statement due to lock',
  );
  const patient = migrate(database.url, { folder, lockTimeoutMs: 2_000 });
  await holder.query('COMMIT');
  expect(await patient).toEqual({ applied: ['second'] });
  await holder.end();
});

test('the generated migrations of this checkout run on an empty database', async () => {
  expect((await migrate(database.url)).applied.length).toBeGreaterThan(0);
  expect(await migrate(database.url)).toEqual({ applied: [] });
});
