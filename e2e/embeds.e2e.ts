import { SignJWT } from 'jose';
import { dayMs } from '../domain/share/share-expiry.ts';
import type { Context } from '../server/context.ts';
import { readEnv } from '../server/env.ts';
import { instanceKeys } from '../server/instance-key.ts';
import { stateFolderOf } from '../server/launch/checkout.ts';
import { revokeShare } from '../server/shares/commands.ts';
import { createShare } from '../server/shares/create.ts';
import type { ProjectFixture } from '../server/test-fixture.ts';
import { expect, test } from './fixtures.ts';
import { openHost } from './support/host-page.ts';

/** One more than the page waits before it asks again. */
const turnMs = 46_000;

const asOperator = async (fixture: ProjectFixture): Promise<Context> => ({
  ...fixture.as('operator'),
  instanceKeys: await instanceKeys(readEnv(), stateFolderOf(readEnv())),
});
const draft = (fixture: ProjectFixture, frameAncestors: string[]) => ({
  projectId: fixture.projectId,
  title: 'Is it healthy?',
  labels: {},
  charts: [{ title: 'Errors', spec: { kind: 'errorShare' as const, serviceId: fixture.stagingServiceId } }],
  range: { kind: 'relative' as const, ms: dayMs },
  frameAncestors,
});
const embedded = (siteUrl: string, link: string, more = '') =>
  `<div data-fairlead="${link}"${more}></div><script src="${siteUrl}/embed/sdk.js" defer></script>`;

test('a link is shown in a listed page of another origin until it is revoked, and in no other page', async ({
  browser,
  project: { fixture },
  site,
}) => {
  await fixture.live();
  const operator = await asOperator(fixture);
  let link = '';
  const listed = await openHost('localhost', { body: () => embedded(site.url, link) });
  const other = await openHost('127.0.0.1', { body: () => embedded(site.url, link) });
  const sandboxed = await openHost('localhost', {
    body: () => `<iframe title="Chart" sandbox="allow-scripts" src="${link}"></iframe>`,
  });
  const { shareId, secret } = await createShare(operator, {
    kind: 'share',
    ...draft(fixture, [listed.origin, sandboxed.origin]),
  });
  link = `${site.url}/share/${shareId}#${secret}`;
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.clock.install();
    await page.goto(listed.origin);
    const chart = page.frameLocator('iframe');
    await expect(chart.locator('svg')).toBeVisible();
    await expect(chart.getByText(/^as of /)).toBeVisible();
    // Its own height, told by the page, is neither the one it began with nor that of the window.
    await expect.poll(async () => (await page.locator('iframe').boundingBox())?.height).not.toBe(320);
    await chart.getByText('Show as a table').press('Enter');
    await expect(chart.getByRole('table', { name: 'Errors' })).toBeVisible();
    await chart.getByRole('group', { name: /^Errors\. Arrow keys/ }).press('End');
    await expect(chart.locator('.tip')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(chart.locator('.tip')).toBeHidden();
    const frame = page.frames().find((each) => each.url().includes('/share/'));
    expect(frame?.url()).toBe(`${site.url}/share/${shareId}`);
    expect(await context.cookies()).toEqual([]);

    const refused = await context.newPage();
    await refused.goto(other.origin);
    await expect(refused.getByText(/^The chart did not open: either this page/)).toBeVisible();
    await expect(refused.frameLocator('iframe').locator('svg')).toHaveCount(0);

    const boxed = await context.newPage();
    await boxed.goto(sandboxed.origin);
    await expect(
      boxed.frameLocator('iframe').getByText(/sandboxed without "allow-same-origin"/),
    ).toBeVisible();

    await revokeShare(operator, { shareId });
    await page.clock.fastForward(turnMs);
    await expect(chart.getByText(/^This chart is not available any more/)).toBeVisible();
    await expect(chart.locator('svg, table')).toHaveCount(0);
    await page.reload();
    await expect(chart.getByRole('heading', { name: 'This chart is not available' })).toBeVisible();
  } finally {
    await context.close();
    await Promise.all([listed, other, sandboxed].map((host) => host.close()));
  }
});

test('a signed embed outlives its tokens: the page asks its host for the next one, and for no other', async ({
  page,
  project: { fixture },
  site,
}) => {
  await fixture.live();
  const operator = await asOperator(fixture);
  const lifetimeSeconds = 3;
  let made: { shareId: string; secret: string } | null = null;
  let tokens = 0;
  let expiresAtMs = 0;
  const host = await openHost('localhost', {
    body: () => embedded(site.url, `${site.url}/embed/${made?.shareId}`, ' data-token="/token"'),
    token: async () => {
      tokens += 1;
      const iat = Math.floor(Date.now() / 1_000);
      expiresAtMs = (iat + lifetimeSeconds) * 1_000;
      return await new SignJWT({ aud: 'embed', sub: made?.shareId ?? '', iat, exp: iat + lifetimeSeconds })
        .setProtectedHeader({ alg: 'HS256' })
        .sign(new TextEncoder().encode(made?.secret));
    },
  });
  try {
    made = await createShare(operator, { kind: 'signed', ...draft(fixture, [host.origin]) });
    await page.clock.install();
    await page.goto(host.origin);
    const chart = page.frameLocator('iframe');
    await expect(chart.locator('svg')).toBeVisible();
    for (let lifetime = 0; lifetime < 3; lifetime += 1) {
      const before = tokens;
      await expect.poll(() => Date.now() > expiresAtMs).toBe(true);
      await page.clock.fastForward(turnMs);
      await expect.poll(() => tokens).toBeGreaterThan(before);
      await expect(chart.locator('svg')).toBeVisible();
    }
    expect(await page.context().cookies()).toEqual([]);
  } finally {
    await host.close();
  }
});
