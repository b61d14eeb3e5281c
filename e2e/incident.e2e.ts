import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { planOf } from './support/filled-project.ts';
import { expectBlocked, expectOffered, header, panel } from './support/page-words.ts';

test('a bad version is rolled back and its page opens with what broke, its record, and what is left to do', async ({
  people,
  project,
}) => {
  // It waits until stable's 100 % was measured, and retries.
  test.setTimeout(300_000);
  await project.live();
  const plan = planOf([20, 50, 100], 2_000);
  const slowed = plan.steps.map((step, index) => ({ ...step, minimumMs: index === 0 ? 2_000 : 60_000 }));
  const rolloutId = await project.started({}, { ...plan, steps: slowed });
  const page = await people.as('operator', `/rollouts/${rolloutId}`);
  await expect(header(page)).toContainText('At 50 %', { timeout: 60_000 });
  await panel(page, 'Simulation')
    .getByRole('button', { name: /answer 8 % errors/ })
    .click();
  await expect(header(page)).toContainText('Rolled back', { timeout: 60_000 });

  const opening = panel(page, 'What happened');
  await expect(opening.getByRole('heading', { level: 2 })).toContainText(/%/);
  await expect(opening).toContainText(
    /First bad request from \d\d:\d\d:\d\d on; sent back at \d\d:\d\d:\d\d/,
  );
  await expect(opening).toContainText(/[\d,]+ of [\d,]+ requests failed/);
  await expect(opening).toContainText('All traffic is on revision 1.');
  await expect(opening).toContainText('What is left to do');

  const record = panel(page, 'Record');
  await expect(record).toContainText('Rail broken');
  await expect(record.getByRole('table', { name: 'Pods of the canary' }).getByRole('row')).not.toHaveCount(0);
  await expect(record).toContainText('Events');
  await expect(record.getByRole('group', { name: /^log of / }).first()).not.toBeEmpty();
  const download = page.waitForEvent('download');
  await record.getByRole('button', { name: 'Download JSON' }).click();
  expect((await download).suggestedFilename()).toBe(`record-${rolloutId}.json`);
  await expect(panel(page, 'Timeline')).toContainText('Recorded what happened');
  // Measured, not requested: it comes once an interval without the canary was counted.
  await expect(opening).toContainText(/Stable serves 100 % since \d\d:\d\d:\d\d \(measured\)\./, {
    timeout: 90_000,
  });

  await expectGoodLooks(page);

  const viewer = await people.as('viewer', `/rollouts/${rolloutId}`);
  await expectBlocked(viewer.getByRole('button', { name: 'Retry' }), /needs the role/);
  await expect(panel(viewer, 'Record')).toContainText(/needs the role/);
  await expect(viewer.getByRole('group', { name: /^log of / })).toHaveCount(0);

  await opening.getByRole('button', { name: 'Retry' }).click();
  const dialog = page.getByRole('alertdialog', { name: 'Retry revision 2' });
  await expect(dialog.getByLabel('Begin with').getByRole('option')).toHaveText([
    'Step 1: 20 %',
    'Step 2: 50 %',
  ]);
  await dialog.getByLabel('Begin with').selectOption('2');
  await dialog.getByLabel('Reason').fill('The node was broken');
  await dialog.getByRole('button', { name: 'Retry from step 2' }).click();
  await opening.getByRole('link', { name: 'newer attempt' }).click();
  await expect(header(page)).toContainText('At 50 %', { timeout: 60_000 });
  await expect(header(page)).toContainText('from step 2');
  await expect(panel(page, 'Timeline')).toContainText('The node was broken');
});

test('an aborted canary is kept at 0 % for debugging until it is taken away', async ({ people, project }) => {
  await project.live();
  const rolloutId = await project.started({}, planOf([10, 100], 60_000));
  const page = await people.as('operator', `/rollouts/${rolloutId}`);
  await expect(header(page)).toContainText('At 10 %');
  await page.getByRole('button', { name: 'Abort' }).click();
  await expect(header(page)).toContainText('Aborted');
  const opening = panel(page, 'What happened');
  await expect(opening.getByRole('heading', { name: 'Olga aborted this rollout.' })).toBeVisible();
  await expect(panel(page, 'Record')).toContainText('Pods');

  await opening.getByRole('button', { name: 'Run canary at 0 %' }).click();
  await page.getByRole('alertdialog').getByLabel('For, from now on').selectOption('30');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Run canary at 0 %' }).click();
  await expect(opening).toContainText(/kept at 0 % for debugging, \d+ min/);
  await expect(opening).toContainText('It takes no traffic and still costs');
  await expectOffered(opening.getByRole('button', { name: 'Give it more time' }));
  await opening.getByRole('button', { name: 'Take it away now' }).click();
  await expect(opening).toContainText('Revision 2 was taken away.');
  await expect(panel(page, 'Timeline')).toContainText('kept at 0 % for debugging, taken away');
});

/** Clean for axe in both themes, and no sideways scrolling on a phone. */
async function expectGoodLooks(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  // Charts take the new width a moment later.
  await expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth))
    .toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
}
