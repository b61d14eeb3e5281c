import { eq } from 'drizzle-orm';
import { egressAllowance } from '../db/schema/egress.ts';
import { account } from '../db/schema/identity.ts';
import { newId } from '../server/id.ts';
import { HttpReceiver, reactions } from '../server/jobs/delivery/receivers.test-support.ts';
import { abortRollout } from '../server/rollouts/commands.ts';
import { updateService } from '../server/services/commands.ts';
import { expect, test } from './fixtures.ts';
import { planOf } from './support/filled-project.ts';
import { alertWith, header, panel } from './support/page-words.ts';

let receiver: HttpReceiver;
test.beforeAll(async ({ db }) => {
  receiver = await HttpReceiver.open();
  await db
    .insert(egressAllowance)
    .values({ id: newId(), target: '127.0.0.1', purpose: 'Journeys.', addedAt: new Date() })
    .onConflictDoNothing();
});
test.afterAll(() => receiver.close());
test.beforeEach(() => {
  receiver.received.length = 0;
});

test('a channel is added and tried out, tells an abort with one sentence, and its link leads to acknowledging it', async ({
  people,
  project,
  problems,
}) => {
  problems.allow(/status of 4\d\d/);
  const { fixture } = project;
  await project.live();
  const page = await people.as('admin', '/settings/channels');
  await expect(page.getByText('Nobody is told outside the console yet')).toBeVisible();
  await page.getByRole('link', { name: 'Add a channel' }).click();
  await page.getByLabel('Kind', { exact: true }).selectOption('Webhook');
  await page.getByLabel('Name', { exact: true }).fill('on call');
  await page.getByLabel('Address', { exact: true }).fill('http://10.1.2.3/hook');
  await page.getByRole('button', { name: 'Make a new secret' }).click();
  await page.getByRole('button', { name: 'Add the channel' }).click();
  await expect(alertWith(page, /not a public address/)).toBeVisible();
  await page.getByLabel('Address', { exact: true }).fill(receiver.url());
  await page.getByRole('button', { name: 'Add the channel' }).click();

  await page.getByRole('button', { name: 'Send a test' }).click();
  await expect(page.getByText('The receiver took the test.')).toBeVisible();
  await expect(panel(page, 'What it told').getByText('200 ok')).toBeVisible();

  receiver.next.push(reactions.status(403));
  await page.getByRole('button', { name: 'Send a test' }).click();
  await expect(alertWith(page, 'The receiver did not take the test.')).toContainText('403 not now');

  const rolloutId = await project.started({}, planOf([10, 50, 100], 3_600_000));
  await abortRollout(fixture.as('operator'), { rolloutId, reason: 'Wrong model.' });
  const bodies = () => receiver.received.map((_, index) => receiver.json(index));
  await expect.poll(() => bodies().some(isAbort), { message: 'the abort is told' }).toBe(true);
  const aborted = bodies().find(isAbort);
  const [told] = (aborted?.data ?? []) as { sentence: string; link: string }[];
  expect(told?.sentence).toMatch(/^Olga stopped revision 2 of scoring in production .*"Wrong model"/);

  const operator = await people.as('operator', new URL(told?.link ?? '').pathname);
  await expect(header(operator)).toContainText('Stopped');
  await expect(panel(operator, 'Who was told')).toContainText('on call');
  await expect(panel(operator, 'Who was told')).toContainText('Sent');
  await operator.getByRole('button', { name: 'Acknowledge' }).click();
  await operator.getByLabel('Comment').fill('Mine.');
  await operator.getByRole('dialog').getByRole('button', { name: 'Acknowledge' }).click();
  await expect(panel(operator, 'What happened')).toContainText('Olga');
  await operator.getByRole('link', { name: 'Open the rollout' }).click();
  await expect(operator).toHaveURL(new RegExp(`/rollouts/${rolloutId}$`));
});

function isAbort(body: Record<string, unknown>): boolean {
  return JSON.stringify(body).includes('"kind":"aborted"');
}

test('the bell counts what is urgent and nobody has acknowledged, and leads there', async ({
  people,
  project,
}) => {
  await project.live();
  const rolloutId = await project.started({ errorShare: 0.5 });
  expect(await project.ended(rolloutId)).toBe('rolledBack');
  const page = await people.as('operator', '/');
  await page.getByRole('link', { name: 'Notices: 1 high and not acknowledged' }).click();
  await expect(page).toHaveURL(/filter=unacknowledged/);
  await page.getByRole('link', { name: /is taken back at 10 %/ }).click();
  await page.getByRole('button', { name: 'Acknowledge' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Acknowledge' }).click();
  const bell = page.getByRole('banner').getByTitle('Notices', { exact: true });
  await expect(bell).toHaveAccessibleName('Notices');
});

test('the heartbeat is called as soon as it is set, and the page shows the answer', async ({
  people,
  project,
  db,
}) => {
  await db
    .update(account)
    .set({ instanceRoles: ['admin'] })
    .where(eq(account.userId, project.fixture.people.admin.id));
  const page = await people.as('admin', '/settings/heartbeat');
  await page.getByLabel('Address', { exact: true }).fill(receiver.url('/ping'));
  await page.getByRole('button', { name: 'Call it every minute' }).click();
  await expect(panel(page, 'Called every minute')).toContainText('Taken');
  await expect(panel(page, 'Called every minute')).toContainText('200 ok');
  await page.getByRole('button', { name: 'Stop calling' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Stop calling' }).click();
  await expect(panel(page, 'Nobody is called yet')).toBeVisible();
});

test('a production service without an owner says so on its page and on the overview', async ({
  people,
  project,
}) => {
  const { serviceId } = project.fixture;
  await updateService(project.fixture.as('operator'), { serviceId, ownerUserId: null });
  const page = await people.as('operator', '/');
  await page.getByRole('link', { name: 'scoring' }).filter({ visible: true }).first().click();
  await expect(page.getByText('This production service has no owner')).toBeVisible();
});
