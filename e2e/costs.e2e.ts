import { AxeBuilder } from '@axe-core/playwright';
import { eq } from 'drizzle-orm';
import { account } from '../db/schema/identity.ts';
import { expect, test } from './fixtures.ts';
import { meteredDay } from './support/costs-to-show.ts';
import { expectBlocked, panel } from './support/page-words.ts';

test('a member follows an amount down to the rows, intervals and the price that it is made of', async ({
  people,
  project,
}) => {
  await meteredDay(project.fixture);
  const page = await people.as('viewer', '/costs?by=environment');
  const row = page.getByRole('row', { name: /production/ });
  await expect(row).toContainText('$48.00');
  await expect(row).toContainText('48');
  await page.getByLabel('Sum by').selectOption('Bucket');
  await expect(page.getByRole('row', { name: /Serving/ })).toContainText('$48.00');
  await expect(page.getByRole('link', { name: 'The instance' })).toHaveCount(0);

  await page.getByLabel('Rate').selectOption('Split as OpenCost does');
  await expect(page.getByRole('row', { name: /Serving/ })).not.toContainText('$48.00');
  await page.goto('/costs?by=environment');
  await page.getByRole('link', { name: 'production' }).click();
  await expect(page.getByRole('heading', { name: 'Pods behind the amount' })).toBeVisible();
  await page.getByRole('link', { name: new RegExp(`pod-${project.fixture.projectId}`) }).click();
  await expect(panel(page, 'Rows of the ledger').getByText('They sum to 48 USD, exactly.')).toBeVisible();
  await expect(panel(page, 'Intervals').getByText('Serving')).toBeVisible();
  await expect(panel(page, 'Prices').getByText('8 USD per node and hour')).toBeVisible();
});

test('an instance admin sees idle time, and gives what nobody pays for to a project as the preview said', async ({
  people,
  project,
  db,
}) => {
  const { fixture } = project;
  await db
    .update(account)
    .set({ instanceRoles: ['admin'] })
    .where(eq(account.userId, fixture.people.admin.id));
  const { namespace } = await meteredDay(fixture);
  const page = await people.as('admin', '/costs');
  await page.getByRole('link', { name: 'The instance' }).click();
  await expect(page.getByRole('link', { name: 'Idle', exact: true })).toBeVisible();
  await page.getByRole('link', { name: 'Unallocated' }).first().click();
  const row = page.getByRole('row', { name: new RegExp(namespace) });
  await expect(row).toContainText('Job sweep');
  await row.getByRole('button', { name: /Give to/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Project').selectOption({ value: fixture.projectId });
  await expect(dialog.getByText(/0 → 24 GPU-hours, \$0\.00 → \$24\.00/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Make the rule' }).click();
  await expect(page.getByRole('row', { name: new RegExp(namespace) }).getByText('Fraud')).toBeVisible();
  await page.getByRole('link', { name: 'Statements' }).click();
  await expect(page.getByRole('heading', { name: 'Statements' })).toBeVisible();
});

/** One more than the page of a link waits before it asks again. */
const turnMs = 46_000;

test('an instance admin shares the chart of all costs by a link with labels, and takes it back', async ({
  browser,
  people,
  project,
  db,
}) => {
  const { fixture } = project;
  await meteredDay(fixture);
  const as = async (role: 'admin' | 'auditor') =>
    await db
      .update(account)
      .set({ instanceRoles: [role] })
      .where(eq(account.userId, fixture.people.admin.id));
  await as('auditor');
  const page = await people.as('admin', '/costs?scope=instance&by=environment&days=7');
  await page.getByRole('button', { name: 'Share Cost per day in USD' }).click();
  await expect(page.getByText('This needs the instance role admin.', { exact: false })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Download as CSV' })).toBeVisible();
  await as('admin');
  await page.reload();
  await page.getByRole('button', { name: 'Share Cost per day in USD' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel('production').first()).toHaveValue(/^Environment [A-Z]$/);
  const title = `What it costs ${fixture.projectId.slice(-6)}`;
  await dialog.getByLabel('Title that people see').fill(title);
  await dialog.getByLabel('Ends').selectOption('in 7 days');
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await dialog.getByRole('button', { name: 'Make the link' }).click();
  const link = (await dialog.getByText(/\/share\/[^ ]+#/).textContent()) ?? '';
  await dialog.getByRole('button', { name: 'I have copied it' }).click();

  const outside = await browser.newContext();
  try {
    const seen = await outside.newPage();
    await seen.clock.install();
    await seen.goto(link.trim());
    await expect(seen.locator('svg')).toBeVisible();
    await expect(seen.locator('svg')).toContainText('Environment A');
    await expect(seen.getByRole('main')).not.toContainText(/production|staging/);

    await page.goto('/settings/shared');
    const mine = page.getByRole('region', { name: 'Of the instance' });
    const row = mine.getByRole('row', { name: new RegExp(title) });
    await expect(row).toContainText('Open');
    await expect(
      page.getByRole('table', { name: 'Shared outside', exact: true }).getByText(title),
    ).toHaveCount(0);
    await row.getByRole('button', { name: `Actions of ${title}` }).click();
    await page.getByRole('menuitem', { name: 'Revoke …' }).click();
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    await expect(row).toContainText('Revoked');
    await seen.clock.fastForward(turnMs);
    await expect(seen.getByText(/^This chart is not available any more/)).toBeVisible();
    await expect(seen.locator('svg, table')).toHaveCount(0);
  } finally {
    await outside.close();
  }
});

test('only an admin of the project sets its cost centre', async ({ people }) => {
  const reader = await people.as('viewer', '/costs/statements');
  await expectBlocked(reader.getByRole('button', { name: 'Save' }), /role admin/);
  const page = await people.as('admin', '/costs/statements');
  await page.getByLabel('Code').fill('CC-42');
  await page.getByRole('button', { name: 'Save' }).click();
  await expectBlocked(page.getByRole('button', { name: 'Save' }), 'Nothing changed.');
  await page.reload();
  await expect(page.getByLabel('Code')).toHaveValue('CC-42');
});
