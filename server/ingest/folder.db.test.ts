import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { type ChangeHub, openChangeHub } from '../http/change-hub.ts';
import { storeBatches } from './append-batch.ts';
import { startFolder } from './folder.ts';
import { IngestFixture } from './ingest-fixture.ts';
import { ServiceCatalogues } from './service-catalogue.ts';
import { fromRows } from './take-batch.ts';

let test: TestDatabase;
let hub: ChangeHub;
const soon = { timeout: 60_000, interval: 50 };

beforeAll(async () => {
  test = await testDatabase();
  hub = await openChangeHub(test.url);
});
afterAll(async () => {
  await hub.close();
  await test.drop();
});

it('a running folder counts what is stored, again and again, and tells the screens of the service', async () => {
  const fixture = await IngestFixture.create(test.db);
  await fixture.bin();
  const told: string[] = [];
  hub.subscribe((event) => {
    if (event.kind === 'change' && event.change.topic === 'drift') told.push(event.change.id);
  });
  const counting = await new ServiceCatalogues(test.db).of(fixture.serviceId);
  const store = (batchId: string) => {
    const place = { counting, revisionId: fixture.revisionId, sha256: batchId };
    return storeBatches(test.db, [
      fromRows({ source: 'pod', batchId }, [{ f: { amount: 90 } }], place).batch,
    ]);
  };
  await store('before it runs');
  const folder = startFolder(test.db);
  try {
    await vi.waitFor(async () => expect(await fixture.counters()).not.toEqual([]), soon);
    const first = await fixture.counters();
    await store('while it runs');
    await vi.waitFor(async () => expect(await fixture.counters()).not.toEqual(first), soon);
    await vi.waitFor(() => expect(told).toEqual([fixture.serviceId, fixture.serviceId]), soon);
  } finally {
    await folder.close();
  }
  const counted = await fixture.counters();
  await store('after it ended');
  expect(await fixture.counters()).toEqual(counted);
});
