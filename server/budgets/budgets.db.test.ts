import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { budget, budgetMovement } from '../../db/schema/budgets.ts';
import { ledgerHourSum } from '../../db/schema/ledger.ts';
import { instanceCurrency } from '../../db/schema/prices.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { listInstanceAudit } from '../audit/queries.ts';
import type { Context } from '../context.ts';
import { newId } from '../id.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { closeBudget, createBudget, setBase, updateBudget } from './commands.ts';
import { getBudget, getInstanceBudget } from './get.ts';
import { createInstanceBudget, setInstanceBase } from './instance-commands.ts';
import { listBudgets, listInstanceBudgets } from './queries.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
let other: ProjectFixture;
let instance: Context;
const anything = { projectId: null, environmentId: null, modelId: null, gpuProduct: null };
const monthly = { kind: 'calendar', every: 'month', timeZone: 'UTC', rolloverCapPercent: 0 } as const;

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  other = await ProjectFixture.create(test.db);
  instance = fixture.as({ ...fixture.people.stranger, instanceRoles: ['admin'] });
});
afterAll(() => test.drop());

const usual = () => ({
  scope: { ...anything, projectId: fixture.projectId },
  unit: 'gpuHours' as const,
  period: monthly,
  amount: '3600000000',
});
async function make(name: string, change: object = {}) {
  const { projectId } = fixture;
  return await createBudget(fixture.as('admin'), { projectId, name, ...usual(), ...change });
}
const makeInstance = (name: string, change: object = {}) =>
  createInstanceBudget(instance, { name, ...usual(), scope: anything, ...change });
const page = (budgetId: string) => getBudget(fixture.as('viewer'), { budgetId });

