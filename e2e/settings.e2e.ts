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
