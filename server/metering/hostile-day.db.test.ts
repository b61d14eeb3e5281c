import { and, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ledgerEntry } from '../../db/schema/ledger.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import type { ObservedNode, ObservedPod } from '../../domain/metering/observed.ts';
import { at, containerOf, lifeOf, nodeOf, podOf } from '../../domain/metering/observed-fixture.ts';
import { sealDue } from '../ledger/seal.ts';
import { log } from '../log.ts';
import { ToldCluster } from './metering-fixture.ts';

let database: TestDatabase;
beforeAll(async () => {
  log.level = 'silent';
  database = await testDatabase();
});
afterAll(() => database.drop());

const pod = (given: Partial<ObservedPod> = {}, gone = false) => ({ pod: podOf(given), gone, ageMs: 0 });
const node = (given: Partial<ObservedNode> = {}, gone = false) => ({ node: nodeOf(given), gone, ageMs: 0 });
const dayAfter = (time: string) => new Date(at(time).getTime() + 24 * 3_600_000);
const serving = {
  containers: [containerOf([lifeOf('10:01')])],
  readiness: { ready: true, at: at('10:05') },
  version: 5,
};

/** Milliseconds of the node in each hour, by what was written of it. */
async function presence(cluster: ToldCluster): Promise<Map<number, number>> {
  const hours = new Map<number, number>();
  for (const { fromAt, toAt } of await cluster.nodes())
    for (let ms = fromAt.getTime(); ms < (toAt ?? dayAfter('15:00')).getTime(); ms += 1_000) {
      const hour = Math.floor(ms / 3_600_000) * 3_600_000;
      hours.set(hour, (hours.get(hour) ?? 0) + 1_000);
    }
  return hours;
}

it('a cluster whose clock jumps, whose events come twice, late or never, and whose node goes with its pods adds up in every hour', async () => {
  const cluster = await ToldCluster.create(database.db);
  await cluster.begin();
  await cluster.hear('09:30', { whole: true, nodes: [node()], pods: [] });
  await cluster.hear('10:10', { pods: [pod(serving), pod(serving)] });
  // The clock goes back by an hour; the same event again, and another pod that was bound later than "now".
  await cluster.hear('09:10', { pods: [pod(serving), pod({ ...serving, uid: 'pod-2', version: 6 })] });
  // It says that it stopped being ready before it was bound.
  const earlier = { ready: false, at: at('08:00') };
  await cluster.hear('11:00', { pods: [pod({ ...serving, uid: 'pod-2', version: 7, readiness: earlier })] });
  // Nobody watches for a day; then the list lacks the first pod, whose end nobody told.
  await cluster.begin();
  const third = pod({ ...serving, uid: 'pod-3', scheduledAt: dayAfter('09:00'), version: 1 });
  const list = { whole: true, nodes: [node()], pods: [third] };
  await cluster.hear('10:00', { ...list, readAt: dayAfter('10:00') });
  await cluster.hear('12:10', { readAt: dayAfter('12:10'), nodes: [node({ version: 3 }, true)] });
  await cluster.hear('14:30', { readAt: dayAfter('14:30') });

  const clock = async () => dayAfter('15:00');
  const { db, clusterId } = cluster;
  expect(await sealDue({ db, clusterId, clock }, cluster.lease)).toBeGreaterThan(24);
  const rows = await db
    .select({
      hourAt: ledgerEntry.hourAt,
      quantity: sql<string>`sum(${ledgerEntry.quantity})::text`,
      least: sql<string>`min(${ledgerEntry.quantity})::text`,
    })
    .from(ledgerEntry)
    .where(and(eq(ledgerEntry.clusterId, clusterId), eq(ledgerEntry.line, 'gpu')))
    .groupBy(ledgerEntry.hourAt)
    .orderBy(ledgerEntry.hourAt);
  // Eight GPUs for every moment at which the node was there, in milli-GPU-seconds.
  const wanted = [...(await presence(cluster))].sort(([left], [right]) => left - right);
  expect(rows.map(({ hourAt, quantity }) => [hourAt.getTime(), Number(quantity)])).toEqual(
    wanted.map(([hour, ms]) => [hour, 8 * ms]),
  );
  expect(rows.every(({ least }) => BigInt(least) > 0n)).toBe(true);
  expect((await cluster.pods()).every(({ toAt }) => toAt !== null)).toBe(true);
});
