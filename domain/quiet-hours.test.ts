import { describe, expect, it } from 'vitest';
import { quietHoursSchema, quietUntil } from './quiet-hours.ts';

const night = { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' };
const lunch = { from: '12:00', to: '13:30', timeZone: 'UTC' };

describe('quiet hours', () => {
  it.each([
    ['before them', night, '2026-06-10T19:59:00Z', null],
    ['at their first minute', night, '2026-06-10T20:00:00Z', '2026-06-11T05:00:00Z'],
    ['after midnight', night, '2026-06-11T01:30:30Z', '2026-06-11T05:00:00Z'],
    ['at their last minute', night, '2026-06-11T04:59:59Z', '2026-06-11T05:00:00Z'],
    ['at their end', night, '2026-06-11T05:00:00Z', null],
    ['in winter', night, '2026-01-10T23:00:00Z', '2026-01-11T06:00:00Z'],
    ['in the night in which clocks are put forward', night, '2026-03-28T23:00:00Z', '2026-03-29T05:00:00Z'],
    ['in the night in which clocks are put back', night, '2026-10-24T22:00:00Z', '2026-10-25T06:00:00Z'],
    ['within a day', lunch, '2026-06-10T12:15:00Z', '2026-06-10T13:30:00Z'],
  ])('%s', (_, hours, now, until) => {
    expect(quietUntil(hours, new Date(now))).toEqual(until === null ? null : new Date(until));
  });

  it('that are not set are never', () => {
    expect(quietUntil(null, new Date())).toBeNull();
  });

  it('end at the first minute after clocks jumped over their end', () => {
    const hours = { from: '01:00', to: '02:30', timeZone: 'Europe/Berlin' };
    expect(quietUntil(hours, new Date('2026-03-29T00:15:00Z'))).toEqual(new Date('2026-03-29T01:00:00Z'));
  });

  it.each([
    [{ ...night, timeZone: 'Mars/Olympus' }, 'no time zone'],
    [{ ...night, from: '24:00' }, 'time of day'],
    [{ ...night, from: '07:00' }, 'different times'],
  ])('are refused with a sentence when they make no sense', (hours, words) => {
    expect(quietHoursSchema.safeParse(hours).error?.issues[0]?.message).toContain(words);
  });
});
