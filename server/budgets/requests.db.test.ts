import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditDetail } from '../../db/schema/audit.ts';
import { budget, budgetMovement, budgetRequest } from '../../db/schema/budgets.ts';
import { account, principal } from '../../db/schema/identity.ts';
import { notice } from '../../db/schema/notices.ts';
import { service } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Context } from '../context.ts';
import { newId } from '../id.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { createBudget } from './commands.ts';
import {
  approveInstanceRequest,
  approveRequest,
  rejectInstanceRequest,
  rejectRequest,
  withdrawRequest,
} from './decide.ts';
import { askedOfInstance, getBudget, getInstanceBudget } from './get.ts';
import { createInstanceBudget } from './instance-commands.ts';
import { transferOtherSide } from './other-side.ts';
import { transferReceivers } from './receivers.ts';
import { exceedBudget, transferBudget } from './request.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
let other: ProjectFixture;
const gpuHour = 3_600_000n;
const monthly = { kind: 'calendar', every: 'month', timeZone: 'UTC', rolloverCapPercent: 0 } as const;
const inAWeek = () => new Date(Date.now() + 7 * 86_400_000).toISOString();

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  other = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());

async function make(of: ProjectFixture, change: object = {}): Promise<string> {
  const { projectId } = of;
  const { budgetId } = await createBudget(of.as('admin'), {
    projectId,
    name: `b ${newId()}`,
    scope: { projectId, environmentId: null, modelId: null, gpuProduct: null },
    unit: 'gpuHours',
    period: monthly,
    amount: String(100n * gpuHour),
    ...change,
  });
  return budgetId;
}
async function ask(budgetId: string, change: object = {}) {
  return await exceedBudget(fixture.as('engineer'), {
    budgetId,
    amount: String(20n * gpuHour),
    until: inAWeek(),
    reason: 'The launch.',
    ...change,
  });
}
const amountOf = async (of: ProjectFixture, budgetId: string) =>
  (await getBudget(of.as('viewer'), { budgetId })).budget.amount;

