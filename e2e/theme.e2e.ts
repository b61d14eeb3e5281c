import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

function background(page: Page): Promise<string> {
  return page.evaluate(() => {
    const painted = [document.body, document.documentElement].map(
      (element) => getComputedStyle(element).backgroundColor,
    );
    return painted.join(' on ');
  });
}

test('the chosen theme is in the very first paint of the next page, without a flash of the other', async ({
  people,
}) => {
  const page = await people.as('viewer', '/services');
  const light = await background(page);
  await page.getByRole('button', { name: /Account of Vera/ }).click();
  await page.getByRole('menuitemradio', { name: 'Dark' }).click();
  await expect.poll(() => background(page)).not.toBe(light);
  const dark = await background(page);

  // The server writes the theme into the document: it is right before any script has run.
  const plain = await people.context('viewer', { javaScriptEnabled: false });
  await plain.addCookies(await (await people.context('viewer')).cookies());
  const unscripted = await plain.newPage();
  await unscripted.goto('/rollouts');
  expect(await background(unscripted)).toBe(dark);
});
