import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkBill, type LedgerOfType } from './bill-check.ts';
import type { BillLine } from './focus-bill.ts';
import { billKinds } from './focus-row.ts';

const line = (kind: BillLine['kind'], instanceType: string | null, amount: bigint): BillLine => ({
  kind,
  instanceType,
  rows: 1,
  billedNano: 0n,
  effectiveNano: amount,
});
const metered = (instanceType: string | null, amountNano: bigint): LedgerOfType => ({
  instanceType,
  amountNano,
  nodes: 1,
  hasUnpriced: false,
});

describe('a bill against the ledger', () => {
  it('is compared by instance type, whichever way the provider writes it, the largest difference first', () => {
    const check = checkBill(
      [line('instance', 'p5.48xlarge', 100n), line('instance', 'ND96asr_v4', 50n), line('storage', null, 7n)],
      [metered('p5.48xlarge', 98n), metered('Standard_ND96asr_v4', 60n), metered('lab', 3n)],
      'effective',
    );
    expect(
      check.rows.map(({ instanceType, billNano, ledgerNano, differenceNano }) => [
        instanceType,
        billNano,
        ledgerNano,
        differenceNano,
      ]),
    ).toEqual([
      ['Standard_ND96asr_v4', 50n, 60n, 10n],
      ['lab', null, 3n, 3n],
      ['p5.48xlarge', 100n, 98n, -2n],
    ]);
    expect(check.notMetered).toEqual([{ kind: 'storage', amountNano: 7n }]);
    expect(check.bothDifferenceNano).toBe(8n);
  });

  it('counts what was invoiced when asked to', () => {
    const invoiced = { ...line('instance', 'a', 5n), billedNano: 9n };
    expect(checkBill([invoiced], [], 'billed').billNano).toBe(9n);
  });

  const types = fc.constantFrom('p5.48xlarge', 'P5.48xlarge', 'Standard_ND96', 'nd96', 'other');
  const lines = fc.array(
    fc
      .tuple(fc.constantFrom(...billKinds), types, fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }))
      .map(([kind, type, amount]) => line(kind, kind === 'instance' ? type : null, amount)),
  );
  const ledger = fc.array(
    fc
      .tuple(fc.option(types), fc.bigInt({ min: 0n, max: 10n ** 15n }))
      .map(([type, amount]) => metered(type, amount)),
  );

  it('loses nothing: rows and what is not metered sum to the bill, and rows to the ledger', () => {
    fc.assert(
      fc.property(lines, ledger, (bill, own) => {
        const check = checkBill(bill, own, 'effective');
        const sum = (values: readonly (bigint | null)[]) =>
          values.reduce((total: bigint, value) => total + (value ?? 0n), 0n);
        const kinds = sum(check.notMetered.map(({ amountNano }) => amountNano));
        expect(sum(check.rows.map(({ billNano }) => billNano)) + kinds).toBe(check.billNano);
        expect(check.billNano).toBe(sum(bill.map(({ effectiveNano }) => effectiveNano)));
        expect(sum(check.rows.map(({ ledgerNano }) => ledgerNano))).toBe(check.ledgerNano);
        expect(check.ledgerNano).toBe(sum(own.map(({ amountNano }) => amountNano)));
      }),
    );
  });
});
