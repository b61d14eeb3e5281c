import { and, eq, isNotNull, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { environment } from '../../db/schema/environments.ts';
import { ledgerEntry, ledgerMonth, ledgerProgress, ledgerStale } from '../../db/schema/ledger.ts';
import { podInterval, watchInterval } from '../../db/schema/metering.ts';
import { modelVersion } from '../../db/schema/models.ts';
import { promotion } from '../../db/schema/promotions.ts';
import { roleInterval, service } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { fraction } from '../../domain/metering/fraction.ts';
import { after, LedgerFixture, monthAt } from '../ledger-fixture.ts';
import { spendByDay, spendByHour } from '../rows/spend.ts';
import { ProjectFixture } from '../test-fixture.ts';

const milliGpuHour = 3_600_000n;
let test: TestDatabase;
let fixture: ProjectFixture;
let ledger: LedgerFixture;
let namespace: string;

beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.drop());

/** A project, its production's namespace, one node at 8 per hour and one pod with half of it, watched for two hours. */
beforeEach(async () => {
  fixture = await ProjectFixture.create(test.db);
  ledger = new LedgerFixture(test.db, fixture.clusterId);
  await test.db
    .update(service)
    .set({ createdAt: after(-1000) })
    .where(eq(service.projectId, fixture.projectId));
  await test.db
    .update(environment)
    .set({ createdAt: after(-1000) })
    .where(eq(environment.projectId, fixture.projectId));
  const [row] = await test.db.select().from(environment).where(eq(environment.id, fixture.productionId));
  namespace = row?.namespace ?? '';
  await test.db.execute(sql`delete from price_entry`);
  await ledger.price(8_000_000_000n, fixture.people.admin.id);
  await ledger.node('gpu-1', { fromAt: monthAt, toAt: null });
  await ledger.pod('half', { namespace, fromAt: monthAt, toAt: null, gpu: fraction(4) });
  await ledger.watched(monthAt, after(120));
});

const rows = async () =>
  await test.db.select().from(ledgerEntry).where(eq(ledgerEntry.clusterId, fixture.clusterId));
const range = { from: monthAt, to: after(24 * 60) };
const project = () => ({ projectId: fixture.projectId, clusterId: fixture.clusterId });

