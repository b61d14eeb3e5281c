import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../db/embedded/server-process.ts';
import { startTemporaryPostgres } from '../../db/embedded/temporary-postgres.ts';
import { migrate } from '../../db/migrate.ts';
import type { Lab } from './lab.ts';
import { waitFor } from './wait-for.ts';

const root = join(import.meta.dirname, '..', '..');
/** A few seconds on a free machine; this one may run all other tests meanwhile. */
const startLimitMs = 180_000;

/** One process of the product under test. */
export interface ProductProcess {
  readonly pid: number;
  /** SIGKILL, as when a node dies: nothing is given back. */
  kill(): Promise<void>;
}

/** Fairlead as it is installed: PostgreSQL, a web process and as many workers as a test starts. */
export interface ProductProcesses {
  readonly databaseUrl: string;
  readonly url: string;
  /** Secret of the one-time link that sets up the first admin. */
  readonly setUpLink: string;
  startWorker(): Promise<ProductProcess>;
  stop(): Promise<void>;
}

interface Plan {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly ready: RegExp;
}

function workerKeys(): { WORKER_PUBLIC_KEY: string; WORKER_PRIVATE_KEY: string } {
  const jwk = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' });
  const base64 = (part: string | undefined): string =>
    Buffer.from(part ?? '', 'base64url').toString('base64');
  return { WORKER_PUBLIC_KEY: base64(jwk.x), WORKER_PRIVATE_KEY: base64(jwk.d) };
}

async function killChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function startChild(lab: Lab, plan: Plan): Promise<{ child: ChildProcess; ready: RegExpExecArray }> {
  const log = join(lab.folder.logs, `${plan.name}-${process.pid}-${Date.now()}.log`);
  const output = openSync(log, 'a');
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: 'production', ...plan.env };
  const child: ChildProcess = spawn(process.execPath, [...plan.args], {
    cwd: root,
    env,
    stdio: ['ignore', output, output],
  });
  try {
    const ready = await waitFor(`the start of ${plan.name}`, startLimitMs, async () =>
      child.exitCode === null ? plan.ready.exec(readFileSync(log, 'utf8')) : null,
    );
    return { child, ready };
  } catch (error) {
    await killChild(child);
    throw new Error(`${plan.name}: ${readFileSync(log, 'utf8').slice(-2_000)}`, { cause: error });
  }
}

/** Starts PostgreSQL and web inside the lab's network; `stop` ends whatever was started since. */
export async function startProcesses(lab: Lab): Promise<ProductProcesses> {
  const database = await startTemporaryPostgres();
  const children: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(killChild));
    await database.remove();
  };
  const { WORKER_PUBLIC_KEY, WORKER_PRIVATE_KEY } = workerKeys();
  try {
    await migrate(database.url);
    const port = await freePort();
    const { child, ready } = await startChild(lab, {
      name: 'web',
      args: [join(import.meta.dirname, 'product-web.ts')],
      env: { DATABASE_URL: database.url, PORT: String(port), WORKER_PUBLIC_KEY },
      ready: /link=(\S+)/,
    });
    children.push(child);
    const startWorker = async (): Promise<ProductProcess> => {
      const started = await startChild(lab, {
        name: 'worker',
        args: ['server/start.mjs', '--role=worker', '--no-demo'],
        env: { DATABASE_URL: database.url, WORKER_PRIVATE_KEY },
        ready: /Fairlead is running/,
      });
      children.push(started.child);
      return { pid: started.child.pid ?? 0, kill: () => killChild(started.child) };
    };
    return {
      databaseUrl: database.url,
      url: `http://127.0.0.1:${port}`,
      setUpLink: ready[1] ?? '',
      startWorker,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
