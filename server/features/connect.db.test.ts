import { afterAll, beforeAll, expect, it } from 'vitest';
import { driftReservoir, ingestBatch } from '../../db/schema/drift.ts';
import { ingestEventHour, ingestTally } from '../../db/schema/ingest.ts';
import { modelVersion } from '../../db/schema/models.ts';
import { metricInterval } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { databaseClock } from '../clock.ts';
import { newId } from '../id.ts';
import { noteUnknownColumns } from '../rows/unknown-columns.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { ignoreFeature, mapFeature } from './commands.ts';
import { getConnection } from './connect.ts';

let test: TestDatabase;
let fixture: ProjectFixture;

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());

const connection = (
  who: 'engineer' | 'viewer' | 'admin' | 'stranger' = 'engineer',
  serviceId = fixture.serviceId,
) => getConnection(fixture.as(who), { serviceId });
const at = (text: string) => new Date(`2026-11-20T${text}Z`);

async function batch(source: string, receivedAt: Date, rows: number) {
  const { projectId, serviceId } = fixture;
  const batchId = newId();
  await test.db.insert(ingestBatch).values({
    id: newId(),
    projectId,
    serviceId,
    source,
    batchId,
    sha256: batchId,
    rows,
    rejected: 0,
    receivedAt,
  });
}

it('before the first row a page knows where to send it, and which columns the live model takes', async () => {
  expect(await connection()).toMatchObject({
    service: { name: 'scoring', environment: 'production', revision: null },
    url: 'http://127.0.0.1',
    came: null,
    binnedFeatures: null,
    features: [],
    unknown: [],
    expected: [],
  });
  await fixture.live();
  await test.db.update(modelVersion).set({ signature: { inputs: '[{"name":"amount","type":"double"}]' } });
  expect(await connection('engineer', fixture.stagingServiceId)).toMatchObject({
    service: { revision: 1 },
    expected: ['amount'],
  });
});

it('then it tells who sent the first row and when, and how far the bins are', async () => {
  const { projectId, serviceId } = fixture;
  await batch('pod-b', at('12:05:00'), 7);
  await batch('pod-x', at('12:03:11'), 3);
  await test.db
    .insert(driftReservoir)
    .values({ projectId, serviceId, slot: 0, row: {}, receivedAt: at('12:03:11') });
  expect((await connection()).came).toEqual({
    first: { source: 'pod-x', at: at('12:03:11'), rows: 3 },
    last: { source: 'pod-b', at: at('12:05:00'), rows: 7 },
    learning: 1,
  });
});

it('an unknown column is asked about until somebody maps or ignores it', async () => {
  const { projectId, serviceId } = fixture;
  const names = ['age', 'age2', 'row_id'];
  await noteUnknownColumns(test.db, { projectId, serviceId, names, at: at('12:05:00') });
  expect((await connection()).unknown.map(({ name }) => name)).toEqual(names);
  await mapFeature(fixture.as('admin'), { serviceId, column: 'age', as: 'input' });
  await mapFeature(fixture.as('admin'), { serviceId, column: 'age2', as: { feature: 'age' } });
  await ignoreFeature(fixture.as('engineer'), { serviceId, column: 'row_id' });
  expect(await connection()).toMatchObject({
    unknown: [],
    features: [
      { name: 'age', state: 'counted', aliases: ['age2'] },
      { name: 'row_id', state: 'ignored', why: 'Ignored by Egon.' },
    ],
  });
});

it('what was rejected and what was lost stand there with their reasons, and history with how much is counted', async () => {
  const { projectId, serviceId } = fixture;
  const of = { projectId, serviceId, firstAt: at('12:00:00'), lastAt: at('12:00:00') };
  await test.db.insert(ingestTally).values([
    { ...of, kind: 'rejectedRow', name: 'late', rows: 9, source: 'pod' },
    { ...of, kind: 'lostRow', name: 'podUnknown', rows: 2, source: 'kserve' },
  ]);
  await batch('history warehouse', at('12:00:00'), 40);
  const { rejected, history } = await connection();
  expect(rejected.map(({ rows, sentence }) => [rows, sentence])).toEqual([
    [9, expect.stringContaining('seven days')],
    [2, expect.stringContaining('never saw')],
  ]);
  expect(history).toMatchObject([{ source: 'warehouse', days: 1, countedDays: 0, rows: 40 }]);
});

it('what never came of what pods answered is estimated from whole measured hours', async () => {
  const { projectId, serviceId } = fixture;
  const now = new Date('2026-11-20T12:20:00Z');
  fixture.clock = async () => now;
  for (const [hour, minutes] of [
    [7, 60],
    [8, 60],
    [9, 60],
    [10, 30],
    [11, 60],
  ] as const)
    await test.db.insert(metricInterval).values(
      Array.from({ length: minutes * 2 }, (_, index) => ({
        projectId,
        serviceId,
        revisionNumber: 1 + (index % 2),
        intervalEnd: new Date(at('00:00:00').getTime() + hour * 3_600_000 + (1 + (index >> 1)) * 60_000),
        intervalMs: 60_000,
        requests: 5,
        errors: 0,
        buckets: {},
        podCount: 1,
      })),
    );
  // A service whose logger never told of anything may have none.
  expect((await connection()).delivery).toBeNull();
  // In the first hour events began to come; of 10 to 11 half was measured, and of 11 to 12 not all is known yet.
  await test.db.insert(ingestEventHour).values(
    ['07:00:00', '08:00:00', '10:00:00', '11:00:00'].map((hour) => ({
      projectId,
      serviceId,
      hourStart: at(hour),
      requests: 590,
      responses: 580,
    })),
  );
  expect((await connection()).delivery).toEqual({
    hours: 2,
    side: 'request',
    expected: 1_200,
    came: 590,
    lost: 610,
  });
  fixture.clock = databaseClock;
});

it('a member sees what the own roles may not do; to a stranger the service is not there', async () => {
  const { refusals } = await connection('viewer');
  expect([refusals.token?.code, refusals.map?.code, refusals.ignore?.code]).toEqual([
    'forbidden',
    'forbidden',
    'forbidden',
  ]);
  expect((await connection('admin')).refusals).toEqual({
    token: null,
    map: null,
    ignore: null,
    reference: null,
  });
  expect((await refusalOf(connection('stranger'))).code).toBe('notFound');
});
