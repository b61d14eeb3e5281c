import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { ProjectFixture } from '../server/test-fixture.ts';
import { test as base, expect } from './fixtures.ts';
import { FilledProject } from './support/filled-project.ts';
import { type Routes, showEveryRoute } from './support/routes.ts';

type Showcase = { readonly project: FilledProject; readonly routes: Routes };

/** One filled project per worker: its pages are only looked at. */
const test = base.extend<object, { readonly showcase: Showcase }>({
  showcase: [
    async ({ db }, use) => {
      const project = new FilledProject(await ProjectFixture.create(db));
      await use({ project, routes: await showEveryRoute(project) });
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  project: async ({ showcase }, use) => use(showcase.project),
});

const appFolder = resolve(import.meta.dirname, '../app');

test('every page of the app is among the routes that are looked at', async ({ showcase }) => {
  const files = await readdir(appFolder, { recursive: true });
  const pages = files
    .filter((file) => /(^|\/)page\.tsx$/.test(file))
    .map((file) => `/${file.replace(/\(console\)\/?/, '').replace(/\/?page\.tsx$/, '')}`)
    .filter((route) => route !== '/sign-in' && route !== '/set-up');
  expect(pages.filter((route) => !(route in showcase.routes))).toEqual([]);
});

const desk = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every route is clean for axe in ${colorScheme}, and nothing scrolls sideways on a desk or a phone`, async ({
    people,
    showcase,
    problems,
  }) => {
    test.setTimeout(600_000);
    problems.allow(/status of 404/);
    const looks = { colorScheme, viewport: desk, reducedMotion: 'reduce' } as const;
    const page = await (await people.context('admin', looks)).newPage();
    for (const [route, path] of Object.entries(showcase.routes)) await look(page, route, path);
    const stranger = await (await people.nobody(looks)).newPage();
    await look(stranger, '/sign-in', '/sign-in');
    await look(stranger, '/set-up', '/set-up');
  });
}

async function look(page: Page, route: string, path: string): Promise<void> {
  await test.step(route, async () => {
    await page.setViewportSize(desk);
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
    // The other mode opens a page of its own for each result, which is slow; there are no foreign frames here.
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
    const found = violations.map(
      ({ id, impact, nodes }) =>
        `${impact} ${id}: ${nodes
          .slice(0, 3)
          .map((node) => node.html.slice(0, 160))
          .join(' | ')}`,
    );
    expect.soft(found, `axe on ${route}`).toEqual([]);
    expect.soft(await sidewaysPixels(page), `pixels to scroll sideways on ${route}`).toBe(0);
    await page.setViewportSize(phone);
    // Charts follow the width a frame later.
    const message = `pixels to scroll sideways on ${route} on a phone`;
    await expect.poll(() => sidewaysPixels(page), { message, timeout: 5_000 }).toBe(0);
  });
}

async function sidewaysPixels(page: Page): Promise<number> {
  return await page.evaluate(() =>
    Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth),
  );
}
