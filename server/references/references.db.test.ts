import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { driftBinning, driftFeature, driftReference } from '../../db/schema/drift.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import type { Binning } from '../../domain/drift/binning.ts';
import { allRows, countValues } from '../../domain/drift/counters.ts';
import { TrainingCensus } from '../../domain/drift/training-census.ts';
import { ignoreFeature, mapFeature } from '../features/commands.ts';
import { activeBinnings } from '../rows/active-binning.ts';
import { countersOfReference } from '../rows/reference-counters.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { createReference } from './create.ts';
import { listReferences } from './list.ts';

let test: TestDatabase;
let fixture: ProjectFixture;

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());
beforeEach(async () => {
  await test.db.delete(driftReference);
  await test.db.delete(driftBinning);
  await test.db.delete(driftFeature);
});

const rows = 400;
const amounts = Array.from({ length: rows }, (_, index) => index / 7);
const countries = amounts.map((_, index) => (index < 5 ? 'LU' : ['DE', 'FR'][index % 2]));
const mails = amounts.map((_, index) => `a${index}@example.com`);
const table = { amount: amounts, country: countries, mail: mails };

function counted(columns: Record<string, readonly unknown[]>, known = new Map<string, Binning>()) {
  const census = new TrainingCensus({ predictions: new Set(['score']), known });
  for (const [name, values] of Object.entries(columns)) census.look(name, values);
  census.learn();
  for (const [name, values] of Object.entries(columns)) census.count(name, values);
  return census.result(rows);
}

type Who = 'engineer' | 'viewer' | 'stranger';
const create = (counts = counted(table), more: { modelVersionId?: string } = {}, who: Who = 'engineer') =>
  createReference(fixture.as(who), {
    serviceId: fixture.serviceId,
    name: 'Training of May',
    kind: 'training',
    counts,
    ...more,
  });
const list = () => listReferences(fixture.as('viewer'), { serviceId: fixture.serviceId });
const bins = async () =>
  new Map(
    (await activeBinnings(test.db, fixture.serviceId)).flatMap(({ features }) =>
      features.map((feature) => [feature.name, feature.binning] as const),
    ),
  );

