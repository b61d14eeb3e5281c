import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { transaction } from '../../db/client.ts';
import { startNode } from '../../db/run-node.test-support.ts';
import { clusterLease, environment } from '../../db/schema/environments.ts';
import { ledgerEntry, ledgerProgress } from '../../db/schema/ledger.ts';
import { service } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { fraction } from '../../domain/metering/fraction.ts';
import { after, LedgerFixture, monthAt } from '../ledger-fixture.ts';
import { ProjectFixture } from '../test-fixture.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.drop());

/** Three hours of a node with eight GPUs, two pods on it and a price, not sealed yet. */
async function hours() {
  const fixture = await ProjectFixture.create(test.db);
  const early = { createdAt: after(-1000) };
  await test.db.update(service).set(early).where(eq(service.projectId, fixture.projectId));
  await test.db.update(environment).set(early).where(eq(environment.projectId, fixture.projectId));
  const [row] = await test.db.select().from(environment).where(eq(environment.id, fixture.productionId));
  const namespace = row?.namespace ?? '';
  await test.db.execute(sql`delete from price_entry`);
  const ledger = new LedgerFixture(test.db, fixture.clusterId);
  await ledger.price(8_000_000_000n, fixture.people.admin.id);
  await ledger.node('gpu-1', { fromAt: monthAt, toAt: null });
  await ledger.pod('half', { namespace, fromAt: monthAt, toAt: null, gpu: fraction(4) });
  await ledger.pod('third', { namespace, fromAt: after(20), toAt: after(130), gpu: fraction(1, 3) });
  await ledger.watched(monthAt, after(180));
  return { ledger, clusterId: fixture.clusterId };
}

async function rowsOf(clusterId: string) {
  const rows = await test.db.select().from(ledgerEntry).where(eq(ledgerEntry.clusterId, clusterId));
  return rows
    .map(({ hourAt, podUid, bucket, line, quantity, loadedNano, reversesId }) =>
      [hourAt.toISOString(), podUid, bucket, line, quantity, loadedNano, reversesId].join(' '),
    )
    .sort();
}

async function startSealing(clusterId: string) {
  return startNode({
    args: [fileURLToPath(new URL('./seal-process.test-support.ts', import.meta.url))],
    environment: { TEST_DATABASE_URL: test.url, TEST_CLUSTER: clusterId, TEST_NOW: after(190).toISOString() },
  });
}

/** Kills a worker while its seal waits for a table that somebody holds, which is where it then stands. */
async function killedAt(table: string, clusterId: string): Promise<void> {
  await transaction(test.db, async (tx) => {
    await tx.execute(sql`lock table ${sql.identifier(table)} in share row exclusive mode`);
    const sealing = await startSealing(clusterId);
    await sealing.line(/ready/);
    const name = `fairlead-seal-${sealing.child.pid}`;
    await vi.waitFor(
      async () => {
        const { rows } = await test.db.execute(
          sql`select 1 from pg_stat_activity where application_name = ${name} and wait_event_type = 'Lock'`,
        );
        expect(rows).toHaveLength(1);
      },
      { timeout: 30_000, interval: 20 },
    );
    sealing.child.kill('SIGKILL');
    await once(sealing.child, 'exit');
    expect(await sealedUntil(clusterId)).toEqual(monthAt);
  });
}

async function sealedUntil(clusterId: string): Promise<Date | undefined> {
  const [row] = await test.db.select().from(ledgerProgress).where(eq(ledgerProgress.clusterId, clusterId));
  return row?.sealedUntil;
}

it('a worker that is killed anywhere inside a seal leaves nothing of it, and the next one seals the same rows once', async () => {
  const whole = await hours();
  await whole.ledger.seal(after(190));
  const expected = { rows: await rowsOf(whole.clusterId), totals: await whole.ledger.totals() };
  expect(expected.rows.length).toBeGreaterThan(6);
  const tables = [
    'ledger_stale',
    'ledger_entry',
    'ledger_hour_sum',
    'ledger_day_sum',
    'ledger_hour',
    'ledger_progress',
  ];
  for (const table of tables) {
    const { ledger, clusterId } = await hours();
    await test.db.insert(ledgerProgress).values({ clusterId, sealedUntil: monthAt });
    await killedAt(table, clusterId);
    expect(await rowsOf(clusterId), `killed at ${table}`).toEqual([]);
    // Nobody gives the lease of a killed worker back: it runs out.
    await test.db
      .update(clusterLease)
      .set({ leaseUntil: new Date(0) })
      .where(eq(clusterLease.clusterId, clusterId));
    expect(await ledger.seal(after(190)), `after ${table}`).toBe(3);
    expect(await rowsOf(clusterId), `killed at ${table}`).toEqual(expected.rows);
    const totals = await ledger.totals();
    expect(totals, `killed at ${table}`).toEqual(expected.totals);
    expect(totals.hours).toEqual(totals.entries);
    expect(await ledger.seal(after(191)), `again after ${table}`).toBe(0);
  }
}, 180_000);
