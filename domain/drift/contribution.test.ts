import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type ContributionPart, packContribution, unpackContribution } from './contribution.ts';
import { storedCounters } from './counters.ts';
import { fiveMinutesMs } from './window.ts';

const rows = fc.oneof(fc.nat(300), fc.maxSafeNat());
const sum = fc.oneof(
  fc.bigInt({ min: -300n, max: 300n }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);
const part: fc.Arbitrary<ContributionPart> = fc.record({
  binningId: fc.uuid(),
  revisionId: fc.uuid(),
  featureId: fc.uuid(),
  segment: fc.string({ unit: 'grapheme', maxLength: 12 }),
  finest: fc.constantFrom('fiveMinutes', 'hour'),
  windowMs: fc.nat(10_000_000).map((index) => index * fiveMinutesMs),
  counters: fc
    .tuple(
      fc.array(rows, { maxLength: 24 }),
      fc.array(sum, { maxLength: 24 }),
      fc.array(rows, { minLength: 7, maxLength: 7 }),
    )
    .map((lists) => storedCounters(...lists)),
});

it('is read as it was packed, whatever it holds', () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      expect(unpackContribution(packContribution(parts))).toEqual(parts);
    }),
  );
});

it('is never read from bytes that were cut off', () => {
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), fc.nat(), (parts, cut) => {
      const bytes = packContribution(parts);
      expect(() => unpackContribution(bytes.slice(0, cut % bytes.length))).toThrow(RangeError);
    }),
  );
});

it('takes under 20 kB for ten rows of 200 features with 20 bins', () => {
  const binningId = '00000000-0000-7000-8000-000000000001';
  const parts = Array.from(
    { length: 200 },
    (_, feature): ContributionPart => ({
      binningId,
      revisionId: binningId,
      featureId: `00000000-0000-7000-8000-${String(feature).padStart(12, '0')}`,
      segment: '',
      finest: 'fiveMinutes',
      windowMs: Date.UTC(2026, 0, 1),
      counters: storedCounters(
        Array.from({ length: 20 }, (_bin, bin) => (bin < 10 ? 1 : 0)),
        Array.from({ length: 20 }, (_bin, bin) => (bin < 10 ? BigInt(bin * 800_000 - 4_000_000) : 0n)),
        [0, 0, 0, 0, 0, 0, 0],
      ),
    }),
  );
  expect(packContribution(parts).length).toBeLessThan(20_000);
});
