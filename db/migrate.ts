import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { connectOnce, postgresError } from './client.ts';
import { type Migration, MigrationError, pendingMigrations, readMigrations } from './migration-files.ts';

export interface MigrateOptions {
  readonly folder?: string;
  /** How long to wait for another process that is migrating. */
  readonly waitMs?: number;
  /** How long one attempt may queue for a table lock: whoever queues behind it waits as long. */
  readonly lockTimeoutMs?: number;
}

// "fairlead" in ASCII; a number, because advisory locks have no names.
const lockKey = '7377294567178492260';
const generated = fileURLToPath(new URL('./migrations', import.meta.url));
const attempts = 10;

/**
 * Brings the database to the newest schema and says which migrations it ran. drizzle's own runner takes no lock, never
 * compares the hashes it stores and runs all files in one transaction.
 */
export async function migrate(url: string, options: MigrateOptions = {}): Promise<{ applied: string[] }> {
  const files = await readMigrations(options.folder ?? generated);
  // On a connection of its own: waiting for the lock on one of a pool that the holder needs would be a deadlock.
  const client = await connectOnce(url, {
    applicationName: 'fairlead-migrate',
    statementTimeoutMs: 0,
    lockTimeoutMs: 0,
  });
  try {
    await checkServer(client);
    await waitForTurn(client, options.waitMs ?? 300_000);
    const pending = pendingMigrations(files, await appliedMigrations(client));
    await client.query(`SET lock_timeout = ${options.lockTimeoutMs ?? 2_000}`);
    for (const migration of pending) {
      await runMigration(client, migration);
    }
    return { applied: pending.map(({ tag }) => tag) };
  } finally {
    // Ending the connection gives the advisory lock back, also when something broke.
    await client.end().catch(() => undefined);
  }
}

async function checkServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: number; encoding: string }>(
    `SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding`,
  );
  const server = rows[0];
  if (server === undefined || server.version < 150_000) {
    throw new MigrationError('Fairlead needs PostgreSQL 15 or newer; this server is older.');
  }
  if (server.encoding !== 'UTF8') {
    throw new MigrationError(
      `The database has the encoding ${server.encoding}; create it again with ENCODING 'UTF8' TEMPLATE template0.`,
    );
  }
}

async function waitForTurn(client: pg.Client, waitMs: number): Promise<void> {
  try {
    await client.query(`SET lock_timeout = ${Math.max(1, Math.round(waitMs))}`);
    await client.query('SELECT pg_advisory_lock($1)', [lockKey]);
  } catch (error) {
    if (postgresError(error)?.code === '55P03') {
      throw new MigrationError(
        `Another process has been migrating this database for ${Math.round(waitMs / 1000)} s; nothing was changed here.`,
        { cause: error },
      );
    }
    throw error;
  }
}

/** drizzle's own table, so that drizzle-kit sees the same history. */
async function appliedMigrations(client: pg.Client): Promise<{ when: number; hash: string }[]> {
  const { rows } = await client.query<{ present: boolean }>(
    `SELECT to_regclass('drizzle.__drizzle_migrations') IS NOT NULL AS present`,
  );
  if (rows[0]?.present !== true) {
    await client.query('CREATE SCHEMA IF NOT EXISTS drizzle');
    await client.query(
      'CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint)',
    );
  }
  const applied = await client.query<{ hash: string; created_at: bigint }>(
    'SELECT hash, created_at FROM drizzle.__drizzle_migrations ORDER BY created_at',
  );
  return applied.rows.map((row) => ({ when: Number(row.created_at), hash: row.hash }));
}

async function runMigration(client: pg.Client, migration: Migration): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query('BEGIN');
      for (const statement of migration.statements) {
        await client.query(statement);
      }
      await client.query('INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ($1, $2)', [
        migration.hash,
        migration.when,
      ]);
      await client.query('COMMIT');
      return;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      const lockTimedOut = postgresError(error)?.code === '55P03';
      if (!lockTimedOut || attempt === attempts) {
        const why = error instanceof Error ? error.message : String(error);
        throw new MigrationError(`The migration ${migration.tag} failed and was undone: ${why}`, {
          cause: error,
        });
      }
    }
  }
}