describe('more budget', () => {
  it('is granted by the last signature, for its time, and every step is in the audit', async () => {
    const budgetId = await make(fixture);
    const { requestId, subjectDigest, state } = await ask(budgetId);
    expect(state).toBe('open');
    expect(await amountOf(fixture, budgetId)).toBe(100n * gpuHour);
    const told = () => test.db.select().from(notice).where(eq(notice.objectId, budgetId));
    expect(await told()).toMatchObject([{ kind: 'budgetRequest', endedAt: null }]);
    const sign = { requestId, subjectDigest };
    expect(await approveRequest(fixture.as('approver'), sign)).toMatchObject({ state: 'open' });
    expect(await approveRequest(fixture.as('secondApprover'), sign)).toMatchObject({ state: 'approved' });
    expect(await amountOf(fixture, budgetId)).toBe(120n * gpuHour);
    expect((await told())[0]?.endedAt).toBeInstanceOf(Date);
    const [moved] = await test.db
      .select()
      .from(budgetMovement)
      .where(eq(budgetMovement.guardedActionId, (await stored(requestId)).actionId));
    expect(moved).toMatchObject({ kind: 'exceed', toAt: (await stored(requestId)).untilAt });
    expect((await fixture.auditOf(budgetId)).map(({ action }) => action)).toEqual([
      'budgets.create',
      'budgets.exceed',
      'budgets.approve',
      'budgets.approve',
    ]);
  });

  it('is granted once by two who sign at the same time', async () => {
    const budgetId = await make(fixture);
    const { requestId, subjectDigest } = await ask(budgetId);
    const states = await Promise.all(
      (['approver', 'secondApprover'] as const).map((who) =>
        approveRequest(fixture.as(who), { requestId, subjectDigest }),
      ),
    );
    expect(states.map(({ state }) => state).sort()).toEqual(['approved', 'open']);
    expect(await amountOf(fixture, budgetId)).toBe(120n * gpuHour);
  });

  it('of an environment whose policy asks nobody is granted at once', async () => {
    const scope = {
      projectId: fixture.projectId,
      environmentId: fixture.stagingId,
      modelId: null,
      gpuProduct: null,
    };
    const budgetId = await make(fixture, { scope });
    expect((await ask(budgetId)).state).toBe('approved');
    expect(await amountOf(fixture, budgetId)).toBe(120n * gpuHour);
  });

  it('for a promotion is signed by the policy of its environment, and wakes the service that waits for it', async () => {
    const budgetId = await make(fixture);
    const { promotionId } = await fixture.request(fixture.stagingServiceId);
    const waiting = eq(service.id, fixture.stagingServiceId);
    await test.db.update(service).set({ nextReconcileAt: null }).where(waiting);
    expect((await ask(budgetId, { promotionId })).state).toBe('approved');
    const [row] = await test.db.select().from(service).where(waiting);
    expect(row?.nextReconcileAt).not.toBeNull();
    const foreign = await other.request(other.stagingServiceId);
    expect((await refusalOf(ask(budgetId, { promotionId: foreign.promotionId }))).code).toBe('notFound');
  });

  it('dies when the policy changes after it was asked', async () => {
    const budgetId = await make(other);
    const asked = await exceedBudget(other.as('engineer'), {
      budgetId,
      amount: '1',
      until: inAWeek(),
      reason: 'x',
    });
    const page = await getBudget(other.as('viewer'), { budgetId });
    expect(page.requests).toMatchObject([{ id: asked.requestId, state: 'open' }]);
    await other.follow(other.productionId, other.openPolicyId);
    const refused = await refusalOf(approveRequest(other.as('approver'), asked));
    expect(refused).toMatchObject({ code: 'wrongState', params: { state: 'voided' } });
    await other.follow(other.productionId, other.policyId);
  });

  it('is never signed by who asked, by a token, for something else, or by whoever may not', async () => {
    const budgetId = await make(fixture);
    const asked = await exceedBudget(fixture.as('secondApprover'), {
      budgetId,
      amount: '1',
      until: inAWeek(),
      reason: 'x',
    }).catch((error: unknown) => error);
    // Two approvers are asked for, and one of them asked: nobody could ever grant it.
    expect(asked).toMatchObject({ refusal: { code: 'policyUnsatisfiable' } });
    const { requestId, subjectDigest } = await ask(budgetId);
    const sign = { requestId, subjectDigest };
    const token = await fixture.tokenOf('approver');
    for (const [ctx, code] of [
      [fixture.as('engineer'), 'forbidden'],
      [fixture.as(token), 'forbidden'],
      [other.as('approver'), 'notFound'],
    ] as const satisfies readonly (readonly [Context, string])[])
      expect((await refusalOf(approveRequest(ctx, sign))).code).toBe(code);
    const elsewhere = { ...sign, subjectDigest: `sha256:${'7'.repeat(64)}` };
    expect((await refusalOf(approveRequest(fixture.as('approver'), elsewhere))).code).toBe('subjectChanged');
    expect((await refusalOf(rejectRequest(fixture.as('approver'), { ...sign, comment: ' ' }))).code).toBe(
      'invalidInput',
    );
    await rejectRequest(fixture.as('approver'), { ...sign, comment: 'Too much.' });
    expect((await refusalOf(approveRequest(fixture.as('secondApprover'), sign))).code).toBe('wrongState');
    expect((await refusalOf(withdrawRequest(fixture.as('engineer'), { requestId }))).code).toBe('wrongState');
  });

  it('is withdrawn by its side before it was decided', async () => {
    const { requestId } = await ask(await make(fixture));
    expect(await withdrawRequest(fixture.as('engineer'), { requestId })).toMatchObject({
      state: 'withdrawn',
    });
  });

  it.each([
    ['nothing', { amount: '0' }, 'more than nothing'],
    ['the past', { until: '2020-01-01T00:00:00Z' }, 'in the future'],
    ['a year', { until: new Date(Date.now() + 365 * 86_400_000).toISOString() }, '92 days'],
    ['no reason', { reason: ' ' }, 'what it is for'],
  ])('for %s is refused with a sentence', async (_, change, words) => {
    const refused = await refusalOf(ask(await make(fixture), change));
    expect(refused.code).toBe('invalidInput');
    expect(refused.message).toContain(words);
  });
});

