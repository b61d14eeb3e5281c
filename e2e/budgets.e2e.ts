import { eq } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { budget } from '../db/schema/budgets.ts';
import { ledgerHourSum } from '../db/schema/ledger.ts';
import { gpuHour } from '../domain/budget/budget-words.ts';
import { closeBudget, createBudget, updateBudget } from '../server/budgets/commands.ts';
import { getBudget } from '../server/budgets/get.ts';
import { createInstanceBudget } from '../server/budgets/instance-commands.ts';
import { newId } from '../server/id.ts';
import { updateService } from '../server/services/commands.ts';
import { ProjectFixture } from '../server/test-fixture.ts';
import { expect, test } from './fixtures.ts';
import { alertWith, expectBlocked, panel } from './support/page-words.ts';

const hourMs = 3_600_000;

/** What the ledger says of the last hours of a project: so many GPUs, hour by hour. */
async function spend(db: Database, { projectId, clusterId }: ProjectFixture, gpus: number[]): Promise<void> {
  const open = Math.floor(Date.now() / hourMs) * hourMs;
  const rows = gpus.map((count, index) => {
    const hourAt = new Date(open - (gpus.length - index) * hourMs);
    return {
      id: newId(),
      hourAt,
      postedMonth: new Date(Date.UTC(hourAt.getUTCFullYear(), hourAt.getUTCMonth(), 1)),
      clusterId,
      bucket: 'serving' as const,
      line: 'gpu' as const,
      projectId,
      gpuProduct: 'NVIDIA-H100',
      capacityType: 'onDemand' as const,
      quantity: String(count * 3_600_000),
      loadedNano: '0',
      openCostNano: '0',
      unpriced: '0',
      estimatedQuantity: '0',
    };
  });
  await db.insert(ledgerHourSum).values(rows);
}

