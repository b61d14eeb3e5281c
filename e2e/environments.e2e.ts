import { AxeBuilder } from '@axe-core/playwright';
import { and, eq, isNotNull, sql } from 'drizzle-orm';
import { healthInterval, roleInterval } from '../db/schema/services.ts';
import { updateEnvironment } from '../server/environments/commands.ts';
import { moveEnvironment } from '../server/environments/order.ts';
import { expect, test } from './fixtures.ts';
import type { FilledProject } from './support/filled-project.ts';
import { alertWith, expectBlocked, panel } from './support/page-words.ts';

/** Staging stands before production and runs a version at 100 %. */
async function staged(project: FilledProject): Promise<{ modelVersionId: string; number: number }> {
  const { fixture } = project;
  await moveEnvironment(fixture.as('admin'), { environmentId: fixture.stagingId, direction: 'earlier' });
  return await project.liveInStaging();
}

test('an admin puts environments in order with the keyboard, and the move is in the audit', async ({
  people,
  project,
}) => {
  const page = await people.as('admin', '/settings/environments');
  const rows = page.getByRole('table', { name: 'Environments' }).getByRole('row');
  await expect(rows.nth(1)).toContainText('production');
  await expectBlocked(page.getByRole('button', { name: 'Move production earlier' }), /first in the order/);
  const later = page.getByRole('button', { name: 'Move production later' });
  await later.focus();
  await page.keyboard.press('Enter');
  await expect(rows.nth(1)).toContainText('staging');
  await expect(later).toBeFocused();
  await expectBlocked(later, /last in the order/);
  const { fixture } = project;
  for (const environmentId of [fixture.productionId, fixture.stagingId])
    await updateEnvironment(fixture.as('admin'), { environmentId, groupName: 'Europe' });
  await page.reload();
  await page.getByRole('button', { name: 'Move production earlier' }).click();
  await expect(rows.nth(1)).toContainText('production');
  await expectBlocked(page.getByRole('button', { name: 'Move the group Europe later' }), /last in the order/);
  await page.goto('/audit');
  await expect(page.getByText('moved the environment production later: staging, production')).toBeVisible();
  const operator = await people.as('operator', '/settings/environments');
  await expectBlocked(operator.getByRole('button', { name: 'Move staging earlier' }), /needs the role/);
});

test('services stand by environment: version, share, health, age and distance, an empty cell says what to do', async ({
  people,
  project,
}) => {
  const { fixture } = project;
  const { number } = await staged(project);
  await fixture.version();
  await fixture.service('ranking', fixture.stagingId);
  const page = await people.as('operator', '/services');
  const table = page.getByRole('table', { name: 'Services by environment' });
  await expect(table.getByRole('columnheader')).toHaveText([/Service/, /^staging/, /^productionPROD/]);
  const cells = table.getByRole('row', { name: /scoring/ }).getByRole('cell');
  await expect(cells.first()).toContainText(`fraud-detector ${number} 100 %`);
  await expect(cells.first()).toContainText('Healthy');
  await expect(cells.first()).toContainText('since');
  await expect(cells.first()).toContainText('1 behind the newest');
  await expect(cells.nth(1)).toContainText('Nothing runs yet');
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, help }) => `${id}: ${help}`)).toEqual([]);

  await page.getByRole('searchbox', { name: 'Search services' }).fill('rank');
  await expect(table.getByRole('row')).toHaveCount(2);
  await expect(page).toHaveURL(/q=rank/);
  await table.getByRole('link', { name: 'Create it: ranking in production' }).click();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('ranking');
  await expect(page.getByLabel('Environment', { exact: true })).toHaveValue(fixture.productionId);

  await page.goto('/services');
  await page.getByText('List', { exact: true }).click();
  await expect(page).toHaveURL(/view=list/);
  await expect(page.getByRole('table', { name: 'Services', exact: true }).getByRole('row')).toHaveCount(4);
  await page.goto('/models/fraud-detector');
  const ofModel = page.getByRole('table', { name: 'Services that run fraud-detector, by environment' });
  await expect(ofModel.getByRole('row')).toHaveCount(2);
  await expect(ofModel.getByRole('row', { name: /scoring/ })).toContainText(`fraud-detector ${number}`);
});