describe('the seal of an hour', () => {
  it('comes ten minutes after its end, once, and adds up in rows, hours and days', async () => {
    expect(await ledger.seal(after(69))).toBe(0);
    expect(await ledger.seal(after(70))).toBe(1);
    const before = await rows();
    expect(before.filter(({ podUid, line }) => podUid === 'half' && line === 'gpu')).toMatchObject([
      { projectId: fixture.projectId, quantity: 4n * milliGpuHour, loadedNano: 4_000_000_000n, role: 'dev' },
    ]);
    const { entries, hours, days } = await ledger.totals();
    expect(hours).toEqual(entries);
    expect(days).toEqual(entries);
    const total = (key: 'loaded' | 'openCost') => entries.reduce((sum, row) => sum + BigInt(row[key]), 0n);
    expect([total('loaded'), total('openCost')]).toEqual([8_000_000_000n, 8_000_000_000n]);
    expect(entries.find(({ line }) => line === 'gpu')?.quantity).toBe(String(8n * milliGpuHour));
    expect(await ledger.seal(after(75))).toBe(0);
    expect(await rows()).toHaveLength(before.length);
  });

  it('waits while nobody watched up to the end of the hour, and leaves what was never seen unobserved', async () => {
    expect(await ledger.seal(after(1000))).toBe(2);
    await ledger.watched(after(230), after(250));
    expect(await ledger.seal(after(1000))).toBe(2);
    const unobserved = (await rows()).filter(({ bucket, line }) => bucket === 'unobserved' && line === 'gpu');
    expect(unobserved.map(({ quantity }) => quantity)).toEqual([
      4n * milliGpuHour,
      (4n * milliGpuHour * 50n) / 60n,
    ]);
  });

  it('shows the same before it as after it, with and without a share of idle', async () => {
    await ledger.pod('quarter', { fromAt: after(15), toAt: after(50), gpu: fraction(2) });
    await ledger.node('gpu-2', { fromAt: after(10), toAt: null });
    const seen = async () =>
      (
        await Promise.all(
          (['none', 'node', 'cluster'] as const).map((idle) =>
            spendByHour(test.db, project(), { ...range, to: after(120), idle }),
          ),
        )
      ).map((hours) => hours.map((hour) => ({ ...hour, sealed: null })));
    const open = await seen();
    expect(open[0]).toMatchObject([{ milliGpuSeconds: 4n * milliGpuHour, loadedNano: 4_000_000_000n }, {}]);
    await ledger.seal(after(130));
    expect(await seen()).toEqual(open);
    expect(open[2]?.[1]?.milliGpuSeconds).toBe(16n * milliGpuHour);
    expect(
      (await spendByHour(test.db, project(), { ...range, to: after(120) })).map(({ sealed }) => sealed),
    ).toEqual([true, true]);
    expect(await spendByDay(test.db, project(), { ...range, to: after(120) })).toMatchObject([
      { milliGpuSeconds: 8n * milliGpuHour, sealed: true },
    ]);
  });

  it('charges claims without a pod to the project of their namespace, from its Environment on, and the rest to nobody', async () => {
    const claims = [
      { namespace: 'nowhere', gpu: fraction(1) },
      { namespace, gpu: fraction(2) },
    ];
    const facts = { claimedGpus: fraction(3), claims };
    await ledger.node('gpu-2', { fromAt: monthAt, toAt: null, facts });
    await test.db
      .update(environment)
      .set({ createdAt: after(30) })
      .where(eq(environment.id, fixture.productionId));
    await ledger.seal(after(70));
    const onNode = (await rows()).filter(({ nodeUid, line }) => nodeUid === 'gpu-2' && line === 'gpu');
    const hoursOf = (bucket: string, projectId: string | null) =>
      onNode
        .filter((row) => row.bucket === bucket && row.projectId === projectId)
        .reduce((sum, { quantity }) => sum + Number(quantity) / 3_600_000, 0);
    expect([
      hoursOf('claimHold', fixture.projectId),
      hoursOf('idleClaim', null),
      hoursOf('idleTail', null),
    ]).toEqual([1, 2, 5]);
    const spent = await spendByHour(test.db, project(), range);
    expect(spent[0]?.milliGpuSeconds).toBe(milliGpuHour + (4n * milliGpuHour) / 2n);
    const { entries, hours, days } = await ledger.totals();
    expect([hours, days]).toEqual([entries, entries]);
    expect(entries.find(({ line }) => line === 'gpu')?.quantity).toBe(String(16n * milliGpuHour));
  });

  it('splits a pod where its revision changes its role', async () => {
    const { revisionId } = await liveRevision();
    await ledger.pod('serves', {
      namespace,
      fromAt: monthAt,
      toAt: null,
      revisionId,
      owners: [{ kind: 'Deployment', name: 'scoring-r1', uid: 'u' }],
    });
    await ledger.seal(after(70));
    const own = (await rows()).filter(({ podUid, line }) => podUid === 'serves' && line === 'gpu');
    expect(Object.fromEntries(own.map(({ role, quantity }) => [role, quantity]))).toEqual({
      canary: milliGpuHour / 2n,
      stable: milliGpuHour / 2n,
    });
  });
});

/** Revision 1 of the service in production, canary for half an hour and stable from then on. */
async function liveRevision(): Promise<{ revisionId: string }> {
  const { promotionId } = await fixture.request();
  const [asked] = await test.db.select().from(promotion).where(eq(promotion.id, promotionId));
  const revisionId = asked?.toRevisionId ?? '';
  const { projectId, serviceId } = fixture;
  await test.db.delete(roleInterval).where(eq(roleInterval.serviceId, serviceId));
  const common = { projectId, serviceId, revisionId };
  await test.db.insert(roleInterval).values([
    { ...common, id: crypto.randomUUID(), role: 'canary', fromAt: monthAt, toAt: after(30) },
    { ...common, id: crypto.randomUUID(), role: 'stable', fromAt: after(30), toAt: null },
  ]);
  return { revisionId };
}

