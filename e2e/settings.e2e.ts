import type { Page } from '@playwright/test';
import { eq } from 'drizzle-orm';
import { freePort } from '../db/embedded/server-process.ts';
import { account } from '../db/schema/identity.ts';
import { expect, test } from './fixtures.ts';
import { alertWith, expectBlocked } from './support/page-words.ts';

test('a policy that nobody could satisfy cannot be saved, and the page says who is missing', async ({
  people,
  project,
}) => {
  const page = await people.as('admin', `/settings/policies/${project.fixture.policyId}`);
  await page.getByLabel('Different people over all rules').fill('9');
  await expectBlocked(
    page.getByRole('button', { name: 'Save as a new revision' }),
    /asks for 9 different people, but only 2 could sign/,
  );
});

test('a request against a policy that nobody can satisfy any more is refused before it is sent', async ({
  people,
  project,
}) => {
  const { modelVersionId } = await project.fixture.version({ by: project.fixture.as('secondApprover') });
  const page = await people.as(
    'engineer',
    `/promotions/new?service=${project.fixture.serviceId}&modelVersion=${modelVersionId}`,
  );
  await expect(alertWith(page, /asks for 2 of approver, but only 1 could sign/)).toBeVisible();
});

test('a cluster is added with a printed manifest, looked at first, and its page keeps what is missing', async ({
  people,
  project,
  db,
  problems,
}) => {
  problems.allow(/status of 4\d\d/);
  await db
    .update(account)
    .set({ instanceRoles: ['admin'] })
    .where(eq(account.userId, project.fixture.people.admin.id));
  const page = await people.as('admin', '/settings/clusters');
  await page.getByRole('link', { name: 'Add cluster' }).click();
  await page
    .getByRole('textbox', { name: 'Name', exact: true })
    .fill(`far-${project.fixture.clusterId.slice(-8)}`);
  const manifest = page.getByRole('group', { name: 'manifest for kubectl apply -f' });
  await expect(manifest).not.toContainText('fairlead-watch');
  await page.getByLabel('Namespaces to watch').fill('fraud');
  await expect(manifest).toContainText('name: fairlead-watch');
  await expect(manifest).not.toContainText('"patch"');
  await page.getByLabel('Namespaces to manage').fill('serving');
  await expect(manifest).toContainText('"patch"');
  await expect(page.getByRole('group', { name: 'commands that print' })).toContainText(
    'create token fairlead',
  );

  await page.getByLabel('API server').fill('http://127.0.0.1:1');
  await page.getByLabel('CA certificate').fill('not a certificate');
  await page.getByLabel('Service account token').fill('token');
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await expect(alertWith(page, /https:\/\//)).toBeVisible();
  await page.getByLabel('API server').fill(`https://127.0.0.1:${await freePort()}`);
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await expect(alertWith(page, /PEM/)).toBeVisible();
  await page.getByLabel('CA certificate').fill('-----BEGIN CERTIFICATE-----');
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  const connection = page.getByRole('region', { name: 'Connection' }).getByRole('listitem');
  await expect(connection).toContainText('Reachable: Missing');
  await expect(connection).toContainText('network between the worker and the cluster');

  await page.getByRole('button', { name: 'Register' }).click();
  await expect(page.getByText('Not looked at yet')).toBeVisible();
  await page.getByRole('button', { name: 'Check again' }).click();
  await expect(connection).toContainText('Reachable: Missing');
  await expect(page.getByText('1 of 1 missing')).toBeVisible();
});

test('the sandbox cluster has a page with a green check list', async ({ people, project, db }) => {
  await db
    .update(account)
    .set({ instanceRoles: ['admin'] })
    .where(eq(account.userId, project.fixture.people.admin.id));
  const page = await people.as('admin', `/settings/clusters/${project.fixture.clusterId}`);
  await page.getByRole('button', { name: 'Check again' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'simulated in the database' })).toContainText(
    'Sandbox cluster: Met',
  );
});

const rowOf = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text });
const box = (page: Page, name: string) =>
  page.getByRole('dialog').getByRole('textbox', { name, exact: true });

/** Presses the button of the row and confirms; the row is gone then. */
async function removeRow(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `Remove ${name}` }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByRole('alertdialog')).toHaveCount(0);
  await expect(page.getByRole('cell', { name })).toHaveCount(0);
}

