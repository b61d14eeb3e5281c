import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeInterval } from '../../db/schema/metering.ts';
import { priceEntry } from '../../db/schema/prices.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import type { NodeFacts } from '../../domain/metering/facts.ts';
import type { Principal } from '../../domain/principal.ts';
import { listInstanceAudit } from '../audit/queries.ts';
import type { Context } from '../context.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { addPrice, endPrice, setCurrency } from './commands.ts';
import { addStarterList, importPrices, previewImport } from './import.ts';
import { exportPrices, listPrices } from './queries.ts';
import { resolvePrice, unpricedNodes } from './resolve.ts';
import { readSpot } from './spot.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
let ada: Context;
const now = new Date('2026-11-02T10:00:00Z');
const from = (text: string) => new Date(`${text}T00:00:00Z`);

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  fixture.clock = async () => now;
  const principal: Principal = { ...fixture.people.admin, instanceRoles: ['admin'] };
  ada = fixture.as(principal);
});
afterAll(() => test.drop());

const price = (instanceType: string, amount: string, change: object = {}) => ({
  instanceType,
  region: 'us-east-1',
  capacityType: 'onDemand' as const,
  unit: 'nodeHour' as const,
  amount,
  source: 'list' as const,
  sourceDate: from('2026-10-20'),
  validFrom: from('2026-10-20'),
  ...change,
});
const add = (instanceType: string, amount: string, change: object = {}) =>
  addPrice(ada, { currency: 'USD', price: price(instanceType, amount, change) });
const listed = (search: string, who: Context = ada) =>
  listPrices(who, { projectId: fixture.projectId, filter: 'all', search });

describe('the currency', () => {
  it('stands before the first price, and is set once', async () => {
    expect(await refusalOf(add('first', '1'))).toMatchObject({
      code: 'wrongState',
      message: 'This instance has no currency yet.',
    });
    expect((await refusalOf(setCurrency(ada, { currency: 'dollars' }))).code).toBe('invalidInput');
    expect(await setCurrency(ada, { currency: 'usd' })).toEqual({ currency: 'USD' });
    expect(await setCurrency(ada, { currency: 'USD' })).toEqual({ currency: 'USD' });
    expect(await refusalOf(setCurrency(ada, { currency: 'EUR' }))).toMatchObject({
      code: 'wrongState',
      message: 'This instance counts in USD; a currency that is set cannot be changed.',
    });
    const { items } = await listInstanceAudit(ada, { objectKind: 'price', objectId: 'currency' });
    expect(items.map(({ action }) => action)).toEqual(['prices.setCurrency']);
  });
});

