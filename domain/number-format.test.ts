import { describe, expect, test } from 'vitest';
import { formatBytes, formatMs, formatNumber, formatPercent, formatSigned } from './number-format.ts';

describe('numbers carry their unit and only the digits that matter', () => {
  test.each([
    [0.25, '25 %'],
    [0.0091, '0.91 %'],
    [0.0004, '0.04 %'],
    [0.000_04, '0.004 %'],
    [0, '0 %'],
    [1, '100 %'],
    [Number.NaN, '–'],
  ])('the share %d reads "%s"', (share, text) => {
    expect(formatPercent(share)).toBe(text);
  });

  test.each([
    [4.26, '4.3 ms'],
    [232.4, '232 ms'],
    [12_340, '12.3 s'],
  ])('%d ms reads "%s"', (valueMs, text) => {
    expect(formatMs(valueMs)).toBe(text);
  });

  test('memory counts in binary units', () => {
    expect(formatBytes(512)).toBe('512 B');
    expect(formatBytes(1_536)).toBe('1.5 KiB');
    expect(formatBytes(16 * 1_024 ** 3)).toBe('16 GiB');
  });
});

describe('a difference', () => {
  test('always shows its sign, with a real minus', () => {
    expect(formatSigned(7)).toBe('+7');
    expect(formatSigned(-7)).toBe('−7');
    expect(formatSigned(0)).toBe('±0');
  });
});

test('what rounds to zero has no minus sign', () => {
  expect(formatNumber(-0.001, 1)).toBe('0');
});
