import { describe, expect, it } from 'vitest';
import { type ArmInterval, stableSince } from './stable-since.ts';

const interval = (endSeconds: number, stable: number | null, canary: number | null): ArmInterval => ({
  endMs: endSeconds * 1_000,
  intervalMs: 10_000,
  stable,
  canary,
});
const bounds = { fromMs: 5_000, awayMs: null };

describe('stableSince', () => {
  it('is the begin of the first whole interval after the weights moved in which only stable answered', () => {
    const intervals = [interval(10, 90, 0), interval(20, 80, 3), interval(30, 100, 0), interval(40, 100, 0)];
    expect(stableSince(intervals, bounds)).toBe(20_000);
  });

  it('begins anew when the canary answers once more', () => {
    expect(stableSince([interval(20, 90, 0), interval(30, 90, 1), interval(40, 90, 0)], bounds)).toBe(30_000);
    expect(stableSince([interval(20, 90, 0), interval(30, 90, 1)], bounds)).toBeNull();
  });

  it('is not measured without requests, without intervals, or from a canary that was not counted while it had pods', () => {
    expect(stableSince([], bounds)).toBeNull();
    expect(stableSince([interval(20, 0, 0), interval(30, null, 0)], bounds)).toBeNull();
    expect(stableSince([interval(20, 90, null)], bounds)).toBeNull();
  });

  it('needs no count of a canary whose pods are gone', () => {
    const intervals = [interval(20, 90, null), interval(30, 90, null)];
    expect(stableSince(intervals, { fromMs: 5_000, awayMs: 15_000 })).toBe(20_000);
  });
});
