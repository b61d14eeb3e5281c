import { setFault } from '../server/sandbox/set-fault.ts';
import { expect, test } from './fixtures.ts';
import { type FilledProject, planOf } from './support/filled-project.ts';
import { expectBlocked, header, panel } from './support/page-words.ts';

const hourMs = 3_600_000;

/** The second revision takes all traffic and its rollout has ended; the first one is scaled away. */
async function full(
  project: FilledProject,
  bakeMs: number,
): Promise<{ rolloutId: string; turnBad: () => Promise<void> }> {
  await project.live();
  const request = await project.asked({}, { ...planOf([100]), bakeMs });
  await project.sign(request);
  const rolloutId = await project.rolloutOf(request.promotionId);
  expect(await project.ended(rolloutId)).toBe('succeeded');
  const { modelVersionId } = request;
  const turnBad = async () => {
    await setFault(project.fixture.as('operator'), {
      serviceId: project.fixture.serviceId,
      change: { subject: 'modelVersion', modelVersionId, behaviour: { errorShare: 0.6 } },
    });
  };
  return { rolloutId, turnBad };
}

test('a version that turns bad inside its bake time is rolled back by Fairlead, and the page says on which figures', async ({
  people,
  project,
}) => {
  test.slow();
  const { rolloutId, turnBad } = await full(project, hourMs);
  const page = await people.as('viewer', `/rollouts/${rolloutId}`);
  await expect(page.getByText(/^Baking until \d\d:\d\d: /)).toBeVisible();
  await expect(page.getByText(/^The rail holds: .* requests in .* had errors/)).toBeVisible({
    timeout: 60_000,
  });
  await turnBad();
  await expect(page.getByText(/^Rail broken: .* requests in .* had errors, above 5 %\.$/)).toBeVisible({
    timeout: 90_000,
  });
  await expect(header(page)).toContainText('Rolled back after 100 %');
  await expect(panel(page, 'Timeline')).toContainText(/Started to roll back .* Rail broken/);
  await page.getByRole('link', { name: 'The rollout that leads back' }).click();
  await expect(header(page)).toContainText('Succeeded', { timeout: 60_000 });
  await expect(page.getByText('Revision 1 serves all traffic.')).toBeVisible();
  await page.goto('/notices');
  await expect(page.getByText(/Revision 2 of .* broke a rail .*; it is rolled back\./)).toBeVisible();
});

test('a version that turns bad after its bake time is told of on the overview, and nothing is rolled back', async ({
  people,
  project,
}) => {
  test.slow();
  const { rolloutId, turnBad } = await full(project, 1_000);
  await turnBad();
  const page = await people.as('viewer', '/');
  await expect(panel(page, 'Wrong')).toContainText(/Rail broken: .* had errors, above 5 %\./, {
    timeout: 120_000,
  });
  await page.goto(`/rollouts/${rolloutId}`);
  await expect(page.getByText('After the bake time: a rail is broken.')).toBeVisible();
  await expect(page.getByText('Revision 2 serves all traffic.')).toBeVisible();
  await page.goto(`/services/${project.fixture.serviceId}?tab=revisions`);
  await expect(page.getByText('Rolled back')).toHaveCount(0);
});

test('an operator promises 99.9 % without errors, and the service page shows what was kept of it', async ({
  people,
  project,
}) => {
  test.slow();
  await project.live();
  const { serviceId } = project.fixture;
  const page = await people.as('operator', `/services/${serviceId}`);
  const objectives = panel(page, 'Objectives');
  await expect(objectives).toContainText('Nothing is promised yet');
  await objectives.getByRole('link', { name: 'settings of this service' }).click();
  await panel(page, 'Objectives').getByRole('button', { name: 'Edit' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit the objectives' });
  await dialog.getByLabel('Without an error').fill('100');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByText('A target is at most 99.999 %')).toBeVisible();
  await dialog.getByLabel('Without an error').fill('99.9');
  await expect(dialog.getByText('If every request is bad, it alerts after 1 min.')).toBeVisible();
  await dialog.getByLabel('Answered in time').fill('99');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByText('Choose the boundary that "in time" means')).toBeVisible();
  await dialog.getByLabel('In time is within').selectOption({ label: '250 ms' });
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  await expect(panel(page, 'Objectives')).toContainText('99 % within 250 ms');
  await page
    .getByRole('navigation', { name: 'Parts of this service' })
    .getByRole('link', { name: 'Overview' })
    .click();
  const kept = page.getByRole('region', { name: '99.9 % of requests without an error' });
  await expect(kept).toContainText(/Kept\s*\d\d[\d.]* %/, { timeout: 60_000 });
  await expect(kept).toContainText(/of 28 days measured/);
  await expect(page.getByRole('region', { name: '99 % of requests within 250 ms' })).toBeVisible();
});

test('a viewer sees the promises and why they may not set them', async ({ people, project }) => {
  const page = await people.as('viewer', `/services/${project.fixture.serviceId}?tab=settings`);
  await expectBlocked(panel(page, 'Objectives').getByRole('button', { name: 'Edit' }), /needs the role/);
});
