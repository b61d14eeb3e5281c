import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectOnce } from '../../db/client.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { grantAuditRole } from './audit-role.ts';

// Roles belong to the whole server and tests run in parallel, hence a name of this file's own.
const role = `fairlead_app_${randomBytes(4).toString('hex')}`;
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  await database.pool.query(`DROP OWNED BY ${role}`);
  await database.pool.query(`DROP ROLE ${role}`);
  await database.drop();
});

async function asRole(statement: string): Promise<string> {
  const client = await connectOnce(database.url);
  try {
    await client.query(`SET ROLE ${role}`);
    await client.query(statement);
    return 'done';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  } finally {
    await client.end();
  }
}

const entry = `INSERT INTO audit_entry (chain, seq, format, prev_hash, hash, at, actor_id, action, object_kind, object_id, detail_digest, origin)
  VALUES ('instance', 1, 1, 'p', 'h', now(), '00000000-0000-7000-8000-000000000001', 'models.create', 'model', 'x', 'd', 'live')`;
const denied = '42501';

test('the run-time role adds to the audit and cannot rewrite it, and two runs at once make it once', async () => {
  await Promise.all([
    grantAuditRole({ url: database.url, role }),
    grantAuditRole({ url: database.url, role }),
  ]);
  await grantAuditRole({ url: database.url, role });
  expect(await asRole(entry)).toBe('done');
  expect(
    await asRole(`INSERT INTO audit_detail (chain, seq, salt, actor_name, object_name, sentence)
    VALUES ('instance', 1, 's', 'a', 'o', 'x')`),
  ).toBe('done');
  expect(await asRole('SELECT * FROM audit_entry, audit_detail')).toBe('done');
  for (const table of ['audit_entry', 'audit_detail']) {
    expect(await asRole(`UPDATE ${table} SET seq = 2`)).toBe(denied);
    expect(await asRole(`DELETE FROM ${table}`)).toBe(denied);
    expect(await asRole(`TRUNCATE ${table}`)).toBe(denied);
    expect(await asRole(`ALTER TABLE ${table} DISABLE TRIGGER ALL`)).toBe(denied);
  }
  expect(await asRole(`INSERT INTO audit_chain VALUES ('instance', 1, 'h', now())`)).toBe('done');
  expect(await asRole(`UPDATE audit_chain SET seq = 2`)).toBe('done');
  expect(await asRole(`DELETE FROM audit_chain`)).toBe(denied);
});

test('it works with every other table, and cannot touch the history of migrations', async () => {
  await grantAuditRole({ url: database.url, role });
  const { rows } = await database.pool.query(
    `SELECT count(*)::int AS open FROM pg_tables WHERE schemaname IN ('public', 'sandbox') AND tablename NOT LIKE 'audit%'
     AND NOT (has_table_privilege($1, quote_ident(schemaname) || '.' || quote_ident(tablename), 'SELECT')
      AND has_table_privilege($1, quote_ident(schemaname) || '.' || quote_ident(tablename), 'INSERT')
      AND has_table_privilege($1, quote_ident(schemaname) || '.' || quote_ident(tablename), 'UPDATE')
      AND has_table_privilege($1, quote_ident(schemaname) || '.' || quote_ident(tablename), 'DELETE'))`,
    [role],
  );
  expect(rows).toEqual([{ open: 0 }]);
  expect(await asRole('DELETE FROM drizzle.__drizzle_migrations')).toBe(denied);
  expect(await asRole('SELECT * FROM drizzle.__drizzle_migrations')).toBe('done');
});
