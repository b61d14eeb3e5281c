import type { ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { isRunning } from '../../db/embedded/process-probe.ts';
import { runningServer, stopServer } from '../../db/embedded/server-process.ts';
import { type Started, startNode } from '../../db/run-node.test-support.ts';
import { testDatabase } from '../../db/test-database.ts';
import { runUntilStopped } from './start.ts';

let root: string;
let children: ChildProcess[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'launch-'));
  await chmod(root, 0o755);
  children = [];
});
afterEach(async () => {
  for (const child of children) {
    child.kill('SIGKILL');
  }
  const left = await runningServer(data());
  if (left !== undefined) {
    await stopServer(left.pid);
  }
  await rm(root, { recursive: true });
});

const data = () => join(root, '.fairlead', 'postgres', 'data');

const product = `async (options) => {
  const { createDatabase } = await import(${JSON.stringify(join(import.meta.dirname, '../../db/client.ts'))});
  const database = createDatabase(options.databaseUrl, { onError: () => {} });
  const { rows } = await database.pool.query('SELECT count(*)::int AS n FROM drizzle.__drizzle_migrations');
  console.log('MAIN ' + JSON.stringify({ role: options.role, demo: options.demo, migrated: rows[0].n > 0 }));
  return {
    url: 'http://127.0.0.1:' + options.port,
    close: async () => { await database.close(); console.log('CLOSED'); },
  };
}`;

/** A real process that starts as `npm start` does, with a small main in the place of the product. */
function launch(args: string[] = [], { main = product, databaseUrl = '' } = {}): Started {
  const script = `import { ${runUntilStopped.name} } from ${JSON.stringify(join(import.meta.dirname, 'start.ts'))};
    import { readArguments } from ${JSON.stringify(join(import.meta.dirname, 'arguments.ts'))};
    await ${runUntilStopped.name}({
      root: ${JSON.stringify(root)}, stateFolder: ${JSON.stringify(join(root, '.fairlead'))}, port: 4321,
      startArguments: readArguments(${JSON.stringify(args)}),
      databaseUrl: ${databaseUrl === '' ? 'undefined' : JSON.stringify(databaseUrl)},
      loadMain: async () => ${main},
    });
    setInterval(() => {}, 1000);`;
  const started = startNode({ args: ['--input-type=module', '-e', script] });
  children.push(started.child);
  return started;
}

test('a first start migrates the built-in database, runs, and a signal stops both it and the database', async () => {
  const { child, line, finished } = launch(['--dev', '--no-demo']);
  await line(/Fairlead is running at http:\/\/127\.0\.0\.1:4321\n/);
  const server = await runningServer(data());
  expect(server).toBeDefined();
  // The second one is what npm adds to a Ctrl-C.
  child.kill('SIGINT');
  child.kill('SIGINT');
  const { code, stdout, stderr } = await finished;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('MAIN {"role":"all","demo":false,"migrated":true}');
  expect(stdout).toContain('CLOSED');
  expect(await isRunning(server?.pid ?? 0)).toBe(false);
});

test('a signal during the start stops what has started by then', async () => {
  const { child, line, finished } = launch(['--dev']);
  await line(/Fairlead uses its own PostgreSQL/);
  child.kill('SIGTERM');
  expect((await finished).code).toBe(0);
  expect(await runningServer(data())).toBeUndefined();
});

test('the end of the built-in database ends the start with a sentence', async () => {
  const { line, finished } = launch(['--dev']);
  await line(/running at/);
  const server = await runningServer(data());
  process.kill(server?.pid ?? 0, 'SIGKILL');
  const { code, stdout, stderr } = await finished;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^The built-in PostgreSQL ended by itself; .*postgres\.log says why\..*\n$/);
  expect(stdout).toContain('CLOSED');
});

test('a main that fails leaves no database behind', async () => {
  const { finished } = launch(['--dev'], { main: `async () => { throw new Error('The port is taken.'); }` });
  const { code, stderr } = await finished;
  expect(code).toBe(1);
  expect(stderr).toContain('The port is taken.');
  expect(await runningServer(data())).toBeUndefined();
});

test('a checkout whose pages are not built and cannot be is told before anything starts', async () => {
  const { finished } = launch();
  const { code, stderr } = await finished;
  expect(code).toBe(1);
  expect(stderr).toContain('The pages are not built, and cannot be built here because app is not here.');
  expect(await runningServer(data())).toBeUndefined();
});

test('DATABASE_URL takes the place of the built-in database, and its password is not printed', async () => {
  const database = await testDatabase({ empty: true });
  const { child, line, finished } = launch(['--role=worker'], { databaseUrl: database.url });
  await line(/running at/);
  child.kill('SIGTERM');
  const { code, stdout } = await finished;
  expect(code).toBe(0);
  expect(stdout).toContain(`the PostgreSQL of DATABASE_URL at ${new URL(database.url).host}`);
  expect(stdout).toContain('"role":"worker","demo":true,"migrated":true');
  expect(stdout).not.toContain(new URL(inject('databaseServer').url).password);
  expect(await runningServer(data())).toBeUndefined();
  await database.drop();
});
