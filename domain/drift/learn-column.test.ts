import { describe, expect, it } from 'vitest';
import { identifierReason } from './identifier-like.ts';
import { learnColumn } from './learn-column.ts';
import { signatureColumns } from './model-signature.ts';

const many = <Value>(count: number, of: (index: number) => Value): Value[] =>
  Array.from({ length: count }, (_, index) => of(index));

describe('a column of texts', () => {
  it.each([
    ['e-mail addresses', ['ann@example.com']],
    ['UUIDs', ['0190b0de-3c1f-7bcd-8aaa-0123456789ab', '0190b0de3c1f7bcd8aaa0123456789ab']],
    ['IP addresses', ['10.0.0.7', '2001:db8::1:2']],
    ['card numbers', ['4111 1111 1111 1111', '5500-0000-0000-0004']],
    ['account numbers (IBAN)', ['DE89 3704 0044 0532 0130 00', 'GB82WEST12345698765432']],
    ['phone numbers', ['+49 170 1234567', '(030) 123-4567', '0170/1234567']],
  ])('whose values look like %s is refused, even when they repeat', (what, values) => {
    for (const value of values)
      expect(identifierReason(many(40, () => value))).toBe(`Its values look like ${what}.`);
    expect(identifierReason([...many(95, () => 'plain'), ...many(5, () => values[0])])).toMatch(/look like/);
  });

  it.each([
    '2026-11-20',
    '01.02.2026',
    '1.2.3',
    '999.1.1.1',
    '12345678',
    '4111 1111 1111 1112',
    'DE00',
    'a@b',
  ])('may hold %s', (value) => {
    expect(identifierReason(many(40, () => value))).toBeNull();
  });

  it('of which more than half of the first 1,000 are distinct is refused, however many follow', () => {
    const tail = many(5_000, () => 'same');
    expect(identifierReason([...many(1_000, (index) => `u${index % 501}`), ...tail])).toBe(
      '501 of its first 1000 values are distinct, as those of identifiers are.',
    );
    expect(identifierReason([...many(1_000, (index) => `u${index % 500}`), ...tail])).toBeNull();
    expect(identifierReason(many(19, (index) => `u${index}`))).toBeNull();
  });

  it('that an admin mapped is counted whatever it looks like', () => {
    const mails = many(100, (index) => `a${index}@example.com`);
    const place = 'input';
    expect(learnColumn(mails, { place, mapped: false })).toMatchObject({ state: 'refused', role: 'input' });
    expect(learnColumn(mails, { place, mapped: true })).toMatchObject({ state: 'counted' });
  });
});

describe('what a column holds', () => {
  const asInput = { place: 'input', mapped: false } as const;
  const asPrediction = { place: 'prediction', mapped: false } as const;

  it.each([
    ['fractions between 0 and 1', many(100, (index) => index / 100), 'score', 'numeric'],
    ['numbers beyond', many(100, (index) => index * 1.5), 'value', 'numeric'],
    ['two labels', many(100, (index) => index % 2), 'class', 'ordered'],
    ['texts', many(100, (index) => (index % 2 === 0 ? 'yes' : 'no')), 'class', 'categorical'],
    ['booleans', many(100, (index) => index % 2 === 0), 'class', 'categorical'],
  ])('as a prediction of %s has its role', (_what, values, role, kind) => {
    expect(learnColumn(values, asPrediction)).toMatchObject({ role, binning: { kind } });
    expect(learnColumn(values, asInput)).toMatchObject({ role: 'input', binning: { kind } });
  });

  it('is what most values are: single texts make no numbers categories, nor single numbers the reverse', () => {
    expect(learnColumn([...many(60, (index) => index / 7), 'NA', null], asInput)).toMatchObject({
      binning: { kind: 'numeric' },
    });
    const texts = learnColumn([...many(60, () => 'a'), 7, 1.5], asInput);
    expect(texts).toMatchObject({ binning: { categories: ['a', '7'] } });
    expect(texts?.state === 'counted' && texts.rowsByValue).toEqual(
      new Map([
        ['a', 60],
        ['7', 1],
      ]),
    );
  });

  it('is nothing when no value tells; lists are refused with a sentence', () => {
    expect(learnColumn([null, undefined], asInput)).toBeNull();
    expect(learnColumn([Number.NaN, Number.POSITIVE_INFINITY], asInput)).toBeNull();
    expect(learnColumn([[1, 2], [3]], asInput)).toMatchObject({
      state: 'refused',
      why: 'It holds lists or objects; send each part as a column of its own.',
    });
  });
});

describe('the signature of a model', () => {
  const inputs = [
    { type: 'double', name: 'amount', required: true },
    { type: 'string', name: 'country' },
  ];
  const columns = [
    { name: 'amount', place: 'input' },
    { name: 'country', place: 'input' },
    { name: 'score', place: 'prediction' },
  ];

  it('names its columns, as MLflow keeps it and as lists', () => {
    const outputs = [
      { type: 'double', name: 'score' },
      { type: 'double', name: 'amount' },
    ];
    expect(signatureColumns({ inputs, outputs })).toEqual(columns);
    expect(
      signatureColumns({ inputs: JSON.stringify(inputs), outputs: JSON.stringify(outputs), params: null }),
    ).toEqual(columns);
  });

  it.each([
    [null],
    ['text'],
    [{ inputs: 'not JSON' }],
    [{ inputs: '[{"type":"tensor","tensor-spec":{"dtype":"float32","shape":[-1,4]}}]' }],
  ])('of another form names none: %j', (signature) => {
    expect(signatureColumns(signature)).toEqual([]);
  });
});
