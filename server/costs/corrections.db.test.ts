import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment } from '../../db/schema/environments.ts';
import { ledgerMonth } from '../../db/schema/ledger.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { fraction } from '../../domain/metering/fraction.ts';
import { after, LedgerFixture, monthAt } from '../ledger-fixture.ts';
import { ProjectFixture } from '../test-fixture.ts';
import { readCosts, readInstanceCosts } from './read.ts';

const march = { from: monthAt, to: new Date('2026-04-01T00:00:00Z'), groupBy: 'bucket' } as const;
const april = { ...march, from: march.to, to: new Date('2026-05-01T00:00:00Z') };
let test: TestDatabase;
let fixture: ProjectFixture;
let ledger: LedgerFixture;
let namespace: string;

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  ledger = new LedgerFixture(test.db, fixture.clusterId);
  const own = eq(environment.id, fixture.productionId);
  const [row] = await test.db.update(environment).set({ createdAt: monthAt }).where(own).returning();
  namespace = row?.namespace ?? '';
  await ledger.price(8_000_000_000n, fixture.people.admin.id);
  await ledger.node('gpu-1', { fromAt: monthAt, toAt: after(60) });
  await ledger.pod('first', { namespace, fromAt: monthAt, toAt: after(60), gpu: fraction(6) });
  await ledger.pod('second', { namespace, fromAt: after(10), toAt: after(60), gpu: fraction(6) });
  await ledger.watched(monthAt, after(120));
  await ledger.seal(after(75));
});
afterAll(() => test.drop());

const instance = async (range: typeof march | typeof april) =>
  await readInstanceCosts(fixture.as({ ...fixture.people.admin, instanceRoles: ['auditor'] }), range);
const own = async (range: typeof march | typeof april) =>
  await readCosts(fixture.as('viewer'), { projectId: fixture.projectId, ...range });

describe('the explorer', () => {
  it('says to the instance how much was cut where pods held more than their node has, and the sum is the node’s', async () => {
    const { cuts, total } = await instance(march);
    // Four GPUs too many for fifty minutes.
    expect(cuts).toEqual({ nodeHours: 1, milliGpuSeconds: 4_000n * 50n * 60n });
    expect([total.milliGpuSeconds, total.loadedNano]).toEqual([8n * 3_600_000n, 8_000_000_000n]);
    expect((await instance(april)).cuts).toBeNull();
    expect((await own(march)).cuts).toBeNull();
  });

  it('marks what came to be known after a month was closed, on the days of its use and nowhere else', async () => {
    expect((await own(march)).corrections).toBeNull();
    await test.db
      .insert(ledgerMonth)
      .values({ month: monthAt, closedAt: after(50_000), closedBy: fixture.people.admin.id });
    await ledger.node('gpu-2', { fromAt: monthAt, toAt: after(60) });
    await ledger.pod('late', { namespace, nodeUid: 'gpu-2', fromAt: monthAt, toAt: after(60) });
    await ledger.seal(new Date('2026-04-02T00:00:00Z'));
    const corrections = { milliGpuSeconds: 3_600_000n, loadedNano: 1_000_000_000n };
    expect((await own(march)).corrections).toMatchObject(corrections);
    expect((await own(april)).corrections).toBeNull();
    expect((await instance(march)).corrections).toMatchObject({ loadedNano: 8_000_000_000n });
  });
});