describe('a price', () => {
  it('is added, read by every member with its age, and stands in the audit of the instance', async () => {
    const { priceEntryId } = await add('p5.48xlarge', '55.04');
    const { page, currency } = await listed('p5.48', fixture.as('viewer'));
    expect(currency).toBe('USD');
    expect(page.rows).toMatchObject([
      { id: priceEntryId, amountNano: 55_040_000_000n, gpuProduct: '*', isStale: false },
    ]);
    const { items } = await listInstanceAudit(ada, { objectKind: 'price', objectId: priceEntryId });
    expect(items.map(({ sentence }) => sentence)).toEqual([
      'added a list price of p5.48xlarge in us-east-1, on demand: USD 55.04 per node-hour from 2026-10-20',
    ]);
  });

  it.each([
    ['negative', '-1', {}, 'price.amount: A price is not negative.'],
    [
      'finer than a nano',
      '1.0000000001',
      {},
      'price.amount: A price is at most nine digits behind the point.',
    ],
    ['of 16 digits', '1234567890123456', {}, 'price.amount: A price is at most 15 digits before the point.'],
    [
      'ended before it begins',
      '1',
      { validTo: from('2026-10-01') },
      'price.validTo: A price ends after it begins.',
    ],
  ])('that is %s is refused with a sentence', async (_what, amount, change, message) => {
    expect(await refusalOf(add('bad', amount, change))).toMatchObject({ code: 'invalidInput', message });
  });

  it('in another currency is refused', async () => {
    const asked = addPrice(ada, { currency: 'EUR', price: price('bad', '1') });
    expect(await refusalOf(asked)).toMatchObject({
      code: 'invalidInput',
      message: 'currency: This instance counts in USD, the price is in EUR.',
    });
  });

  it('that would be valid together with another names it, and is taken when that one has ended', async () => {
    const { priceEntryId } = await add('twice', '1');
    const later = { validFrom: from('2026-10-25') };
    expect(await refusalOf(add('twice', '2', later))).toMatchObject({
      code: 'conflict',
      message:
        'It would be valid together with another row: list price of twice in us-east-1, on demand: USD 1 per node-hour from 2026-10-20. End that one first, or begin when it ends.',
      params: { priceEntryId },
    });
    await endPrice(ada, { priceEntryId, validTo: from('2026-10-25') });
    await add('twice', '2', later);
    expect((await listed('twice')).page.rows.map(({ amountNano }) => amountNano)).toEqual([
      2_000_000_000n,
      1_000_000_000n,
    ]);
  });

  it('beside another is never stored by two writers at once', async () => {
    const outcomes = await Promise.allSettled([add('raced', '1'), add('raced', '2'), add('raced', '3')]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await listed('raced')).page.total).toBe(1);
  });

  it('beside another is refused by the database itself', async () => {
    const { priceEntryId } = await add('guarded', '1');
    const [row] = (await test.db.select().from(priceEntry)).filter(({ id }) => id === priceEntryId);
    if (row === undefined) throw new Error('The row is missing.');
    const second = test.db.insert(priceEntry).values({ ...row, id: fixture.clusterId });
    await expect(second).rejects.toThrow();
  });

  it('ends once, and after its begin', async () => {
    const { priceEntryId } = await add('ends', '1');
    const early = endPrice(ada, { priceEntryId, validTo: from('2026-10-20') });
    expect((await refusalOf(early)).message).toBe(
      'validTo: This price is valid from 2026-10-20; it ends after it begins.',
    );
    await endPrice(ada, { priceEntryId, validTo: from('2026-11-01') });
    const again = endPrice(ada, { priceEntryId, validTo: from('2026-12-01') });
    expect(await refusalOf(again)).toMatchObject({
      code: 'wrongState',
      message: 'This price is valid from 2026-10-20 until 2026-11-01; an end that is set stays.',
    });
    expect((await refusalOf(endPrice(ada, { priceEntryId: fixture.projectId, validTo: now }))).code).toBe(
      'notFound',
    );
  });
});

describe('an import', () => {
  const head = 'instanceType,region,capacityType,unit,amount,validFrom,validTo';

  it('shows what it would do, does exactly that, and changes nothing when repeated', async () => {
    const csv = `${head}\nimported.a,r,spot,nodeHour,1,2026-10-01,2026-10-02\nimported.a,r,spot,nodeHour,1.5,2026-10-02,`;
    expect(await previewImport(ada, { csv })).toMatchObject({ fresh: 2, present: 0, problems: 0 });
    expect((await listed('imported.a')).page.total).toBe(0);
    expect(await importPrices(ada, { csv, fileName: 'spot.csv' })).toEqual({ added: 2, present: 0 });
    expect(await importPrices(ada, { csv, fileName: 'spot.csv' })).toEqual({ added: 0, present: 2 });
    expect((await listed('imported.a')).page.total).toBe(2);
  });

  it('with one bad row takes none, and names the row', async () => {
    const csv = `${head}\nimported.b,r,spot,nodeHour,1,2026-10-01,\nimported.b,r,spot,nodeHour,2,2026-10-05,`;
    const refused = await refusalOf(importPrices(ada, { csv, fileName: 'bad.csv' }));
    expect(refused.code).toBe('invalidInput');
    expect(refused.message).toMatch(
      /^Row 3: It would be valid together with another row: import of imported\.b/,
    );
    expect((await listed('imported.b')).page.total).toBe(0);
  });

  it('of what was exported changes nothing', async () => {
    const { csv } = await exportPrices(fixture.as('viewer'), { projectId: fixture.projectId });
    const { page } = await listed('');
    expect(await importPrices(ada, { csv, fileName: 'again.csv' })).toEqual({
      added: 0,
      present: page.total,
    });
  });
});

describe('a starter list', () => {
  it('adds its dated prices, leaves alone what is there, and says so', async () => {
    expect(await addStarterList(ada, { listId: 'aws-us-east-1' })).toEqual({ added: 9, present: 1 });
    expect(await addStarterList(ada, { listId: 'aws-us-east-1' })).toEqual({ added: 0, present: 10 });
    const { page } = await listed('g6e.48xlarge');
    expect(page.rows).toMatchObject([
      { amountNano: 30_131_000_000n, sourceDate: from('2026-07-20'), isStale: true },
    ]);
    expect(page.rows[0]?.sourceNote).toContain('2026-07-20');
  });
});

