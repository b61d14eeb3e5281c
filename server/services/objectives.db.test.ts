import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serviceAlert } from '../../db/schema/alerts.ts';
import { metricInterval } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { listAudit } from '../audit/queries.ts';
import { newId } from '../id.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { getService } from './get.ts';
import { getObjectives } from './get-objectives.ts';
import { setObjectives } from './set-objectives.ts';

let database: TestDatabase;
let fixture: ProjectFixture;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  fixture = await ProjectFixture.create(database.db);
});

const errors = { targetPercent: 99.9 };

/** An hour of ten-second intervals that ends now. */
async function measured(counts: { requests: number; errors: number; buckets: Record<string, number> }) {
  const nowMs = Math.floor(Date.now() / 10_000) * 10_000;
  const rows = Array.from({ length: 360 }, (_, index) => ({
    projectId: fixture.projectId,
    serviceId: fixture.serviceId,
    revisionNumber: 1,
    intervalEnd: new Date(nowMs - index * 10_000),
    intervalMs: 10_000,
    podCount: 1,
    ...counts,
  }));
  await database.db.insert(metricInterval).values(rows);
}

const set = (
  objectives: Parameters<typeof setObjectives>[1]['objectives'],
  who: 'operator' | 'viewer' = 'operator',
) => setObjectives(fixture.as(who), { serviceId: fixture.serviceId, objectives });
const get = () => getObjectives(fixture.as('viewer'), { serviceId: fixture.serviceId });

describe('setting objectives', () => {
  it('stores them, shows them with the service, and says so in the audit', async () => {
    await measured({ requests: 100, errors: 0, buckets: { '100': 90, '250': 98 } });
    const latency = { targetPercent: 99, slowerThanMs: 250 };
    await set({ errors, latency });
    const { objectives } = await getService(fixture.as('viewer'), { serviceId: fixture.serviceId });
    expect(objectives).toEqual({ schema: 1, errors, latency });
    const { items } = await listAudit(fixture.as('viewer'), {
      projectId: fixture.projectId,
      action: 'services.setObjectives',
    });
    expect(items[0]?.sentence).toMatch(
      /set the objectives of .*: 99\.9 % without errors and 99 % within 250 ms$/,
    );
    await set({});
    expect((await get()).objectives).toBeNull();
  });

  it('refuses a latency that no bucket ends at, with the boundaries that there are', async () => {
    await measured({ requests: 100, errors: 0, buckets: { '100': 90, '2.5': 1, '250': 98 } });
    const refused = await refusalOf(set({ latency: { targetPercent: 99, slowerThanMs: 300 } }));
    expect(refused).toMatchObject({ code: 'invalidInput', params: { boundaries: '2.5, 100, 250' } });
    expect(refused.message).toContain('The boundaries are 2.5, 100, 250 ms.');
    expect((await get()).objectives).toBeNull();
  });

  it('says what to do where no boundary is known yet', async () => {
    const refused = await refusalOf(set({ latency: { targetPercent: 99, slowerThanMs: 250 } }));
    expect(refused.message).toContain('no latency has been measured');
    expect(refused.fix).toContain('Set the promise about errors first');
  });

  it('is refused to a viewer, and to people of other projects as not found', async () => {
    expect(await refusalOf(set({ errors }, 'viewer'))).toMatchObject({ code: 'forbidden' });
    const other = await ProjectFixture.create(database.db);
    const asked = { serviceId: fixture.serviceId, objectives: { errors } };
    expect(await refusalOf(setObjectives(other.as('operator'), asked))).toMatchObject({ code: 'notFound' });
    expect(await refusalOf(getObjectives(other.as('viewer'), asked))).toMatchObject({ code: 'notFound' });
  });

  it('ends the alerts about a promise that is no more, and leaves the others', async () => {
    await set({ errors });
    const alert = { kind: 'objectiveBurn', severity: 'high', sentence: '', figures: {} } as const;
    const { projectId, serviceId } = fixture;
    await database.db.insert(serviceAlert).values(
      ['errors high', 'latency high'].map((key) => ({
        ...alert,
        id: newId(),
        projectId,
        serviceId,
        key,
        startedAt: new Date(),
      })),
    );
    await set({ errors: { targetPercent: 99 } });
    const rows = await database.db.select().from(serviceAlert).where(eq(serviceAlert.serviceId, serviceId));
    expect(rows.map((row) => [row.key, row.endedAt !== null])).toEqual(
      expect.arrayContaining([
        ['errors high', true],
        ['latency high', false],
      ]),
    );
  });
});

describe('the objectives of a service', () => {
  it('are counted from what is stored: attainment, budget left, and how fast it burns', async () => {
    await measured({ requests: 1_000, errors: 2, buckets: { '250': 995 } });
    await set({ errors, latency: { targetPercent: 99, slowerThanMs: 250 } });
    const { promises, boundariesMs } = await get();
    expect(boundariesMs).toEqual([250]);
    expect(promises[0]).toMatchObject({
      kind: 'errors',
      attainment: { counts: { requests: 360_000, bad: 720 }, goodShare: 0.998, budgetLeft: -1, isMet: false },
    });
    expect(promises[0]?.burns[0]).toMatchObject({ verdict: 'calm', longRate: 2 });
    expect(promises[1]).toMatchObject({ kind: 'latency', attainment: { budgetLeft: 0.5, isMet: true } });
    // What was measured for an hour is not shown as four empty weeks.
    const points = promises[0]?.series.find((each) => each.key === 'fast')?.points ?? [];
    expect(points.length).toBeGreaterThanOrEqual(24);
    expect(points.length).toBeLessThanOrEqual(25);
  });

  it('without any measurement have no figure, and not 100 %', async () => {
    await set({ errors });
    const [promise] = (await get()).promises;
    expect(promise?.attainment).toMatchObject({ goodShare: null, budgetLeft: null, isMet: null });
    expect(promise?.burns.every((burn) => burn.verdict === 'unmeasured')).toBe(true);
    expect(promise?.series.every(({ points }) => points.every((point) => point[1] === null))).toBe(true);
  });
});
