import { and, asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serviceAlert } from '../../db/schema/alerts.ts';
import { notice } from '../../db/schema/notices.ts';
import { service } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import type { Hands } from './reconcile.ts';
import { ReconcilerWorld } from './reconciler-fixture.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const minuteMs = 60_000;

/** A service that promises something and was fault-free for 40 minutes. */
async function promising(requestsPerSecond: number): Promise<{ world: ReconcilerWorld; hands: Hands }> {
  const world = await ReconcilerWorld.create(database.db, { requestsPerSecond });
  await database.db
    .update(service)
    .set({ objectives: { schema: 1, errors: { targetPercent: 99 }, latency: null } })
    .where(eq(service.id, world.serviceId));
  await behave(world, 0);
  const hands = await world.hands('worker');
  await passes(world, hands, 40 * minuteMs);
  return { world, hands };
}

async function behave(world: ReconcilerWorld, errorShare: number): Promise<void> {
  await world.tell({
    subject: 'modelVersion',
    modelVersionId: world.versionIds[0],
    behaviour: { errorShare },
  });
}

async function passes(world: ReconcilerWorld, hands: Hands, forMs: number): Promise<void> {
  const end = world.nowMs + forMs;
  while (world.nowMs < end) await world.pass(hands, 60_000);
}

async function alerts(world: ReconcilerWorld) {
  return await database.db
    .select()
    .from(serviceAlert)
    .where(eq(serviceAlert.serviceId, world.serviceId))
    .orderBy(asc(serviceAlert.startedAt), asc(serviceAlert.key));
}

async function notices(world: ReconcilerWorld) {
  return await database.db
    .select()
    .from(notice)
    .where(and(eq(notice.serviceId, world.serviceId), eq(notice.kind, 'objectiveBurn')));
}

describe('a service with objectives', () => {
  it('that burns its budget is told of once when that starts and once when it is over', async () => {
    const { world, hands } = await promising(50);
    expect(await alerts(world)).toEqual([]);
    await behave(world, 0.5);
    await passes(world, hands, 20 * minuteMs);
    expect(await alerts(world)).toMatchObject([{ key: 'errors high', severity: 'high', endedAt: null }]);
    const [told] = await notices(world);
    expect(told).toMatchObject({
      severity: 'high',
      params: { objective: '99 % without errors', fast: true, windowMs: 3_600_000 },
    });
    await behave(world, 0);
    await passes(world, hands, 60 * minuteMs);
    expect(await alerts(world)).toMatchObject([{ key: 'errors high', endedAt: expect.any(Date) }]);
    expect(await notices(world)).toMatchObject([{ endedAt: expect.any(Date) }]);
  });

  it('is not called on a handful of failures of a handful of requests', async () => {
    const { world, hands } = await promising(0.002);
    await behave(world, 1);
    await passes(world, hands, 60 * minuteMs);
    expect(await alerts(world)).toEqual([]);
  });

  it('that goes on as it was writes counts, and each past hour once', async () => {
    const { world } = await promising(50);
    const writes: string[] = [];
    const hands = await world.hands('resting', (what) => writes.push(what));
    await passes(world, hands, 120 * minuteMs);
    expect(new Set(writes)).toEqual(new Set(['intervals', 'status', 'hours']));
    expect(writes.filter((what) => what === 'hours').length).toBeLessThanOrEqual(3);
  });
});
