import { expect, test } from './fixtures.ts';
import { showDrift } from './support/drift-to-show.ts';
import { expectBlocked, panel } from './support/page-words.ts';

test('a drift leads from what is wrong to the feature that moved, and people say what it is', async ({
  people,
  project,
  problems,
}) => {
  problems.allow(/status of 4\d\d/);
  await showDrift(project.fixture);
  const page = await people.as('engineer', '/');
  await page.getByRole('listitem').filter({ hasText: 'amount drifted' }).getByRole('link').first().click();

  await expect(page.getByRole('heading', { level: 1, name: /^Drift of s-/ })).toBeVisible();
  await expect(page.getByText(/amount drifted: its distribution moved by PSI 0\.3/).first()).toBeVisible();
  await expect(panel(page, 'What drifted').getByText('The predictions did not drift with it.')).toBeVisible();
  await page.getByRole('button', { name: 'Data fault' }).click();
  await page.getByRole('dialog').getByLabel('Comment').fill('The unit changed upstream.');
  await page.getByRole('dialog').getByRole('button', { name: 'Data fault' }).click();
  await expectBlocked(page.getByRole('button', { name: 'Data fault' }), /marked so already/);
  await expect(panel(page, 'When').getByText('The unit changed upstream.')).toBeVisible();

  await panel(page, 'What drifted').getByRole('link', { name: 'amount' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'amount' })).toBeVisible();
  await expect(panel(page, 'Verdict of the window').getByText('Severe drift')).toBeVisible();
  await page.getByRole('button', { name: 'Show Share of rows by bin as a table' }).click();
  await expect(page.getByRole('group', { name: 'Share of rows by bin, table' })).toContainText('17 %');
  await expect(page.getByText(/Evidently lays bins over reference and current/)).toBeVisible();
  await page.getByRole('link', { name: '7 days', exact: true }).click();
  await expect(panel(page, 'Values').getByText(/Verdicts are given for whole windows only/)).toBeVisible();
});

test('an operator sees which features drift and switches alerts off and on; a viewer sees why not', async ({
  people,
  project,
  problems,
}) => {
  problems.allow(/status of 4\d\d/);
  const { serviceId } = await showDrift(project.fixture);
  const page = await people.as('operator', '/monitoring');
  const row = page.getByRole('row').filter({ hasText: '1 of 2 drifted' });
  await expect(row.getByText('1 open')).toBeVisible();
  await row.getByRole('link').first().click();
  await expect(page).toHaveURL(new RegExp(`/monitoring/${serviceId}$`));
  await expect(panel(page, 'Features').getByRole('row').nth(1)).toContainText('amount');
  await page.getByRole('button', { name: 'Switch alerts off' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Switch off' }).click();
  await expect(page.getByRole('button', { name: 'Switch alerts on' })).toBeVisible();
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByLabel('Compared with').selectOption('the training data');
  await expectBlocked(
    page.getByRole('button', { name: 'Save' }),
    /cannot be compared with a reference of all hours/,
  );
  await page.getByLabel('One window is').selectOption('day');
  await page.getByLabel('Compared with').selectOption('the same hours of the last four weeks');
  await page.getByLabel('Labels find their prediction by id').check();
  await page.getByLabel('Ids kept at most').fill('50000');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(
    page.getByText('Every day is compared with the same hours of the last four weeks.'),
  ).toBeVisible();
  await page.getByRole('button', { name: 'Settings' }).click();
  await expect(page.getByLabel('Ids kept at most')).toHaveValue('50000');

  const viewer = await people.as('viewer', `/monitoring/${serviceId}`);
  await expectBlocked(
    viewer.getByRole('button', { name: 'Switch alerts on' }),
    /This needs the role operator or admin/,
  );
});
