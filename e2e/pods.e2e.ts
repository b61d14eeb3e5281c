import { readFile } from 'node:fs/promises';
import { setFault } from '../server/sandbox/set-fault.ts';
import { expect, test } from './fixtures.ts';
import { expectBlocked, panel } from './support/page-words.ts';

test('an operator sees the pods of each revision and reads what one writes, with secrets masked, found, held and taken along', async ({
  people,
  project,
}) => {
  await project.live();
  const page = await people.as('operator', `/services/${project.fixture.serviceId}`);
  await page.getByRole('link', { name: 'Pods and logs' }).click();
  const pods = page.getByRole('table', { name: 'Pods of revision 1' });
  await expect(pods.getByRole('row')).toHaveCount(3);
  await expect(pods.getByText('ready', { exact: true })).toHaveCount(2);
  await expect(page.getByRole('table', { name: 'Events' })).toContainText('Scaled up replica set');
  await pods
    .getByRole('button', { name: /^Logs of / })
    .first()
    .click();
  const log = page.getByRole('log', { name: 'Lines of the log' });
  await expect(log).toContainText('POST /v1/predict 200');
  const shown = panel(page, 'Log');
  await expect(shown.getByText('following')).toBeVisible();

  const find = shown.getByRole('searchbox', { name: 'Find in the log' });
  await find.fill('no such words');
  await expect(log).toHaveText('No line holds that.');
  await find.fill('post /V1');
  await expect(log.locator('mark').first()).toHaveText('POST /v1');
  await find.fill('');
  await shown.getByRole('button', { name: 'Pause' }).click();
  const last = await log.locator('div').last().innerText();
  await expect(shown.getByRole('button', { name: /^Resume \(\d/ })).toBeVisible();
  expect(await log.locator('div').last().innerText()).toBe(last);
  await shown.getByRole('button', { name: /^Resume/ }).click();
  await expect(log.locator('div').last()).not.toHaveText(last);

  const saving = page.waitForEvent('download');
  await shown.getByRole('button', { name: 'Download' }).click();
  const file = await (await saving).path();
  expect(await readFile(file, 'utf8')).toMatch(/^\d{4}-\d\d-\d\dT\S+Z INFO {2}/m);

  await page.goto('/audit');
  await expect(page.getByText(/read the log of container server of pod scoring-r1-/)).toBeVisible();
});

test('a crash loop shows in words, with its last end, its Events and the log of the previous run', async ({
  people,
  project,
}) => {
  await project.live();
  const { modelVersionId } = await project.version();
  const { serviceId } = project.fixture;
  const fault = (of: string) =>
    setFault(project.fixture.as('operator'), {
      serviceId,
      change: { subject: 'modelVersion', modelVersionId: of, behaviour: { fault: 'crashLoop' } },
    });
  await fault(modelVersionId);
  const asked = await project.fixture.ask({ serviceId, modelVersionId });
  await project.sign(asked);
  await project.rolloutOf(asked.promotionId);
  const page = await people.as('engineer', `/services/${serviceId}?tab=pods`);
  const pods = page.getByRole('table', { name: 'Pods of revision 2' });
  await expect(pods.getByText('crashing').first()).toBeVisible({ timeout: 30_000 });
  await expect(pods.getByText('Error (exit code 1)').first()).toBeVisible();
  await expect(pods.getByText(/CrashLoopBackOff: back-off/).first()).toBeVisible();
  await expect(page.getByRole('table', { name: 'Events' })).toContainText('Back-off restarting');
  await pods
    .getByRole('button', { name: /^Logs of / })
    .first()
    .click();
  await page.getByRole('checkbox', { name: 'Previous run' }).check();
  const log = page.getByRole('log', { name: 'Lines of the log' });
  await expect(log).toContainText('ending with exit code 1');
  await expect(log).toContainText('postgres://features:[redacted]@features.internal');
  await expect(page.getByText('The container has ended')).toBeVisible();
});

test('a viewer sees pods and Events, and why the logs are not theirs', async ({ people, project }) => {
  await project.live();
  const page = await people.as('viewer', `/services/${project.fixture.serviceId}?tab=pods`);
  const pods = page.getByRole('table', { name: 'Pods of revision 1' });
  await expectBlocked(pods.getByRole('button', { name: /^Logs of / }).first(), /needs the role/);
  await expect(page.getByText('Logs are not yours to read')).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'Pod' })).toHaveCount(0);
});

test('a service without pods says why there is nothing to read', async ({ people, project }) => {
  const page = await people.as('operator', `/services/${project.fixture.serviceId}?tab=pods`);
  await expect(page.getByText('The first promotion makes its pods.')).toBeVisible();
  await expect(page.getByText('No Events', { exact: true })).toBeVisible();
});