describe('training data as reference', () => {
  it('gives a service without bins its bins and counts, and stores no text that few rows carried', async () => {
    const made = await create();
    expect(made).toMatchObject({
      features: 2,
      rows,
      leftOut: [{ name: 'mail', why: 'Its values look like e-mail addresses.' }],
    });
    const [binning] = await activeBinnings(test.db, fixture.serviceId);
    expect(binning?.features.map(({ name, role }) => [name, role])).toEqual([
      ['amount', 'input'],
      ['country', 'input'],
    ]);
    const [stored] = await test.db.select().from(driftReference);
    expect(stored).toMatchObject({ kind: 'training', rows, binningId: binning?.binningId });
    const counters = countersOfReference(stored?.counters);
    const [amount, country] = binning?.features ?? [];
    if (amount === undefined || country === undefined) throw new Error('Both are counted.');
    expect(counters.get(amount.featureId)).toEqual(countValues(amount.binning, amounts));
    expect(counters.get(country.featureId)?.counts).toEqual([198, 197, 5]);
    const [kept] = await test.db.select({ features: driftBinning.features }).from(driftBinning);
    expect(JSON.stringify(kept)).toContain('"FR"');
    expect(JSON.stringify([kept, stored])).not.toContain('LU');
    const acts = await fixture.auditOf(fixture.serviceId);
    expect(acts.at(-1)).toMatchObject({
      action: 'references.create',
      sentence: `made the reference "Training of May" of scoring from training data: ${rows} rows, 2 features`,
    });
  });

  it('of another version takes the place of the one before, counted on the same bins, and that one is kept', async () => {
    const first = await create();
    const known = await bins();
    const { modelVersionId, number } = await fixture.version();
    const moved = { amount: amounts.map((one) => one + 20), country: countries };
    const second = await create(counted(moved, known), { modelVersionId });
    expect(second.referenceId).not.toBe(first.referenceId);
    expect(await bins()).toEqual(known);
    expect(await list()).toMatchObject({
      binning: { number: 1, features: [{ name: 'amount' }, { name: 'country' }] },
      references: [
        { id: second.referenceId, replacedAt: null, modelName: 'fraud-detector', versionNumber: number },
        { id: first.referenceId, modelName: null },
      ],
    });
    const stored = await test.db
      .select()
      .from(driftReference)
      .where(eq(driftReference.id, second.referenceId));
    const counters = [...countersOfReference(stored[0]?.counters).values()];
    expect(counters.map(allRows)).toEqual([rows, rows]);
  });

  it('of no other version is refused beside the one that is there', async () => {
    const { referenceId } = await create();
    expect(await refusalOf(create(counted(table, await bins())))).toMatchObject({
      code: 'conflict',
      params: { referenceId },
      fix: 'Say of which other model version the data is.',
    });
  });

  it('counted on other bins than those of the service is refused whole', async () => {
    await create();
    const { modelVersionId } = await fixture.version();
    const other = counted({ amount: amounts.map((one) => one * 3), country: countries });
    expect(await refusalOf(create(other, { modelVersionId }))).toMatchObject({
      code: 'invalidInput',
      message: 'amount: It is counted on other bins than those of the service; fetch them and count on them.',
    });
    expect((await list()).references).toHaveLength(1);
  });

  it('adds bins for columns that the service had none for, unless they are ignored', async () => {
    await create(counted({ amount: amounts }));
    const before = await bins();
    const { serviceId } = fixture;
    await ignoreFeature(fixture.as('engineer'), { serviceId, column: 'country' });
    await mapFeature(fixture.as('admin'), { serviceId, column: 'mail', as: 'input' });
    const { modelVersionId } = await fixture.version();
    const score = amounts.map((_, index) => index / rows);
    const mapped = counted({ ...table, mail: mails.map((_, index) => `a${index % 3}`), score }, before);
    expect(await create(mapped, { modelVersionId })).toMatchObject({
      features: 3,
      leftOut: [{ name: 'country', why: 'It is ignored, or an admin has to map it.' }],
    });
    const after = await bins();
    expect([...after.keys()]).toEqual(['amount', 'mail', 'score']);
    expect(after.get('amount')).toEqual(before.get('amount'));
  });

  it('that holds nothing to count, or texts that look like people, is refused or left out', async () => {
    expect((await refusalOf(create(counted({ mail: mails })))).message).toBe(
      'No column of the table can be counted.',
    );
    const values: [string, number][] = mails.map((mail) => [mail, 1]);
    const careless = {
      name: 'mail',
      place: 'input',
      kind: 'values',
      values,
      others: 0,
      nulls: 0,
      notFinite: 0,
      otherType: 0,
    } as const;
    const counts = counted({ amount: amounts });
    expect(await create({ ...counts, columns: [...counts.columns, careless] })).toMatchObject({
      features: 1,
      leftOut: [{ name: 'mail' }],
    });
    expect(JSON.stringify(await test.db.select().from(driftBinning))).not.toContain('example.com');
  });

  it('is made by engineers and read by all members; to others the service is not there', async () => {
    expect((await refusalOf(create(counted(table), {}, 'viewer'))).code).toBe('forbidden');
    expect((await refusalOf(create(counted(table), {}, 'stranger'))).code).toBe('notFound');
    const { serviceId } = fixture;
    expect((await refusalOf(listReferences(fixture.as('stranger'), { serviceId }))).code).toBe('notFound');
    expect(await list()).toMatchObject({ references: [], binning: null });
  });
});

describe('a window of the past as reference', () => {
  const window = (from: string, to: string) =>
    createReference(fixture.as('engineer'), {
      serviceId: fixture.serviceId,
      name: 'The week of the launch',
      kind: 'fixedWindow',
      from,
      to,
    });

  it.each([
    [
      'is shorter than an hour',
      '2026-01-05T00:00:00Z',
      '2026-01-05T00:59:00Z',
      'to: Let the window last an hour or longer.',
    ],
    ['is not over', '2026-01-05T00:00:00Z', '2999-01-01T00:00:00Z', 'to: Choose a window that is over.'],
    [
      'has no rows',
      '2026-01-05T00:00:00Z',
      '2026-01-06T00:00:00Z',
      'from: No rows were counted in this window.',
    ],
  ])('that %s is refused', async (_what, from, to, message) => {
    await create();
    expect((await refusalOf(window(from, to))).message).toBe(message);
  });

  it('is refused before the service has bins', async () => {
    expect((await refusalOf(window('2026-01-05T00:00:00Z', '2026-01-06T00:00:00Z'))).code).toBe('wrongState');
  });
});
