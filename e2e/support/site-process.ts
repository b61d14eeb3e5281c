import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

const root = resolve(import.meta.dirname, '../..');

export type Site = {
  readonly url: string;
  /** What it printed until it was ready, sign-in and set-up links among it. */
  readonly lines: readonly string[];
  close(): Promise<void>;
  /** SIGKILL, as a crash or an impatient person does it. */
  kill(): Promise<void>;
};

type Options = {
  /** Left out: the built-in database, kept in `stateFolder`. */
  readonly databaseUrl?: string;
  readonly stateFolder?: string;
  readonly args: readonly string[];
  /** Number of the account that runs it; only root may choose. */
  readonly account?: number;
};

/** One real `npm start` on a free port; resolves when it says that it is running, rejects with its output when it ends before. */
export async function startSite({ databaseUrl, stateFolder, args, account }: Options): Promise<Site> {
  const { PUBLIC_URL: _address, DATABASE_URL: _database, ...environment } = process.env;
  const place = {
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    ...(stateFolder === undefined ? {} : { STATE_FOLDER: stateFolder }),
  };
  const child = spawn(process.execPath, ['server/start.mjs', '--port=0', ...args], {
    cwd: root,
    ...(account === undefined ? {} : { uid: account, gid: account }),
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...environment, ...place, LOG_LEVEL: 'error', NODE_ENV: 'production' },
  });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  const lines: string[] = [];
  const url = await new Promise<string>((found, fail) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      const address = /^Fairlead is running at (\S+)/.exec(line)?.[1];
      if (address !== undefined) found(address);
    });
    child.once('error', fail);
    child.once('close', (code) => fail(new Error(`The server ended with ${code}:\n${lines.join('\n')}`)));
  });
  return {
    url,
    lines,
    close: async () => {
      child.kill('SIGTERM');
      await ended;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
