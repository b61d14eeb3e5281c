import { describe, expect, test } from 'vitest';
import {
  formatClock,
  formatDay,
  formatDuration,
  formatExact,
  formatMoment,
  formatRelative,
  toMs,
} from './time-format.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const at = Date.UTC(2026, 10, 24, 14, 2, 7);

describe('a length of time', () => {
  test.each([
    [0, '0 s'],
    [-5 * second, '0 s'],
    [999, '0 s'],
    [59 * second, '59 s'],
    [minute, '1 min'],
    [7 * minute + 12 * second, '7 min 12 s'],
    [hour + 5 * second, '1 h'],
    [26 * hour + 40 * minute, '1 d 2 h'],
    [400 * day, '1 y 35 d'],
  ])('%i ms reads "%s"', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });
});

describe('a moment seen from now', () => {
  test.each([
    [0, 'just now'],
    [-9 * second, 'just now'],
    [-10 * second, '10 s ago'],
    [-90 * second, '1 min ago'],
    [-3 * hour, '3 h ago'],
    [-9 * day, '9 d ago'],
    [5 * minute, 'in 5 min'],
  ])('%i ms away reads "%s"', (distanceMs, text) => {
    expect(formatRelative(at + distanceMs, at)).toBe(text);
  });
});

describe('an exact moment', () => {
  test('in UTC names its zone and needs no locale', () => {
    expect(formatExact(at, 'utc')).toBe('2026-11-24 14:02 UTC');
    expect(formatExact(at, 'utc', { seconds: true })).toBe('2026-11-24 14:02:07 UTC');
  });

  test('in the zone of the reader names that zone', () => {
    expect(formatExact(at, 'local', { timeZone: 'Europe/London' })).toBe('2026-11-24 14:02 GMT');
    expect(formatExact(at, 'local', { timeZone: 'Asia/Tokyo', seconds: true })).toContain(
      '2026-11-24 23:02:07',
    );
  });

  test('shows midnight as 00, never as 24', () => {
    expect(formatExact(Date.UTC(2026, 10, 24), 'local', { timeZone: 'UTC' })).toBe('2026-11-24 00:00 UTC');
  });

  test('that cannot be read is said to be unknown', () => {
    expect(formatExact(Number.NaN, 'utc')).toBe('unknown time');
  });

  test('is the same from a Date, a string and a number', () => {
    expect([toMs(new Date(at)), toMs(new Date(at).toISOString()), toMs(at)]).toEqual([at, at, at]);
  });
});

test('a moment of another day says which day, a year ago or in a fortnight', () => {
  expect(formatMoment(at, at + hour, 'utc')).toBe('14:02:07');
  expect(formatMoment(at, at - 14 * hour, 'utc')).toBe('14:02:07');
  expect(formatMoment(at, at + 10 * hour, 'utc')).toBe('24 Nov, 14:02');
  expect(formatMoment(at + 13 * day, at, 'utc')).toBe('7 Dec, 14:02');
  expect(formatMoment(at, at + 365 * day, 'utc')).toBe('24 Nov, 14:02');
});

test('axis labels are short: a clock within a day, a day beyond', () => {
  expect(formatClock(at, 'utc')).toBe('14:02');
  expect(formatDay(at, 'utc')).toBe('24 Nov');
});
