import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amountAt, baseAt, baseMovements, type Movement } from './amount.ts';
import { contains, overlaps } from './scope.ts';

const day = (number: number) => new Date(Date.UTC(2026, 0, number));
const movement = (
  amount: bigint,
  from: number,
  to: number | null = null,
  kind: Movement['kind'] = 'base',
) => ({
  kind,
  amount,
  fromAt: day(from),
  toAt: to === null ? null : day(to),
});

describe('an amount', () => {
  it('is the sum of its movements in force, of which an exception ends with its time', () => {
    const rows = [movement(100n, 1), movement(20n, 5, 8, 'exceed'), movement(-30n, 6, null, 'transfer')];
    expect([1, 5, 6, 8].map((at) => amountAt(rows, day(at)))).toEqual([100n, 120n, 90n, 70n]);
    expect(amountAt(rows, day(0))).toBe(0n);
    expect(baseAt(rows, day(6))).toBe(100n);
  });

  it('is what was set last from then on, whatever was planned for later', () => {
    const base = fc.tuple(fc.bigInt(0n, 10n ** 20n), fc.integer({ min: 1, max: 60 }));
    fc.assert(
      fc.property(fc.array(base, { minLength: 1, maxLength: 8 }), (orders) => {
        let rows: Movement[] = [];
        for (const [amount, at] of orders)
          rows = [
            ...rows,
            ...baseMovements(rows, { amount, fromAt: day(at) }).map((change) => ({
              ...change,
              kind: 'base' as const,
              toAt: null,
            })),
          ];
        const [amount = 0n, at = 0] = orders.at(-1) ?? [];
        expect(baseMovements(rows, { amount, fromAt: day(at) })).toEqual([]);
        for (const later of [at, at + 1, 100]) expect(amountAt(rows, day(later))).toBe(amount);
      }),
    );
  });
});

describe('a scope', () => {
  const any = { projectId: null, environmentId: null, modelId: null, gpuProduct: null };
  const part = fc.constantFrom(null, 'a', 'b');
  const scope = fc.record({ projectId: part, environmentId: part, modelId: part, gpuProduct: part });

  it('contains itself, lies in the widest, and containing passes on', () => {
    fc.assert(
      fc.property(scope, scope, scope, (left, middle, right) => {
        expect(contains(left, left) && contains(any, left)).toBe(true);
        if (contains(left, middle) && contains(middle, right)) expect(contains(left, right)).toBe(true);
        if (contains(left, right)) expect(overlaps(left, right)).toBe(true);
        expect(overlaps(left, right)).toBe(overlaps(right, left));
      }),
    );
  });

  it('does not contain what it narrows', () => {
    expect(contains({ ...any, projectId: 'a' }, any)).toBe(false);
    expect(contains({ ...any, gpuProduct: 'a' }, { ...any, projectId: 'b' })).toBe(false);
  });
});
