import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodePrice, type PricedFacts, type PriceEntry, priceChanges } from './node-price.ts';

const at = new Date('2026-11-02T10:00:00Z');
const facts: PricedFacts = {
  instanceType: 'p5.48xlarge',
  region: 'us-east-1',
  gpuProduct: 'NVIDIA-H100-80GB-HBM3',
  capacityType: 'onDemand',
  physicalGpus: 8,
};
const row = (id: string, change: Partial<PriceEntry> = {}): PriceEntry => ({
  id,
  instanceType: '*',
  region: '*',
  gpuProduct: '*',
  capacityType: 'onDemand',
  unit: 'nodeHour',
  amountNano: 55_040_000_000n,
  source: 'list',
  validFrom: new Date('2026-01-01T00:00:00Z'),
  validTo: null,
  ...change,
});

const exact = { instanceType: 'p5.48xlarge', region: 'us-east-1', gpuProduct: 'NVIDIA-H100-80GB-HBM3' };

describe('the price of a node', () => {
  it.each([
    ['a contract for any node', row('a', { source: 'contract' }), row('b', { source: 'import', ...exact })],
    ['an import for any node', row('a', { source: 'import' }), row('b', { source: 'list', ...exact })],
    [
      'an exact instance type',
      row('a', { instanceType: 'p5.48xlarge' }),
      row('b', { region: exact.region, gpuProduct: exact.gpuProduct }),
    ],
    ['an exact product', row('a', { gpuProduct: exact.gpuProduct }), row('b', { region: exact.region })],
    ['an exact region', row('a', { region: exact.region }), row('b')],
    ['a price per node', row('b', { unit: 'nodeHour' }), row('a', { unit: 'gpuHour' })],
  ])('is that of %s before the next best', (_what, winner, loser) => {
    expect(nodePrice(facts, at, [loser, winner])?.entryId).toBe(winner.id);
    expect(nodePrice(facts, at, [winner, loser])?.entryId).toBe(winner.id);
  });

  it('by GPU counts every physical GPU', () => {
    const entry = row('a', { unit: 'gpuHour', amountNano: 6_880_000_000n });
    expect(nodePrice(facts, at, [entry])).toEqual({
      entryId: 'a',
      perHourNano: 55_040_000_000n,
      unit: 'gpuHour',
    });
  });

  it('by GPU says nothing of a node without GPUs', () => {
    const cpuOnly = { ...facts, gpuProduct: null, physicalGpus: 0 };
    expect(nodePrice(cpuOnly, at, [row('a', { unit: 'gpuHour' })])).toBeNull();
  });

  it.each([
    ['another capacity type', { capacityType: 'spot' as const }],
    ['another instance type', { instanceType: 'p5e.48xlarge' }],
    ['another region', { region: 'eu-west-1' }],
    ['another product', { gpuProduct: 'NVIDIA-L4' }],
    ['a time to come', { validFrom: new Date(at.getTime() + 1) }],
    ['a time that ended this moment', { validTo: at }],
  ])('is unknown, not 0, when the only row is for %s', (_what, change) => {
    expect(nodePrice(facts, at, [row('a', change)])).toBeNull();
  });

  it('whose region is unknown comes from rows for any region only', () => {
    const unknown = { ...facts, region: null };
    expect(nodePrice(unknown, at, [row('a', { region: 'us-east-1' })])).toBeNull();
    expect(nodePrice(unknown, at, [row('b')])?.entryId).toBe('b');
  });

  it('holds from the first moment of its row', () => {
    expect(nodePrice(facts, at, [row('a', { validFrom: at })])?.entryId).toBe('a');
  });

  const entries = fc.array(
    fc.record({
      id: fc.uuid(),
      instanceType: fc.constantFrom('*', exact.instanceType, 'other'),
      region: fc.constantFrom('*', exact.region),
      gpuProduct: fc.constantFrom('*', exact.gpuProduct),
      capacityType: fc.constantFrom('onDemand' as const, 'spot' as const),
      unit: fc.constantFrom('nodeHour' as const, 'gpuHour' as const),
      amountNano: fc.bigInt({ min: 0n, max: 10n ** 12n }),
      source: fc.constantFrom('contract' as const, 'import' as const, 'list' as const),
      validFrom: fc.constantFrom(new Date('2026-01-01'), new Date('2026-11-02')),
      validTo: fc.constantFrom(null, new Date('2026-11-02'), new Date('2026-12-01')),
    }),
    { maxLength: 12 },
  );

  it('does not depend on the order of the rows', () => {
    fc.assert(
      fc.property(entries, (rows) => {
        const [forward, backward] = [nodePrice(facts, at, rows), nodePrice(facts, at, rows.toReversed())];
        expect(forward).toEqual(backward);
      }),
    );
  });

  it('is the same at all moments between two changes', () => {
    const from = new Date('2025-12-01');
    const to = new Date('2027-01-01');
    fc.assert(
      fc.property(entries, (rows) => {
        const edges = [from, ...priceChanges(rows, from, to), to];
        for (const [place, edge] of edges.slice(0, -1).entries()) {
          const last = new Date((edges[place + 1] ?? to).getTime() - 1);
          expect(nodePrice(facts, last, rows)).toEqual(nodePrice(facts, edge, rows));
        }
      }),
    );
  });
});
