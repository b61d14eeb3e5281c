import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { driftBinning, driftFeature, driftUnknownColumn } from '../../db/schema/drift.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { learnNumericBinning } from '../../domain/drift/learn-binning.ts';
import { newId } from '../id.ts';
import { ProjectFixture } from '../test-fixture.ts';
import { activeBinnings, wantsReservoir } from './active-binning.ts';
import { noteUnknownColumns } from './unknown-columns.ts';
import { valueHider } from './value-key.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
const createdAt = new Date('2026-11-20T10:00:00Z');

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());
beforeEach(async () => {
  await test.db.delete(driftBinning);
  await test.db.delete(driftFeature);
  await test.db.delete(driftUnknownColumn);
});

async function feature(name: string, state: 'counted' | 'ignored' = 'counted', aliases: string[] = []) {
  const id = newId();
  const { projectId, serviceId } = fixture;
  const row = { id, projectId, serviceId, name, role: 'input', state, aliases, createdAt } as const;
  await test.db.insert(driftFeature).values(row);
  return id;
}

async function binning(number: number, state: 'active' | 'next' | 'former', featureIds: string[]) {
  const id = newId();
  const bins = learnNumericBinning([1, 2, 3]);
  const features = featureIds.map((featureId) => ({
    featureId,
    name: 'as it was',
    role: 'value',
    binning: bins,
  }));
  const { projectId, serviceId } = fixture;
  await test.db.insert(driftBinning).values({
    id,
    projectId,
    serviceId,
    number,
    state,
    createdAt,
    features: { schema: 1, features },
    digest: `sha256:${number}`,
  });
  return id;
}

describe('what rows are counted on', () => {
  it('is nothing before bins are learned, and first rows are kept then', async () => {
    expect(await activeBinnings(test.db, fixture.serviceId)).toEqual([]);
    expect(await wantsReservoir(test.db, fixture.serviceId)).toBe(true);
  });

  it('is the active binning and then the next one, with the names that the features have now and without ignored ones', async () => {
    const amount = await feature('amount', 'counted', ['amt']);
    const age = await feature('age', 'ignored');
    const next = await binning(3, 'next', [amount]);
    const active = await binning(2, 'active', [amount, age]);
    await binning(1, 'former', [amount]);
    const found = await activeBinnings(test.db, fixture.serviceId);
    expect(found.map(({ binningId, state }) => [binningId, state])).toEqual([
      [active, 'active'],
      [next, 'next'],
    ]);
    const expected = { featureId: amount, name: 'amount', role: 'input', aliases: ['amt'] };
    expect(found.map(({ features }) => features)).toMatchObject([[expected], [expected]]);
    expect(await wantsReservoir(test.db, fixture.serviceId)).toBe(false);
    expect(await activeBinnings(test.db, fixture.stagingServiceId)).toEqual([]);
  });

  it('keeps first rows again while a counted feature has no bins', async () => {
    await binning(1, 'active', [await feature('amount')]);
    await feature('came later');
    expect(await wantsReservoir(test.db, fixture.serviceId)).toBe(true);
  });
});

describe('unknown columns', () => {
  const note = (names: string[], at = createdAt) =>
    noteUnknownColumns(test.db, {
      projectId: fixture.projectId,
      serviceId: fixture.serviceId,
      names,
      at,
    });

  it('are remembered once with the last time they came; known names and aliases are not among them', async () => {
    await feature('amount', 'counted', ['amt']);
    await note(['amount', 'amt', 'age2', 'age2']);
    const later = new Date('2026-11-20T11:00:00Z');
    await note(['age2'], later);
    expect(await test.db.select().from(driftUnknownColumn)).toEqual([
      {
        projectId: fixture.projectId,
        serviceId: fixture.serviceId,
        name: 'age2',
        firstSeenAt: createdAt,
        lastSeenAt: later,
      },
    ]);
  });

  it('are a hundred at most, however many are sent', async () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `column-${index}`);
    await note(['first']);
    await note(names);
    await note(['another', 'x'.repeat(300)]);
    await note(['first']);
    expect(await test.db.$count(driftUnknownColumn)).toBe(100);
  });
});

it('a hidden value is the same for one project and another for the next', async () => {
  const hide = await valueHider(test.db, fixture.projectId);
  const again = await valueHider(test.db, fixture.projectId);
  const other = await valueHider(test.db, newId());
  expect(hide('DE')).toMatch(/^hmac:[0-9a-f]{32}$/);
  expect(again('DE')).toBe(hide('DE'));
  expect(other('DE')).not.toBe(hide('DE'));
});
