import { gzipSync } from 'node:zlib';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { foldAll } from '../ingest/folder.ts';
import { otlpExampleAt } from '../ingest/otlp-example.ts';
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

  it('comes as protobuf, too, gzipped or not, and is answered in protobuf', async () => {
    const { db } = site.running.test;
    const headers = { 'content-type': 'application/x-protobuf', authorization: `Bearer ${site.token}` };
    const post = async (body: Buffer, also: Record<string, string> = {}) => {
      const url = `${site.running.url}/api/ingest/v1/otlp/v1/metrics`;
      const answer = await fetch(url, {
        method: 'POST',
        headers: { ...headers, ...also },
        body: new Uint8Array(body),
      });
      expect(answer.headers.get('content-type')).toBe('application/x-protobuf');
      return { status: answer.status, text: await answer.text() };
    };
    const body = otlpExampleAt(Date.now());
    const partial = { status: 200, text: expect.stringContaining('Only histograms with buckets') as string };
    expect(await post(body)).toEqual(partial);
    expect(await post(gzipSync(body), { 'content-encoding': 'gzip' })).toEqual(partial);
    await foldAll(db);
    const { rows } = await db.execute<{ name: string; rows: string }>(sql`
      select f.name, (select sum(n) from drift_day d join drift_series s on s.id = d.series_id, unnest(d.counts) n
        where s.feature_id = f.id) as rows
      from drift_feature f where f.service_id = ${site.fixture.serviceId} and f.name like 'gen_ai.%' order by 1`);
    expect(rows).toContainEqual({ name: 'gen_ai.client.token.usage.input', rows: '6' });
    const cut = await post(body.subarray(0, 100));
    expect(cut).toMatchObject({ status: 400, text: expect.stringContaining('protobuf') as string });
    const bomb = gzipSync(Buffer.alloc(6 * 1024 * 1024));
    expect((await post(bomb, { 'content-encoding': 'gzip' })).status).toBe(413);
  });

  it('with exponential buckets is counted in bins of half an octave, finer ones too', async () => {
    const metric = 'gen_ai.client.operation.duration';
    const of = (scale: number, offset: number, bucketCounts: string[]) => {
      const body = exported({ metric });
      const point = { timeUnixNano: String(BigInt(Date.now()) * 1_000_000n), scale };
      return {
        resourceMetrics: body.resourceMetrics.map((one) => ({
          ...one,
          scopeMetrics: [
            {
              metrics: [
                {
                  name: metric,
                  exponentialHistogram: {
                    aggregationTemporality: 'AGGREGATION_TEMPORALITY_DELTA',
                    dataPoints: [{ ...point, positive: { offset, bucketCounts } }],
                  },
                },
              ],
            },
          ],
        })),
      };
    };
    expect((await send(of(1, 0, ['1', '2']))).body).toEqual({});
    expect((await send(of(3, 0, ['4', '0', '0', '1', '7']))).body).toEqual({});
    expect((await send(of(0, 0, ['5']))).body).toMatchObject({
      partialSuccess: { errorMessage: expect.stringContaining('coarser') as string },
    });
    await foldAll(site.running.test.db);
    const { rows } = await site.running.test.db.execute<{ counts: string[] }>(sql`
      select d.counts from drift_day d join drift_series s on s.id = d.series_id
      join drift_feature f on f.id = s.feature_id where f.name = ${metric}`);
    expect(rows[0]?.counts.map(Number).filter((count) => count > 0)).toEqual([6, 9]);
  });

  it('that is no JSON of metrics is refused', async () => {
    const answer = await send({ resourceLogs: [] });
    expect(answer.status).toBe(400);
    expect(messageOf(answer)).toContain('resourceMetrics');
    const text = { 'content-type': 'text/plain', authorization: `Bearer ${site.token}` };
    expect((await site.post('otlp/v1/metrics', 'x', text)).status).toBe(415);
    expect((await send(exported(), 'fli_guess')).status).toBe(401);
  });
});
