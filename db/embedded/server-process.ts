import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { serverEnvironment } from './data-folder.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { isRunning, wasStartedWith } from './process-probe.ts';
import type { ServerAccount } from './server-account.ts';

export interface LaunchOptions {
  readonly program: string;
  readonly data: string;
  readonly port: number;
  readonly account: ServerAccount | undefined;
  readonly settings: Readonly<Record<string, string>>;
  readonly logFile: string;
}

/** Starts `postgres` on loopback in a process group of its own: Ctrl-C in the terminal must reach Fairlead first. */
export async function launch(options: LaunchOptions): Promise<ChildProcess> {
  const { program, data, port, account, logFile } = options;
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...options.settings,
  };
  await startNewLog(logFile);
  // A file and not a pipe: a server that outlives its parent would die of its first log line.
  const log = await open(logFile, 'a', 0o600);
  try {
    const child = spawn(
      program,
      [
        '-D',
        data,
        '-p',
        String(port),
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      { ...account, cwd: '/', env: serverEnvironment, detached: true, stdio: ['ignore', log.fd, log.fd] },
    );
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) =>
        reject(
          new EmbeddedPostgresError(`${program} cannot be run here: ${error.message}.`, { cause: error }),
        ),
      );
    });
    // Later errors (a failed kill) have nobody to catch them and would end the process.
    child.on('error', () => undefined);
    return child;
  } finally {
    await log.close();
  }
}

async function startNewLog(logFile: string): Promise<void> {
  const size = await stat(logFile).then(
    (file) => file.size,
    () => 0,
  );
  if (size > 5_000_000) {
    await rename(logFile, `${logFile}.old`);
  }
}

/** The last lines of the server's log, for the sentence about a failed start. */
export async function lastLogLines(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-3).join(' / ');
}

export interface RunningServer {
  readonly pid: number;
  readonly port: number;
}

/** The server that works on this data folder according to its postmaster.pid; a record nobody stands behind is deleted. */
export async function runningServer(data: string): Promise<RunningServer | undefined> {
  const file = join(data, 'postmaster.pid');
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  if (!(pid > 0)) {
    return undefined;
  }
  if ((await isRunning(pid)) && (await wasStartedWith(pid, data))) {
    return { pid, port };
  }
  // PostgreSQL refuses to start when another process of the same user happens to have the recorded id.
  await rm(file, { force: true });
  return undefined;
}

/** Waits until the server answers with our password and says that it works on `data`; the password proves both sides. */
export async function waitUntilReady(
  url: string,
  data: string,
  alive: () => Promise<boolean>,
): Promise<void> {
  for (let attempt = 0; attempt < 2400; attempt += 1) {
    const answer = await askDataFolder(url);
    if (answer.data === data) {
      return;
    }
    if (answer.data !== undefined) {
      throw new EmbeddedPostgresError(
        `The port of the built-in PostgreSQL is answered by a server on ${answer.data}.`,
      );
    }
    if (answer.code === '28P01') {
      throw new EmbeddedPostgresError(
        `The built-in PostgreSQL on ${data} does not accept the recorded password: move ${data} and postgres.json away to begin anew.`,
      );
    }
    if (!(await alive())) {
      throw new EmbeddedPostgresError('The built-in PostgreSQL stopped while it was starting.');
    }
    await wait(50);
  }
  throw new EmbeddedPostgresError('The built-in PostgreSQL did not become ready within two minutes.');
}

async function askDataFolder(url: string): Promise<{ data?: string; code?: string }> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    return rows[0] === undefined ? {} : { data: rows[0].data_directory };
  } catch (error) {
    return error instanceof pg.DatabaseError && error.code !== undefined ? { code: error.code } : {};
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The wanted port when it is free on loopback, else any free one. */
export async function freePort(wanted = 0): Promise<number> {
  const server = createServer();
  try {
    return await new Promise<number>((resolve, reject) => {
      server.once('error', reject);
      server.listen(wanted, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  } catch (error) {
    if (wanted === 0) {
      throw error;
    }
    return freePort();
  } finally {
    server.close();
  }
}

/** Fast shutdown (clients are cut off, everything is on disk), then immediate when that takes longer than half a minute. */
export async function stopServer(pid: number): Promise<void> {
  for (const [signal, attempts] of [
    ['SIGINT', 600],
    ['SIGQUIT', 200],
  ] as const) {
    if (!(await isRunning(pid))) {
      return;
    }
    try {
      process.kill(pid, signal);
    } catch {
      // It ended since the line above asked; the loop below sees that.
    }
    for (let attempt = 0; attempt < attempts && (await isRunning(pid)); attempt += 1) {
      await wait(50);
    }
  }
}
