import { connectOnce } from '../../db/client.ts';

/** Creates an empty database on the PostgreSQL of the run, also when a test is tried again, and returns its address. */
export async function createDatabaseNamed(serverUrl: string, name: string): Promise<string> {
  const client = await connectOnce(serverUrl, { statementTimeoutMs: 60_000 });
  try {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${name} ENCODING 'UTF8' TEMPLATE template0`);
  } finally {
    await client.end();
  }
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
