import fc from 'fast-check';
import { expect, it } from 'vitest';
import { amountOfText, textOfAmount } from './amount-text.ts';

it.each([
  ['1', 'gpuHours', 3_600_000n],
  ['0.5', 'gpuHours', 1_800_000n],
  [' 1250.125 ', 'gpuHours', 4_500_450_000n],
  ['12.40', 'currency', 12_400_000_000n],
  ['-1', 'gpuHours', null],
  ['1,000', 'gpuHours', null],
  ['1.0001', 'gpuHours', null],
  ['', 'currency', null],
] as const)('reads %j of %s as %s', (text, unit, amount) => {
  expect(amountOfText(text, unit)).toBe(amount);
});

it('writes what it reads back', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 12n), fc.constantFrom('gpuHours', 'currency'), (thousandths, unit) => {
      const amount = thousandths * (unit === 'gpuHours' ? 3_600n : 1_000_000n);
      expect(amountOfText(textOfAmount(amount, unit), unit)).toBe(amount);
    }),
  );
});
