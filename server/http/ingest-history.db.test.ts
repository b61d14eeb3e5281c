import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { allRows } from '../../domain/drift/counters.ts';
import { foldAll } from '../ingest/folder.ts';
import { listHistory } from '../ingest/list-history.ts';
import { readCounters } from '../rows/drift-counters.ts';
import { refusalOf } from '../test-fixture.ts';
import { IngestSite, messageOf } from './ingest-site-fixture.ts';

let site: IngestSite;

beforeAll(async () => {
  site = await IngestSite.open();
});
afterAll(() => site.running.close());
beforeEach(() => site.fixture.forget());

describe('history', () => {
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  const fill = async (
    csv: string,
    search = 'source=warehouse&revision=1',
    by = site.token,
    type = 'text/csv',
  ) => {
    const answer = await fetch(`${site.running.url}/api/ingest/v1/history?${search}`, {
      method: 'POST',
      headers: { 'content-type': type, authorization: `Bearer ${by}` },
      body: csv,
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const file = (...days: number[]) =>
    `ts,amount,country,score,age2\n${days.map((ago) => `${day(ago)}T10:01:00Z,90,DE,60,1\n${day(ago)}T23:59:00Z,,"XX",,2\n`).join('')}`;
  const granularities = async () => {
    await foldAll(site.running.test.db);
    return Object.fromEntries(
      (await site.fixture.counters()).map((line) => [line.split(/ (?=[0-9a-f]{8}-)/)[0], true]),
    );
  };
  const list = (by: 'viewer' | 'stranger') =>
    listHistory(site.fixture.project.as(by), { serviceId: site.fixture.serviceId });

  it('of a CSV file fills hours and days and no 5 minutes, and is told with how much is counted', async () => {
    const answer = await fill(file(40, 41));
    expect(answer).toEqual({
      status: 200,
      body: { duplicate: false, accepted: 4, rejected: 0, days: 2, unknown: ['age2'] },
    });
    expect(await list('viewer')).toMatchObject([
      { source: 'warehouse', days: 2, countedDays: 0, rows: 4, fromDay: day(41), toDay: day(40) },
    ]);
    expect(await granularities()).toEqual({ hour: true, day: true });
    expect(await list('viewer')).toMatchObject([{ countedDays: 2 }]);
    expect((await refusalOf(list('stranger'))).code).toBe('notFound');
    const counters = await readCounters(site.running.test.db, {
      serviceId: site.fixture.serviceId,
      binningId: site.fixture.binningId,
      from: new Date(`${day(41)}T00:00:00Z`),
      to: new Date(`${day(39)}T00:00:00Z`),
    });
    const amount = counters.get(site.fixture.featureIds.get('amount') ?? '');
    expect(amount?.apart.null).toBe(2);
    expect(amount === undefined ? 0 : allRows(amount)).toBe(4);
  });

  it('comes as counts by hour as well, which are refused as a whole for one line that is wrong', async () => {
    const line = (hour: string, counts: readonly number[], binning = 'sha256:example') =>
      `${JSON.stringify({ hour, binning, counts: { country: { counts, apart: { null: 1 } }, age2: { counts: [1] } } })}\n`;
    const send = (lines: string) => fill(lines, 'source=lake&revision=1', site.token, 'application/x-ndjson');
    const good = line(`${day(40)}T10:00:00Z`, [3, 2]) + line(`${day(40)}T11:00:00Z`, [4, 4]);
    for (const [bad, words] of [
      [line(`${day(40)}T12:30:00Z`, [1, 1]), 'Line 3: hour is not the start'],
      [line(`${day(-2)}T12:00:00Z`, [1, 1]), 'Line 3: hour has not begun'],
      [line(`${day(40)}T12:00:00Z`, [1]), 'Line 3: country has 2 bins'],
      [line(`${day(40)}T12:00:00Z`, [1, 1], 'sha256:other'), 'does not count on the binning'],
    ] as const)
      expect(messageOf(await send(good + bad))).toContain(words);
    expect(await list('viewer')).toEqual([]);
    expect(await send(good)).toEqual({
      status: 200,
      body: { duplicate: false, accepted: 15, rejected: 0, days: 1, unknown: ['age2'] },
    });
    expect(await granularities()).toEqual({ hour: true, day: true });
    const counters = await readCounters(site.running.test.db, {
      serviceId: site.fixture.serviceId,
      binningId: site.fixture.binningId,
      from: new Date(`${day(40)}T00:00:00Z`),
      to: new Date(`${day(39)}T00:00:00Z`),
    });
    expect(counters.get(site.fixture.featureIds.get('country') ?? '')).toMatchObject({
      counts: [7, 6],
      apart: { null: 2 },
    });
    expect(await send(good)).toMatchObject({ status: 200, body: { duplicate: true } });
  });

  it('fills a day once from one source: the same file again changes nothing, and any other is refused as a whole', async () => {
    await fill(file(40, 41));
    expect(await fill(file(40, 41))).toMatchObject({ status: 200, body: { duplicate: true } });
    const overlapping = await fill(file(40, 42));
    expect(overlapping.status).toBe(409);
    expect(messageOf(overlapping)).toContain(day(40));
    expect(await list('viewer')).toMatchObject([{ days: 2 }]);
    expect((await fill(file(40), 'source=archive&revision=1')).status).toBe(200);
  });

  it.each([
    ['without a column of times', 'amount\n1\n', undefined, 'no column "ts"'],
    ['with an open quote', 'ts,amount\n"x', undefined, 'closing quote'],
    ['of rows that cannot be counted', 'ts,amount\nyesterday,1\n', undefined, 'No row'],
    [
      'of too many days',
      `ts,amount\n${Array.from({ length: 101 }, (_, ago) => `${day(ago)}T00:00:00Z,1\n`).join('')}`,
      undefined,
      '100 days',
    ],
    ['without a source', 'ts,amount\n', 'revision=1', 'source'],
    ['of an unknown revision', 'ts,amount\n', 'source=a&revision=7', 'revision 7'],
  ])('%s is refused with a sentence', async (_name, csv, search, sentence) => {
    const answer = await fill(csv, search);
    expect(answer.status).toBe(400);
    expect(messageOf(answer)).toContain(sentence);
    expect(await list('viewer')).toEqual([]);
  });
});
