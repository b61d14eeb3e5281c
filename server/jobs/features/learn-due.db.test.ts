import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { driftBinning, driftFeature, driftReservoir } from '../../../db/schema/drift.ts';
import { modelVersion } from '../../../db/schema/models.ts';
import { type TestDatabase, testDatabase } from '../../../db/test-database.ts';
import { countValues } from '../../../domain/drift/counters.ts';
import { valueCloak } from '../../../domain/drift/hidden-value.ts';
import { ignoreFeature, mapFeature } from '../../features/commands.ts';
import { activeBinnings, wantsReservoir } from '../../rows/active-binning.ts';
import { valueHider } from '../../rows/value-key.ts';
import { ProjectFixture, refusalOf } from '../../test-fixture.ts';
import { learnDue } from './learn-due.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
const now = new Date('2026-11-20T10:00:00Z');
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());
beforeEach(async () => {
  await test.db.delete(driftReservoir);
  await test.db.delete(driftBinning);
  await test.db.delete(driftFeature);
  await test.db.update(modelVersion).set({ signature: null });
});

type Row = { f: Record<string, unknown>; p?: Record<string, unknown> };
const exampleRow = (index: number): Row => ({
  f: {
    amount: index / 7,
    country: index % 100 === 0 ? 'LU' : ['DE', 'FR', 'AT'][index % 3],
    mail: `person${index}@example.com`,
    nothing: null,
  },
  p: { score: (index % 97) / 97 },
});

async function keep(count: number, { receivedAt = now, of = exampleRow } = {}) {
  const { projectId, serviceId } = fixture;
  const rows = Array.from({ length: count }, (_, slot) => ({
    projectId,
    serviceId,
    slot,
    row: { ts: now.toISOString(), ...of(slot) },
    receivedAt,
  }));
  for (let from = 0; from < rows.length; from += 500)
    await test.db.insert(driftReservoir).values(rows.slice(from, from + 500));
}

const learn = () => learnDue(test.db, { now });
const features = async () =>
  (await activeBinnings(test.db, fixture.serviceId)).flatMap((binning) => binning.features);
const names = async () => (await features()).map(({ name }) => name).toSorted();
const reservoir = () => test.db.$count(driftReservoir);

describe('the first 1,000 rows of a service', () => {
  it('give its features bins and roles, refuse what looks like identifiers, and are deleted', async () => {
    await keep(999);
    expect(await learn()).toEqual([]);
    expect(await reservoir()).toBe(999);
    await test.db.delete(driftReservoir);
    await keep(1_000);
    expect(await learn()).toEqual([fixture.serviceId]);
    expect(await reservoir()).toBe(0);
    expect((await features()).map(({ name, role, binning }) => [name, role, binning.kind])).toEqual([
      ['amount', 'input', 'numeric'],
      ['country', 'input', 'categorical'],
      ['score', 'score', 'numeric'],
    ]);
    const [mail] = await test.db.select().from(driftFeature).where(eq(driftFeature.name, 'mail'));
    expect(mail).toMatchObject({ state: 'refused', why: 'Its values look like e-mail addresses.' });
    const acts = await fixture.auditOf(fixture.serviceId);
    expect(acts.at(-1)).toMatchObject({
      action: 'features.learn',
      sentence: 'learned how 3 features of scoring are counted from 1,000 rows, which were deleted',
    });
    expect(await wantsReservoir(test.db, fixture.serviceId)).toBe(false);
  });

  it('leave no text that fewer than 20 rows carried, and yet it is counted', async () => {
    await keep(1_000);
    await learn();
    const country = (await features()).find(({ name }) => name === 'country');
    if (country?.binning.kind !== 'categorical') throw new Error('Countries are categories.');
    expect(country.binning.categories.slice(0, 3).toSorted()).toEqual(['AT', 'DE', 'FR']);
    expect(country.binning.categories[3]).toMatch(/^hmac:[0-9a-f]{32}$/);
    const [stored] = await test.db.select({ features: driftBinning.features }).from(driftBinning);
    expect(JSON.stringify(stored)).not.toContain('LU');
    const cloak = valueCloak(country.binning, await valueHider(test.db, fixture.projectId));
    const counted = countValues(country.binning, ['LU', 'LU', 'XX'].map(cloak));
    expect([counted.counts[3], counted.apart.new]).toEqual([2, 1]);
  });

  it('are kept for a day: then a hundred of them must do, and fewer are deleted', async () => {
    await keep(99, { receivedAt: hoursAgo(25) });
    expect(await learn()).toEqual([]);
    expect(await reservoir()).toBe(0);
    await keep(100, { receivedAt: hoursAgo(25) });
    expect(await learn()).toEqual([fixture.serviceId]);
  });

  it('are only asked for what the signature of the model names, where it has one', async () => {
    await fixture.live(fixture.stagingServiceId);
    const signature = { inputs: '[{"name":"amount","type":"double"},{"name":"never sent","type":"double"}]' };
    await test.db.update(modelVersion).set({ signature });
    const rows = Array.from({ length: 1_000 }, (_, slot) => ({
      projectId: fixture.projectId,
      serviceId: fixture.stagingServiceId,
      slot,
      row: exampleRow(slot),
      receivedAt: now,
    }));
    for (let from = 0; from < rows.length; from += 500)
      await test.db.insert(driftReservoir).values(rows.slice(from, from + 500));
    expect(await learn()).toEqual([fixture.stagingServiceId]);
    const [binning] = await activeBinnings(test.db, fixture.stagingServiceId);
    expect(binning?.features.map(({ name }) => name)).toEqual(['amount']);
  });
});