test('the staging cell fills the request for production, and says why when it was asked for already', async ({
  people,
  project,
}) => {
  const { fixture } = project;
  const { modelVersionId, number } = await staged(project);
  const page = await people.as('engineer', '/services', { viewport: { width: 390, height: 844 } });
  const row = page
    .getByRole('table', { name: 'Services by environment' })
    .getByRole('row', { name: /scoring/ });
  await row.getByRole('link', { name: 'Promote to production' }).click();
  await expect(page).toHaveURL(new RegExp(`service=${fixture.serviceId}&modelVersion=${modelVersionId}`));
  await expect(page.getByLabel('Service', { exact: true })).toHaveValue(fixture.serviceId);
  await expect(page.getByLabel('Version', { exact: true })).toHaveValue(modelVersionId);
  await page.getByRole('button', { name: 'Ask for promotion' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('scoring');
  await expect(page.getByText(`fraud-detector ${number}`).first()).toBeVisible();
  await page.goto('/services');
  await expectBlocked(row.getByRole('button', { name: 'Promote to production' }), /asked for already/);
  const viewer = await people.as('viewer', '/services');
  await expectBlocked(viewer.getByRole('button', { name: 'Promote to production' }), /needs the role/);
});

test('a policy asks for a time in staging: the signed request waits visibly and then starts by itself', async ({
  people,
  project,
  db,
  problems,
}) => {
  problems.allow(/status of 4\d\d/);
  const { fixture } = project;
  const { modelVersionId } = await staged(project);
  const admin = await people.as('admin', `/settings/policies/${fixture.policyId}`);
  await admin.getByRole('button', { name: 'Add an environment' }).click();
  await admin.getByLabel('Healthy at 100 % in').selectOption('production');
  await admin.getByRole('button', { name: 'Save as a new revision' }).click();
  await expect(alertWith(admin, /production waits for production/)).toBeVisible();
  await admin.getByLabel('Healthy at 100 % in').selectOption('staging');
  await admin.getByLabel('Healthy time in staging').fill('2 h');
  await admin.getByRole('button', { name: 'Save as a new revision' }).click();
  await expect(
    admin.getByText('A version has to be healthy at 100 % in staging for 2 h first.'),
  ).toBeAttached();

  const engineer = await people.as(
    'engineer',
    `/promotions/new?service=${fixture.serviceId}&modelVersion=${modelVersionId}`,
  );
  await expect(panel(engineer, 'What has to be proven first')).toContainText('so far, done at');
  const asked = await fixture.ask({ serviceId: fixture.serviceId, modelVersionId });
  await project.sign(asked);
  const page = await people.as('approver', `/promotions/${asked.promotionId}`);
  const wait = page.getByRole('region', { name: 'Why is it waiting?' });
  await expect(wait).toContainText('has to be healthy at 100 % in staging for 2 h first');
  await expect(wait).toContainText('nobody has to: it ends by itself');
  await expect(panel(page, 'What has to be proven first')).toContainText('so far, done at');

  // As if it had been healthy there for three hours.
  const ofStaging = eq(healthInterval.serviceId, fixture.stagingServiceId);
  await db.delete(healthInterval).where(and(ofStaging, isNotNull(healthInterval.toAt)));
  const earlier = sql`from_at - interval '3 hours'`;
  const { stagingServiceId } = fixture;
  await db.update(roleInterval).set({ fromAt: earlier }).where(eq(roleInterval.serviceId, stagingServiceId));
  await db.update(healthInterval).set({ fromAt: earlier }).where(ofStaging);
  await expect(
    page.getByRole('group', { name: 'Actions' }).getByRole('link', { name: 'Open the rollout' }),
  ).toBeVisible({ timeout: 60_000 });
});
