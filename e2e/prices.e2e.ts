import { gzipSync } from 'node:zlib';
import { eq } from 'drizzle-orm';
import { account } from '../db/schema/identity.ts';
import { nodeInterval } from '../db/schema/metering.ts';
import { instanceCurrency } from '../db/schema/prices.ts';
import type { NodeFacts } from '../domain/metering/facts.ts';
import { expect, test } from './fixtures.ts';
import { alertWith, expectBlocked, expectOffered, panel } from './support/page-words.ts';

test.beforeAll(async ({ db }) => {
  await db.insert(instanceCurrency).values({ currency: 'USD' }).onConflictDoNothing();
});

test('an instance admin prices a kind of node that was seen, by contract over an import, and everybody reads which row wins', async ({
  people,
  project,
  db,
  problems,
}) => {
  problems.allow(/status of 4\d\d/);
  const { fixture } = project;
  await db
    .update(account)
    .set({ instanceRoles: ['admin'] })
    .where(eq(account.userId, fixture.people.admin.id));
  const instanceType = `gpu-${fixture.projectId.slice(-8)}.8xlarge`;
  const facts: NodeFacts = {
    schema: 1,
    name: 'gpu-1',
    instanceType,
    region: 'north-1',
    zone: null,
    capacityType: 'onDemand',
    gpuProduct: 'NVIDIA-L40S',
    physicalGpus: 8,
    unhealthyGpus: { n: 0, d: 1 },
    gpusRegistered: true,
    milliCpu: 96_000,
    memoryMib: 786_432,
  };
  await db.insert(nodeInterval).values({
    clusterId: fixture.clusterId,
    nodeUid: fixture.projectId,
    fromAt: new Date(Date.now() - 3_600_000),
    facts,
    source: 'watch',
    estimated: false,
  });
  const page = await people.as('admin', '/prices');

  await page.getByRole('button', { name: 'Import CSV' }).click();
  const csv = (amount: string) =>
    `instanceType,region,capacityType,unit,amount,validFrom\n${instanceType},north-1,onDemand,nodeHour,${amount},2026-01-01`;
  const file = (amount: string) => ({
    name: 'prices.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(csv(amount)),
  });
  await page.getByLabel('CSV file').setInputFiles(file('-12'));
  await expect(alertWith(page, 'A price is not negative.')).toBeVisible();
  await expectBlocked(page.getByRole('button', { name: 'Import', exact: true }), /Correct the rows first/);
  await page.getByLabel('CSV file').setInputFiles(file('12.5'));
  await expect(page.getByText('1 price would be added.')).toBeVisible();
  await page.getByRole('button', { name: 'Import 1 price' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();

  await page.getByRole('button', { name: 'Add a price' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('GPU product').fill('NVIDIA-L40S');
  await dialog.getByLabel('Instance type').fill(instanceType);
  await dialog.getByLabel('Price in USD').fill('1.25');
  await dialog.getByLabel('For an hour of').selectOption('each GPU of the node');
  await expectBlocked(dialog.getByRole('button', { name: 'Add the price' }), /from which day/);
  await dialog.getByLabel('Valid from').fill('2026-02-01');
  await expectOffered(dialog.getByRole('button', { name: 'Add the price' }));
  await dialog.getByRole('button', { name: 'Add the price' }).click();
  await expect(dialog).toBeHidden();

  await page.getByRole('searchbox', { name: 'Search prices' }).fill(instanceType);
  await expect(page.getByText('$12.50 per node-hour')).toBeVisible();
  await expect(page.getByText('$1.25 per GPU-hour')).toBeVisible();

  const viewer = await people.as('viewer', '/prices');
  await expectBlocked(viewer.getByRole('button', { name: 'Add a price' }), /instance role admin/);
  const cost = panel(viewer, 'What would a node cost?');
  await cost.getByLabel('Its instance type').fill(instanceType);
  await cost.getByLabel('Its region').fill('north-1');
  await cost.getByLabel('Its GPU product').fill('NVIDIA-L40S');
  await cost.getByLabel('GPUs in it').fill('8');
  await cost.getByRole('button', { name: 'Look it up' }).click();
  await expect(cost.getByText('$10.00 per node-hour, $1.25 per GPU-hour loaded')).toBeVisible();
  await expect(cost.getByText(/This row wins: contract/)).toBeVisible();
});

test('a kind of node without a price is named, gets one from there, and the price ends once', async ({
  people,
  project,
  db,
  problems,
}) => {
  problems.allow(/status of 4\d\d/);
  const { fixture } = project;
  await db
    .update(account)
    .set({ instanceRoles: ['admin'] })
    .where(eq(account.userId, fixture.people.admin.id));
  const instanceType = `lone-${fixture.projectId.slice(-8)}`;
  await db.insert(nodeInterval).values({
    clusterId: fixture.clusterId,
    nodeUid: fixture.projectId,
    fromAt: new Date(Date.now() - 3_600_000),
    facts: {
      schema: 1,
      name: 'lone',
      instanceType,
      region: null,
      zone: null,
      capacityType: 'spot',
      gpuProduct: 'NVIDIA-L4',
      physicalGpus: 1,
      unhealthyGpus: { n: 0, d: 1 },
      gpusRegistered: true,
      milliCpu: 4_000,
      memoryMib: 16_384,
    } satisfies NodeFacts,
    source: 'watch',
    estimated: false,
  });
  const page = await people.as('admin', '/prices');
  const row = panel(page, 'Nodes without a price').getByRole('row', { name: instanceType });
  await row.getByRole('button', { name: 'Add its price' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel('Instance type')).toHaveValue(instanceType);
  await expect(dialog.getByLabel('Bought')).toHaveValue('spot');
  await dialog.getByLabel('Price in USD').fill('0.4');
  await dialog.getByRole('button', { name: 'Add the price' }).click();
  await expect(dialog).toBeHidden();
  await expect(row).toBeHidden();

  await page.goto(`/prices?q=${instanceType}`);
  await page.getByRole('button', { name: 'End', exact: true }).click();
  await page.getByLabel('First day without it').fill('2099-01-01');
  await page.getByRole('button', { name: 'End it' }).click();
  await expect(page.getByText('until 2099-01-01')).toBeVisible();
  await expectBlocked(page.getByRole('button', { name: 'End', exact: true }), 'An end that is set stays.');
});

test('a bill in gzip is read in the browser and stands beside the ledger, with what is not metered apart', async ({
  people,
  project,
  db,
  problems,
}) => {
  problems.allow(/status of 4\d\d/);
  const { fixture } = project;
  await db
    .update(account)
    .set({ instanceRoles: ['admin'] })
    .where(eq(account.userId, fixture.people.admin.id));
  const fileName = `bill-${fixture.projectId.slice(-8)}.csv.gz`;
  const head = 'BilledCost,EffectiveCost,BillingCurrency,ChargePeriodStart,ServiceCategory,x_InstanceType';
  const bill = (currency: string) => ({
    name: fileName,
    mimeType: 'application/gzip',
    buffer: gzipSync(
      [
        head,
        `90,100.5,${currency},2020-03-01T00:00:00Z,Compute,p5.48xlarge`,
        `3,3,${currency},2020-03-31T23:00:00Z,Storage,`,
        `7,7,${currency},2020-04-01T00:00:00Z,Compute,p5.48xlarge`,
      ].join('\n'),
    ),
  });
  const page = await people.as('admin', '/prices/bills');
  await page.getByRole('button', { name: 'Import a bill' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Month').fill('2020-03');
  await dialog.getByLabel('Bill', { exact: true }).setInputFiles(bill('EUR'));
  await dialog.getByRole('button', { name: 'Import the bill' }).click();
  await expect(alertWith(page, 'Row 2: it is in EUR, this instance counts in USD.')).toBeVisible();
  await dialog.getByLabel('Bill', { exact: true }).setInputFiles(bill('USD'));
  await dialog.getByRole('button', { name: 'Import the bill' }).click();
  await expect(dialog).toBeHidden();
  await expect(page).toHaveURL(/month=2020-03/);
  const machines = panel(page, 'By instance type').getByRole('row', { name: /p5\.48xlarge/ });
  await expect(machines).toContainText('$100.50');
  await expect(machines).toContainText('No metered node');
  await expect(panel(page, 'Not metered by Fairlead')).toContainText('Storage$3.00');
  await page.getByRole('link', { name: 'As invoiced' }).click();
  await expect(machines).toContainText('$90.00');

  const viewer = await people.as('viewer', '/prices/bills');
  await expect(viewer.getByText('Bills are for admins and auditors of the instance')).toBeVisible();
});

test('a price that would be valid beside another is refused with the row that stands against it', async ({
  people,
  project,
  db,
  problems,
}) => {
  problems.allow(/status of 4\d\d/);
  const { fixture } = project;
  await db
    .update(account)
    .set({ instanceRoles: ['admin'] })
    .where(eq(account.userId, fixture.people.admin.id));
  const page = await people.as('admin', '/prices');
  const instanceType = `twice-${fixture.projectId.slice(-8)}`;
  const dialog = page.getByRole('dialog');
  const fill = async (amount: string, from: string) => {
    await page.getByRole('button', { name: 'Add a price' }).click();
    await dialog.getByLabel('Instance type').fill(instanceType);
    await dialog.getByLabel('Price in USD').fill(amount);
    await dialog.getByLabel('Valid from').fill(from);
    await dialog.getByRole('button', { name: 'Add the price' }).click();
  };
  await fill('3', '2026-01-01');
  await expect(dialog).toBeHidden();
  await fill('4', '2026-02-01');
  await expect(
    dialog.getByText(
      /It would be valid together with another row: .*USD 3 per node-hour from 2026-01-01. End that one first/,
    ),
  ).toBeVisible();
});
