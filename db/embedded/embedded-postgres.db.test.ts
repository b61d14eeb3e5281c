import type { ChildProcess } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectOnce } from '../client.ts';
import { type Started, startNode } from '../run-node.test-support.ts';
import { type EmbeddedOptions, type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';
import { isRunning } from './process-probe.ts';
import { runningServer, stopServer } from './server-process.ts';

const here = import.meta.dirname;
const asRoot = process.getuid?.() === 0;
const quick = { fsync: 'off' };
let parent: string;
let started: EmbeddedPostgres[];
let parents: ChildProcess[];

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'embedded-'));
  await chmod(parent, 0o755);
  started = [];
  parents = [];
});
afterEach(async () => {
  for (const child of parents) {
    child.kill('SIGKILL');
  }
  const left = await runningServer(join(parent, 'state', 'postgres', 'data'));
  if (left !== undefined) {
    await stopServer(left.pid);
  }
  for (const server of started) {
    await stopServer(server.pid);
  }
  await rm(parent, { recursive: true, force: true });
});

async function start(options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({
    stateFolder: join(parent, 'state'),
    settings: quick,
    ...options,
  });
  started.push(server);
  return server;
}

async function ask(url: string, statement: string): Promise<unknown> {
  const client = await connectOnce(url);
  try {
    const { rows } = await client.query({ text: statement, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

/** A parent process that starts the server and is then free to be killed. */
function startParent(environment: Record<string, string> = {}): Started {
  const script = `import { startEmbeddedPostgres } from ${JSON.stringify(join(here, 'embedded-postgres.ts'))};
    const server = await startEmbeddedPostgres({ stateFolder: process.argv[1], settings: { fsync: 'off' } });
    console.log('READY ' + server.pid + ' ' + server.url + ' ' + server.dataFolder);
    setInterval(() => {}, 1000);
    process.on('SIGTERM', () => server.stop().then(() => process.exit(0)));`;
  const parentProcess = startNode({
    args: ['--input-type=module', '-e', script, join(parent, 'state')],
    environment,
  });
  parents.push(parentProcess.child);
  return parentProcess;
}

test('under LANG=C the database is UTF-8 with the builtin C.UTF-8 order', async () => {
  const { child, line, finished } = startParent({
    LANG: 'C',
    LC_ALL: 'C',
    TZ: 'Asia/Tokyo',
    PGPORT: '1',
    PGDATA: '/no',
  });
  const url = (await line(/READY \d+ (\S+)/))[1] ?? '';
  expect(await ask(url, 'SHOW server_encoding')).toBe('UTF8');
  expect(await ask(url, 'SHOW timezone')).toBe('UTC');
  expect(
    await ask(
      url,
      'SELECT concat(datlocprovider, datlocale) FROM pg_database WHERE datname = current_database()',
    ),
  ).toBe('bC.UTF-8');
  expect(await ask(url, `SELECT upper('straße é 漢')`)).toBe('STRAßE É 漢');
  child.kill('SIGTERM');
  expect(await finished).toMatchObject({ code: 0, stderr: '' });
});

test('it listens on loopback only, asks for the password by SCRAM, and keeps the password to its owner', async () => {
  const server = await start();
  expect(await ask(server.url, 'SHOW listen_addresses')).toBe('127.0.0.1');
  expect(await ask(server.url, 'SHOW unix_socket_directories')).toBe('');
  expect(
    await ask(server.url, 'SELECT left(rolpassword, 13) FROM pg_authid WHERE rolpassword IS NOT NULL'),
  ).toBe('SCRAM-SHA-256');
  const guess = new URL(server.url);
  guess.password = 'guess';
  await expect(connectOnce(guess.href)).rejects.toMatchObject({ code: '28P01' });
  expect((await stat(join(parent, 'state', 'postgres.json'))).mode & 0o777).toBe(0o600);
  expect((await stat(server.dataFolder)).mode & 0o777).toBe(0o700);
});

test('a second start keeps the data and the port', async () => {
  const first = await start();
  await ask(first.url, 'CREATE TABLE kept AS SELECT 7 AS n');
  await first.stop();
  expect(await isRunning(first.pid)).toBe(false);
  const second = await start();
  expect(second).toMatchObject({ adopted: false, url: first.url, port: first.port });
  expect(await ask(second.url, 'SELECT n FROM kept')).toBe(7);
});

test('a server left by a killed parent is adopted, used and stopped', async () => {
  const { child, line, finished } = startParent();
  const [, pid, url] = await line(/READY (\d+) (\S+)/);
  await ask(url ?? '', 'CREATE TABLE left_behind AS SELECT 1 AS n');
  child.kill('SIGKILL');
  await finished;
  expect(await isRunning(Number(pid))).toBe(true);
  const server = await start();
  expect(server).toMatchObject({ adopted: true, pid: Number(pid), url });
  expect(await ask(server.url, 'SELECT n FROM left_behind')).toBe(1);
  await server.stop();
  expect(await isRunning(server.pid)).toBe(false);
});

test('two starts at once share one server, and it stops with the last of them', async () => {
  const [a, b] = await Promise.all([start(), start()]);
  expect(a.pid).toBe(b.pid);
  expect(new Set([a.adopted, b.adopted])).toEqual(new Set([false, true]));
  await a.stop();
  expect(await ask(b.url, 'SELECT 1')).toBe(1);
  await b.stop();
  expect(await isRunning(a.pid)).toBe(false);
});

test('a postmaster.pid whose number now belongs to another process does not stop the start', async () => {
  const first = await start();
  const record = await readFile(join(first.dataFolder, 'postmaster.pid'), 'utf8');
  await first.stop();
  const stranger = startNode({ args: ['-e', 'console.log("up"); setInterval(() => {}, 1000)'] });
  await stranger.line(/up/);
  await writeFile(
    join(first.dataFolder, 'postmaster.pid'),
    record.replace(String(first.pid), String(stranger.child.pid)),
  );
  const second = await start();
  expect(second.adopted).toBe(false);
  expect(await isRunning(stranger.child.pid ?? 0)).toBe(true);
  stranger.child.kill('SIGKILL');
});

test('a taken port is replaced by a free one', async () => {
  const first = await start();
  await first.stop();
  const squatter = createServer().listen(first.port, '127.0.0.1');
  await new Promise((done) => squatter.once('listening', done));
  const second = await start();
  expect(second.port).not.toBe(first.port);
  expect(await ask(second.url, 'SELECT 1')).toBe(1);
  squatter.close();
});

test('a server that dies is told in a sentence, and the next start recovers it', async () => {
  let tell = (_sentence: string) => {};
  const told = new Promise<string>((resolve_) => {
    tell = resolve_;
  });
  const server = await start({ onExit: (sentence) => tell(sentence) });
  process.kill(server.pid, 'SIGKILL');
  expect(await told).toContain('ended by itself');
  await server.stop();
  const again = await start();
  expect(await ask(again.url, 'SELECT 1')).toBe(1);
});

test('a server that cannot start says why, with the end of its log', async () => {
  const failing = start({ settings: { no_such_setting: '1' } });
  await expect(failing).rejects.toThrow(
    /stopped while it was starting.*unrecognized configuration parameter/,
  );
  expect((await start()).adopted).toBe(false);
});

test('an initdb that was killed half-way is begun again', async () => {
  await mkdir(join(parent, 'state', 'postgres', 'data.new', 'base'), { recursive: true });
  await chmod(join(parent, 'state'), 0o711);
  expect(await ask((await start()).url, 'SELECT 1')).toBe(1);
});

test('data whose password is gone is not overwritten', async () => {
  const server = await start();
  await server.stop();
  await rm(join(parent, 'state', 'postgres.json'));
  await expect(start()).rejects.toThrow('postgres.json with its password is not');
});

test('data of another major version is refused by a sentence', async () => {
  const server = await start();
  await server.stop();
  await writeFile(join(server.dataFolder, 'PG_VERSION'), '14\n');
  await expect(start()).rejects.toThrow('was made by PostgreSQL 14');
});

test.runIf(asRoot)('as root, a machine without the account "postgres" serves under another one', async () => {
  const server = await start({ accountNames: ['no-such-account-here', 'nobody'] });
  const owner = await stat(server.dataFolder);
  expect(owner.uid).toBe(65534);
  expect(await ask(server.url, 'SHOW server_encoding')).toBe('UTF8');
});

test.runIf(asRoot)(
  'as root in a checkout that the account cannot enter, binaries and data live in a recorded private folder',
  async () => {
    const root = resolve(here, '../..');
    const checkout = join(parent, 'home', 'checkout');
    await mkdir(checkout, { recursive: true });
    await chmod(join(parent, 'home'), 0o700);
    await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'));
    const stateFolder = join(checkout, '.fairlead');
    const server = await start({ stateFolder });
    const record = JSON.parse(await readFile(join(stateFolder, 'postgres.json'), 'utf8'));
    try {
      expect(server.dataFolder).toBe(join(record.privateFolder, 'data'));
      expect(server.dataFolder.startsWith(checkout)).toBe(false);
      expect((await stat(server.dataFolder)).mode & 0o777).toBe(0o700);
      expect(await ask(server.url, 'SHOW server_encoding')).toBe('UTF8');
      await ask(server.url, 'CREATE TABLE kept AS SELECT 7 AS n');
      await server.stop();
      const again = await start({ stateFolder });
      expect(again.dataFolder).toBe(server.dataFolder);
      expect(await ask(again.url, 'SELECT n FROM kept')).toBe(7);
      await again.stop();
    } finally {
      await rm(record.privateFolder, { recursive: true, force: true });
    }
  },
);