describe('what comes to be known later', () => {
  it('reverses and writes only the rows that differ, of nobody else, and the sums follow', async () => {
    await ledger.pod('other', { fromAt: monthAt, toAt: after(30) });
    await ledger.seal(after(70));
    const before = await rows();
    const ended = and(eq(podInterval.clusterId, fixture.clusterId), eq(podInterval.podUid, 'other'));
    await test.db
      .update(podInterval)
      .set({ toAt: after(20) })
      .where(ended);
    expect(
      await test.db.select().from(ledgerStale).where(eq(ledgerStale.clusterId, fixture.clusterId)),
    ).toHaveLength(1);
    expect(await ledger.seal(after(71))).toBe(1);
    const added = (await rows()).filter(({ id }) => before.every((row) => row.id !== id));
    expect(added.length).toBeGreaterThan(0);
    expect(added.some(({ podUid }) => podUid === 'half')).toBe(false);
    const reversed = added.filter(({ reversesId }) => reversesId !== null);
    expect(reversed.reduce((sum, { quantity }) => sum + quantity, 0n)).toBeLessThan(0n);
    const { entries, hours, days } = await ledger.totals();
    expect([hours, days]).toEqual([entries, entries]);
    expect(entries.find(({ line }) => line === 'gpu')).toMatchObject({
      quantity: String(8n * milliGpuHour),
      loaded: '8000000000',
    });
    expect(await ledger.seal(after(72))).toBe(0);
  });

  it('of the present hour marks nothing stale, and of a sealed one whose facts came back to what they were writes nothing', async () => {
    await ledger.seal(after(70));
    await ledger.pod('now', { fromAt: after(80), toAt: after(90) });
    expect(
      await test.db.select().from(ledgerStale).where(eq(ledgerStale.clusterId, fixture.clusterId)),
    ).toEqual([]);
    const before = await rows();
    await ledger.pod('mistake', { fromAt: after(10), toAt: after(20) });
    await test.db.delete(podInterval).where(eq(podInterval.podUid, 'mistake'));
    expect(await ledger.seal(after(71))).toBe(1);
    expect(await rows()).toHaveLength(before.length);
  });

  it('includes a price: an unpriced hour gets its amounts, a contract restates from its day on', async () => {
    await test.db.execute(sql`delete from price_entry`);
    await ledger.seal(after(130));
    const spent = async () => await spendByHour(test.db, project(), { ...range, to: after(120) });
    expect(await spent()).toMatchObject([{ loadedNano: 0n, unpriced: 4n * milliGpuHour }, {}]);
    await ledger.price(8_000_000_000n, fixture.people.admin.id);
    await ledger.price(2_000_000_000n, fixture.people.admin.id, { validFrom: after(60), source: 'contract' });
    await ledger.seal(after(131));
    expect(await spent()).toMatchObject([
      { loadedNano: 4_000_000_000n, unpriced: 0n },
      { loadedNano: 1_000_000_000n, unpriced: 0n },
    ]);
  });

  it('for a closed month is posted in the open one and never counts against the period of its use', async () => {
    await ledger.seal(after(70));
    await test.db
      .insert(ledgerMonth)
      .values({ month: monthAt, closedAt: after(50_000), closedBy: fixture.people.admin.id })
      .onConflictDoNothing();
    await ledger.pod('late', { namespace, fromAt: monthAt, toAt: after(60) });
    await ledger.seal(new Date('2026-04-02T00:00:00Z'));
    const late = (await rows()).filter(({ podUid, line }) => podUid === 'late' && line === 'gpu');
    expect(late).toMatchObject([{ hourAt: monthAt, postedMonth: new Date('2026-04-01T00:00:00Z') }]);
    expect((await spendByHour(test.db, project(), range))[0]?.milliGpuSeconds).toBe(4n * milliGpuHour);
    await test.db.delete(ledgerMonth);
  });
});

it('a ModelVersion that is registered after its training run gets what the run cost', async () => {
  const owners = [{ kind: 'TrainJob', name: 'train', uid: 'u' }];
  await ledger.pod('trains', { namespace, fromAt: monthAt, toAt: after(60), owners, runId: 'run-7' });
  await ledger.seal(after(70));
  const registered = await fixture.version();
  const [row] = await test.db
    .select()
    .from(modelVersion)
    .where(eq(modelVersion.id, registered.modelVersionId));
  if (row === undefined) throw new Error('gone');
  const modelVersionId = crypto.randomUUID();
  await test.db
    .insert(modelVersion)
    .values({ ...row, id: modelVersionId, number: row.number + 1, runId: 'run-7' });
  await ledger.seal(after(71));
  const cost = await spendByHour(test.db, { modelVersionId }, range);
  expect(cost).toMatchObject([{ milliGpuSeconds: milliGpuHour, loadedNano: 1_000_000_000n, sealed: true }]);
});

describe('the ledger', () => {
  it('refuses to change or delete a row', async () => {
    await ledger.seal(after(70));
    const change = test.db.update(ledgerEntry).set({ quantity: 0n }).where(isNotNull(ledgerEntry.podUid));
    await expect(change).rejects.toThrow();
    await expect(test.db.delete(ledgerEntry)).rejects.toThrow();
    await expect(test.db.execute(sql`truncate ledger_entry_2026_03`)).rejects.toThrow();
  });

  it('is written by nobody who lost the lease', async () => {
    await ledger.seal(after(69));
    await test.db.execute(
      sql`update cluster_lease set epoch = epoch + 1 where cluster_id = ${fixture.clusterId}`,
    );
    await expect(ledger.seal(after(70))).rejects.toThrow('lease');
    expect(await rows()).toEqual([]);
    const [progress] = await test.db
      .select()
      .from(ledgerProgress)
      .where(eq(ledgerProgress.clusterId, fixture.clusterId));
    expect(progress?.sealedUntil).toEqual(monthAt);
    expect(
      await test.db.select().from(watchInterval).where(eq(watchInterval.clusterId, fixture.clusterId)),
    ).toHaveLength(1);
  });
});
