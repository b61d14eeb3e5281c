import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalOf, isCurrency, moneyText, nanoOf } from './money.ts';

const amounts = fc.bigInt({ min: 0n, max: 10n ** 24n - 1n });

describe('an amount', () => {
  it('written as a decimal is read back exactly', () => {
    fc.assert(fc.property(amounts, (nano) => nanoOf(decimalOf(nano)) === nano));
  });

  it.each([
    ['55.04', 55_040_000_000n],
    ['0.8048', 804_800_000n],
    ['0', 0n],
    ['0.526000000000000', 526_000_000n],
    ['0.000000001', 1n],
    [' 7 ', 7_000_000_000n],
  ])('%s is %d nano', (text, nano) => {
    expect(nanoOf(text)).toBe(nano);
  });

  it.each(['', '-1', '+1', '1e3', '1,000', '1.', '.5', '0.0000000001', '1234567890123456', 'NaN', '1 2'])(
    '"%s" is none',
    (text) => {
      expect(nanoOf(text)).toBeNull();
    },
  );

  it('beyond what a float holds is shown to its last digit', () => {
    expect(moneyText(90_071_992_547_409_931_230_000_000n, 'USD')).toBe('$90,071,992,547,409,931.23');
  });

  it('is shown in the digits of its currency, or in more when asked', () => {
    expect(moneyText(526_800_000n, 'USD')).toBe('$0.53');
    expect(moneyText(526_800_000n, 'USD', 6)).toBe('$0.5268');
    expect(moneyText(55_000_000_000n, 'USD', 6)).toBe('$55.00');
    expect(moneyText(12_500_000_000_000n, 'VND')).toBe('₫12,500');
    expect(moneyText(-1_500_000_000n, 'EUR')).toBe('-€1.50');
  });
});

describe('a currency', () => {
  it('is one of ISO 4217', () => {
    expect(['USD', 'EUR', 'KRW'].map(isCurrency)).toEqual([true, true, true]);
    expect(['usd', 'DOLLAR', 'XQQ', ''].map(isCurrency)).toEqual([false, false, false, false]);
  });
});
