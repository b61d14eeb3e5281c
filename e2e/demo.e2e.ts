import { expect, test } from './fixtures.ts';
import { header, panel } from './support/page-words.ts';

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
