import { afterAll, beforeAll, expect, it } from 'vitest';
import { driftMonitor } from '../db/schema/drift.ts';
import { type TestDatabase, testDatabase } from '../db/test-database.ts';
import { binningOfBounds } from '../domain/drift/bucket-binning.ts';
import { learnCategoricalBinning } from '../domain/drift/learn-binning.ts';
import { newId } from './id.ts';
import { storeBatches } from './ingest/append-batch.ts';
import { foldAll } from './ingest/folder.ts';
import { IngestFixture } from './ingest/ingest-fixture.ts';
import { ServiceCatalogues } from './ingest/service-catalogue.ts';
import { fromRows } from './ingest/take-batch.ts';
import { getMonitoring } from './monitoring/get.ts';

const ttft = 'gen_ai.server.time_to_first_token';
const verdicts = learnCategoricalBinning(
  new Map([
    ['ok', 90],
    ['flagged', 10],
  ]),
);

let test: TestDatabase;
let fixture: IngestFixture;

beforeAll(async () => {
  test = await testDatabase();
  fixture = await IngestFixture.create(test.db);
});
afterAll(() => test.drop());

async function llm() {
  fixture.project.clock = async () => new Date(Date.now() + 60_000);
  return (await getMonitoring(fixture.project.as('viewer'), { serviceId: fixture.serviceId })).llm;
}

it('a language model has its times, verdicts and scores on its page', async () => {
  const seconds = binningOfBounds([0.1, 0.2, 0.4], [1, 1, 1, 1]);
  await fixture.bin([
    { name: 'amount', binning: verdicts },
    { name: ttft, binning: seconds, role: 'latency' },
    { name: 'injection', binning: verdicts, role: 'class' },
  ]);
  await test.db.insert(driftMonitor).values({
    id: newId(),
    ...fixture.scope,
    windowLength: 'hour',
    referenceKind: 'sameHours',
    settings: { schema: 1 },
    createdAt: new Date(),
  });
  const counting = await new ServiceCatalogues(test.db).of(fixture.serviceId);
  const rows = Array.from({ length: 40 }, (_, index) => ({
    p: { [ttft]: index < 30 ? 0.15 : 0.3, injection: index % 4 === 0 ? 'flagged' : 'ok' },
  }));
  const place = { counting, revisionId: fixture.revisionId, sha256: 'one' };
  await storeBatches(test.db, [fromRows({ source: 'pod', batchId: 'one' }, rows, place).batch]);
  await foldAll(test.db);
  const shown = await llm();
  expect(shown?.figures.map(({ label }) => label)).toEqual(['Time to first token', 'Injection']);
  const [first, injection] = shown?.figures ?? [];
  expect(first?.stable.median).toBeCloseTo(0.1 + (0.1 * 20) / 30, 9);
  expect(injection?.stable).toMatchObject({ rows: 40, flagged: { value: 0.25 } });
  expect(first?.canary).toBeNull();
});
