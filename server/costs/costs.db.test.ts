import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment } from '../../db/schema/environments.ts';
import { ledgerDaySum } from '../../db/schema/ledger.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { costGroupings } from '../../domain/ledger/cost-group.ts';
import { fraction } from '../../domain/metering/fraction.ts';
import type { Principal } from '../../domain/principal.ts';
import { newId } from '../id.ts';
import { after, LedgerFixture, monthAt } from '../ledger-fixture.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { getCostPod, getInstanceCostPod } from './pod.ts';
import { listCostPods, listInstanceCostPods } from './pods.ts';
import { readCosts, readInstanceCosts } from './read.ts';

const milliGpuHour = 3_600_000n;
const range = { from: monthAt, to: after(2 * 24 * 60) };
let test: TestDatabase;
let fixture: ProjectFixture;
let other: ProjectFixture;
let auditor: Principal;

/** Two projects on one node at 8 per hour for 30 hours, of which 26 are sealed; a pod of nobody and one of the cluster. */
beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  other = await ProjectFixture.create(test.db);
  auditor = { ...fixture.people.stranger, instanceRoles: ['auditor'] };
  await test.db.update(environment).set({ createdAt: after(-1000), clusterId: fixture.clusterId });
  const namespaceOf = async (id: string) =>
    (await test.db.select().from(environment).where(eq(environment.id, id)))[0]?.namespace ?? '';
  const ledger = new LedgerFixture(test.db, fixture.clusterId);
  await ledger.price(8_000_000_000n, fixture.people.admin.id);
  await ledger.node('gpu-1', { fromAt: monthAt, toAt: after(30 * 60) });
  const times = { fromAt: monthAt, toAt: after(30 * 60) };
  await ledger.pod('mine', {
    ...times,
    namespace: await namespaceOf(fixture.productionId),
    gpu: fraction(2),
  });
  await ledger.pod('short', {
    ...times,
    toAt: after(17),
    namespace: await namespaceOf(fixture.stagingId),
    gpu: fraction(1, 7),
  });
  await ledger.pod('theirs', {
    ...times,
    namespace: await namespaceOf(other.productionId),
    gpu: fraction(1),
  });
  await ledger.pod('research', { ...times, namespace: 'research', gpu: fraction(1) });
  await ledger.pod('daemon', { ...times, namespace: 'kube-system', gpu: fraction(0), bucket: 'system' });
  await ledger.watched(monthAt, after(30 * 60));
  await ledger.seal(after(26 * 60 + 10));
});
afterAll(() => test.drop());

const mine = () => ({ projectId: fixture.projectId, ...range });
const sum = (rows: readonly { loadedNano: bigint | null }[]) =>
  rows.reduce((total, { loadedNano }) => total + (loadedNano ?? 0n), 0n);

