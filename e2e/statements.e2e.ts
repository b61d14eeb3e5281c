import { readFile } from 'node:fs/promises';
import { eq } from 'drizzle-orm';
import { createDatabase } from '../db/client.ts';
import { environment } from '../db/schema/environments.ts';
import { account } from '../db/schema/identity.ts';
import { instanceCurrency } from '../db/schema/prices.ts';
import { monthOf } from '../domain/ledger/statement.ts';
import { after, LedgerFixture } from '../server/ledger-fixture.ts';
import { ProjectFixture } from '../server/test-fixture.ts';
import { expect, test } from './fixtures.ts';
import { ConsolePeople } from './support/console-people.ts';
import { createDatabaseNamed } from './support/own-database.ts';
import { panel } from './support/page-words.ts';
import { startSite } from './support/site-process.ts';

/** The last three hours of the month before this one, sealed: two of eight GPUs of a node at 8 an hour. */
async function meterMonth({ db, clusterId, productionId, people }: ProjectFixture): Promise<string> {
  await db.insert(instanceCurrency).values({ currency: 'USD' });
  const toAt = monthOf(new Date());
  const fromAt = after(-3 * 60, toAt);
  const [place] = await db
    .update(environment)
    .set({ createdAt: after(-60, fromAt) })
    .where(eq(environment.id, productionId))
    .returning();
  const ledger = new LedgerFixture(db, clusterId);
  await ledger.price(8_000_000_000n, people.admin.id);
  await ledger.node('gpu-1', { fromAt, toAt });
  await ledger.pod('scoring', { fromAt, toAt, namespace: place?.namespace ?? '', gpu: { n: 2, d: 1 } });
  await ledger.watched(fromAt, after(5, toAt));
  await ledger.seal(after(15, toAt));
  return fromAt.toISOString().slice(0, 7);
}

test('an instance admin closes a month, once and for all, and its project reads the statement and saves it as CSV', async ({
  site,
  browser,
  problems,
}) => {
  // A month is closed for the whole instance, so it is one of its own.
  const databaseUrl = await createDatabaseNamed(site.serverUrl, 'fairlead_statements');
  const own = await startSite({ databaseUrl, args: ['--no-demo', '--role=web'] });
  const handle = createDatabase(databaseUrl);
  const project = await ProjectFixture.create(handle.db);
  const people = new ConsolePeople({ browser, db: handle.db, project, url: own.url, problems });
  try {
    const month = await meterMonth(project);
    await handle.db
      .update(account)
      .set({ instanceRoles: ['admin'] })
      .where(eq(account.userId, project.people.admin.id));
    const page = await people.as('admin', `${own.url}/costs/statements`);
    await page.getByRole('button', { name: `Close ${month}` }).click();
    const dialog = page.getByRole('alertdialog', { name: `Close ${month}?` });
    await expect(dialog).toContainText('A closed month is never opened again');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByText('No month is closed yet')).toBeVisible();

    await page.getByRole('button', { name: `Close ${month}` }).click();
    await dialog.getByRole('button', { name: `Close ${month}` }).click();
    await expect(page.getByText('Every month that is over is closed')).toBeVisible();
    const row = panel(page, 'Closed months').getByRole('row', { name: new RegExp(month) });
    await expect(row).toContainText('$6.00');

    const reader = await people.as('viewer', `${own.url}/costs/statements`);
    await expect(reader.getByRole('button', { name: /^Close/ })).toHaveCount(0);
    await reader.getByRole('link', { name: month }).click();
    await expect(reader.getByRole('heading', { name: new RegExp(month) })).toBeVisible();
    const saving = reader.waitForEvent('download');
    await reader.getByRole('button', { name: 'CSV' }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toBe(`statement-${month}.csv`);
    expect(await readFile(await saved.path(), 'utf8')).toContain(`${month},Fraud,,total,,6,6,`);
  } finally {
    await people.close();
    await handle.close();
    await own.close();
  }
});
