import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dispersionSpan,
  outside,
  sameWindows,
  stratumOf,
  type WindowClock,
  type WindowLength,
  windowAt,
  windowLengths,
  windowsWithin,
} from './window-clock.ts';

const clock = (length: WindowLength, timeZone = 'UTC'): WindowClock => ({ length, timeZone });
const ms = (text: string) => Date.parse(text);
const text = (span: { fromMs: number; toMs: number }) =>
  [span.fromMs, span.toMs].map((at) => new Date(at).toISOString().slice(0, 16));

const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'];
const clocks = fc.record({ length: fc.constantFrom(...windowLengths), timeZone: fc.constantFrom(...zones) });
const instants = fc.integer({ min: ms('2025-01-01T00:00:00Z'), max: ms('2028-01-01T00:00:00Z') });

describe('windows', () => {
  it.each([
    ['fiveMinutes', 'UTC', '2026-11-26T19:22:31Z', ['2026-11-26T19:20', '2026-11-26T19:25']],
    ['hour', 'Europe/Berlin', '2026-11-26T19:22:31Z', ['2026-11-26T19:00', '2026-11-26T20:00']],
    ['day', 'UTC', '2026-11-26T19:22:31Z', ['2026-11-26T00:00', '2026-11-27T00:00']],
    ['day', 'Europe/Berlin', '2026-11-26T23:22:31Z', ['2026-11-26T23:00', '2026-11-27T23:00']],
    ['day of 25 hours', 'Europe/Berlin', '2026-10-25T12:00:00Z', ['2026-10-24T22:00', '2026-10-25T23:00']],
    ['day begun late', 'Asia/Kolkata', '2026-11-26T12:00:00Z', ['2026-11-25T19:00', '2026-11-26T19:00']],
    ['day not yet over', 'Asia/Kolkata', '2026-11-26T18:45:00Z', ['2026-11-25T19:00', '2026-11-26T19:00']],
    ['week', 'UTC', '2026-11-26T19:22:31Z', ['2026-11-23T00:00', '2026-11-30T00:00']],
  ])('are cut by the clock on the wall into whole UTC hours: %s in %s', (length, zone, at, expected) => {
    const kind = length.split(' ')[0] as WindowLength;
    expect(text(windowAt(clock(kind, zone), ms(at)))).toEqual(expected);
  });

  it('follow each other without gap or overlap, and each instant is in its own', () => {
    fc.assert(
      fc.property(clocks, instants, (of, at) => {
        const window = windowAt(of, at);
        expect(window.fromMs).toBeLessThanOrEqual(at);
        expect(window.toMs).toBeGreaterThan(at);
        expect(windowAt(of, window.toMs).fromMs).toBe(window.toMs);
        expect(windowAt(of, window.fromMs)).toEqual(window);
      }),
    );
  });

  it('within a span are the whole ones only', () => {
    const span = { fromMs: ms('2026-11-26T10:30:00Z'), toMs: ms('2026-11-26T13:59:00Z') };
    expect(windowsWithin(clock('hour'), span).map((one) => text(one)[0])).toEqual([
      '2026-11-26T11:00',
      '2026-11-26T12:00',
    ]);
    expect(windowsWithin(clock('day'), span)).toEqual([]);
  });
});

describe('strata', () => {
  it('are the hour of the week and the weekday of the zone, and none for weeks', () => {
    const thursday = ms('2026-11-26T19:00:00Z');
    expect(stratumOf(clock('hour'), thursday)).toBe(3 * 24 + 19);
    expect(stratumOf(clock('hour', 'Europe/Berlin'), thursday)).toBe(3 * 24 + 20);
    expect(stratumOf(clock('day', 'Europe/Berlin'), ms('2026-11-25T23:00:00Z'))).toBe(3);
    expect(stratumOf(clock('week'), thursday)).toBe(0);
  });

  it('of windows of five minutes are their hours', () => {
    const at = ms('2026-11-26T19:00:00Z');
    const strata = windowsWithin(clock('fiveMinutes'), { fromMs: at, toMs: at + 7_200_000 }).map(
      ({ fromMs }) => stratumOf(clock('fiveMinutes'), fromMs),
    );
    expect(new Set(strata).size).toBe(2);
  });
});

