import { randomBytes } from 'node:crypto';
import type { TestProject } from 'vitest/node';
import { connectOnce } from './client.ts';
import { startTemporaryPostgres } from './embedded/temporary-postgres.ts';
import { migrate } from './migrate.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Set by vitest.config.ts from TEST_DATABASE_URL; empty means the built-in PostgreSQL. */
    testDatabaseUrl: string;
    /** A server that may create databases, and the migrated database to copy. */
    databaseServer: { url: string; template: string };
  }
}

// Many files in parallel, and nothing that must survive a power cut.
const settings = { max_connections: '400', fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' };

/** One server and one migrated template per run; `testDatabase` copies the template for each file. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = project.getProvidedContext().testDatabaseUrl;
  const server =
    given === '' ? await startTemporaryPostgres(settings) : { url: given, remove: async () => undefined };
  const template = `fairlead_template_${randomBytes(6).toString('hex')}`;
  try {
    await administer(server.url, `CREATE DATABASE ${template} ENCODING 'UTF8' TEMPLATE template0`);
    const templateUrl = new URL(server.url);
    templateUrl.pathname = `/${template}`;
    await migrate(templateUrl.href);
  } catch (error) {
    await server.remove();
    throw error;
  }
  project.provide('databaseServer', { url: server.url, template });
  return async () => {
    await administer(server.url, `DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
    await server.remove();
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = await connectOnce(url, {
    applicationName: 'fairlead-test-setup',
    statementTimeoutMs: 60_000,
  });
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
