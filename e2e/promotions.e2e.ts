import { twoApprovers } from '../server/test-fixture.ts';
import { expect, test } from './fixtures.ts';
import { planOf } from './support/filled-project.ts';
import { expectBlocked, expectOffered, header, panel } from './support/page-words.ts';

test('the request shows fields, YAML, replicas, GPUs and the power forecast before it is sent, and takes a suggestion', async ({
  people,
  project,
}) => {
  await project.live();
  // The forecast rests on traffic that an earlier comparison counted.
  expect(await project.ended(await project.started({}, planOf([50, 100])))).toBe('succeeded');
  const { modelVersionId } = await project.version();
  const page = await people.as(
    'engineer',
    `/promotions/new?service=${project.fixture.serviceId}&modelVersion=${modelVersionId}`,
  );
  const change = panel(page, 'What will change');
  await expect(change.getByText('CHANGED').first()).toBeVisible();
  await change.getByText('YAML', { exact: true }).click();
  await expect(change.getByLabel('YAML before and after')).toBeVisible();
  await expect(page.getByRole('main').getByText('GPUs', { exact: true })).toBeVisible();
  await expect(page.getByText('up to 4 while both revisions run').first()).toBeVisible();
  const forecast = panel(page, 'Would harm be seen?');
  await expect(forecast).toContainText('a doubling of the error share');
  const suggestion = forecast.getByRole('button', { name: /^Step \d/ }).first();
  await expect(suggestion).toBeVisible();
  await suggestion.click();
  await expect(page.getByText('Changed for this request alone')).toBeVisible();
  await expect(forecast.getByText('The plan is long enough')).toBeVisible();
  await page.getByLabel('Note to those who sign').fill('Better on chargebacks');
  const send = panel(page, 'The request').getByRole('button', { name: 'Ask for promotion' });
  await expectOffered(send);
  await send.click();
  await expect(page.getByRole('heading', { level: 1, name: /scoring/ })).toBeVisible();
  await expect(page.getByText('Better on chargebacks').first()).toBeVisible();
});

test('the requester cannot sign; two approvers sign with comments and the rollout starts', async ({
  people,
  project,
}) => {
  await project.quicken();
  const { promotionId } = await project.asked({}, planOf([100], 0));
  const path = `/promotions/${promotionId}`;
  const requester = await people.as('engineer', path);
  await expectBlocked(requester.getByRole('button', { name: 'Approve' }), /needs the role|asked for this/);

  for (const [who, comment] of [
    ['approver', 'Looked at the report'],
    ['secondApprover', 'Go ahead'],
  ] as const) {
    const page = await people.as(who, path);
    await page.getByRole('button', { name: 'Approve' }).click();
    const dialog = page.getByRole('dialog', { name: 'Approve' });
    await dialog.getByLabel('Comment').fill(comment);
    await dialog.getByRole('button', { name: 'Approve' }).click();
    await expect(dialog).toBeHidden();
    await expect(panel(page, 'Signatures').getByText(comment)).toBeVisible();
  }
  // The requester's tab was open all the time and is not reloaded.
  await expect(panel(requester, 'Signatures').getByText('Go ahead')).toBeVisible();
  await requester.getByRole('link', { name: 'Open the rollout' }).first().click();
  await expect(header(requester)).toContainText('Succeeded', { timeout: 60_000 });
});

test('whoever asked cannot sign even as an approver', async ({ people, project }) => {
  const { modelVersionId } = await project.version();
  const { serviceId } = project.fixture;
  // Ben is engineer and approver; two other approvers are needed for the policy to be satisfiable at all.
  await project.fixture.revise({
    ...twoApprovers,
    rules: [{ id: 'approvers', roles: ['approver'], minimum: 1 }],
    minimumDistinctPeople: 1,
  });
  const page = await people.as(
    'secondApprover',
    `/promotions/new?service=${serviceId}&modelVersion=${modelVersionId}`,
  );
  await panel(page, 'The request').getByRole('button', { name: 'Ask for promotion' }).click();
  await expectBlocked(
    page.getByRole('group', { name: 'Actions' }).getByRole('button', { name: 'Approve' }),
    'You asked for this, so somebody else has to sign.',
  );
});

test('a rejection needs a word and ends the request', async ({ people, project }) => {
  const { promotionId } = await project.asked();
  const page = await people.as('approver', `/promotions/${promotionId}`);
  await page.getByRole('button', { name: 'Reject' }).click();
  const dialog = page.getByRole('dialog', { name: 'Reject' });
  await expectBlocked(dialog.getByRole('button', { name: 'Reject' }), 'Say why first.');
  await dialog.getByLabel('Comment').fill('The report is of the wrong month');
  await dialog.getByRole('button', { name: 'Reject' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Anna rejected it.' })).toContainText(
    'The report is of the wrong month',
  );
  await expectBlocked(page.getByRole('button', { name: 'Approve' }), /rejected/i);
});

test('a policy that changes voids an open request, visibly and on the open page', async ({
  people,
  project,
}) => {
  const { promotionId } = await project.asked();
  const page = await people.as('approver', `/promotions/${promotionId}`);
  await expectOffered(page.getByRole('button', { name: 'Approve' }));
  const admin = await people.as('admin', `/settings/policies/${project.fixture.policyId}`);
  await admin.getByLabel('A request expires after').fill('3');
  await admin.getByRole('button', { name: 'Save as a new revision' }).click();
  await expect(admin.getByText('Revision 2 is in force').first()).toBeVisible();
  await expect(page.getByRole('alert').filter({ hasText: 'policy' })).toContainText('no longer count');
  await expect(panel(page, 'What a signature binds to').getByText('CHANGED')).toBeVisible();
  await expectBlocked(page.getByRole('button', { name: 'Approve' }), /./);
});

test('what is live already cannot be asked for', async ({ people, project }) => {
  await project.live();
  const { serviceId } = project.fixture;
  const page = await people.as('engineer', `/promotions/new?service=${serviceId}`);
  await page.getByLabel('Version', { exact: true }).selectOption({ index: 1 });
  await expect(
    page.getByRole('alert').filter({ hasText: /Exactly this is live already as revision 1\./ }),
  ).toBeVisible();
  await expectBlocked(
    panel(page, 'The request').getByRole('button', { name: 'Ask for promotion' }),
    /live already/,
  );
});

test('a double click on a verb acts once', async ({ people, project }) => {
  const { promotionId } = await project.asked();
  const page = await people.as('approver', `/promotions/${promotionId}`);
  await page.getByRole('button', { name: 'Approve' }).click();
  await page
    .getByRole('dialog', { name: 'Approve' })
    .getByRole('button', { name: 'Approve' })
    .dblclick({ delay: 5 });
  await expect(panel(page, 'Signatures').getByText('approved')).toHaveCount(1);
  const acts = await project.fixture.auditOf(promotionId);
  expect(acts.filter((act) => act.action === 'promotions.approve')).toHaveLength(1);
});
