import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ledgerDaySum } from '../../../db/schema/ledger.ts';
import { notice } from '../../../db/schema/notices.ts';
import { type TestDatabase, testDatabase } from '../../../db/test-database.ts';
import { noticeSchema } from '../../../domain/notice.ts';
import { noticeSentence } from '../../../domain/notice-text.ts';
import { newId } from '../../id.ts';
import { ProjectFixture } from '../../test-fixture.ts';
import { tellAnomalies } from './cost-anomalies.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
const today = new Date('2026-11-26T00:00:00Z').getTime();
const now = new Date('2026-11-26T01:00:00Z');
const dayMs = 86_400_000;

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());
beforeEach(async () => {
  await test.db.delete(ledgerDaySum);
  await test.db.delete(notice);
});

/** GPU-hours of a day so many days ago, of the production service unless another is named. */
async function day(ago: number, gpuHours: number, serviceId: string | null = fixture.serviceId) {
  const dayAt = new Date(today - ago * dayMs);
  await test.db.insert(ledgerDaySum).values({
    id: newId(),
    dayAt,
    postedMonth: new Date(Date.UTC(dayAt.getUTCFullYear(), dayAt.getUTCMonth(), 1)),
    clusterId: fixture.clusterId,
    nodeUid: 'node',
    bucket: 'serving',
    line: 'gpu',
    projectId: fixture.projectId,
    serviceId,
    gpuProduct: 'H100',
    capacityType: 'onDemand',
    quantity: String(gpuHours * 3_600_000),
    loadedNano: '0',
    openCostNano: '0',
    unpriced: '0',
    estimatedQuantity: '0',
  });
}
async function told(): Promise<string[]> {
  const rows = await test.db.select().from(notice);
  return rows.map(({ params }) => noticeSentence(noticeSchema.parse(params))).sort();
}

it('tells a service and its project of a day at twice the usual, once, without any budget', async () => {
  for (const ago of [8, 15, 22, 29]) await day(ago, 48);
  await day(1, 96);
  expect(await tellAnomalies(test.db, { now })).toBe(2);
  expect(await tellAnomalies(test.db, { now })).toBe(0);
  expect(await told()).toEqual([
    'The project Fraud took 96 GPU-hours on 2026-11-25, usually 48 GPU-hours on that weekday (told from 50 % and 24 GPU-hours more).',
    'scoring in production took 96 GPU-hours on 2026-11-25, usually 48 GPU-hours on that weekday (told from 50 % and 24 GPU-hours more).',
  ]);
});

it('tells nothing of a small day, of one that is usual for its weekday, or before the day is sealed', async () => {
  for (const ago of [8, 15, 22, 29]) await day(ago, 10);
  await day(1, 33);
  await day(1, 200, null);
  for (const ago of [8, 15, 22, 29]) await day(ago, 190, null);
  expect(await tellAnomalies(test.db, { now })).toBe(0);
  await day(1, 900);
  expect(await tellAnomalies(test.db, { now: new Date('2026-11-26T00:20:00Z') })).toBe(0);
});

it('takes a week without metering as unknown and not as nothing', async () => {
  await day(1, 500);
  await day(8, 500);
  expect(await tellAnomalies(test.db, { now })).toBe(0);
});
