import { describe, expect, test } from 'vitest';
import { quantity } from './quantity.ts';

describe('quantities', () => {
  test.each([
    ['250m', 0.25],
    ['1.5Gi', 1.5 * 1_024 ** 3],
    ['2', 2],
    [4, 4],
    ['1e3', 1_000],
    ['-1', -1],
    ['.5', 0.5],
    ['12 gigs', null],
    ['', null],
    ['1gi', null],
    ['Gi', null],
  ])('%s reads as %s', (text, value) => {
    expect(quantity(text)).toBe(value);
  });
});