describe('a column', () => {
  const map = (
    column: string,
    as: Parameters<typeof mapFeature>[1]['as'],
    who: 'admin' | 'engineer' = 'admin',
  ) => mapFeature(fixture.as(who), { serviceId: fixture.serviceId, column, as });
  const ignore = (column: string, who: 'engineer' | 'viewer' | 'stranger' = 'engineer') =>
    ignoreFeature(fixture.as(who), { serviceId: fixture.serviceId, column });

  it('that was refused is counted once an admin maps it, from the next rows, and the other bins stay', async () => {
    await keep(1_000);
    await learn();
    const before = await features();
    const { featureId } = await map('mail', 'input');
    expect(await wantsReservoir(test.db, fixture.serviceId)).toBe(true);
    await keep(1_000, { of: (index) => ({ f: { amount: -index, mail: `m${index % 4}@example.com` } }) });
    expect(await learn()).toEqual([fixture.serviceId]);
    const after = await features();
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.at(-1)).toMatchObject({ featureId, name: 'mail', binning: { kind: 'categorical' } });
    expect(await test.db.$count(driftBinning)).toBe(1);
    expect((await fixture.auditOf(fixture.serviceId)).map(({ sentence }) => sentence)).toContain(
      'counts the column mail of scoring as an input',
    );
  });

  it('of another name counts as the feature it is mapped to; twice or beside its own it is refused', async () => {
    await keep(1_000);
    await learn();
    await map('amount_eur', { feature: 'amount' });
    expect((await features()).find(({ name }) => name === 'amount')?.aliases).toEqual(['amount_eur']);
    expect((await refusalOf(map('amount_eur', 'input'))).message).toBe(
      'The column amount_eur is counted as the feature amount already.',
    );
    expect((await refusalOf(map('score', { feature: 'amount' }))).fix).toMatch(/Ignore it first/);
    expect((await refusalOf(map('x', { feature: 'none' }))).code).toBe('notFound');
  });

  it('that is ignored is counted no more until an admin maps it again, with the bins it had', async () => {
    await keep(1_000);
    await learn();
    await ignore('amount');
    await ignore('amount');
    expect(await names()).toEqual(['country', 'score']);
    await map('amount', 'input');
    expect(await names()).toEqual(['amount', 'country', 'score']);
    expect(
      (await fixture.auditOf(fixture.serviceId)).filter(({ action }) => action === 'features.ignore'),
    ).toHaveLength(1);
  });

  it('ignored before any row was sent is never learned', async () => {
    await ignore('amount');
    await keep(1_000);
    await learn();
    expect(await names()).toEqual(['country', 'score']);
  });

  it('is mapped by admins and ignored by engineers only; to others the service is not there', async () => {
    expect((await refusalOf(map('age', 'input', 'engineer'))).code).toBe('forbidden');
    expect((await refusalOf(ignore('age', 'viewer'))).code).toBe('forbidden');
    expect((await refusalOf(ignore('age', 'stranger'))).code).toBe('notFound');
  });
});