describe('a budget', () => {
  it('has the amount of its movements from the begin of the period on, and its creation is in the audit', async () => {
    const { budgetId } = await make('Serving');
    const found = await page(budgetId);
    expect(found.budget).toMatchObject({ name: 'Serving', amount: 3_600_000_000n, held: 0n, actual: null });
    expect(found.movements).toMatchObject([{ kind: 'base', amount: 3_600_000_000n, inForce: true }]);
    expect(found.movements[0]?.fromAt.toISOString()).toMatch(/-01T00:00:00.000Z$/);
    expect((await fixture.auditOf(budgetId)).map(({ action }) => action)).toEqual(['budgets.create']);
  });

  it('keeps every change of its amount as a movement, from now or from the next period on', async () => {
    const { budgetId } = await make('Changing');
    const admin = fixture.as('admin');
    await setBase(admin, { budgetId, amount: '5000000000', from: 'nextPeriod', reason: 'More traffic.' });
    expect((await page(budgetId)).budget.amount).toBe(3_600_000_000n);
    await setBase(admin, { budgetId, amount: '4000000000', from: 'now' });
    const found = await page(budgetId);
    expect(found.budget.amount).toBe(4_000_000_000n);
    const total = found.movements.reduce((sum, { amount }) => sum + amount, 0n);
    expect(total).toBe(4_000_000_000n);
    const same = setBase(admin, { budgetId, amount: '4000000000', from: 'now' });
    expect((await refusalOf(same)).code).toBe('conflict');
    expect((await fixture.auditOf(budgetId)).map(({ action }) => action)).toEqual([
      'budgets.create',
      'budgets.setBase',
      'budgets.setBase',
    ]);
  });

  it('that rolls has no next period from which its amount could change', async () => {
    const { budgetId } = await make('Rolling', { period: { kind: 'rolling', days: 7 } });
    const asked = setBase(fixture.as('admin'), { budgetId, amount: '1', from: 'nextPeriod' });
    expect((await refusalOf(asked)).message).toContain('no next period');
  });

  it('is refused under what is not its project, counts other things, or in another unit', async () => {
    const narrow = await make('H100 only', { scope: { ...usual().scope, gpuProduct: 'H100' } });
    const outside = await refusalOf(make('wide', { parentId: narrow.budgetId }));
    expect(outside).toMatchObject({ code: 'invalidInput', params: { field: 'parentId' } });
    expect(outside.message).toContain('does not');
    const foreign = await make('foreign', {
      scope: { ...usual().scope, environmentId: other.stagingId },
    }).catch((error: unknown) => error);
    expect(foreign).toMatchObject({ refusal: { code: 'notFound' } });
    const spanning = await refusalOf(make('spanning', { scope: anything }));
    expect(spanning.message).toContain('only budgets of the instance span projects');
  });

  it('never stands under itself, also when two people make the circle at once', async () => {
    const [left, right] = [await make('left'), await make('right')];
    const admin = fixture.as('admin');
    const outcomes = await Promise.allSettled([
      updateBudget(admin, { budgetId: left.budgetId, parentId: right.budgetId }),
      updateBudget(admin, { budgetId: right.budgetId, parentId: left.budgetId }),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const self = updateBudget(admin, { budgetId: left.budgetId, parentId: left.budgetId });
    expect((await refusalOf(self)).message).toContain('circle');
    const rows = await test.db.select().from(budget).where(eq(budget.parentId, left.budgetId));
    const others = await test.db.select().from(budget).where(eq(budget.parentId, right.budgetId));
    expect(rows.length + others.length).toBe(1);
  });

  it('is refused below what is spent already, in its own words, and not from the next period on', async () => {
    const now = new Date();
    const hourAt = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
    await test.db.insert(ledgerHourSum).values({
      id: newId(),
      hourAt,
      postedMonth: hourAt,
      clusterId: fixture.clusterId,
      bucket: 'serving',
      line: 'gpu',
      projectId: fixture.projectId,
      gpuProduct: 'T4',
      capacityType: 'spot',
      quantity: '7200000',
      loadedNano: '0',
      openCostNano: '0',
      unpriced: '0',
      estimatedQuantity: '0',
    });
    const scope = { ...usual().scope, gpuProduct: 'T4' };
    const early = await refusalOf(make('T4', { scope, amount: '3600000' }));
    expect(early).toMatchObject({ code: 'invalidInput', params: { field: 'amount', actual: '7200000' } });
    expect(early.message).toBe('2 GPU-hours are spent in this period already, more than 1 GPU-hour.');
    const { budgetId } = await make('T4', { scope, amount: '7200000' });
    const lower = { budgetId, amount: '7199999' } as const;
    const refused = await refusalOf(setBase(fixture.as('admin'), { ...lower, from: 'now' }));
    expect(refused.fix).toContain('next period');
    await setBase(fixture.as('admin'), { ...lower, from: 'nextPeriod' });
  });

  it('in money wants the currency of the prices, and none before there is one', async () => {
    const money = { unit: 'currency', currency: 'EUR' };
    expect((await refusalOf(make('early', money))).message).toContain('No currency is set yet');
    await test.db.insert(instanceCurrency).values({ only: true, currency: 'USD' });
    const refused = await refusalOf(make('euros', money));
    expect(refused).toMatchObject({ code: 'invalidInput', params: { field: 'currency' } });
    expect(refused.message).toContain('All prices here are in USD');
    const { budgetId } = await make('dollars', { ...money, currency: 'USD' });
    expect((await page(budgetId)).currency).toBe('USD');
    const other = await refusalOf(make('hours', { parentId: budgetId }));
    expect(other.message).toContain('counts money and this budget counts GPU-hours');
  });

  it.each([
    ['a negative amount', { amount: '-1' }, 'not negative'],
    ['a zone that is none', { period: { ...monthly, timeZone: 'Mars/Base' } }, 'time zone'],
    ['no name', { name: ' ' }, 'name'],
  ])('with %s is refused with a sentence', async (_, change, words) => {
    const refused = await refusalOf(make('bad', change));
    expect(refused.code).toBe('invalidInput');
    expect(refused.message).toContain(words);
  });

  it('has a name of its own, and ends when nothing stands under it', async () => {
    const parent = await make('parent');
    const child = await make('child', { parentId: parent.budgetId });
    expect((await refusalOf(make('parent'))).code).toBe('nameTaken');
    const admin = fixture.as('admin');
    const early = await refusalOf(closeBudget(admin, { budgetId: parent.budgetId }));
    expect(early.message).toContain('"child" still stands under this one');
    await closeBudget(admin, { budgetId: child.budgetId });
    await closeBudget(admin, { budgetId: parent.budgetId });
    expect((await refusalOf(closeBudget(admin, { budgetId: parent.budgetId }))).code).toBe('wrongState');
    const { budgets } = await listBudgets(fixture.as('viewer'), { projectId: fixture.projectId });
    expect(budgets.map(({ name }) => name)).not.toContain('parent');
  });

  it('is changed by admins of its project alone, and other projects do not find it', async () => {
    const { budgetId } = await make('mine');
    for (const act of [
      (ctx: Context) => updateBudget(ctx, { budgetId, level: 2 }),
      (ctx: Context) => setBase(ctx, { budgetId, amount: '1', from: 'now' }),
      (ctx: Context) => closeBudget(ctx, { budgetId }),
    ]) {
      expect((await refusalOf(act(fixture.as('engineer')))).code).toBe('forbidden');
      expect((await refusalOf(act(other.as('admin')))).code).toBe('notFound');
    }
    expect((await refusalOf(getBudget(other.as('viewer'), { budgetId }))).code).toBe('notFound');
    const stale = updateBudget(fixture.as('admin'), { budgetId, level: 2, seenGeneration: 7 });
    expect((await refusalOf(stale)).code).toBe('conflict');
    await updateBudget(fixture.as('admin'), { budgetId, level: 2, seenGeneration: 1 });
    expect((await page(budgetId)).budget).toMatchObject({ level: 2, generation: 2 });
  });
});

describe('a budget of the instance', () => {
  it('shows members of a project its figures and nothing else, and is only for instance admins to change', async () => {
    const above = await makeInstance('Company');
    const { budgetId } = await make('Part', { parentId: above.budgetId });
    const { projectId } = fixture;
    const listed = await listBudgets(fixture.as('viewer'), { projectId });
    const seen = listed.above.find(({ id }) => id === above.budgetId);
    expect(Object.keys(seen ?? {}).sort()).toEqual([
      'actual',
      'amount',
      'available',
      'held',
      'id',
      'name',
      'unit',
    ]);
    expect((await page(budgetId)).above).toEqual([seen]);
    const read = getBudget(fixture.as('admin'), { budgetId: above.budgetId });
    expect((await refusalOf(read)).code).toBe('notFound');
    expect((await refusalOf(listInstanceBudgets(fixture.as('admin'), {}))).code).toBe('forbidden');
    const set = { budgetId: above.budgetId, amount: '9000000', from: 'now' as const };
    expect((await refusalOf(setInstanceBase(fixture.as('admin'), set))).code).toBe('forbidden');
    expect((await refusalOf(setBase(fixture.as('admin'), set))).code).toBe('notFound');
    expect((await refusalOf(setInstanceBase(instance, { ...set, budgetId }))).code).toBe('notFound');
    await setInstanceBase(instance, set);
    expect((await getInstanceBudget(instance, { budgetId: above.budgetId })).budget.amount).toBe(9_000_000n);
    const { items } = await listInstanceAudit(instance, { objectKind: 'budget', objectId: above.budgetId });
    expect(items.map(({ action }) => action).sort()).toEqual([
      'instanceBudgets.create',
      'instanceBudgets.setBase',
    ]);
    const rows = await test.db
      .select()
      .from(budgetMovement)
      .where(eq(budgetMovement.budgetId, above.budgetId));
    expect(rows).toHaveLength(2);
  });

  it('of another project alone is not shown', async () => {
    const elsewhere = await makeInstance('Elsewhere', { scope: { ...anything, projectId: other.projectId } });
    const { above } = await listBudgets(fixture.as('viewer'), { projectId: fixture.projectId });
    expect(above.map(({ id }) => id)).not.toContain(elsewhere.budgetId);
  });
});