describe('a transfer', () => {
  it('moves as much out of the giver as into the receiver, signed by the giver, audited in both projects', async () => {
    const instance = fixture.as({ ...fixture.people.stranger, instanceRoles: ['admin'] });
    const { budgetId: parentId } = await createInstanceBudget(instance, {
      name: 'Company',
      scope: { projectId: null, environmentId: null, modelId: null, gpuProduct: null },
      unit: 'gpuHours',
      period: monthly,
      amount: String(1_000n * gpuHour),
    });
    const giver = await make(fixture, { parentId });
    const receiver = await make(other, { parentId });
    const asked = await transferBudget(fixture.as('admin'), {
      budgetId: giver,
      toBudgetId: receiver,
      amount: String(30n * gpuHour),
      until: inAWeek(),
      reason: 'They launch first.',
    });
    const { requestId } = asked;
    const seen = await transferOtherSide(fixture.as('approver'), { requestId, budgetId: giver });
    const back = await transferOtherSide(other.as('approver'), { requestId, budgetId: receiver });
    expect([seen.budget.unit, seen.movements, back.movements]).toMatchObject([
      'gpuHours',
      [{ kind: 'base', amount: 100n * gpuHour }],
      [{ kind: 'base', amount: 100n * gpuHour }],
    ]);
    const foreign = { requestId, budgetId: await make(fixture) };
    expect(
      (await refusalOf(transferOtherSide(fixture.as('viewer'), { requestId, budgetId: giver }))).code,
    ).toBe('forbidden');
    expect((await refusalOf(transferOtherSide(fixture.as('approver'), foreign))).code).toBe('notFound');
    for (const who of ['approver', 'secondApprover'] as const) await approveRequest(fixture.as(who), asked);
    expect([await amountOf(fixture, giver), await amountOf(other, receiver)]).toEqual([
      70n * gpuHour,
      130n * gpuHour,
    ]);
    expect((await other.auditOf(receiver)).map(({ action }) => action)).toContain('budgets.transfer');
    const shown = await getBudget(other.as('viewer'), { budgetId: receiver });
    expect(shown.requests).toMatchObject([{ kind: 'transfer', direction: 'in' }]);
  });

  it('may go to budgets of the project and to those under the same one, of which only names are told, and to that one itself', async () => {
    const instance = fixture.as({ ...fixture.people.stranger, instanceRoles: ['admin'] });
    const scope = { projectId: null, environmentId: null, modelId: null, gpuProduct: null };
    const amount = String(1_000n * gpuHour);
    const top = { name: `Top ${newId()}`, scope, unit: 'gpuHours' as const, period: monthly, amount };
    const { budgetId: parentId } = await createInstanceBudget(instance, top);
    const giver = await make(fixture, { parentId });
    const own = await make(fixture);
    const sibling = await make(other, { parentId });
    const stranger = await make(other);
    const found = await transferReceivers(fixture.as('admin'), { budgetId: giver });
    const of = (id: string) => found.find((row) => row.id === id);
    expect([of(own), of(sibling), of(parentId)]).toMatchObject([
      { project: null },
      { project: 'Fraud' },
      { project: 'the instance' },
    ]);
    expect([of(giver), of(stranger)]).toEqual([undefined, undefined]);
    const asked = await transferBudget(fixture.as('admin'), {
      budgetId: giver,
      toBudgetId: parentId,
      amount: String(40n * gpuHour),
      until: inAWeek(),
      reason: 'We need less.',
    });
    for (const who of ['approver', 'secondApprover'] as const) await approveRequest(fixture.as(who), asked);
    const above = await getInstanceBudget(instance, { budgetId: parentId });
    expect([await amountOf(fixture, giver), above.budget.amount]).toEqual([60n * gpuHour, 1_040n * gpuHour]);
    const refused = await refusalOf(transferReceivers(fixture.as('engineer'), { budgetId: giver }));
    expect(refused.code).toBe('forbidden');
    expect((await refusalOf(transferReceivers(other.as('admin'), { budgetId: giver }))).code).toBe(
      'notFound',
    );
  });

  it('goes nowhere that shares no budget above, and never gives what is not there', async () => {
    const giver = await make(fixture);
    const gift = (toBudgetId: string, amount = '1') =>
      transferBudget(fixture.as('admin'), {
        budgetId: giver,
        toBudgetId,
        amount,
        until: inAWeek(),
        reason: 'x',
      });
    expect((await refusalOf(gift(await make(other)))).code).toBe('notFound');
    expect((await refusalOf(gift(giver))).message).toContain('itself');
    const own = await make(fixture);
    expect((await refusalOf(gift(own, String(101n * gpuHour)))).message).toContain('neither spent nor held');
    await test.db.update(budget).set({ closedAt: new Date() }).where(eq(budget.id, own));
    expect((await refusalOf(gift(own))).message).toContain('closed');
    expect(await test.db.select().from(auditDetail)).not.toEqual([]);
  });
});

