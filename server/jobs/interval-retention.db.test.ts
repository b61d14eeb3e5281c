import { asc } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment } from '../../db/schema/environments.ts';
import { ledgerMonth, ledgerProgress, ledgerStale } from '../../db/schema/ledger.ts';
import { nodeInterval, podInterval, watchInterval } from '../../db/schema/metering.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { fraction } from '../../domain/metering/fraction.ts';
import type { Principal } from '../../domain/principal.ts';
import { getInstanceCostPod } from '../costs/pod.ts';
import { readInstanceCosts } from '../costs/read.ts';
import { after, LedgerFixture, monthAt } from '../ledger-fixture.ts';
import { ProjectFixture } from '../test-fixture.ts';
import { forgetIntervals } from './interval-retention.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
let ledger: LedgerFixture;
let auditor: Principal;
const day = 24 * 60;
const aprilAt = new Date('2026-04-01T00:00:00Z');
const range = { from: monthAt, to: new Date('2026-04-03T00:00:00Z') };
/** Four hundred days after April began. */
const later = new Date('2027-05-07T00:00:00Z');

/** Two days at the end of March and one of April, all of them sealed. */
beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  auditor = { ...fixture.people.stranger, instanceRoles: ['auditor'] };
  await test.db.update(environment).set({ createdAt: after(-1000), clusterId: fixture.clusterId });
  ledger = new LedgerFixture(test.db, fixture.clusterId);
  await ledger.price(8_000_000_000n, fixture.people.admin.id);
  const [begin, end] = [after(29 * day), after(32 * day)];
  await ledger.node('old', { fromAt: begin, toAt: after(30 * day) });
  await ledger.node('gpu-1', { fromAt: begin, toAt: after(30 * day) });
  await ledger.node('gpu-1', { fromAt: after(30 * day), toAt: end });
  const pod = { gpu: fraction(1), namespace: 'research' };
  await ledger.pod('gone', { ...pod, fromAt: begin, toAt: after(30 * day) });
  await ledger.pod('stays', { ...pod, fromAt: begin, toAt: after(30 * day), bucket: 'warmup' });
  await ledger.pod('stays', { ...pod, fromAt: after(30 * day), toAt: end });
  await ledger.watched(begin, after(30 * day));
  await ledger.watched(after(30 * day), end);
  await ledger.seal(after(32 * day + 10));
});
afterAll(() => test.drop());

const costs = () => readInstanceCosts(fixture.as(auditor), { ...range, groupBy: 'bucket' });
const forget = (now = later) => forgetIntervals(test.db, { keptDays: 400, now, batch: 1 });
const factsFrom = async () => (await test.db.select().from(ledgerProgress))[0]?.factsFrom;
const kept = async () => {
  const [pods, nodes, watched] = [
    await test.db.select().from(podInterval).orderBy(asc(podInterval.podUid), asc(podInterval.fromAt)),
    await test.db.select().from(nodeInterval).orderBy(asc(nodeInterval.nodeUid), asc(nodeInterval.fromAt)),
    await test.db.select().from(watchInterval),
  ];
  return [pods.map(({ podUid }) => podUid), nodes.map(({ nodeUid }) => nodeUid), watched.length];
};

describe('intervals', () => {
  it('stay while their month is open, and while they are younger than what is kept', async () => {
    expect(await forget()).toBe(0);
    const closedBy = fixture.people.admin.id;
    await test.db.insert(ledgerMonth).values({ month: monthAt, closedAt: aprilAt, closedBy });
    expect(await forget(after(400 * day))).toBe(0);
    expect(await factsFrom()).toBeNull();
  });

  it('stay while an hour of their month is looked at again', async () => {
    const marked = { clusterId: fixture.clusterId, hourAt: after(29 * day) };
    await test.db.insert(ledgerStale).values(marked);
    expect(await forget()).toBe(0);
    await ledger.seal(after(32 * day + 20));
  });

  it('go when their month is sealed, closed and old, but for what goes on and names, and every amount stays', async () => {
    const before = await costs();
    expect(await forget()).toBe(3);
    expect(await kept()).toEqual([['stays', 'stays'], ['gpu-1', 'old'], 1]);
    expect(await factsFrom()).toEqual(aprilAt);
    expect(await test.db.select().from(ledgerStale)).toEqual([]);
    await ledger.seal(after(32 * day + 30));
    expect(await costs()).toEqual(before);
    expect(await forget()).toBe(0);
  });

  it('that are gone make no sealed hour stale, whatever comes to be known of its time', async () => {
    const before = await costs();
    await ledger.price(9_000_000_000n, fixture.people.admin.id, { source: 'contract' });
    const stale = await test.db.select().from(ledgerStale).orderBy(asc(ledgerStale.hourAt));
    expect(stale.map(({ hourAt }) => hourAt)[0]).toEqual(aprilAt);
    await ledger.seal(after(32 * day + 40));
    const march = (answer: Awaited<ReturnType<typeof costs>>) =>
      answer.days.filter(({ dayAt }) => dayAt < aprilAt);
    expect(march(await costs())).toEqual(march(before));
    expect((await costs()).total.loadedNano).not.toBe(before.total.loadedNano);
  });

  it('are said to be gone where an amount opens to its pod', async () => {
    const asked = { ...range, groupBy: 'bucket', group: 'serving', nodeUid: 'gpu-1' } as const;
    const gone = await getInstanceCostPod(fixture.as(auditor), { ...asked, podUid: 'gone' });
    expect([gone.intervals, gone.factsFrom, gone.lines.length > 0]).toEqual([[], aprilAt, true]);
    const present = { ...asked, from: aprilAt, podUid: 'stays' };
    expect((await getInstanceCostPod(fixture.as(auditor), present)).factsFrom).toBeNull();
  });
});
