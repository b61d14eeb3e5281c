import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transaction } from '../db/client.ts';
import { driftAlert, driftMonitor } from '../db/schema/drift.ts';
import { type TestDatabase, testDatabase } from '../db/test-database.ts';
import { seededRandom } from '../domain/analysis/simulated-counts.ts';
import type { FeatureFacts } from '../domain/drift/alert-facts.ts';
import { countRows } from '../domain/drift/count-rows.ts';
import { getDriftAlert } from './drift-alerts/queries.ts';
import { newId } from './id.ts';
import { addParts } from './ingest/add-parts.ts';
import { lockCounters } from './ingest/fold.ts';
import { IngestFixture } from './ingest/ingest-fixture.ts';
import { ServiceCatalogues } from './ingest/service-catalogue.ts';
import { getMonitoredFeature } from './monitoring/feature.ts';
import { getMonitoring } from './monitoring/get.ts';
import { updateMonitor } from './monitoring/update.ts';
import { refusalOf } from './test-fixture.ts';

const hourMs = 3_600_000;
const now = new Date(Math.floor(Date.now() / hourMs) * hourMs + 60_000);
const hourAgo = now.getTime() - 60_000 - hourMs;

let test: TestDatabase;
let fixture: IngestFixture;
const monitorId = newId();

beforeAll(async () => {
  test = await testDatabase();
  fixture = await IngestFixture.create(test.db);
  await fixture.bin();
  fixture.project.clock = async () => now;
  await test.db.insert(driftMonitor).values({
    id: monitorId,
    ...fixture.scope,
    windowLength: 'hour',
    referenceKind: 'sameHours',
    settings: { schema: 1 },
    createdAt: now,
  });
});
afterAll(() => test.drop());

const idOf = (name: string) => fixture.featureIds.get(name) ?? '';

/** An hour of rows of both countries; the amounts of Germany may have moved. */
async function hour(startMs: number, german: number) {
  const counting = await new ServiceCatalogues(test.db).of(fixture.serviceId);
  // The same rows at whatever time of day the test runs.
  const random = seededRandom((hourAgo - startMs) / hourMs + 1);
  const rows = Array.from({ length: 2_000 }, (_, index) => {
    const country = index % 2 === 0 ? 'DE' : 'FR';
    const amount = 50 + random() * 100 * (country === 'DE' ? german : 1);
    return { ts: new Date(startMs + index * 1_000).toISOString(), f: { country, amount, items: 1 } };
  });
  const { plan } = counting.catalogue;
  const { parts } = countRows(plan, rows, {
    revisionId: fixture.revisionId,
    nowMs: now.getTime(),
    history: true,
  });
  await transaction(test.db, async (tx) => {
    await lockCounters(tx, fixture.serviceId);
    await addParts(tx, fixture.scope, { parts });
  });
}

describe('a segment column', () => {
  it('is an input with values, chosen by an operator', async () => {
    const choose = (name: string, by: 'operator' | 'viewer' = 'operator') =>
      updateMonitor(fixture.project.as(by), { monitorId, settings: settings(idOf(name)) });
    expect((await refusalOf(choose('country', 'viewer'))).code).toBe('forbidden');
    expect((await refusalOf(choose('amount'))).message).toContain('values and not intervals');
    const shown = await getMonitoring(fixture.project.as('viewer'), { serviceId: fixture.serviceId });
    expect(shown.segmentColumns.map(({ name }) => name).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      'country',
      'items',
    ]);
    await choose('country');
  });

  it('tells of a feature and of an alert which segment carries the shift, from the next rows on', async () => {
    for (const week of [1, 2, 3, 4]) await hour(hourAgo - week * 168 * hourMs, 1);
    await hour(hourAgo, 0.5);
    const range = { from: new Date(hourAgo), to: new Date(hourAgo + hourMs) };
    const feature = await getMonitoredFeature(fixture.project.as('viewer'), {
      featureId: idOf('amount'),
      range,
    });
    expect(feature.bySegment?.column).toBe('country');
    expect(
      feature.bySegment?.segments.map(({ name, rows, referenceRows }) => [name, rows, referenceRows]),
    ).toEqual([
      ['DE', 1_000, 4_000],
      ['FR', 1_000, 4_000],
    ]);
    const [first, second] = feature.bySegment?.segments ?? [];
    expect(first?.carried).toBeGreaterThan(0.8);
    expect(second?.psi).toBeLessThan(0.1);
    const own = await getMonitoredFeature(fixture.project.as('viewer'), {
      featureId: idOf('country'),
      range,
    });
    expect(own.bySegment).toBeNull();
    const ends = { driftedMs: hourAgo + hourMs, openedMs: hourAgo + hourMs, clearedMs: null };
    const drifted = { featureId: idOf('amount'), name: 'amount', test: 'distribution' as const, ...ends };
    const facts: FeatureFacts = {
      schema: 1,
      of: 'features',
      windowLength: 'hour',
      features: [{ ...drifted, effect: 1, limit: 0.1, severe: true }],
    };
    const alertId = newId();
    await test.db.insert(driftAlert).values({
      id: alertId,
      ...fixture.scope,
      kind: 'drift',
      state: 'open',
      facts,
      fromAt: new Date(hourAgo),
      openedAt: now,
      stateAt: now,
    });
    const alert = await getDriftAlert(fixture.project.as('viewer'), { alertId });
    expect(alert.carriers).toEqual([
      { featureId: idOf('amount'), column: 'country', segment: 'DE', carried: first?.carried, rows: 1_000 },
    ]);
  });

  it('costs hours and days only', async () => {
    const { rows } = await test.db.execute<{ table: string; rows: string; bytes: string }>(sql`
      select 'five' as table, count(*)::text as rows, '0' as bytes from drift_five_minutes w join drift_series s on s.id = w.series_id where s.segment <> ''
      union all select 'hour', count(*)::text, round(avg(pg_column_size(w.*)))::text from drift_hour w join drift_series s on s.id = w.series_id where s.segment <> ''`);
    expect(rows.map((one) => [one.table, one.rows])).toEqual([
      ['five', '0'],
      // 5 hours of two countries and of two features.
      ['hour', '20'],
    ]);
    expect(Number(rows[1]?.bytes)).toBeLessThan(600);
  });
});

const settings = (segmentColumn: string) => ({
  schema: 1 as const,
  segmentColumn,
});
