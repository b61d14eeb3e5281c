import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ingestEventHour } from '../../db/schema/ingest.ts';
import { IngestSite } from './ingest-site-fixture.ts';

let site: IngestSite;

beforeAll(async () => {
  site = await IngestSite.open();
});
afterAll(() => site.running.close());
beforeEach(() => site.fixture.forget());

describe("KServe's logger", () => {
  const event = (
    side: 'request' | 'response',
    id: string,
    body: unknown,
    headers: Record<string, string> = {},
  ) =>
    fetch(`${site.running.url}/api/ingest/v1/kserve/${site.token}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'ce-specversion': '1.0',
        'ce-id': id,
        'ce-source': 'scoring-r1-kserve',
        'ce-type': `org.kubeflow.serving.inference.${side}`,
        'ce-time': new Date().toISOString(),
        'ce-annotations': '{"fairlead.dev/revision": "1"}',
        ...headers,
      },
      body: JSON.stringify(body),
    });
  const lost = async () => {
    await site.running.ingestion.close();
    const { rows } = await site.running.test.db.execute(
      sql`select name, rows::int as rows from ingest_tally where kind = 'lostRow'`,
    );
    return rows;
  };

  it('is answered 200, and request and answer of one id are both counted, each once', async () => {
    for (let twice = 0; twice < 2; twice += 1) {
      const asked = await event('request', 'one', { instances: [{ amount: 90, items: 2, country: 'DE' }] });
      expect(asked.status).toBe(200);
      expect((await event('response', 'one', { predictions: [{ score: 61 }] })).status).toBe(200);
    }
    await site.running.ingestion.close();
    expect([await site.rowsOf('amount'), await site.rowsOf('score')]).toEqual([1, 1]);
  });

  it('is counted by the hour that its events tell of, each once, also what cannot be read', async () => {
    const hour = (ms: number) => new Date(Math.floor(ms / 3_600_000) * 3_600_000);
    const before = { 'ce-time': new Date(Date.now() - 3_600_000).toISOString() };
    const wrong = { 'ce-time': '2001-01-01T00:00:00Z' };
    for (const id of ['a', 'a', 'b']) await event('request', id, { instances: [{ amount: 90 }] }, before);
    await event('response', 'a', 'nothing that is read', before);
    await event('request', 'c', { instances: [{ amount: 90 }] }, wrong);
    const now = Date.now();
    await site.running.ingestion.close();
    await event('request', 'd', { instances: [{ amount: 90 }] }, before);
    await site.running.ingestion.close();
    const { db } = site.running.test;
    expect(await db.select().from(ingestEventHour).orderBy(ingestEventHour.hourStart)).toMatchObject([
      { hourStart: hour(now - 3_600_000), requests: 3, responses: 1 },
      { hourStart: hour(now), requests: 1, responses: 0 },
    ]);
  });

  it('has what cannot be read told as lost', async () => {
    await event('request', 'two', { messages: [] });
    expect(await lost()).toEqual([{ name: 'unreadable', rows: 1 }]);
  });

  it('has events of a pod held until the worker has seen it', async () => {
    const headers = { 'ce-annotations': '{}', 'ce-source': 'scoring-r1-late' };
    await event('request', 'three', { instances: [{ amount: 90 }] }, headers);
    expect(await lost()).toEqual([]);
    expect(await site.rowsOf('amount')).toBe(0);
    await site.fixture.seePod('scoring-r1-late');
    await site.running.ingestion.close();
    expect(await site.rowsOf('amount')).toBe(1);
  });

  it.each([
    ['no event', { 'ce-type': 'other' }, 400],
    ['an event without id', { 'ce-id': '' }, 400],
  ])('with %s is refused', async (_name, headers, status) => {
    expect((await event('request', 'x', {}, headers)).status).toBe(status);
  });

  it('with another token is refused', async () => {
    const { secret } = await site.tokenOf({ roles: ['engineer'] });
    for (const [guess, status] of [
      ['fli_guess', 401],
      [secret, 403],
    ] as const) {
      const answer = await fetch(`${site.running.url}/api/ingest/v1/kserve/${guess}`, {
        method: 'POST',
        body: '{}',
      });
      expect(answer.status).toBe(status);
    }
  });
});