describe('the same hours of the last four weeks', () => {
  it('are those of the clock on the wall, over a change of clocks too', () => {
    const window = windowAt(clock('hour', 'Europe/Berlin'), ms('2026-11-05T08:10:00Z'));
    expect(sameWindows(clock('hour', 'Europe/Berlin'), window).map((one) => text(one)[0])).toEqual([
      '2026-10-29T08:00',
      '2026-10-22T07:00',
      '2026-10-15T07:00',
      '2026-10-08T07:00',
    ]);
  });

  it('are whole hours for windows of five minutes, weekdays for days and the weeks before for weeks', () => {
    const at = ms('2026-11-26T19:22:31Z');
    const of = (length: WindowLength) => {
      const [latest] = sameWindows(clock(length), windowAt(clock(length), at));
      return latest === undefined ? [] : text(latest);
    };
    expect(of('fiveMinutes')).toEqual(['2026-11-19T19:00', '2026-11-19T20:00']);
    expect(of('day')).toEqual(['2026-11-19T00:00', '2026-11-20T00:00']);
    expect(of('week')).toEqual(['2026-11-16T00:00', '2026-11-23T00:00']);
  });

  it('as they stood earlier are the four that had ended by then', () => {
    fc.assert(
      fc.property(clocks, instants, fc.integer({ min: 0, max: 40 * 86_400_000 }), (of, at, agoMs) => {
        const window = windowAt(of, at);
        const found = sameWindows(of, window, window.fromMs - agoMs);
        expect(found).toHaveLength(4);
        for (const one of found) expect(one.toMs).toBeLessThanOrEqual(window.fromMs - agoMs);
        expect(window.fromMs - agoMs - (found[0]?.fromMs ?? 0)).toBeLessThanOrEqual(15.1 * 86_400_000);
        // Where clocks change the hour on the wall may be one that is not there.
        if (of.length === 'day' || of.length === 'week' || (of.length === 'hour' && of.timeZone === 'UTC'))
          expect(new Set([window, ...found].map(({ fromMs }) => stratumOf(of, fromMs))).size).toBe(1);
      }),
    );
  });

  it('leave out those that touch a span left out, also one that goes on', () => {
    const window = windowAt(clock('hour'), ms('2026-11-26T19:00:00Z'));
    const open = { fromMs: ms('2026-11-12T19:59:00Z'), toMs: Number.POSITIVE_INFINITY };
    expect(outside(sameWindows(clock('hour'), window), [open]).map((one) => text(one)[0])).toEqual([
      '2026-11-05T19:00',
      '2026-10-29T19:00',
    ]);
  });
});

it('over-dispersion is estimated once a day, from the four weeks before it', () => {
  const at = (hour: string) => windowAt(clock('hour', 'Europe/Berlin'), ms(`2026-11-26T${hour}:00:00Z`));
  const span = dispersionSpan(clock('hour', 'Europe/Berlin'), at('04'));
  expect(text(span)).toEqual(['2026-10-28T23:00', '2026-11-25T23:00']);
  expect(dispersionSpan(clock('hour', 'Europe/Berlin'), at('22'))).toEqual(span);
  expect(text(dispersionSpan(clock('week'), windowAt(clock('week'), ms('2026-11-26T04:00:00Z'))))).toEqual([
    '2026-10-26T00:00',
    '2026-11-23T00:00',
  ]);
  const short = dispersionSpan(clock('fiveMinutes'), at('04'));
  expect(text(short)).toEqual(['2026-11-19T00:00', '2026-11-26T00:00']);
});
