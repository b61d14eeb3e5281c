import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { buildApp } from '../../server/launch/app-build.ts';
import { isBuilt } from '../../server/launch/build-stamp.ts';
import { type Finding, within } from './measure.ts';

export const root = resolve(import.meta.dirname, '../..');

const startsWithinMs = 120_000;
const stopsWithinMs = 70_000;

/** A console that `npm start` brought up from nothing, signed in to as a person of the demo. */
export type ColdStart = {
  readonly url: string;
  /** `name=value` of the session. */
  readonly cookie: string;
  /** The page of somebody else that embeds two charts of the demo. */
  readonly hostUrl: string;
  readonly finding: Finding;
  stop(): Promise<void>;
};

/** Starts a built checkout on an empty state folder and stops the clock when the Overview of the demo has come. */
export async function startCold(): Promise<ColdStart> {
  if (!(await isBuilt(root))) await buildApp(root);
  const stateFolder = await mkdtemp(join(tmpdir(), 'fairlead-cold-'));
  // mkdtemp closes the folder to the account that PostgreSQL runs under when this process is root.
  await chmod(stateFolder, 0o711);
  const { DATABASE_URL: _database, PUBLIC_URL: _address, ...environment } = process.env;
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['server/start.mjs', '--port=0'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...environment, STATE_FOLDER: stateFolder, LOG_LEVEL: 'error', NODE_ENV: 'production' },
  });
  const closed = new Promise<void>((done) => child.once('close', () => done()));
  const stop = async () => {
    child.kill('SIGTERM');
    await within(closed, stopsWithinMs, 'The console did not stop.').catch(() => child.kill('SIGKILL'));
    await rm(stateFolder, { recursive: true, force: true });
  };
  try {
    const ready = new Promise<string[]>((found, fail) => {
      const lines: string[] = [];
      createInterface({ input: child.stdout }).on('line', (line) => {
        lines.push(line);
        if (line.startsWith('Fairlead is running at')) found(lines);
      });
      child.once('close', () => fail(new Error(`The start failed:\n${lines.join('\n')}`)));
    });
    const lines = await within(ready, startsWithinMs, 'The console did not start.');
    const listeningMs = performance.now() - startedAt;
    const { url, cookie } = await signIn(lines);
    const answer = await fetch(url, { headers: { cookie } });
    const page = await answer.text();
    if (answer.status !== 200 || !page.includes('</html>')) throw new Error('The first page did not come.');
    const seconds = (performance.now() - startedAt) / 1_000;
    const detail = `listening after ${(listeningMs / 1_000).toFixed(1)} s, with a new database and the demo filled in`;
    const name = 'Cold npm start of a built checkout to the first page';
    const hostUrl = /embeds two charts of the demo: (\S+)/.exec(lines.join('\n'))?.[1] ?? '';
    return { url, cookie, hostUrl, finding: { name, value: seconds, limit: 15, unit: ' s', detail }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Uses the first of the printed links, which is an admin's and operator's. */
async function signIn(lines: readonly string[]): Promise<{ url: string; cookie: string }> {
  const [, url, link] = /(http:\S+)\/sign-in#link=(\S+)/.exec(lines.join('\n')) ?? [];
  if (url === undefined || link === undefined) throw new Error(`No link to sign in:\n${lines.join('\n')}`);
  const answer = await fetch(`${url}/api/session/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ link }),
  });
  const cookie = answer.headers.get('set-cookie')?.split(';')[0];
  if (cookie === undefined) throw new Error(`Signing in answered ${answer.status}.`);
  return { url, cookie };
}