describe('what a node costs', () => {
  it('is said with the row that wins and those that lost', async () => {
    await add('*', '50', { source: 'contract', region: '*', gpuProduct: 'NVIDIA-H100-80GB-HBM3' });
    const asked = await resolvePrice(fixture.as('viewer'), {
      projectId: fixture.projectId,
      instanceType: 'p5.48xlarge',
      region: 'us-east-1',
      gpuProduct: 'NVIDIA-H100-80GB-HBM3',
      capacityType: 'onDemand',
      physicalGpus: 8,
    });
    expect(asked.price?.perHourNano).toBe(50_000_000_000n);
    expect(asked.matches.map(({ source }) => source)).toEqual(['contract', 'list']);
  });

  it('is missing for kinds of nodes that were seen and that no row prices', async () => {
    const facts = (instanceType: string): NodeFacts => ({
      schema: 1,
      name: 'node',
      instanceType,
      region: 'us-east-1',
      zone: null,
      capacityType: 'onDemand',
      gpuProduct: 'NVIDIA-L4',
      physicalGpus: 1,
      unhealthyGpus: { n: 0, d: 1 },
      gpusRegistered: true,
      milliCpu: 4_000,
      memoryMib: 16_384,
    });
    const seen = (nodeUid: string, instanceType: string, toAt: Date | null) => ({
      clusterId: fixture.clusterId,
      nodeUid,
      fromAt: from('2026-10-30'),
      toAt,
      facts: facts(instanceType),
      source: 'watch' as const,
      estimated: false,
    });
    await test.db
      .insert(nodeInterval)
      .values([
        seen('a', 'g6.xlarge', null),
        seen('b', 'g6.12xlarge', null),
        seen('c', 'g6.12xlarge', null),
        seen('d', 'g6.24xlarge', from('2026-10-31')),
      ]);
    expect(await unpricedNodes(ada, undefined)).toMatchObject([
      { instanceType: 'g6.12xlarge', nodes: 2, lastAt: now, physicalGpus: 1 },
      { instanceType: 'g6.24xlarge', nodes: 1 },
    ]);
  });
});

describe('spot', () => {
  it('has its share of what nodes cost in 30 days, and what it saved against on demand', async () => {
    await add('spot.node', '0.4', { capacityType: 'spot', validFrom: from('2026-11-01') });
    await add('spot.node', '1', { validFrom: from('2026-11-01') });
    const before = await readSpot(ada, undefined);
    const [known] = await test.db.select().from(nodeInterval).limit(1);
    if (known === undefined) throw new Error('No node was seen.');
    await test.db.insert(nodeInterval).values({
      ...known,
      nodeUid: 'spot',
      fromAt: from('2026-11-01'),
      toAt: null,
      facts: { ...(known.facts as NodeFacts), instanceType: 'spot.node', capacityType: 'spot' },
    });
    const after = await readSpot(ada, undefined);
    // 34 hours until now.
    expect(after.spotNano - before.spotNano).toBe(13_600_000_000n);
    expect(after.savedNano - before.savedNano).toBe(20_400_000_000n);
    expect(after.allNano - before.allNano).toBe(13_600_000_000n);
  });
});

describe('the price book', () => {
  it('is written by instance admins only, and read by members only', async () => {
    const { projectId } = fixture;
    const csv = 'capacityType,unit,amount,validFrom\nspot,nodeHour,1,2026-01-01';
    for (const who of ['viewer', 'admin'] as const) {
      const person = fixture.as(who);
      const priceEntryId = projectId;
      for (const call of [
        () => setCurrency(person, { currency: 'USD' }),
        () => addPrice(person, { currency: 'USD', price: price('x', '1') }),
        () => endPrice(person, { priceEntryId, validTo: now }),
        () => previewImport(person, { csv }),
        () => importPrices(person, { csv, fileName: 'x.csv' }),
        () => addStarterList(person, { listId: 'azure-eastus' }),
        () => unpricedNodes(person, undefined),
        () => readSpot(person, undefined),
      ])
        expect((await refusalOf(call())).code).toBe('forbidden');
    }
    const stranger = fixture.as('stranger');
    expect((await refusalOf(listed('', stranger))).code).toBe('notFound');
    expect((await refusalOf(exportPrices(stranger, { projectId }))).code).toBe('notFound');
  });
});