describe('the cost explorer', () => {
  it('sums sealed days and open hours to the same total however it groups, and per day', async () => {
    for (const groupBy of costGroupings) {
      const { total, groups, days } = await readInstanceCosts(fixture.as(auditor), { ...range, groupBy });
      expect([groupBy, total.loadedNano, sum(groups), sum(days)]).toEqual([
        groupBy,
        240_000_000_000n,
        240_000_000_000n,
        240_000_000_000n,
      ]);
      expect(total.milliGpuSeconds).toBe(240n * milliGpuHour);
      expect(total.openCostNano).toBe(240_000_000_000n);
    }
  });

  it('gives what is nobody’s its own names', async () => {
    const { groups } = await readInstanceCosts(fixture.as(auditor), { ...range, groupBy: 'project' });
    const found = new Map(
      groups.map(({ group, label, milliGpuSeconds }) => [group, [label, milliGpuSeconds]]),
    );
    expect(found.get('~unallocated')).toEqual(['Unallocated', 30n * milliGpuHour]);
    expect(found.get(other.projectId)).toEqual(['Fraud', 30n * milliGpuHour]);
    expect(found.get('~idle')?.[0]).toBe('Idle');
    expect(found.get('~system')).toEqual(['System', 0n]);
  });

  it('shows a project what is its own and nothing else, with the rows before and after the seal as one', async () => {
    const { total, groups, days, sealing } = await readCosts(fixture.as('viewer'), {
      ...mine(),
      groupBy: 'environment',
    });
    const seventh = (milliGpuHour * 17n) / 60n / 7n;
    expect(total.milliGpuSeconds).toBe(60n * milliGpuHour + seventh);
    expect(groups.map(({ label }) => label)).toEqual(['production', 'staging']);
    expect(days.map(({ dayAt, milliGpuSeconds }) => [dayAt, milliGpuSeconds])).toContainEqual([
      after(24 * 60),
      12n * milliGpuHour,
    ]);
    expect(sealing).toEqual({ sealedUntil: after(26 * 60), underWay: { sealedHours: 26, hours: 30 } });
  });

  it('opens an amount to pods, and a pod to rows, intervals and its price, which all sum to it', async () => {
    const asked = { ...mine(), groupBy: 'environment', group: fixture.productionId } as const;
    const { groups } = await readCosts(fixture.as('viewer'), { ...mine(), groupBy: 'environment' });
    const amount = groups.find(({ group }) => group === fixture.productionId);
    const { pods, rest } = await listCostPods(fixture.as('viewer'), asked);
    expect(rest.count).toBe(0);
    expect(sum(pods)).toBe(amount?.loadedNano);
    expect(pods).toMatchObject([{ podUid: 'mine', nodeName: 'gpu-1' }]);
    const { lines, intervals, prices } = await getCostPod(fixture.as('viewer'), {
      ...asked,
      podUid: 'mine',
      nodeUid: 'gpu-1',
    });
    expect(sum(lines)).toBe(amount?.loadedNano);
    expect(new Set(lines.map(({ isSealed }) => isSealed))).toEqual(new Set([true, false]));
    expect(intervals).toMatchObject([{ fromAt: monthAt, bucket: 'serving', gpu: { n: 2, d: 1 } }]);
    expect(prices).toMatchObject([{ amountNano: 8_000_000_000n, unit: 'nodeHour', source: 'list' }]);
  });

  it('opens idle time to its nodes, for the instance alone', async () => {
    const asked = { ...range, groupBy: 'project', group: '~idle' } as const;
    const { pods } = await listInstanceCostPods(fixture.as(auditor), asked);
    expect(pods).toMatchObject([{ podUid: null, nodeName: 'gpu-1' }]);
    const { groups } = await readInstanceCosts(fixture.as(auditor), { ...range, groupBy: 'project' });
    expect(sum(pods)).toBe(groups.find(({ group }) => group === '~idle')?.loadedNano);
    const { lines } = await getInstanceCostPod(fixture.as(auditor), {
      ...asked,
      podUid: null,
      nodeUid: 'gpu-1',
    });
    expect(sum(lines)).toBe(sum(pods));
  });

  it('is nobody’s from outside: another project is not found, the instance needs its role', async () => {
    const asked = { ...mine(), groupBy: 'model' } as const;
    const pod = {
      ...mine(),
      groupBy: 'environment',
      group: other.productionId,
      podUid: 'theirs',
      nodeUid: 'gpu-1',
    } as const;
    expect((await refusalOf(readCosts(other.as('admin'), asked))).code).toBe('notFound');
    expect((await refusalOf(listCostPods(other.as('admin'), { ...asked, group: '~none' }))).code).toBe(
      'notFound',
    );
    expect((await refusalOf(getCostPod(fixture.as('viewer'), pod))).code).toBe('notFound');
    expect(
      (await refusalOf(readInstanceCosts(fixture.as('admin'), { ...range, groupBy: 'project' }))).code,
    ).toBe('forbidden');
  });

  it('refuses a range that ends before it begins or does not begin with a day', async () => {
    const asked = { ...mine(), groupBy: 'model' } as const;
    expect((await refusalOf(readCosts(fixture.as('viewer'), { ...asked, to: monthAt }))).code).toBe(
      'invalidInput',
    );
    expect((await refusalOf(readCosts(fixture.as('viewer'), { ...asked, from: after(5) }))).code).toBe(
      'invalidInput',
    );
  });

  it('charts the five largest with all of their days, also one that only its open hours make large', async () => {
    const ids = Array.from({ length: 9 }, () => newId());
    const sums = { quantity: '1', openCostNano: '0', unpriced: '0', estimatedQuantity: '0' };
    await test.db.insert(ledgerDaySum).values(
      ids.map((projectId, index) => ({
        id: newId(),
        dayAt: index % 2 === 0 ? monthAt : after(24 * 60),
        postedMonth: monthAt,
        clusterId: fixture.clusterId,
        nodeUid: 'gpu-2',
        bucket: 'serving' as const,
        line: 'gpu' as const,
        projectId,
        environmentId: projectId,
        serviceId: projectId,
        modelId: projectId,
        modelVersionId: projectId,
        capacityType: 'onDemand' as const,
        // More than the sealed hours of the fixture's project, and less than all of its hours.
        loadedNano: String(58_000_000_000 - index),
        ...sums,
      })),
    );
    const { total, groups, days } = await readInstanceCosts(fixture.as(auditor), {
      ...range,
      groupBy: 'project',
    });
    expect(total.loadedNano).toBe(240_000_000_000n + 9n * 58_000_000_000n - 36n);
    const charted = ['~idle', fixture.projectId, ...ids.slice(0, 3)];
    expect(groups.slice(0, 5).map(({ group }) => group)).toEqual(charted);
    expect(new Set(days.map(({ group }) => group))).toEqual(new Set([...charted, '~others']));
    expect(sum(days.filter(({ group }) => group === '~others'))).toBe(sum(groups.slice(5)));
  });

  it('gives each charted group its days and all others the rest of each day, however it groups', async () => {
    const byDay = await readInstanceCosts(fixture.as(auditor), { ...range, groupBy: 'bucket' });
    for (const groupBy of costGroupings) {
      const { groups, days, total } = await readInstanceCosts(fixture.as(auditor), { ...range, groupBy });
      for (const { group, loadedNano, milliGpuSeconds } of groups.slice(0, 5)) {
        const own = days.filter((day) => day.group === group);
        expect([groupBy, group, sum(own)]).toEqual([groupBy, group, loadedNano]);
        expect(own.reduce((all, day) => all + day.milliGpuSeconds, 0n)).toBe(milliGpuSeconds);
      }
      expect(sum(days)).toBe(total.loadedNano);
      for (const dayAt of [monthAt, after(24 * 60)]) {
        const ofDay = (rows: typeof days) =>
          sum(rows.filter((row) => row.dayAt.getTime() === dayAt.getTime()));
        expect([groupBy, dayAt, ofDay(days)]).toEqual([groupBy, dayAt, ofDay(byDay.days)]);
      }
    }
  });
});
