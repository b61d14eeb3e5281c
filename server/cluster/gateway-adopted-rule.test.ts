import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foundNumber, type Weights } from '../../domain/serving.ts';
import {
  type Backend,
  type BackendNames,
  backendNumber,
  editedRule,
  restoredRule,
  ruleForm,
  ruleShares,
} from './gateway-adopted-rule.ts';

const names: BackendNames = {
  adopted: { backends: [{ name: 'fraud', port: 8080 }] },
  namespace: 'ml',
  numberOf: (name) => (/^fraud-r([1-9])$/.test(name) ? Number(name.slice(7)) : null),
  nameOf: (number) => `fraud-r${number}`,
  port: 80,
};
const found: Backend = { name: 'fraud', port: 8080 };
const r1: Backend = { name: 'fraud-r1', port: 80 };

describe('the service’s part of a rule', () => {
  it.each<{ title: string; live: Backend[]; want: Weights; expected: Backend[] }>([
    {
      title: 'gets our backend beside the found one',
      live: [found],
      want: { 0: 90, 1: 10 },
      expected: [
        { ...found, weight: 90 },
        { ...r1, weight: 10 },
      ],
    },
    {
      title: 'keeps the found one with weight 0',
      live: [
        { ...found, weight: 90 },
        { ...r1, weight: 10 },
      ],
      want: { 1: 100 },
      expected: [
        { ...found, weight: 0 },
        { ...r1, weight: 100 },
      ],
    },
    {
      title: 'lends the found one’s filters and unknown fields to ours',
      live: [{ ...found, filters: [{ type: 'X' }], custom: 1 }],
      want: { 0: 50, 1: 50 },
      expected: [
        { ...found, filters: [{ type: 'X' }], custom: 1, weight: 50 },
        { ...r1, filters: [{ type: 'X' }], custom: 1, weight: 50 },
      ],
    },
    {
      title: 'multiplies all weights up when it does not split into whole percents',
      live: [
        { name: 'other', port: 1, weight: 3 },
        { ...found, weight: 1 },
      ],
      want: { 0: 95, 1: 5 },
      expected: [
        { name: 'other', port: 1, weight: 300 },
        { ...found, weight: 95 },
        { ...r1, weight: 5 },
      ],
    },
    {
      title: 'stays alone with a Service of that name on another port',
      live: [{ name: 'fraud', port: 9090 }, found],
      want: { 1: 100 },
      expected: [
        { name: 'fraud', port: 9090, weight: 100 },
        { ...found, weight: 0 },
        { ...r1, weight: 100 },
      ],
    },
    {
      title: 'stays nothing when it has no weight',
      live: [
        { name: 'other', port: 1 },
        { ...found, weight: 0 },
      ],
      want: { 1: 100 },
      expected: [
        { name: 'other', port: 1 },
        { ...found, weight: 0 },
      ],
    },
  ])('$title', ({ live, want, expected }) => {
    expect(editedRule(live, { weights: want, form: 'kept' }, names)).toEqual(expected);
  });

  it('refuses weights that the API could not hold', () => {
    const live = [{ name: 'other', weight: 999_999 }, found];
    expect(() => editedRule(live, { weights: { 1: 100 }, form: 'kept' }, names)).toThrow(/too large/);
  });

  it('takes the found one out on finish and leaves the rest', () => {
    const live = [
      { ...found, weight: 0 },
      { ...r1, weight: 100 },
    ];
    expect(editedRule(live, { weights: { 1: 100 }, form: 'removed' }, names)).toEqual([
      { ...r1, weight: 100 },
    ]);
  });

  it('is all the found one’s again when others changed the rule meanwhile, whose changes stay', () => {
    const live = [
      { name: 'new', weight: 50 },
      { ...found, weight: 0 },
      { ...r1, weight: 100 },
    ];
    expect(restoredRule(live, [found], names)).toEqual([
      { name: 'new', weight: 50 },
      { ...found, weight: 100 },
    ]);
  });
});

const other = fc.record(
  {
    name: fc.constantFrom('a', 'b', 'fraud-x'),
    port: fc.constantFrom(80, 81),
    weight: fc.integer({ min: 0, max: 50 }),
    filters: fc.constant([{ type: 'RequestHeaderModifier' }]),
  },
  { requiredKeys: ['name', 'port'] },
);
const rule = fc
  .tuple(fc.array(other, { maxLength: 3 }), fc.option(fc.integer({ min: 1, max: 99 })), fc.nat(3))
  .map(([others, weight, at]): Backend[] => [
    ...others.slice(0, at),
    weight === null ? found : { ...found, weight },
    ...others.slice(at),
  ]);
const split = fc
  .array(fc.record({ weights: fc.integer({ min: 0, max: 100 }), number: fc.constantFrom(1, 2) }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((steps) => steps.map(({ weights, number }): Weights => ({ 0: 100 - weights, [number]: weights })));

const weightOf = (backend: Backend) => (typeof backend.weight === 'number' ? backend.weight : 1);
const sum = (backends: readonly Backend[]) => backends.reduce((all, backend) => all + weightOf(backend), 0);
const others = (backends: readonly Backend[]) =>
  backends.filter((item) => backendNumber(item, names) === null);
const plain = (weights: Weights) =>
  Object.fromEntries(Object.entries(weights).filter(([, value]) => value > 0));

describe('any sequence of splits of any rule', () => {
  it('gives exactly the wanted percents in whole numbers and leaves the others their exact share', () => {
    fc.assert(
      fc.property(rule, split, (start, splits) => {
        let live: readonly Backend[] = start;
        for (const weights of splits) {
          live = editedRule(live, { weights, form: 'kept' }, names);
          expect(ruleShares(live, names)).toEqual(plain(weights));
          expect(live.every((backend) => Number.isInteger(weightOf(backend)))).toBe(true);
          for (const [index, backend] of others(live).entries())
            expect(weightOf(backend) * sum(start)).toBe(weightOf(others(start)[index] ?? {}) * sum(live));
          expect(others(live).map(({ weight: _weight, ...rest }) => rest)).toEqual(
            others(start).map(({ weight: _weight, ...rest }) => rest),
          );
        }
      }),
    );
  });

  it('is undone to exactly what was found, also after the found one was taken out', () => {
    fc.assert(
      fc.property(rule, split, fc.boolean(), (start, splits, finish) => {
        let live: readonly Backend[] = start;
        for (const weights of splits) live = editedRule(live, { weights, form: 'kept' }, names);
        if (finish) live = editedRule(live, { weights: { 1: 100 }, form: 'removed' }, names);
        const undone = restoredRule(live, start, names);
        expect(ruleForm(undone, names)).toBe('restored');
        expect(ruleShares(undone, names)).toEqual({ [foundNumber]: 100 });
        expect(undone).toEqual(start);
      }),
    );
  });
});
