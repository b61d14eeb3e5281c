import { describe, expect, it } from 'vitest';
import type { NewPrice } from './price-draft.ts';
import { isSamePrice, overlapSentence, PriceOverlaps, priceAge } from './price-rules.ts';

const row = (change: Partial<NewPrice> = {}): NewPrice => ({
  instanceType: 'p5.48xlarge',
  region: 'us-east-1',
  gpuProduct: '*',
  capacityType: 'onDemand',
  unit: 'nodeHour',
  amountNano: 55_040_000_000n,
  source: 'list',
  sourceNote: '',
  sourceDate: new Date('2026-07-20'),
  validFrom: new Date('2026-07-20'),
  validTo: new Date('2026-08-20'),
  ...change,
});

describe('two rows for the same nodes', () => {
  it.each([
    ['begin when the other ends', { validFrom: new Date('2026-08-20'), validTo: null }, false],
    [
      'end when the other begins',
      { validFrom: new Date('2026-07-01'), validTo: new Date('2026-07-20') },
      false,
    ],
    ['share a moment', { validFrom: new Date('2026-08-19'), validTo: null }, true],
    ['are inside each other', { validFrom: new Date('2026-08-01'), validTo: new Date('2026-08-02') }, true],
    ['are of another source', { source: 'contract' as const }, false],
    ['are of another unit', { unit: 'gpuHour' as const }, false],
    ['are for any region', { region: '*' }, false],
  ])('that %s overlap: %3$s', (_what, change, overlaps) => {
    expect(new PriceOverlaps([row()]).of(row(change)) !== null).toBe(overlaps);
  });

  it('that overlap are named in the refusal, with amount, validity and what to do', () => {
    expect(overlapSentence(row(), 'USD')).toBe(
      'It would be valid together with another row: list price of p5.48xlarge in us-east-1, on demand: USD 55.04 per node-hour from 2026-07-20 until 2026-08-20. End that one first, or begin when it ends.',
    );
  });

  it('are the same only with the same amount and validity', () => {
    expect(isSamePrice(row(), row({ sourceNote: 'other words' }))).toBe(true);
    expect(isSamePrice(row(), row({ amountNano: 1n }))).toBe(false);
    expect(isSamePrice(row(), row({ validTo: null }))).toBe(false);
  });
});

describe('the age of a figure', () => {
  const at = new Date('2026-08-20T00:00:00Z');
  const ago = (hours: number) => new Date(at.getTime() - hours * 3_600_000);
  it.each([
    ['a list price of 30 days', { sourceDate: ago(720) }, false],
    ['a list price of more than 30 days', { sourceDate: ago(721) }, true],
    ['a spot price of a day', { capacityType: 'spot' as const, sourceDate: ago(24) }, false],
    ['a spot price of more than a day', { capacityType: 'spot' as const, sourceDate: ago(25) }, true],
    ['a contract of a year', { source: 'contract' as const, sourceDate: ago(8_760) }, false],
    ['a contract without a date', { source: 'contract' as const, sourceDate: null }, false],
    ['an import without a date', { source: 'import' as const, sourceDate: null }, true],
  ])('makes %s stale: %3$s', (_what, change, isStale) => {
    expect(priceAge(row(change), at).isStale).toBe(isStale);
  });

  it('is never negative', () => {
    expect(priceAge(row({ sourceDate: new Date('2027-01-01') }), at).ageMs).toBe(0);
  });
});
