import type { Page } from '@playwright/test';
import { eq } from 'drizzle-orm';
import sharp from 'sharp';
import { board, boardVersion } from '../db/schema/boards.ts';
import { boardSpecSchema } from '../domain/board.ts';
import { shareFormats } from '../domain/share/share-content.ts';
import { dayMs } from '../domain/share/share-expiry.ts';
import { mostShared } from '../domain/share/share-limits.ts';
import { asLena } from '../server/demo/demo-host.ts';
import { readEnv } from '../server/env.ts';
import { instanceKeys } from '../server/instance-key.ts';
import { stateFolderOf } from '../server/launch/checkout.ts';
import { createShare } from '../server/shares/create.ts';
import { proposeShare } from '../server/shares/propose.ts';
import { expect, test } from './fixtures.ts';
import { header, panel } from './support/page-words.ts';
import { peoplesTexts } from './support/peoples-texts.ts';

/** The demo's printed link of a person; a one-time link, so each test signs in as somebody else. */
function linkOf(lines: readonly string[], name: string): string {
  const line = lines.find((each) => each.includes(name)) ?? '';
  return /(http\S+#link=\S+)/.exec(line)?.[1] ?? '';
}

test('the printed link of Lena opens a demo that is moving: one canary, one request that waits, one that cannot decide', async ({
  site,
  people,
}) => {
  const page = await (await people.nobody()).newPage();
  await page.goto(linkOf(site.lines, 'Lena Ortiz'));
  const main = page.getByRole('main');
  await expect(page.getByRole('button', { name: /Account of Lena Ortiz/ })).toBeVisible();
  for (const name of ['fraud-detector', 'recommender', 'document-classifier', 'toxicity-filter'])
    await expect(main.getByText(name).first()).toBeVisible();
  await page.goto('/rollouts?filter=ended');
  await expect(page.getByRole('row', { name: /toxicity-filter/ }).first()).toContainText('Rolled back');
  await page.goto('/audit');
  await expect(main.getByText('demo', { exact: true }).first()).toBeVisible();
});

test('Omar gives the second signature in the demo and the rollout of version 7 starts', async ({
  site,
  people,
}) => {
  const page = await (await people.nobody()).newPage();
  await page.goto(linkOf(site.lines, 'Omar Haddad'));
  await page
    .getByRole('main')
    .getByRole('link', { name: /fraud-detector/ })
    .first()
    .click();
  await expect(header(page)).toContainText('fraud-detector');
  await page.getByRole('button', { name: 'Approve' }).click();
  await page.getByRole('dialog', { name: 'Approve' }).getByRole('button', { name: 'Approve' }).click();
  await expect(panel(page, 'Signatures').getByText('approved')).toHaveCount(2);
  await page.getByRole('link', { name: 'Open the rollout' }).first().click();
  await expect(page.getByRole('list', { name: 'Steps of the rollout' })).toBeVisible();
});

test('the canary of the demo shows both arms in every chart, what each check would take to decide, and until when it waits', async ({
  site,
  people,
}) => {
  const page = await (await people.nobody()).newPage();
  await page.goto(linkOf(site.lines, 'Vic Chen'));
  await page
    .getByRole('main')
    .getByRole('link', { name: /recommender/ })
    .first()
    .click();
  const charts = panel(page, 'Canary against stable');
  for (const title of ['Error share', /^Slower than/, 'Latency, 95th percentile', 'Requests']) {
    const chart = charts.getByRole('figure', { name: title });
    await expect(chart).toContainText(/Stable \d+/);
    await expect(chart).toContainText(/Canary \d+/);
    await expect(chart).not.toContainText('no data');
  }
  const analysis = panel(page, 'Analysis');
  await expect(analysis).toContainText(/e = [\d.]+decides at \d+/);
  await expect(analysis).toContainText(/canary \d[\d,]* of \d[\d,]* \(/);
  await expect(analysis).toContainText(
    /Not decided: .+ \(e-value [\d.]+, fails from \d+\)|would have been seen with 80 %/,
  );
  const why = page.getByRole('region', { name: 'Why is it waiting?' });
  await expect(why).toContainText('Who can change it');
  await expect(why).toContainText(/Until \d/);
});

test('the demo shows who holds every GPU, thirty days of what they cost, and a signed promotion with the date at which its budget lets it start', async ({
  site,
  people,
}) => {
  const page = await (await people.nobody()).newPage();
  await page.goto(linkOf(site.lines, 'Ada Byrne'));
  await expect(page.getByRole('button', { name: /Account of Ada Byrne/ })).toBeVisible();
  await page.goto('/gpus');
  const sandbox = panel(page, 'sandbox');
  await expect(sandbox.getByText(/^24 GPUs: /)).toBeVisible();
  const recommender = sandbox.getByRole('link', { name: /^recommender in production/ });
  await expect(recommender.filter({ hasText: /version 3 · stable/ }).first()).toBeVisible();
  await expect(recommender.filter({ hasText: /version 4 · canary/ }).first()).toBeVisible();
  await expect(sandbox.getByText('Unallocated')).toBeVisible();

  await page.goto('/costs');
  await expect(page.getByRole('row', { name: /search-ranker/ })).toContainText('$');
  await expect(page.getByRole('row', { name: /fraud-detector/ })).toContainText('16');

  await page.goto('/promotions?filter=approved');
  await page
    .getByRole('link', { name: /search-ranker/ })
    .first()
    .click();
  await expect(page.getByText(/Budget "Search ranking, any seven days" has only \d/).first()).toBeVisible();
  await expect(panel(page, 'GPUs and money').getByText(/^It fits from 2/)).toBeVisible();
});

test('no name, comment, query or digest of the demo reaches a page outside: not by its embeds, nor by a board of it in any format', async ({
  browser,
  db,
  site,
}) => {
  const keys = await instanceKeys(readEnv(), stateFolderOf(readEnv()));
  const lena = await asLena({
    db,
    publicUrl: site.url,
    secure: false,
    workerPublicKey: '',
    instanceKeys: keys,
  });
  if (lena === null) throw new Error('The demo is not there.');
  const boards = await db
    .select({ projectId: board.projectId, spec: boardVersion.spec })
    .from(board)
    .innerJoin(boardVersion, eq(boardVersion.boardId, board.id));
  const shown = boards.filter(({ projectId }) => lena.principal?.memberships.has(projectId));
  const secrets = await peoplesTexts(db, shown[0]?.projectId ?? '');
  for (const known of ['recommender', 'Lena Ortiz', 'Autumn campaign began', 'lena@demo.fairlead.test'])
    expect(secrets).toContain(known);
  const page = await (await browser.newContext()).newPage();
  const seen: { readonly from: string; readonly text: string }[] = [];
  page.on('response', (response) => {
    const from = response.url();
    if (!/\/(embed|share)\//.test(from)) return;
    void response.text().then(
      (text) => seen.push({ from, text }),
      () => undefined,
    );
  });

  await page.goto(/embeds two charts of the demo: (\S+)/.exec(site.lines.join('\n'))?.[1] ?? '');
  for (const frame of [0, 1]) {
    const chart = page.frameLocator('iframe').nth(frame);
    await expect(chart.locator('svg')).toBeVisible();
    await chart.getByText('Show as a table').press('Enter');
    seen.push({ from: `frame ${frame}`, text: await chart.locator('body').innerHTML() });
  }
  for (const [place, { projectId, spec }] of shown.entries()) {
    const charts = boardSpecSchema
      .parse(spec)
      .charts.slice(0, mostShared)
      .map((chart, index) => ({ title: `Chart ${index + 1}`, spec: chart.spec }));
    const range = { kind: 'relative', ms: 7 * dayMs } as const;
    const { labels } = await proposeShare(lena, { projectId, charts, range });
    // One board before its subjects had labels.
    const given = place === 0 ? [] : labels;
    const { shareId, secret } = await createShare(lena, {
      kind: 'share',
      projectId,
      title: 'Weekly review',
      charts,
      range,
      labels: Object.fromEntries(given.map(({ subject, label }) => [subject, label])),
      allowExport: [...shareFormats],
    });
    await page.goto(`${site.url}/share/${shareId}#${secret}`);
    await expect(page.locator('svg')).toHaveCount(charts.length);
    seen.push({ from: 'page', text: await page.content() });
    for (const [index] of charts.entries()) seen.push(await fileOf(page, { shareId, secret, index }));
  }
  await page.context().close();

  expect(seen.filter(({ from }) => from.includes('/data?')).length).toBeGreaterThanOrEqual(5);
  for (const { from, text } of seen) {
    expect([from, secrets.filter((secret) => text.includes(secret))]).toEqual([from, []]);
    expect([from, /sha256|\/rollouts\/|\/promotions\/|\/services\//.exec(text)?.[0]]).toEqual([
      from,
      undefined,
    ]);
  }
});

type File = { readonly shareId: string; readonly secret: string; readonly index: number };

/** A chart of a share as a file, of one format after the other; of a PNG also what is written beside its pixels. */
async function fileOf(page: Page, { shareId, secret, index }: File): Promise<{ from: string; text: string }> {
  const format = shareFormats[index % shareFormats.length] ?? 'json';
  const from = `/share/${shareId}/chart.${format}?chart=${index}`;
  const answer = await page.request.get(new URL(from, page.url()).href, {
    headers: { authorization: `Share ${secret}` },
  });
  expect([from, answer.status()]).toEqual([from, 200]);
  const body = await answer.body();
  if (format === 'png') {
    const { exif, icc, iptc, xmp, comments } = await sharp(body).metadata();
    expect({ exif, icc, iptc, xmp, comments }).toEqual({});
  }
  return { from, text: body.toString('latin1') };
}