describe('more of a budget of the instance', () => {
  const scope = { projectId: null, environmentId: null, modelId: null, gpuProduct: null };
  const keeper = { ...fixtureAdmin(), instanceRoles: ['admin' as const] };
  let budgetId = '';

  beforeAll(async () => {
    const { id, name } = keeper;
    await test.db.insert(principal).values({ id, kind: 'user', ownerUserId: id, name });
    const kept = { userId: id, email: `${id}@example.com`, createdAt: new Date() };
    await test.db.insert(account).values({ ...kept, instanceRoles: ['admin'] });
    const made = await createInstanceBudget(fixture.as(keeper), {
      name: `Whole ${newId()}`,
      scope,
      unit: 'gpuHours',
      period: monthly,
      amount: String(1_000n * gpuHour),
    });
    budgetId = made.budgetId;
  });
  const askWhole = (change: object = {}) =>
    exceedBudget(fixture.as('engineer'), {
      budgetId,
      projectId: fixture.projectId,
      amount: String(50n * gpuHour),
      until: inAWeek(),
      reason: 'The launch.',
      ...change,
    });
  const whole = async () => await getInstanceBudget(fixture.as(keeper), { budgetId });

  it('is asked for by a project that it counts and granted by an admin of the instance, audited on both sides', async () => {
    const { requestId, subjectDigest, state } = await askWhole();
    expect(state).toBe('open');
    const sign = { requestId, subjectDigest };
    // The approvers of the project would give what is not theirs.
    expect((await refusalOf(approveRequest(fixture.as('approver'), sign))).code).toBe('forbidden');
    expect((await refusalOf(approveInstanceRequest(fixture.as('approver'), sign))).code).toBe('forbidden');
    expect((await whole()).requests).toMatchObject([{ refusals: { approve: null }, canStillSign: ['Kira'] }]);
    expect(await approveInstanceRequest(fixture.as(keeper), sign)).toMatchObject({ state: 'approved' });
    expect((await whole()).budget.amount).toBe(1_050n * gpuHour);
    const asked = await askedOfInstance(fixture.as('viewer'), { budgetId, projectId: fixture.projectId });
    expect(asked.requests).toMatchObject([{ state: 'approved', amount: 50n * gpuHour }]);
    const elsewhere = await askedOfInstance(other.as('viewer'), { budgetId, projectId: other.projectId });
    expect(elsewhere.requests).toEqual([]);
    // One chain of the instance, one of the project.
    expect((await fixture.auditOf(budgetId)).map(({ action }) => action).toSorted()).toEqual([
      'budgets.exceed',
      'instanceBudgets.approve',
      'instanceBudgets.approve',
      'instanceBudgets.create',
    ]);
  });

  it('is refused to who asked, to a project that it does not count, and is no way to sign for a project', async () => {
    const own = fixture.as({ ...fixture.people.engineer, instanceRoles: ['admin'] });
    await test.db
      .update(account)
      .set({ instanceRoles: ['admin'] })
      .where(eq(account.userId, fixture.people.engineer.id));
    const { requestId, subjectDigest } = await askWhole();
    const sign = { requestId, subjectDigest };
    expect((await refusalOf(approveInstanceRequest(own, sign))).code).toBe('ownRequest');
    await rejectInstanceRequest(fixture.as(keeper), { ...sign, comment: 'Not this month.' });
    expect((await refusalOf(approveInstanceRequest(fixture.as(keeper), sign))).code).toBe('wrongState');
    const { budgetId: foreign } = await createInstanceBudget(fixture.as(keeper), {
      name: `Theirs ${newId()}`,
      scope: { ...scope, projectId: other.projectId },
      unit: 'gpuHours',
      period: monthly,
      amount: '1',
    });
    expect((await refusalOf(askWhole({ budgetId: foreign }))).code).toBe('notFound');
    expect((await refusalOf(askWhole({ projectId: other.projectId }))).code).toBe('notFound');
    const ofProject = await ask(await make(fixture));
    expect((await refusalOf(approveInstanceRequest(fixture.as(keeper), ofProject))).code).toBe('notFound');
  });

  it('is given to a budget that stands under it, as much less there as more here', async () => {
    const receiver = await make(fixture, { parentId: budgetId });
    const before = (await whole()).budget.amount;
    const give = (toBudgetId: string) =>
      transferBudget(fixture.as('admin'), {
        budgetId,
        projectId: fixture.projectId,
        toBudgetId,
        amount: String(30n * gpuHour),
        until: inAWeek(),
        reason: 'We launch first.',
      });
    expect((await refusalOf(give(await make(fixture)))).code).toBe('notFound');
    expect((await refusalOf(give(await make(other, { parentId: budgetId })))).code).toBe('notFound');
    await approveInstanceRequest(fixture.as(keeper), await give(receiver));
    expect([(await whole()).budget.amount, await amountOf(fixture, receiver)]).toEqual([
      before - 30n * gpuHour,
      130n * gpuHour,
    ]);
    const sentences = (await fixture.auditOf(receiver)).map(({ sentence }) => sentence).join();
    expect(sentences).toContain("of the instance's budget");
  });
});

function fixtureAdmin(): Principal {
  const id = newId();
  return { id, kind: 'user', ownerUserId: id, name: 'Kira', instanceRoles: [], memberships: new Map() };
}

async function stored(requestId: string) {
  const [row] = await test.db.select().from(budgetRequest).where(eq(budgetRequest.id, requestId));
  if (row === undefined) throw new Error('There is no such request.');
  return row;
}
