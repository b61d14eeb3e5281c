import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { connectOnce, createDatabase, type DatabaseHandle, type DatabaseOptions } from './client.ts';

export interface TestDatabase extends DatabaseHandle {
  readonly url: string;
  /** Closes the pool and drops the database; whoever is still connected is cut off. */
  drop(): Promise<void>;
}

export interface TestDatabaseOptions extends DatabaseOptions {
  /** Without the tables, for tests of the migrations themselves. */
  readonly empty?: boolean;
}

/** A database of this test file's own, copied from the migrated template. */
export async function testDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = inject('databaseServer');
  const name = `fairlead_test_${randomBytes(8).toString('hex')}`;
  const template = options.empty === true ? 'template0' : server.template;
  await administer(server.url, `CREATE DATABASE ${name} ENCODING 'UTF8' TEMPLATE ${template}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  const handle = createDatabase(url.href, { applicationName: 'fairlead-test', ...options });
  return {
    ...handle,
    url: url.href,
    drop: async () => {
      await handle.close();
      await administer(server.url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = await connectOnce(url, { applicationName: 'fairlead-test', statementTimeoutMs: 60_000 });
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
