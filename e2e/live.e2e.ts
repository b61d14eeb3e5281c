import { expect, test } from './fixtures.ts';
import { planOf } from './support/filled-project.ts';
import { header } from './support/page-words.ts';

test('ten tabs open at once all load and all follow the rollout, over one event stream', async ({
  people,
  project,
}) => {
  // Ten pages at once on two cores, more than once.
  test.setTimeout(180_000);
  await project.live();
  const rolloutId = await project.started({}, planOf([10, 100], 60_000));
  const context = await people.context('operator');
  const streams: string[] = [];
  context.on('request', (request) => {
    if (request.url().endsWith('/api/events')) streams.push(request.url());
  });
  const tabs = await Promise.all(
    Array.from({ length: 10 }, () => people.as('operator', `/rollouts/${rolloutId}`)),
  );
  for (const tab of tabs) await expect(header(tab)).toContainText('At 10 %');
  for (const tab of tabs) await expect(tab.getByRole('status').filter({ hasText: /^Live$/ })).toBeVisible();
  await tabs[3]?.getByRole('button', { name: 'Pause' }).click();
  for (const tab of tabs) await expect(header(tab)).toContainText('Paused at 10 %');
  expect(streams).toHaveLength(1);

  // The tab that reads the stream goes away; another one takes over.
  await tabs[0]?.close();
  await tabs[5]?.getByRole('button', { name: 'Resume' }).click();
  for (const tab of tabs.slice(1)) await expect(header(tab)).toContainText('At 10 %');
});

test('what one person does appears on the open lists of another', async ({ people, project }) => {
  const page = await people.as('approver', '/promotions');
  await expect(page.getByRole('heading', { level: 1, name: 'Promotions' })).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: /^Live$/ })).toBeVisible();
  await project.asked();
  await expect(page.getByRole('link', { name: /scoring/ }).first()).toBeVisible();
});
