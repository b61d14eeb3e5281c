import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ledgerDaySum } from '../../db/schema/ledger.ts';
import { nodeInterval } from '../../db/schema/metering.ts';
import { instanceCurrency } from '../../db/schema/prices.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import type { NodeFacts } from '../../domain/metering/facts.ts';
import type { Principal } from '../../domain/principal.ts';
import { listInstanceAudit } from '../audit/queries.ts';
import type { Context } from '../context.ts';
import { newId } from '../id.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { importBill, removeBill } from './commands.ts';
import { checkBills } from './queries.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
let ada: Context;
let auditor: Context;

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  const admin: Principal = { ...fixture.people.admin, instanceRoles: ['admin'] };
  ada = fixture.as(admin);
  auditor = fixture.as({ ...fixture.people.viewer, instanceRoles: ['auditor'] });
  await test.db.insert(instanceCurrency).values({ currency: 'USD' });
  await meter('a', 'p5.48xlarge', '2026-10-03', 60n);
  await meter('a', 'p5.48xlarge', '2026-10-31', 40n);
  await meter('b', 'g6.xlarge', '2026-10-05', 7n);
  await meter('a', 'p5.48xlarge', '2026-11-01', 1_000n);
});
afterAll(() => test.drop());

async function meter(nodeUid: string, instanceType: string, day: string, loaded: bigint): Promise<void> {
  const { clusterId } = fixture;
  const facts: NodeFacts = {
    schema: 1,
    name: nodeUid,
    instanceType,
    region: null,
    zone: null,
    capacityType: 'onDemand',
    gpuProduct: 'NVIDIA-L4',
    physicalGpus: 1,
    unhealthyGpus: { n: 0, d: 1 },
    gpusRegistered: true,
    milliCpu: 4_000,
    memoryMib: 16_384,
  };
  const fromAt = new Date('2026-10-01T00:00:00Z');
  await test.db
    .insert(nodeInterval)
    .values({ clusterId, nodeUid, fromAt, facts, source: 'watch', estimated: false })
    .onConflictDoNothing();
  const dayAt = new Date(`${day}T00:00:00Z`);
  await test.db.insert(ledgerDaySum).values({
    id: newId(),
    dayAt,
    postedMonth: new Date(`${day.slice(0, 7)}-01T00:00:00Z`),
    clusterId,
    nodeUid,
    bucket: 'serving',
    line: 'gpu',
    capacityType: 'onDemand',
    quantity: '1',
    loadedNano: String(loaded),
    openCostNano: '0',
    unpriced: '0',
    estimatedQuantity: '0',
  });
}

const line = (kind: 'instance' | 'storage', instanceType: string | null, effective: bigint) => ({
  kind,
  instanceType,
  rows: 1,
  billedNano: '0',
  effectiveNano: String(effective),
});
const bill = (...lines: ReturnType<typeof line>[]) => ({
  month: '2026-10',
  fileName: 'october.csv.gz',
  currency: 'USD',
  bill: { schema: 1 as const, lines },
  rows: lines.length,
  outside: 3,
});

describe('a bill', () => {
  it('is compared with the ledger of its month by instance type, and what is not metered stands apart', async () => {
    const empty = await checkBills(auditor, { month: '2026-10' });
    expect(empty).toMatchObject({ files: [], check: null, currency: 'USD' });
    await importBill(ada, bill(line('instance', 'p5.48xlarge', 98n), line('storage', null, 20n)));
    const { check, files, months } = await checkBills(auditor, {});
    expect(months).toEqual(['2026-10']);
    expect(files).toMatchObject([{ fileName: 'october.csv.gz', rows: 2, outside: 3 }]);
    expect(check?.rows).toMatchObject([
      { instanceType: 'g6.xlarge', billNano: null, ledgerNano: 7n, differenceNano: 7n },
      { instanceType: 'p5.48xlarge', billNano: 98n, ledgerNano: 100n, differenceNano: 2n, nodes: 1 },
    ]);
    expect(check?.notMetered).toEqual([{ kind: 'storage', amountNano: 20n }]);
    expect(check).toMatchObject({ billNano: 118n, ledgerNano: 107n, bothDifferenceNano: 2n });
  });

  it('imported again takes the place of the same file, beside other files of the month', async () => {
    await importBill(ada, bill(line('instance', 'p5.48xlarge', 100n)));
    const { billFileId } = await importBill(ada, {
      ...bill(line('instance', 'g6.xlarge', 7n)),
      fileName: 'other-account.csv',
    });
    const both = await checkBills(auditor, { month: '2026-10' });
    expect(both.files).toHaveLength(2);
    expect(both.check).toMatchObject({ billNano: 107n, bothDifferenceNano: 0n });
    await removeBill(ada, { billFileId });
    expect((await checkBills(auditor, { month: '2026-10' })).check?.billNano).toBe(100n);
    const { items } = await listInstanceAudit(ada, { objectKind: 'bill', objectId: billFileId });
    expect(items.map(({ action }) => action).sort()).toEqual(['bills.import', 'bills.remove']);
    expect((await refusalOf(removeBill(ada, { billFileId }))).code).toBe('notFound');
  });

  it('in another currency, of no month or without a charge is refused', async () => {
    const good = bill(line('storage', null, 1n));
    expect((await refusalOf(importBill(ada, { ...good, currency: 'EUR' }))).message).toBe(
      'currency: This instance counts in USD, the bill is in EUR.',
    );
    expect((await refusalOf(importBill(ada, { ...good, month: '2026-13' }))).message).toBe(
      'month: Write the month as 2026-10.',
    );
    expect((await refusalOf(importBill(ada, { ...good, bill: { schema: 1, lines: [] } }))).message).toBe(
      'bill.lines: The file has no charge of this month.',
    );
  });

  it('is imported by instance admins, compared by auditors too, and hidden from members of a project', async () => {
    const good = bill(line('storage', null, 1n));
    expect((await refusalOf(importBill(auditor, good))).code).toBe('forbidden');
    for (const who of ['viewer', 'admin'] as const) {
      const person = fixture.as(who);
      expect((await refusalOf(importBill(person, good))).code).toBe('forbidden');
      expect((await refusalOf(removeBill(person, { billFileId: fixture.projectId }))).code).toBe('forbidden');
      expect((await refusalOf(checkBills(person, {}))).code).toBe('forbidden');
    }
  });
});
