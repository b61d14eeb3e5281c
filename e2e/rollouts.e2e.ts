import { expect, test } from './fixtures.ts';
import { planOf } from './support/filled-project.ts';
import { expectBlocked, expectOffered, header, panel } from './support/page-words.ts';

test('a good version goes through its steps to 100 % on a page that is never reloaded', async ({
  people,
  project,
}) => {
  await project.live();
  const rolloutId = await project.started();
  const page = await people.as('viewer', `/rollouts/${rolloutId}`);
  await page.evaluate(() => Object.assign(window, { isFirstLoad: true }));
  const seen: string[] = [];
  await page.exposeFunction('noteStanding', (text: string) => seen.push(text));
  await header(page).evaluate((element) => {
    const note = (window as unknown as { noteStanding: (text: string) => void }).noteStanding;
    new MutationObserver(() => note(element.textContent)).observe(element, {
      subtree: true,
      childList: true,
      characterData: true,
    });
  });
  await expect(header(page)).toContainText('Succeeded', { timeout: 60_000 });
  for (const weight of ['At 50 %', 'At 100 %'])
    expect(
      seen.some((text) => text.includes(weight)),
      `the page said "${weight}" on the way`,
    ).toBe(true);
  await expect(page.getByText('Revision 2 serves all traffic.')).toBeVisible();
  await expect(page.getByText('Revision 1 was scaled away.')).toBeVisible();
  expect(await page.evaluate(() => 'isFirstLoad' in window)).toBe(true);
  const steps = page.getByRole('list', { name: 'Steps of the rollout' }).getByRole('listitem');
  await expect(steps.filter({ hasText: 'done' })).toHaveCount(5);
  await expect(panel(page, 'Traffic')).toContainText('Accepted');
  await expect(panel(page, 'Timeline')).toContainText('Fairlead');
  await expect(panel(page, 'Analysis')).toContainText(/requests/);
});

test('a version that the simulation makes answer errors is rolled back by the analysis', async ({
  people,
  project,
}) => {
  await project.live();
  const rolloutId = await project.started({}, planOf([20, 100], 20_000));
  const page = await people.as('operator', `/rollouts/${rolloutId}`);
  await expect(header(page)).toContainText('At 20 %');
  await panel(page, 'Simulation')
    .getByRole('button', { name: /answer 8 % errors/ })
    .click();
  await expect(header(page)).toContainText('Rolled back', { timeout: 60_000 });
  await expect(page.getByText('All traffic is on revision 1.')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Steps of the rollout' })).toContainText('failed');
});

test('an operator pauses, resumes, promotes; each refused verb says why', async ({ people, project }) => {
  await project.live();
  const rolloutId = await project.started({}, planOf([10, 50, 100], 60_000));
  const page = await people.as('operator', `/rollouts/${rolloutId}`);
  const bar = page.getByRole('group', { name: 'Rollout actions' });
  await expect(header(page)).toContainText('At 10 %');
  await bar.getByRole('button', { name: 'Pause' }).click();
  await expect(header(page)).toContainText('Paused at 10 %');
  await expect(page.getByRole('region', { name: 'Why is it waiting?' })).toContainText('Who can change it');
  await bar.getByRole('button', { name: 'Resume' }).click();
  await expect(header(page)).toContainText('At 10 %');

  await bar.getByRole('button', { name: 'Promote' }).click();
  const dialog = page.getByRole('alertdialog', { name: 'Promote revision 2 to 100 % now' });
  await dialog.getByLabel('Reason').fill('Checked by hand');
  await dialog.getByRole('button', { name: 'Promote to 100 %' }).click();
  await expect(header(page)).toContainText(/At 100 %/);
  await expectBlocked(bar.getByRole('button', { name: 'Promote' }), 'It is on its way to 100 % already.');
  await expect(panel(page, 'Timeline')).toContainText('Checked by hand');

  const viewer = await people.as('viewer', `/rollouts/${rolloutId}`);
  for (const verb of ['Promote', 'Pause', 'Abort', 'Roll back'])
    await expectBlocked(
      viewer.getByRole('group', { name: 'Rollout actions' }).getByRole('button', { name: verb }),
      /needs the role/,
    );
});

test('abort is one click and brings the traffic back; two operators at once do not both act', async ({
  people,
  project,
}) => {
  await project.live();
  const rolloutId = await project.started({}, planOf([10, 100], 60_000));
  const page = await people.as('operator', `/rollouts/${rolloutId}`);
  const other = await people.as('admin', `/rollouts/${rolloutId}`);
  await expect(header(page)).toContainText('At 10 %');
  await page.getByRole('button', { name: 'Abort' }).click();
  await expect(page.getByText('Olga aborted this rollout.')).toBeVisible();
  await expect(header(page)).toContainText('Aborted');
  await expect(page.getByText('All traffic is on revision 1.')).toBeVisible();
  await expectBlocked(other.getByRole('button', { name: 'Abort' }), /cannot be changed/);
  const acts = (await project.fixture.auditOf(rolloutId)).filter((act) => act.action === 'rollouts.abort');
  expect(acts).toHaveLength(1);
});

test('a finished rollout is rolled back to the revision before by one click', async ({ people, project }) => {
  await project.live();
  const rolloutId = await project.started({}, planOf([100], 0));
  expect(await project.ended(rolloutId)).toBe('succeeded');
  const page = await people.as('operator', `/rollouts/${rolloutId}`);
  const button = page.getByRole('button', { name: 'Roll back to 1' });
  await expectOffered(button);
  await button.click();
  await expect(page.getByRole('heading', { level: 1, name: 'scoring 2 → 1' })).toBeVisible();
  await expect(header(page)).toContainText('Succeeded', { timeout: 60_000 });
});

test('a service without enough traffic is held at its deadline and says why, who can change it; a person may continue with a reason', async ({
  people,
  project,
}) => {
  await project.live();
  const plan = planOf([10, 100], 1_000);
  const first = {
    ...plan.steps[0],
    weightPercent: 10,
    minimumMs: 1_000,
    deadlineMs: 4_000,
    minimumSamples: 1_000_000,
  };
  const rolloutId = await project.started({}, { ...plan, steps: [first, ...plan.steps.slice(1)] });
  const page = await people.as('operator', `/rollouts/${rolloutId}`);
  await expect(header(page)).toContainText('Held at 10 %', { timeout: 60_000 });
  await expect(page.getByRole('region', { name: 'Why is it waiting?' })).toContainText('Who can change it');
  await page.getByRole('button', { name: 'Continue without evidence' }).click();
  const dialog = page.getByRole('alertdialog');
  await dialog.getByRole('button', { name: 'Raise to 100 %' }).click();
  // Without a reason nothing is sent: the browser leads to the empty field.
  await expect(dialog.getByLabel('Reason')).toBeFocused();
  await dialog.getByLabel('Reason').fill('Night traffic is too thin');
  await dialog.getByRole('button', { name: 'Raise to 100 %' }).click();
  await expect(header(page)).toContainText('Succeeded', { timeout: 60_000 });
  await expect(panel(page, 'Timeline')).toContainText('Night traffic is too thin');
});

test('a first revision says that guard rails alone judge it', async ({ people, project }) => {
  await project.quicken();
  const rolloutId = await project.started({}, planOf([100], 30_000));
  const page = await people.as('viewer', `/rollouts/${rolloutId}`);
  await expect(
    page.getByText(/First revision: fraud-detector version 1\. Nothing serves beside it yet\./),
  ).toBeVisible();
});
