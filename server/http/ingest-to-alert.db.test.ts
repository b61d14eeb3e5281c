import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { driftAlert, driftMonitor, driftWindow } from '../../db/schema/drift.ts';
import { notice } from '../../db/schema/notices.ts';
import { windowVerdictsSchema } from '../../domain/drift/monitor-schema.ts';
import { type CountedHour, DriftFixture, movedHour, usualHour } from '../drift-fixture.ts';
import { foldAll } from '../ingest/folder.ts';
import { OutboxWorld } from '../jobs/delivery/outbox-fixture.ts';
import { routeNotices } from '../jobs/delivery/route.ts';
import { judgeDrift } from '../jobs/drift/judge-due.ts';
import { updateMonitor } from '../monitoring/update.ts';
import { ProjectFixture } from '../test-fixture.ts';
import { createToken } from '../tokens/commands.ts';
import { openSite, type RunningSite } from './site-fixture.ts';

const hourMs = 3_600_000;
/** Rows are taken by the database's clock, so the hours that they tell of are the last ones. */
const begin = new Date(Math.floor(Date.now() / hourMs) * hourMs - 4 * hourMs);
const at = (hours: number, minutes = 0) => new Date(begin.getTime() + (hours * 60 + minutes) * 60_000);

let site: RunningSite;
let fixture: ProjectFixture;
beforeAll(async () => {
  site = await openSite();
  fixture = await ProjectFixture.create(site.test.db);
  fixture.clock = async () => begin;
});
afterAll(() => site.close());

/** A service with four usual weeks behind it whose alerts are on, and what sends its rows. */
async function watched() {
  const { db } = site.test;
  const drift = await DriftFixture.create(fixture, begin);
  await judgeDrift(db, { now: begin });
  const { serviceId } = drift;
  const [monitor] = await db.select().from(driftMonitor).where(eq(driftMonitor.serviceId, serviceId));
  const monitorId = monitor?.id ?? '';
  await updateMonitor(fixture.as('operator'), { monitorId, alerts: 'on' });
  const { secret } = await createToken(fixture.as('admin'), {
    projectId: fixture.projectId,
    name: `sender of ${serviceId}`,
    serviceId,
    expiresInDays: null,
  });
  return { serviceId, monitorId, secret };
}
type Watched = Awaited<ReturnType<typeof watched>>;

/** One row per count, spread over the hour. */
function rowsOf(hour: number, { counts }: CountedHour) {
  const values = counts.flatMap((count, bin) => Array.from({ length: count }, () => `c${bin}`));
  return values.map((value, index) => ({
    ts: new Date(at(hour).getTime() + (index * hourMs) / values.length).toISOString(),
    f: { amount: value, country: value },
  }));
}

/** What a pod does: batches over HTTP, one of them sent again because its answer was lost. */
async function send({ secret }: Watched, hour: number, counted: CountedHour): Promise<void> {
  const rows = rowsOf(hour, counted);
  const half = rows.length / 2;
  const batches = [rows.slice(0, half), rows.slice(half), rows.slice(half)];
  for (const [index, part] of batches.entries()) {
    const batchId = `hour ${hour}, part ${Math.min(index, 1)}`;
    const answer = await fetch(`${site.url}/api/ingest/v1/batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ source: 'pod-1', batchId, revision: 1, rows: part }),
    });
    expect(await answer.json()).toMatchObject({
      duplicate: index === 2,
      rows: 'counted',
      accepted: part.length,
      rejected: 0,
    });
  }
}

/** Hours one after another; the worker's jobs run once each is over. */
async function live(service: Watched, hours: readonly CountedHour[]): Promise<void> {
  for (const [hour, counted] of hours.entries()) {
    await send(service, hour, counted);
    await foldAll(site.test.db);
    await judgeDrift(site.test.db, { now: at(hour + 1, 10) });
  }
}

async function windowsOf({ monitorId }: Watched) {
  const rows = await site.test.db
    .select()
    .from(driftWindow)
    .where(eq(driftWindow.monitorId, monitorId))
    .orderBy(driftWindow.windowStart);
  return rows.map((row) => ({
    rows: row.rows,
    drifted: windowVerdictsSchema.parse(row.verdicts).verdicts.filter(({ verdict }) => verdict === 'drifted')
      .length,
  }));
}

const alertsOf = ({ serviceId }: Watched) =>
  site.test.db.select().from(driftAlert).where(eq(driftAlert.serviceId, serviceId));
const noticesOf = ({ serviceId }: Watched) =>
  site.test.db.select().from(notice).where(eq(notice.serviceId, serviceId));

it('rows that shift, sent over HTTP, become an alert and one message in the outbox', async () => {
  const outbox = new OutboxWorld(site.test.db, fixture);
  await outbox.channel({ kind: 'webhook', url: 'https://on-call.example/', format: 'own' });
  const service = await watched();
  await live(service, [usualHour, movedHour, movedHour]);
  expect(await windowsOf(service)).toEqual([
    { rows: 1_000, drifted: 0 },
    { rows: 1_000, drifted: 2 },
    { rows: 1_000, drifted: 2 },
  ]);
  const alerts = await alertsOf(service);
  expect(alerts).toMatchObject([{ kind: 'drift', state: 'open', fromAt: at(1), openedAt: at(3, 10) }]);
  const told = await noticesOf(service);
  expect(told).toMatchObject([{ kind: 'drift', objectId: alerts[0]?.id, endedAt: null }]);
  await outbox.hurry();
  await routeNotices(site.test.db);
  expect((await outbox.deliveries()).map(({ noticeId, state }) => [noticeId, state])).toEqual([
    [told[0]?.id, 'waiting'],
  ]);
});

it('rows that lie as they always did alert nobody', async () => {
  const service = await watched();
  await live(service, [usualHour, usualHour, usualHour]);
  expect(await windowsOf(service)).toEqual(Array.from({ length: 3 }, () => ({ rows: 1_000, drifted: 0 })));
  expect(await alertsOf(service)).toEqual([]);
  expect(await noticesOf(service)).toEqual([]);
});
