import { spawn, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { eq } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { account } from '../db/schema/identity.ts';
import { makeSignInLink } from '../server/sessions/sign-in.ts';
import { expect, test } from './fixtures.ts';

const isHere = (program: string) => spawnSync(program, ['--version']).status === 0;

/** The walk-through of the README as one script; address and token come from the environment instead. */
async function walkThrough(): Promise<string> {
  const readme = await readFile(resolve(import.meta.dirname, '../README.md'), 'utf8');
  const script = /## The main job by curl[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  return script.replace(/^export FAIRLEAD=.*$/m, '');
}

/** A token as the admin of the demo makes it under Settings → Tokens. */
async function demoToken(db: Database, url: string): Promise<string> {
  const [lena] = await db.select().from(account).where(eq(account.email, 'lena@demo.fairlead.test'));
  const link = await makeSignInLink(db, lena?.userId ?? '', 1);
  const call = async (path: string, body: unknown, cookie = '') =>
    await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url, cookie },
      body: JSON.stringify(body),
    });
  const cookie = (await call('/api/session/link', { link })).headers.get('set-cookie')?.split(';')[0] ?? '';
  const listed = await fetch(`${url}/api/trpc/projects.list`, { headers: { cookie } });
  const projects = (await listed.json()) as { result: { data: { json: { id: string }[] } } };
  const projectId = projects.result.data.json[0]?.id;
  const json = { projectId, name: 'walk-through', roles: ['engineer'], expiresInDays: 1 };
  const made = await call('/api/trpc/tokens.create', { json }, cookie);
  return ((await made.json()) as { result: { data: { json: { secret: string } } } }).result.data.json.secret;
}

type Ended = { readonly code: number | null; readonly output: string; readonly complaints: string };

/** Without a terminal's start-up files, as a script of CI runs. */
function runScript(script: string, env: Record<string, string>): Promise<Ended> {
  const child = spawn('bash', ['--norc', '-euo', 'pipefail', '-c', script], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, complaints]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
  const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString();
  return new Promise((done) =>
    child.once('close', (code) => done({ code, output: text(output), complaints: text(complaints) })),
  );
}

test('the walk-through of the README, run as it stands, brings a version of the demo to its signatures', async ({
  site,
  db,
}) => {
  test.skip(!['bash', 'curl', 'jq'].every(isHere), 'It needs bash, curl and jq.');
  const token = await demoToken(db, site.url);
  const script = await walkThrough();
  expect(script).toContain('/promotions');
  const { code, output, complaints } = await runScript(script, { FAIRLEAD: site.url, TOKEN: token });
  expect(code, complaints + output).toBe(0);
  // What attaching evidence answered comes first.
  expect(JSON.parse(output.slice(output.indexOf('{\n  "state"')))).toMatchObject({
    state: 'open',
    signaturesMissing: expect.any(Number),
    rolloutId: null,
  });
});
