import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { planOf } from './support/filled-project.ts';
import { header } from './support/page-words.ts';

/** Presses Tab until the focused element has this name; the path must not be longer than a patient person's. */
async function tabTo(
  page: Page,
  name: string | RegExp,
  role: 'button' | 'link' | 'textbox' = 'button',
): Promise<void> {
  const target = page.getByRole(role, { name }).first();
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 60; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${String(name)} was not reached by the keyboard.`);
}

test('promote, approve and abort are done with the keyboard alone', async ({ people, project }) => {
  await project.live();
  const { modelVersionId } = await project.version();
  await project.quicken(project.fixture.serviceId, planOf([10, 100], 60_000));

  const engineer = await people.as(
    'engineer',
    `/promotions/new?service=${project.fixture.serviceId}&modelVersion=${modelVersionId}`,
  );
  await tabTo(engineer, /^Note to those who sign/, 'textbox');
  await engineer.keyboard.type('By keyboard');
  await tabTo(engineer, 'Ask for promotion');
  await engineer.keyboard.press('Enter');
  await expect(engineer).toHaveURL(/\/promotions\/[0-9a-f-]{36}$/);
  const path = new URL(engineer.url()).pathname;

  for (const who of ['approver', 'secondApprover'] as const) {
    const page = await people.as(who, path);
    await tabTo(page, 'Approve');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Approve' });
    await expect(dialog).toBeVisible();
    await tabTo(page, /^Comment/, 'textbox');
    await page.keyboard.type(`Signed by ${who}`);
    await expect(dialog.getByRole('textbox')).toBeFocused();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect(dialog).toBeHidden();
  }

  const rolloutId = await project.rolloutOf(path.split('/').at(-1) ?? '');
  const operator = await people.as('operator', `/rollouts/${rolloutId}`);
  await expect(header(operator)).toContainText('At 10 %');
  await tabTo(operator, 'Abort');
  await operator.keyboard.press('Enter');
  await expect(header(operator)).toContainText('Aborted');
});

test('Ctrl K finds a service, Escape gives the focus back, ? shows the keys and / searches', async ({
  people,
}) => {
  const page = await people.as('viewer', '/services');
  await expect(page.getByRole('status').filter({ hasText: /^Live$/ })).toBeVisible();
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog');
  await expect(palette).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(palette).toBeHidden();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toContainText(/keys/i);
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox').first()).toBeFocused();
});
