import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { foldAll } from '../ingest/folder.ts';
import { ServiceCatalogues } from '../ingest/service-catalogue.ts';
import { readCounters } from '../rows/drift-counters.ts';
import { IngestSite, messageOf } from './ingest-site-fixture.ts';

let site: IngestSite;
const name = 'gen_ai.server.time_to_first_token';

beforeAll(async () => {
  site = await IngestSite.open();
});
afterAll(() => site.running.close());
beforeEach(() => site.fixture.forget());

const exported = (
  change: { counts?: string[]; bounds?: number[]; revision?: string; atMs?: number; metric?: string } = {},
) => ({
  resourceMetrics: [
    {
      resource: {
        attributes: [{ key: 'fairlead.revision', value: { stringValue: change.revision ?? '1' } }],
      },
      scopeMetrics: [
        {
          metrics: [
            {
              name: change.metric ?? name,
              histogram: {
                aggregationTemporality: 1,
                dataPoints: [
                  {
                    timeUnixNano: String(BigInt(change.atMs ?? Date.now()) * 1_000_000n),
                    count: '6',
                    bucketCounts: change.counts ?? ['1', '2', '3'],
                    explicitBounds: change.bounds ?? [0.1, 0.5],
                  },
                ],
              },
            },
          ],
        },
      ],
    },
  ],
});
const send = (body: object, token = site.token) =>
  site.post('otlp/v1/metrics', body, {
    'content-type': 'application/json',
    authorization: `Bearer ${token}`,
  });
const counted = async () => {
  const { db } = site.running.test;
  await foldAll(db);
  const { rows } = await db.execute<{ id: string }>(sql`
    select id from drift_feature where service_id = ${site.fixture.serviceId} and name = ${name}`);
  const { serviceId, binningId } = site.fixture;
  const now = Date.now();
  const range = { from: new Date(now - 3_600_000), to: new Date(now + 3_600_000) };
  return (await readCounters(db, { serviceId, binningId, ...range })).get(rows[0]?.id ?? '')?.counts ?? null;
};

describe("a collector's export", () => {
  it('makes a feature of a histogram, with its bounds as bins, beside those that rows are counted by', async () => {
    expect(await send(exported())).toEqual({ status: 200, body: {} });
    expect(await counted()).toEqual([1, 2, 3]);
    const { catalogue } = await new ServiceCatalogues(site.running.test.db).of(site.fixture.serviceId);
    expect(catalogue.binnings[0]?.features.map((feature) => feature.name)).toEqual([
      'amount',
      'items',
      'country',
      'score',
      name,
    ]);
    await site.send(site.batch());
    expect(await site.rowsOf('amount')).toBe(1);
    expect((await site.fixture.project.auditOf(site.fixture.serviceId)).at(-1)).toMatchObject({
      action: 'features.learn',
    });
  });

  it('counts once when the collector repeats it, and adds to what came before', async () => {
    const body = exported();
    await send(body);
    await send(body);
    await send(exported({ counts: ['5', '0', '1'], atMs: Date.now() + 1 }));
    expect(await counted()).toEqual([6, 2, 4]);
  });

  it.each([
    ['other bounds', { bounds: [0.2, 0.5] }, 'bounds'],
    ['an unknown revision', { revision: '9' }, 'k8s.pod.name'],
    ['a time long ago', { atMs: Date.now() - 8 * 86_400_000 }, 'seven days'],
    ['another metric', { metric: 'http.server.request.duration' }, 'gen_ai'],
  ])(
    'with %s has its points refused with a sentence, and the export is not sent again',
    async (_name, change, sentence) => {
      await send(exported());
      const answer = await send(exported({ ...change, counts: ['9', '9', '9'] }));
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({
        partialSuccess: {
          rejectedDataPoints: '1',
          errorMessage: expect.stringContaining(sentence) as string,
        },
      });
      expect(await counted()).toEqual([1, 2, 3]);
    },
  );

  it('that is no JSON of metrics is refused', async () => {
    const answer = await send({ resourceLogs: [] });
    expect(answer.status).toBe(400);
    expect(messageOf(answer)).toContain('resourceMetrics');
    const proto = { 'content-type': 'application/x-protobuf', authorization: `Bearer ${site.token}` };
    expect((await site.post('otlp/v1/metrics', 'x', proto)).status).toBe(415);
    expect((await send(exported(), 'fli_guess')).status).toBe(401);
  });
});
