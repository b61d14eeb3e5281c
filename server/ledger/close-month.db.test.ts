import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment } from '../../db/schema/environments.ts';
import { project } from '../../db/schema/identity.ts';
import { ledgerStatement } from '../../db/schema/ledger.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { fraction } from '../../domain/metering/fraction.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Context } from '../context.ts';
import { digestOf } from '../digest.ts';
import { after, LedgerFixture, monthAt } from '../ledger-fixture.ts';

import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { closeMonth } from './close-month.ts';
import { getStatement, listMonths, listStatements } from './queries.ts';

const milliGpuHour = 3_600_000n;
const april = new Date('2026-04-01T00:00:00Z');
let test: TestDatabase;
let fixture: ProjectFixture;
let ledger: LedgerFixture;
let admin: Context;
let namespace: string;

/** One pod with two of eight GPUs for a whole March. */
beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  fixture.clock = async () => after(60, april);
  const person: Principal = { ...fixture.people.admin, instanceRoles: ['admin'] };
  admin = fixture.as(person);
  await test.db.update(environment).set({ createdAt: after(-10) });
  const [row] = await test.db.select().from(environment).where(eq(environment.id, fixture.productionId));
  namespace = row?.namespace ?? '';
  ledger = new LedgerFixture(test.db, fixture.clusterId);
  await ledger.price(8_000_000_000n, fixture.people.admin.id);
  await ledger.node('gpu-1', { fromAt: monthAt, toAt: null });
  await ledger.pod('two', { namespace, fromAt: monthAt, toAt: null, gpu: fraction(2) });
  await ledger.watched(monthAt, after(120, april));
  await ledger.seal(after(20 * 24 * 60));
});
afterAll(() => test.drop());

describe('closing a month', () => {
  it('waits until it is over and every hour of it is sealed', async () => {
    expect((await refusalOf(closeMonth(admin, { month: april }))).message).toContain('not over');
    expect((await refusalOf(closeMonth(admin, { month: after(5) }))).code).toBe('invalidInput');
    expect((await refusalOf(closeMonth(admin, { month: monthAt }))).message).toContain(
      'sealed only up to 2026-03-20T23',
    );
    expect((await refusalOf(closeMonth(fixture.as('admin'), { month: monthAt }))).code).toBe('forbidden');
  });

  it('freezes what each project had and paid, under a digest that the audit chain holds', async () => {
    await ledger.seal(after(30, april));
    await test.db.update(project).set({ costCentre: 'CC-42' }).where(eq(project.id, fixture.projectId));
    expect((await listMonths(admin)).next).toEqual(monthAt);
    expect(await closeMonth(admin, { month: monthAt })).toEqual({ statements: 1 });
    const { statements, costCentre } = await listStatements(fixture.as('viewer'), {
      projectId: fixture.projectId,
    });
    expect(costCentre).toBe('CC-42');
    const first = statements[0];
    const { statement, digest } = await getStatement(fixture.as('viewer'), { statementId: first?.id ?? '' });
    const hours = 31n * 24n;
    expect(statement).toMatchObject({
      month: '2026-03-01',
      costCentre: 'CC-42',
      total: {
        milliGpuSeconds: String(2n * hours * milliGpuHour),
        loadedNano: String(2_000_000_000n * hours),
      },
      byModel: [{ key: null, name: 'Pods of no model' }],
      byBucket: [{ key: 'serving' }],
      byProduct: [{ key: 'NVIDIA-H100-80GB-HBM3' }],
      idleShare: {
        milliGpuSeconds: String(6n * hours * milliGpuHour),
        loadedNano: String(6_000_000_000n * hours),
      },
      corrections: [],
    });
    expect(digest).toBe(digestOf(statement));
    const { rows } = await test.db.execute<{ after: unknown }>(sql`
      select after from audit_detail join audit_entry using (chain, seq)
      where chain = 'instance' and object_id = '2026-03' and action = 'ledger.closeMonth'`);
    expect(rows[0]?.after).toEqual({
      month: '2026-03',
      statements: [{ projectId: fixture.projectId, digest }],
    });
    expect((await refusalOf(closeMonth(admin, { month: monthAt }))).message).toContain('closed already');
    await expect(test.db.update(ledgerStatement).set({ digest: 'x' })).rejects.toThrow();
  });

  it('makes later differences corrections of the next month, with the statement as it was', async () => {
    await ledger.pod('late', { namespace, fromAt: monthAt, toAt: after(120), gpu: fraction(1) });
    await ledger.seal(after(40, april));
    await ledger.watched(monthAt, new Date('2026-05-01T01:00:00Z'));
    await ledger.seal(new Date('2026-05-01T00:30:00Z'));
    fixture.clock = async () => new Date('2026-05-01T00:30:00Z');
    await closeMonth(fixture.as({ ...fixture.people.admin, instanceRoles: ['admin'] }), { month: april });
    const { statements } = await listStatements(fixture.as('viewer'), { projectId: fixture.projectId });
    expect(statements.map(({ month }) => month)).toEqual([april, monthAt]);
    const { statement } = await getStatement(fixture.as('viewer'), { statementId: statements[0]?.id ?? '' });
    expect(statement.corrections).toMatchObject([
      { key: '2026-03', milliGpuSeconds: String(2n * milliGpuHour) },
    ]);
    expect(statement.total.milliGpuSeconds).toBe(String(2n * 30n * 24n * milliGpuHour));
    expect(BigInt(statements[1]?.total.milliGpuSeconds ?? '0')).toBe(2n * 31n * 24n * milliGpuHour);
  });

  it('is not found from another project', async () => {
    const other = await ProjectFixture.create(test.db);
    const [row] = await test.db.select().from(ledgerStatement);
    expect((await refusalOf(getStatement(other.as('viewer'), { statementId: row?.id ?? '' }))).code).toBe(
      'notFound',
    );
    expect((await refusalOf(listStatements(other.as('viewer'), { projectId: fixture.projectId }))).code).toBe(
      'notFound',
    );
  });
});
