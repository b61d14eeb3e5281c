import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latestDue, nextDue, reportScheduleSchema, reportWeek } from './report.ts';

const berlin = { weekday: 1, hour: 8, timeZone: 'Europe/Berlin' };

describe('a weekly report', () => {
  it.each([
    ['2026-11-27T02:00:00Z', '2026-11-23T07:00:00.000Z'],
    ['2026-11-23T07:00:00Z', '2026-11-23T07:00:00.000Z'],
    ['2026-11-23T06:59:59Z', '2026-11-16T07:00:00.000Z'],
    ['2026-07-01T00:00:00Z', '2026-06-29T06:00:00.000Z'],
  ])('at %s was last due at %s', (now, due) => {
    expect(latestDue(berlin, new Date(now)).toISOString()).toBe(due);
  });

  it('of an hour that the zone leaves out is due right after it, and of one that it has twice the first time', () => {
    const sunday = { weekday: 7, hour: 2, timeZone: 'Europe/Berlin' };
    expect(latestDue(sunday, new Date('2026-03-29T12:00:00Z')).toISOString()).toBe(
      '2026-03-29T01:00:00.000Z',
    );
    expect(latestDue(sunday, new Date('2026-10-25T12:00:00Z')).toISOString()).toBe(
      '2026-10-25T00:00:00.000Z',
    );
  });

  it('is due once in every stretch between two due moments, in any zone', () => {
    const zones = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
    );
    const schedule = fc.record({
      weekday: fc.integer({ min: 1, max: 7 }),
      hour: fc.integer({ min: 0, max: 23 }),
      timeZone: zones,
    });
    fc.assert(
      fc.property(schedule, fc.integer({ min: 1_750_000_000_000, max: 1_850_000_000_000 }), (each, at) => {
        const last = latestDue(each, new Date(at));
        const next = nextDue(each, new Date(at));
        expect(last.getTime()).toBeLessThanOrEqual(at);
        expect(next.getTime()).toBeGreaterThan(at);
        expect(latestDue(each, new Date(next.getTime() - 1)).getTime()).toBe(last.getTime());
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['2026-11-23T07:00:00Z', 'UTC', '2026-W48'],
    ['2027-01-01T00:00:00Z', 'UTC', '2026-W53'],
    ['2026-12-31T23:30:00Z', 'Asia/Tokyo', '2026-W53'],
    ['2026-01-01T00:00:00Z', 'UTC', '2026-W01'],
  ])('of %s in %s is that of week %s', (at, zone, week) => {
    expect(reportWeek(new Date(at), zone)).toBe(week);
  });

  it('takes no zone that is none', () => {
    expect(reportScheduleSchema.safeParse({ ...berlin, timeZone: 'Berlin/Mitte' }).success).toBe(false);
  });
});