test('an admin limits what the project takes, everybody reads what is left and where it heads, and the amount stays on record', async ({
  people,
  project,
  db,
  problems,
}) => {
  problems.allow(/status of 4\d\d/);
  const { fixture } = project;
  await spend(db, fixture, [4, 4, 4, 4, 4, 4]);
  const page = await people.as('admin', '/budgets');
  await expect(page.getByText('Nothing limits what this project takes')).toBeVisible();
  await page.getByRole('link', { name: 'New budget', exact: true }).click();
  await expectBlocked(page.getByRole('button', { name: 'Create the budget' }), /a name/);
  await page.getByLabel('Name').fill('Serving');
  await page.getByLabel('Period', { exact: true }).selectOption('The last days, rolling');
  await page.getByLabel('Days').fill('7');
  await page.getByLabel('Amount for every period').fill('10');
  await page.getByRole('button', { name: 'Create the budget' }).click();
  await expect(alertWith(page, /24 GPU-hours are spent in this period already, more than 10/)).toBeVisible();
  await page.getByLabel('Amount for every period').fill('1000');
  await page.getByRole('button', { name: 'Create the budget' }).click();

  await expect(page.getByRole('heading', { level: 1, name: 'Serving' })).toBeVisible();
  await expect(panel(page, 'What the amount is made of').getByText('+1,000 GPU-hours')).toBeVisible();
  // The worker looks at it within seconds; the page looks again once a minute, or when it is opened.
  await expect(async () => {
    await page.reload();
    await expect(page.getByText('Holds', { exact: true })).toBeVisible({ timeout: 1_000 });
  }).toPass();

  await page.getByRole('button', { name: 'Set the amount' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Amount for every period').fill('1200');
  await dialog.getByLabel('Reason').fill('A second region.');
  await dialog.getByRole('button', { name: 'Set the amount' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText('A second region.')).toBeVisible();

  const viewer = await people.as('viewer', '/budgets');
  await expect(viewer.getByRole('row', { name: /Serving/ }).getByText('1,200 GPU-hours')).toBeVisible();
  await viewer.getByRole('link', { name: 'Serving' }).click();
  await expectBlocked(viewer.getByRole('button', { name: 'Set the amount' }), /role admin/);
  await viewer.getByRole('button', { name: 'Table' }).click();
});

test('thresholds are changed in the settings of a budget, and one without a limit is not saved', async ({
  people,
  project,
}) => {
  const { fixture } = project;
  const page = await people.as('admin', '/budgets/new');
  await page.getByLabel('Name').fill(`Weekly ${fixture.projectId.slice(-4)}`);
  await page.getByLabel('Amount for every period').fill('40.5');
  await page.getByLabel('Period', { exact: true }).selectOption('Every week');
  await page.getByRole('button', { name: 'Create the budget' }).click();
  await page.getByRole('button', { name: 'Settings' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Add a threshold' }).click();
  await dialog.getByLabel('Limit 6').fill('');
  await expectBlocked(dialog.getByRole('button', { name: 'Save' }), /no limit/);
  await dialog.getByLabel('Limit 6').fill('75');
  await dialog.getByLabel('When it runs out').selectOption('Needs approval');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText(/Needs approval/)).toBeVisible();
});

test('more for a time is asked for on the page of a budget, and the last signature grants it', async ({
  people,
  project,
}) => {
  const { fixture } = project;
  const { projectId } = fixture;
  const { budgetId } = await createBudget(fixture.as('admin'), {
    projectId,
    name: 'Serving',
    scope: { projectId, environmentId: null, modelId: null, gpuProduct: null },
    unit: 'gpuHours',
    period: { kind: 'calendar', every: 'month', timeZone: 'UTC', rolloverCapPercent: 0 },
    amount: (100n * gpuHour).toString(),
  });
  const engineer = await people.as('engineer', `/budgets/${budgetId}`);
  await engineer.getByRole('button', { name: 'Ask for more' }).click();
  const dialog = engineer.getByRole('dialog');
  await dialog.getByLabel('How much more').fill('25');
  await expectBlocked(dialog.getByRole('button', { name: 'Ask for it' }), /what it is for/);
  await dialog.getByLabel('What it is for').fill('The launch.');
  await dialog.getByRole('button', { name: 'Ask for it' }).click();
  await expect(dialog).toBeHidden();
  await expectBlocked(engineer.getByRole('button', { name: 'Approve' }), /role approver/);
  for (const who of ['approver', 'secondApprover'] as const) {
    const page = await people.as(who, `/budgets/${budgetId}`);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await expect(page.getByRole('dialog')).toBeHidden();
  }
  await engineer.reload();
  await expect(panel(engineer, 'Asked for').getByText('Granted')).toBeVisible();
  await expect(panel(engineer, 'What the amount is made of').getByText('+25 GPU-hours')).toBeVisible();
});

test('a spent budget that freezes lets nothing grow, the service says why and leads to it, and a closed one lets it go on', async ({
  people,
  project,
  db,
}) => {
  const { fixture } = project;
  const { projectId, serviceId } = fixture;
  const { budgetId } = await createBudget(fixture.as('admin'), {
    projectId,
    name: 'Nothing left',
    scope: { projectId, environmentId: null, modelId: null, gpuProduct: null },
    unit: 'gpuHours',
    period: { kind: 'calendar', every: 'month', timeZone: 'UTC', rolloverCapPercent: 0 },
    level: 1,
    amount: '1',
  });
  // The sandbox is metered too: the first pod spends it.
  await project.live();
  await updateBudget(fixture.as('admin'), { budgetId, level: 3 });
  await db.update(budget).set({ statusAt: null }).where(eq(budget.id, budgetId));
  const page = await people.as('admin', `/budgets/${budgetId}`);
  const frozen = panel(page, 'Frozen because it is spent');
  await expect(async () => {
    await page.reload();
    await expect(frozen.getByText('production')).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expect(frozen.getByText('Nothing grows').first()).toBeVisible();

  await updateService(fixture.as('operator'), { serviceId, scaling: { kind: 'fixed', replicas: 3 } });
  const viewer = await people.as('viewer', `/services/${serviceId}`);
  const why = panel(viewer, 'Why is it waiting?');
  await expect(why.getByText(/"Nothing left" is spent.*revision 1 stays at 2 of 3 replicas/)).toBeVisible();
  await why.getByRole('link', { name: 'Open the budget' }).click();
  await expect(viewer.getByRole('heading', { level: 1, name: 'Nothing left' })).toBeVisible();

  await closeBudget(fixture.as('admin'), { budgetId });
  await viewer.goto(`/services/${serviceId}`);
  await expect(why).toBeHidden();
  await page.goto(`/budgets/${budgetId}`);
  await expect(page.getByRole('heading', { level: 1, name: 'Nothing left' })).toBeVisible();
  await expect(frozen).toBeHidden();
});

test('a part of a budget is given to another project under the same budget above, and who signs sees both burn-downs', async ({
  people,
  project,
  db,
}) => {
  const { fixture } = project;
  const other = await ProjectFixture.create(db);
  const budgetOf = async (of: ProjectFixture, name: string, parentId: string) => {
    const { projectId } = of;
    const scope = { projectId, environmentId: null, modelId: null, gpuProduct: null };
    const made = { projectId, name, scope, unit: 'gpuHours' as const, period, parentId };
    return (await createBudget(of.as('admin'), { ...made, amount: (100n * gpuHour).toString() })).budgetId;
  };
  const period = {
    kind: 'calendar' as const,
    every: 'month' as const,
    timeZone: 'UTC',
    rolloverCapPercent: 0,
  };
  const { budgetId: parentId } = await createInstanceBudget(
    fixture.as({ ...fixture.people.stranger, instanceRoles: ['admin'] }),
    {
      name: `Company ${fixture.projectId}`,
      scope: { projectId: null, environmentId: null, modelId: null, gpuProduct: null },
      unit: 'gpuHours',
      period,
      amount: (10_000n * gpuHour).toString(),
    },
  );
  const giverId = await budgetOf(fixture, 'Giver', parentId);
  const receiverId = await budgetOf(other, `Receiver ${other.projectId.slice(-6)}`, parentId);
  const admin = await people.as('admin', `/budgets/${giverId}`);
  await admin.getByRole('button', { name: 'Ask for more' }).click();
  const dialog = admin.getByRole('dialog');
  await dialog
    .getByLabel('What is asked')
    .selectOption({ label: `To give a part to Receiver ${other.projectId.slice(-6)} of Fraud` });
  await dialog.getByLabel('How much of it').fill('30');
  await dialog.getByLabel('What it is for').fill('They launch first.');
  await dialog.getByRole('button', { name: 'Ask for it' }).click();
  await expect(dialog).toBeHidden();
  for (const who of ['approver', 'secondApprover'] as const) {
    const page = await people.as(who, `/budgets/${giverId}`);
    await expect(page.getByText(/^Left of Receiver .*, GPU-hours$/)).toBeVisible();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await expect(page.getByRole('dialog')).toBeHidden();
  }
  await admin.reload();
  await expect(panel(admin, 'What the amount is made of').getByText('−30 GPU-hours')).toBeVisible();
  const { budget: given } = await getBudget(other.as('viewer'), { budgetId: receiverId });
  expect(given.amount).toBe(130n * gpuHour);
});
