import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { driftMonitor } from '../db/schema/drift.ts';
import { type TestDatabase, testDatabase } from '../db/test-database.ts';
import { binningOfBounds } from '../domain/drift/bucket-binning.ts';
import { learnCategoricalBinning } from '../domain/drift/learn-binning.ts';
import { metricPresets } from '../domain/metric-profile-presets.ts';
import { histogramSourceSchema } from '../domain/prometheus-source.ts';
import { newId } from './id.ts';
import { storeBatches } from './ingest/append-batch.ts';
import { foldAll } from './ingest/folder.ts';
import { IngestFixture } from './ingest/ingest-fixture.ts';
import { ServiceCatalogues } from './ingest/service-catalogue.ts';
import { fromRows } from './ingest/take-batch.ts';
import { getMonitoring } from './monitoring/get.ts';
import { createPrometheusSource } from './prometheus-sources/commands.ts';
import { listPrometheusSources } from './prometheus-sources/queries.ts';

const ttft = 'gen_ai.server.time_to_first_token';
const scraped = 'vllm:time_to_first_token_seconds';
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
  const profile = metricPresets.find(({ id }) => id === 'vllm')?.profile;
  const source = { kind: 'prometheus', url: 'http://prometheus.example', profile };
  await test.db.execute(sql`update environment set metrics_source = ${JSON.stringify(source)}::jsonb`);
  const { serviceId } = fixture;
  const operator = fixture.project.as('operator');
  const fields = histogramSourceSchema.parse({ metric: scraped, form: 'classic', feature: 'scraped ttft' });
  const listed = async () => (await listPrometheusSources(operator, { serviceId })).proposed;
  expect((await listed()).map(({ metric }) => metric)).toContain(scraped);
  await createPrometheusSource(operator, { ...fields, serviceId });
  expect((await listed()).map(({ metric }) => metric)).toEqual([
    'vllm:request_time_per_output_token_seconds',
    'vllm:request_prompt_tokens',
    'vllm:request_generation_tokens',
  ]);
  await fixture.bin([
    { name: 'amount', binning: verdicts },
    { name: ttft, binning: seconds, role: 'latency' },
    { name: 'scraped ttft', binning: seconds, role: 'latency' },
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
    p: {
      [ttft]: index < 30 ? 0.15 : 0.3,
      'scraped ttft': 0.05,
      injection: index % 4 === 0 ? 'flagged' : 'ok',
    },
  }));
  const place = { counting, revisionId: fixture.revisionId, sha256: 'one' };
  await storeBatches(test.db, [fromRows({ source: 'pod', batchId: 'one' }, rows, place).batch]);
  await foldAll(test.db);
  const shown = await llm();
  expect(shown?.figures.map(({ label, metric }) => [label, metric])).toEqual([
    ['Time to first token', null],
    ['Time to first token', scraped],
    ['Injection', null],
  ]);
  const [first, read, injection] = shown?.figures ?? [];
  expect(read?.stable.median).toBeCloseTo(0.05, 9);
  expect(first?.stable.median).toBeCloseTo(0.1 + (0.1 * 20) / 30, 9);
  expect(injection?.stable).toMatchObject({ rows: 40, flagged: { value: 0.25 } });
  expect(first?.canary).toBeNull();
});
