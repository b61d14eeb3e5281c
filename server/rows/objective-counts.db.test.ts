import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transaction } from '../../db/client.ts';
import { metricHour, metricInterval } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { burnWindowsMs } from '../../domain/burn-alert.ts';
import { objectivePeriodMs } from '../../domain/objective.ts';
import { ProjectFixture } from '../test-fixture.ts';
import { hourCounts, sumHours, windowCounts } from './objective-counts.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const intervalMs = 5 * minuteMs;

type Bar = { endMs: number; revision: number; requests: number; errors: number; within: number | null };

let database: TestDatabase;
let fixture: ProjectFixture;
const end = new Date('2026-03-29T10:25:00.000Z');
/** Two revisions side by side for a while, a gap of a day, and a stretch without latency buckets. */
const bars: Bar[] = [];

beforeAll(async () => {
  database = await testDatabase();
  fixture = await ProjectFixture.create(database.db);
  let drawn = 7;
  const draw = (below: number) => {
    drawn = (drawn * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((drawn / 2_147_483_648) * below);
  };
  for (let endMs = end.getTime() - 29 * 24 * hourMs; endMs <= end.getTime(); endMs += intervalMs) {
    const age = end.getTime() - endMs;
    if (age > 10 * 24 * hourMs && age < 11 * 24 * hourMs) continue;
    for (const revision of age < 3 * hourMs ? [1, 2] : [1]) {
      const requests = draw(500);
      const within = age > 20 * 24 * hourMs ? null : requests - draw(requests + 1);
      bars.push({ endMs, revision, requests, errors: draw(requests + 1), within });
    }
  }
  for (let from = 0; from < bars.length; from += 1_000)
    await database.db.insert(metricInterval).values(
      bars.slice(from, from + 1_000).map((bar) => ({
        projectId: fixture.projectId,
        serviceId: fixture.serviceId,
        revisionNumber: bar.revision,
        intervalEnd: new Date(bar.endMs),
        intervalMs,
        requests: bar.requests,
        errors: bar.errors,
        buckets: bar.within === null ? {} : { '100': 0, '250': bar.within },
        podCount: 1,
      })),
    );
});
afterAll(() => database.drop());

function counted(now: Date, windowMs: number) {
  const own = bars.filter(
    (bar) => bar.endMs <= now.getTime() && bar.endMs - intervalMs >= now.getTime() - windowMs,
  );
  const sum = (of: readonly Bar[], value: (bar: Bar) => number) =>
    of.reduce((total, bar) => total + value(bar), 0);
  const covered = (of: readonly Bar[]) => new Set(of.map((bar) => bar.endMs)).size * intervalMs;
  const bounded = own.filter((bar) => bar.within !== null);
  return {
    errors: {
      requests: sum(own, (bar) => bar.requests),
      bad: sum(own, (bar) => bar.errors),
      coveredMs: covered(own),
    },
    latency: {
      requests: sum(bounded, (bar) => bar.requests),
      bad: sum(bounded, (bar) => bar.requests - (bar.within ?? 0)),
      coveredMs: covered(bounded),
    },
  };
}

const windows = [...burnWindowsMs, objectivePeriodMs];
/** At a full hour, in the middle of one, and off the grid of the intervals. */
const moments = [0, 25 * minuteMs, 47 * minuteMs, 47 * minuteMs + 13_000].map(
  (ago) => new Date(end.getTime() - ago),
);

async function expectExact(): Promise<void> {
  for (const now of moments) {
    const asked = { serviceId: fixture.serviceId, now, slowerThanMs: 250 };
    const found = await windowCounts(database.db, asked, windows);
    for (const windowMs of windows)
      expect(found.get(windowMs), `${windowMs} ms before ${now.toISOString()}`).toEqual(
        counted(now, windowMs),
      );
  }
}

describe('the counts of a window', () => {
  it('are the sums of the stored intervals, exactly, before any hour was summed', expectExact);

  it('stay exactly the same once past hours are summed, wherever the window begins', async () => {
    const { serviceId } = fixture;
    const sum = () => transaction(database.db, (tx) => sumHours(tx, { serviceId, now: moments[3] ?? end }));
    const added: number[] = [];
    while (added.at(-1) !== 0 && added.length < 30) added.push(await sum());
    // Two days at a time, over the day of which nothing is there.
    expect(Math.max(...added)).toBeLessThanOrEqual(48);
    expect(added.reduce((total, count) => total + count, 0)).toBeGreaterThan(600);
    expect(added.at(-1)).toBe(0);
    await expectExact();
    const later = await transaction(database.db, (tx) =>
      sumHours(tx, { serviceId, now: new Date(end.getTime() + hourMs) }),
    );
    expect(later).toBe(1);
    await expectExact();
  });

  it('are nothing, not an error, for a service that was never measured, and for an unknown bound', async () => {
    const other = { serviceId: fixture.projectId, now: end, slowerThanMs: 250 };
    const none = { requests: 0, bad: 0, coveredMs: 0 };
    expect((await windowCounts(database.db, other, [hourMs])).get(hourMs)).toEqual({
      errors: none,
      latency: none,
    });
    const unknown = { serviceId: fixture.serviceId, now: end, slowerThanMs: 300 };
    expect((await windowCounts(database.db, unknown, [hourMs])).get(hourMs)?.latency).toEqual(none);
  });

  it('of each hour add up to those of the whole period, with gaps left out', async () => {
    const now = new Date(Math.floor(end.getTime() / hourMs) * hourMs);
    const asked = { serviceId: fixture.serviceId, now, slowerThanMs: 250 };
    const { errors, latency } = await hourCounts(database.db, asked);
    const total = counted(now, objectivePeriodMs);
    const add = (hours: readonly { requests: number; bad: number }[]) =>
      hours.reduce((sum, hour) => ({ requests: sum.requests + hour.requests, bad: sum.bad + hour.bad }), {
        requests: 0,
        bad: 0,
      });
    expect(add(errors)).toEqual({ requests: total.errors.requests, bad: total.errors.bad });
    expect(add(latency)).toEqual({ requests: total.latency.requests, bad: total.latency.bad });
    const gap = now.getTime() - 10.5 * 24 * hourMs;
    expect(errors.some((hour) => Math.abs(hour.endMs - gap) < 2 * hourMs)).toBe(false);
    expect(errors.every((hour, index) => index === 0 || hour.endMs > (errors[index - 1]?.endMs ?? 0))).toBe(
      true,
    );
  });

  it('are read from some hundred rows, not from all intervals', async () => {
    const { rows } = await database.db.execute<{ hours: string; intervals: string }>(sql`
      select (select count(*) from ${metricHour}) as hours, (select count(*) from ${metricInterval}) as intervals`);
    expect(Number(rows[0]?.hours)).toBeLessThan(680);
    expect(Number(rows[0]?.intervals)).toBeGreaterThan(7_500);
  });
});
