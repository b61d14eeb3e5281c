import { chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { canRead } from '../db/embedded/server-account.ts';
import { expect, test } from './fixtures.ts';
import { createDatabaseNamed } from './support/own-database.ts';
import { startSite } from './support/site-process.ts';

const linkOf = (lines: readonly string[], name: string) =>
  new RegExp(`${name} .*?(http\\S+#link=\\S+)`).exec(lines.join('\n'))?.[1] ?? '';

test('a first start fills the demo; a killed one leaves its database, which the next adopts with everything in it', async ({
  browser,
  problems,
}) => {
  test.setTimeout(180_000);
  const stateFolder = await mkdtemp(join(tmpdir(), 'fairlead-first-start-'));
  try {
    const first = await startSite({ stateFolder, args: [] });
    const { port } = JSON.parse(await readFile(join(stateFolder, 'postgres.json'), 'utf8')) as {
      port: number;
    };
    await first.kill();

    const second = await startSite({ stateFolder, args: [] });
    try {
      expect(second.lines.join('\n')).not.toContain('Filling the demo');
      const again = JSON.parse(await readFile(join(stateFolder, 'postgres.json'), 'utf8')) as {
        port: number;
      };
      expect(again.port).toBe(port);
      const context = await browser.newContext({ baseURL: second.url });
      await problems.watch(context);
      const page = await context.newPage();
      await page.goto(linkOf(second.lines, 'Lena Ortiz'));
      await expect(page.getByRole('link', { name: /fraud-detector 6 → 7/ })).toBeVisible();
      await expect(page.getByText('1 signature missing')).toBeVisible();
      await expect(page.getByText(/Held at 5 %/).first()).toBeVisible();
      await expect(page.getByText('Rolled back', { exact: true })).toBeVisible();
      await context.close();
    } finally {
      await second.close();
    }
  } finally {
    await rm(stateFolder, { recursive: true, force: true });
  }
});

test('the account of the image, which may write nothing but its state folder, brings the console up', async ({
  browser,
  problems,
  site,
}) => {
  const account = { uid: 10_001, gid: 10_001 };
  const root = resolve(import.meta.dirname, '..');
  const mayTry = process.getuid?.() === 0 && (await canRead(account, join(root, 'server/start.mjs')));
  test.skip(!mayTry, 'Only root may run as another account, in a checkout that this one can read.');
  const databaseUrl = await createDatabaseNamed(site.serverUrl, 'fairlead_image');
  const stateFolder = await mkdtemp(join(tmpdir(), 'fairlead-image-'));
  await chown(stateFolder, account.uid, account.gid);
  try {
    const args = ['--role=all', '--no-demo'];
    const started = await startSite({ databaseUrl, stateFolder, args, account: account.uid });
    try {
      const context = await browser.newContext({ baseURL: started.url });
      await problems.watch(context);
      const page = await context.newPage();
      await page.goto(/(http\S+\/set-up#link=\S+)/.exec(started.lines.join('\n'))?.[1] ?? '');
      await expect(page.getByRole('heading', { name: 'Set up Fairlead' })).toBeVisible();
      await context.close();
    } finally {
      await started.close();
    }
  } finally {
    await rm(stateFolder, { recursive: true, force: true });
  }
});

test('pages and tRPC share one hub: a process that served both listens once', async ({ site, people }) => {
  const page = await people.as('viewer');
  await page.goto('/rollouts');
  await expect(page.getByRole('heading', { name: 'Rollouts', level: 1 })).toBeVisible();
  const client = new pg.Client({ connectionString: site.databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query(
      "select count(*)::int as listening from pg_stat_activity where application_name = 'fairlead-listen' and datname = current_database()",
    );
    expect(rows).toEqual([{ listening: 1 }]);
  } finally {
    await client.end();
  }
});