test('a link is refused without a safe address, then added, tried on a service, changed and removed', async ({
  people,
}) => {
  const page = await people.as('admin', '/settings/links');
  await page.getByRole('button', { name: 'Add a link' }).click();
  await expectBlocked(
    page.getByRole('button', { name: 'Add', exact: true }),
    'Give it a name and an address.',
  );
  await box(page, 'Name').fill('Dashboard');
  await box(page, 'Address').fill('https://{service}.example.com/');
  const add = page.getByRole('button', { name: 'Add', exact: true });
  await expectBlocked(add, /Write the host without placeholders/);
  await box(page, 'Address').fill('https://grafana.example.com/d/{cluster}');
  await expectBlocked(add, /There is no placeholder \{cluster\}/);
  await box(page, 'Address').fill('https://grafana.example.com/d/{service}');
  await expect(
    page.getByRole('dialog').getByRole('link', { name: /grafana\.example\.com\/d\/\w/ }),
  ).toBeVisible();
  await add.click();
  await expect(rowOf(page, 'Dashboard')).toContainText('on services and rollouts, everywhere');

  await page.getByRole('button', { name: 'Change Dashboard' }).click();
  await box(page, 'Address').fill('https://grafana.example.com/d/{pod}');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(rowOf(page, 'Dashboard')).toContainText('beside pods, everywhere');
  await removeRow(page, 'Dashboard');
  await expect(page.getByText('No link yet')).toBeVisible();
});

test('roles of a member are changed and taken, and the last admin keeps theirs', async ({
  people,
  project: {
    fixture: {
      people: { admin, viewer },
    },
  },
  problems,
}) => {
  problems.allow(/status of 4\d\d/);
  const page = await people.as('admin', '/settings/members');
  const dialog = page.getByRole('dialog');
  const save = page.getByRole('button', { name: 'Save' });
  const role = (name: string) => dialog.getByRole('checkbox', { name, exact: true });

  await page.getByRole('button', { name: 'Add a member' }).click();
  await box(page, 'Address').fill('nobody@example.com');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(alertWith(page, 'Nobody with the address nobody@example.com has an account.')).toBeVisible();
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: `Change the roles of ${viewer.name}` }).click();
  await role('viewer').uncheck();
  await expectBlocked(save, 'Choose at least one role.');
  await role('operator').check();
  await role('engineer').check();
  await save.click();
  await expect(dialog).toHaveCount(0);
  await expect(rowOf(page, `${viewer.id}@example.com`)).toContainText('operator');
  await expect(rowOf(page, `${viewer.id}@example.com`)).toContainText('engineer');

  await page.getByRole('button', { name: `Change the roles of ${admin.name}` }).click();
  await role('admin').uncheck();
  await role('viewer').check();
  await save.click();
  await expect(alertWith(page, /last admin of the project/)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(rowOf(page, `${admin.id}@example.com`)).toContainText('admin');

  await removeRow(page, viewer.name);
});

test('a metric template says what its query lacks, then is added, changed and removed', async ({
  people,
}) => {
  const page = await people.as('admin', '/settings/metrics');
  await page.getByRole('button', { name: 'Add a template' }).click();
  const add = page.getByRole('button', { name: 'Add', exact: true });
  await expectBlocked(add, 'Give it a name and a query.');
  await box(page, 'Name').fill('Queue length');
  await box(page, 'Query').fill('queue_length{route="$route"}');
  await expectBlocked(add, 'List the values of route, or take $route out of the query.');
  await box(page, 'Values that may be chosen').fill('route: /pay, /refund');
  await page.getByLabel('Samples are stored').selectOption({ label: 'Every minute' });
  await add.click();
  await expect(rowOf(page, 'Queue length')).toContainText('Every minute');
  await expect(rowOf(page, 'Queue length')).toContainText('on no chart yet');

  await page.getByRole('button', { name: 'Change Queue length' }).click();
  await expect(box(page, 'Values that may be chosen')).toHaveValue('route: /pay, /refund');
  await box(page, 'Name').fill('Queue');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(rowOf(page, 'Queue')).toBeVisible();
  await expect(rowOf(page, 'Queue length')).toHaveCount(0);
  await removeRow(page, 'Queue');
  await expect(page.getByText('No metric template yet')).toBeVisible();
});
