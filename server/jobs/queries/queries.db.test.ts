import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queryPattern } from '../../../db/schema/data-quality.ts';
import { driftAlert } from '../../../db/schema/drift.ts';
import { type TestDatabase, testDatabase } from '../../../db/test-database.ts';
import { IngestFixture } from '../../ingest/ingest-fixture.ts';
import { ingestParts } from '../../ingest/ingest-parts.ts';
import { takeBatch } from '../../ingest/take-batch.ts';
import { monitoredQueries } from '../../monitoring/queries.ts';
import { alertView } from '../../rows/drift-alert-view.ts';
import { forgetEnded } from '../retention.ts';
import { followQueryPatterns } from './follow-due.ts';

const hourMs = 3_600_000;
let test: TestDatabase;
let fixture: IngestFixture;
beforeAll(async () => {
  test = await testDatabase();
  fixture = await IngestFixture.create(test.db);
  await fixture.bin();
});
afterAll(() => test.drop());

const begin = Math.floor(Date.now() / hourMs) * hourMs;
const key = (number: number) => String(number).padStart(32, '0');

/** Rows of clients in the hour that began so many hours ago. */
async function asked(hoursAgo: number, rows: readonly number[], repeatedShare = 0.1) {
  await test.db.insert(queryPattern).values(
    rows.map((count, index) => ({
      ...fixture.scope,
      hourStart: new Date(begin - hoursAgo * hourMs),
      key: key(index),
      rows: count,
      compared: count,
      repeated: Math.round(count * repeatedShare),
    })),
  );
}

const alerts = async () =>
  (await test.db.select().from(driftAlert).where(eq(driftAlert.kind, 'queryPattern'))).map(alertView);

describe('what clients ask', () => {
  it('comes with the rows, is added once a batch, and a raw key is refused', async () => {
    const parts = ingestParts(test.db);
    const caller = { kind: 'service', serviceId: fixture.serviceId } as const;
    const ts = new Date().toISOString();
    const sent = (batchId: string, name: string) => ({
      source: 'pod',
      batchId,
      revision: 1,
      rows: [{ ts, f: { amount: 100 } }],
      queries: {
        hour: new Date(begin).toISOString(),
        keys: [{ key: name, rows: 5, compared: 4, repeated: 2 }],
      },
    });
    const take = (batchId: string, name = key(1)) =>
      takeBatch(parts, caller, Buffer.from(JSON.stringify(sent(batchId, name))));
    await take('1');
    await take('2');
    expect((await take('2')).duplicate).toBe(true);
    await expect(take('3', 'customer-7')).rejects.toThrow(/32 hex digits/);
    const [row] = await test.db.select().from(queryPattern);
    expect(row).toMatchObject({ key: key(1), rows: 10, compared: 8, repeated: 4 });
    await test.db.delete(queryPattern);
  });

  it('is not judged before a day of hours; then a scraper of two hours alerts once, and two calm hours end it', async () => {
    const at = (minutes: number) => ({ now: new Date(begin + minutes * 60_000) });
    const scraped = [9_000, 100];
    for (let hour = 23; hour >= 3; hour -= 1) await asked(hour, [120, 100, 80]);
    await asked(2, scraped);
    await asked(1, scraped);
    await followQueryPatterns(test.db, at(20));
    expect(await alerts()).toEqual([]);
    for (let hour = 30; hour >= 24; hour -= 1) await asked(hour, [120, 100, 80]);
    await followQueryPatterns(test.db, at(20));
    await followQueryPatterns(test.db, at(21));
    const opened = await alerts();
    expect(opened.map(({ state, sentence }) => [state, sentence])).toEqual([
      [
        'open',
        'The busiest client sent 9,000 rows in an hour, usually 120; 10 % of inputs were repeated, usually 10 %.',
      ],
    ]);
    await asked(0, [120]);
    await asked(-1, [110]);
    await followQueryPatterns(test.db, at(60 + 20));
    expect((await alerts()).map(({ state }) => state)).toEqual(['open']);
    await followQueryPatterns(test.db, at(120 + 20));
    expect((await alerts()).map(({ state }) => state)).toEqual(['cleared']);
  });

  it('is kept for 7 days and the 50 busiest clients of an hour, and shown hour by hour', async () => {
    await test.db.delete(queryPattern);
    await asked(
      3,
      Array.from({ length: 60 }, (_, index) => 1_000 - index),
    );
    await asked(7 * 24 + 1, [5]);
    await forgetEnded(test.db);
    const { rows } = await test.db.execute<{ count: string; least: string }>(
      sql`select count(*), min(rows) as least from query_pattern`,
    );
    expect(rows[0]).toEqual({ count: '50', least: '951' });
    const { serviceId } = fixture;
    const shown = await monitoredQueries(fixture.project.as('viewer'), { serviceId });
    expect(shown).toMatchObject({ hours: [{ clients: 50, busiestRows: 1_000 }], hoursNeeded: 24 });
    expect(shown.judged?.verdict).toEqual({ verdict: 'insufficientData' });
    expect(shown.busiest[0]).toEqual({ key: key(0), rows: 1_000, compared: 1_000, repeated: 100 });
  });
});
