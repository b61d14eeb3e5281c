import { describe, expect, it } from 'vitest';
import type { PricedFacts, PriceEntry } from './node-price.ts';
import { nodeCostPieces, spotSaving } from './spot-saving.ts';

const at = new Date('2026-11-02T10:00:00Z');
const facts = (capacityType: PricedFacts['capacityType'], instanceType = 'g2-standard-4'): PricedFacts => ({
  instanceType,
  region: 'us-central1',
  gpuProduct: 'NVIDIA-L4',
  capacityType,
  physicalGpus: 1,
});
const onDemand = (validFrom: string, validTo: string | null, amountNano: bigint): PriceEntry => ({
  id: validFrom,
  instanceType: 'g2-standard-4',
  region: '*',
  gpuProduct: '*',
  capacityType: 'onDemand',
  unit: 'nodeHour',
  amountNano,
  source: 'list',
  validFrom: new Date(validFrom),
  validTo: validTo === null ? null : new Date(validTo),
});
const entries = [
  onDemand('2026-01-01', '2026-11-02T12:00:00Z', 706_800_000n),
  onDemand('2026-11-02T12:00:00Z', null, 900_000_000n),
];
const piece = (of: PricedFacts, amountNano: bigint | null, moment = at, hours = 2n) => ({
  facts: of,
  at: moment,
  amountNano,
  hours: { n: hours, d: 1n },
});

describe('spot', () => {
  it('saves against the on-demand price of the same node at the same time', () => {
    const later = new Date('2026-11-02T12:00:00Z');
    const saving = spotSaving(
      [piece(facts('spot'), 794_000_000n), piece(facts('spot'), 794_000_000n, later)],
      entries,
    );
    expect(saving.savedNano).toBe(2n * 706_800_000n + 2n * 900_000_000n - 2n * 794_000_000n);
    expect(saving.spotShare).toBe(1);
  });

  it('has its share in what has a price, and saves nothing where the on-demand price is unknown', () => {
    const saving = spotSaving(
      [piece(facts('spot', 'unknown'), 100n), piece(facts('onDemand'), 300n), piece(facts('spot'), null)],
      entries,
    );
    expect(saving).toEqual({
      spotNano: 100n,
      allNano: 400n,
      spotShare: 0.25,
      savedNano: 0n,
      notComparedNano: 100n,
    });
  });

  it('is negative when spot costs more, and has no share of nothing', () => {
    expect(spotSaving([piece(facts('spot'), 2_000_000_000n, at, 1n)], entries).savedNano).toBe(
      -1_293_200_000n,
    );
    expect(spotSaving([], entries).spotShare).toBeNull();
  });
});

describe('what nodes cost', () => {
  it('is cut where a price changes, and is missing where there is none', () => {
    const fromAt = new Date('2025-12-31T23:00:00Z');
    const toAt = new Date('2026-01-01T02:30:00Z');
    const pieces = nodeCostPieces([{ fromAt, toAt, facts: facts('onDemand') }], entries);
    expect(pieces.map(({ amountNano }) => amountNano)).toEqual([null, (706_800_000n * 5n) / 2n]);
    expect(nodeCostPieces([{ fromAt: toAt, toAt, facts: facts('spot') }], entries)).toEqual([]);
  });
});
