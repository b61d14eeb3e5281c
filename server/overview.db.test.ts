import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serviceAlert } from '../db/schema/alerts.ts';
import { cluster } from '../db/schema/environments.ts';
import { promotion } from '../db/schema/promotions.ts';
import { type TestDatabase, testDatabase } from '../db/test-database.ts';
import { gpuHour } from '../domain/budget/budget-words.ts';
import { blocker } from '../domain/refusal.ts';
import { createBudget } from './budgets/commands.ts';
import { approveRequest } from './budgets/decide.ts';
import { exceedBudget } from './budgets/request.ts';
import { newId } from './id.ts';
import { getOverview } from './overview/get.ts';
import { updateService } from './services/commands.ts';
import { ProjectFixture, refusalOf } from './test-fixture.ts';

let test: TestDatabase;

beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.drop());

it('an empty project has an empty overview', async () => {
  const fixture = await ProjectFixture.create(test.db);
  const overview = await getOverview(fixture.as('viewer'), { projectId: fixture.projectId });
  expect(overview).toMatchObject({
    waitsForMe: [],
    moving: [],
    wrong: [],
    recent: [],
    counts: { models: 0, versions: 0, services: 2, activeRollouts: 0, openPromotions: 0 },
  });
});

it('tells what waits for the caller, what moves, and what cannot start', async () => {
  const fixture = await ProjectFixture.create(test.db);
  const { projectId } = fixture;
  const waiting = await fixture.request();
  const stuck = await fixture.request(fixture.stagingServiceId);
  const outcome = blocker({ code: 'quotaExceeded', message: 'No GPU is left.' });
  await test.db.update(promotion).set({ outcome }).where(eq(promotion.id, stuck.promotionId));
  const other = await fixture.service('other', fixture.stagingId);
  const rolloutId = await fixture.startRollout((await fixture.request(other)).promotionId);
  const mine = await getOverview(fixture.as('approver'), { projectId });
  expect(mine.waitsForMe.map((row) => row.id)).toEqual([waiting.promotionId]);
  expect(mine.moving.map((row) => row.id)).toEqual([rolloutId]);
  expect(mine.wrong.map((item) => [item.kind, item.id, item.blocker.code])).toEqual([
    ['promotion', stuck.promotionId, 'quotaExceeded'],
  ]);
  const theirs = await getOverview(fixture.as('engineer'), { projectId });
  expect(theirs.waitsForMe).toEqual([]);
});

it('tells who may sign that more budget waits for them, and nobody else', async () => {
  const fixture = await ProjectFixture.create(test.db);
  const { projectId } = fixture;
  const { budgetId } = await createBudget(fixture.as('admin'), {
    projectId,
    name: 'Serving',
    scope: { projectId, environmentId: null, modelId: null, gpuProduct: null },
    unit: 'gpuHours',
    period: { kind: 'rolling', days: 7 },
    amount: String(100n * gpuHour),
  });
  const { requestId, subjectDigest } = await exceedBudget(fixture.as('engineer'), {
    budgetId,
    amount: String(20n * gpuHour),
    until: new Date(Date.now() + 86_400_000).toISOString(),
    reason: 'The launch.',
  });
  const seen = async (who: 'approver' | 'engineer' | 'viewer') =>
    (await getOverview(fixture.as(who), { projectId })).budgetsForMe;
  expect(await seen('approver')).toMatchObject([
    {
      requestId,
      kind: 'exceed',
      budgetId,
      budgetName: 'Serving',
      amount: 20n * gpuHour,
      signaturesMissing: 2,
    },
  ]);
  expect(await seen('engineer')).toEqual([]);
  expect(await seen('viewer')).toEqual([]);
  await approveRequest(fixture.as('approver'), { requestId, subjectDigest });
  expect(await seen('approver')).toEqual([]);
});

it('names a cluster whose token will end, to the projects that run on it and to no other', async () => {
  const fixture = await ProjectFixture.create(test.db);
  const other = await ProjectFixture.create(test.db);
  const tokenProblem = blocker({ code: 'tokenExpiring', message: 'The token ends and is not renewed.' });
  await test.db.update(cluster).set({ tokenProblem }).where(eq(cluster.id, fixture.clusterId));
  const { wrong } = await getOverview(fixture.as('viewer'), { projectId: fixture.projectId });
  expect(wrong).toMatchObject([
    { kind: 'cluster', id: fixture.clusterId, environmentName: 'production, staging', blocker: tokenProblem },
  ]);
  const theirs = await getOverview(other.as('viewer'), { projectId: other.projectId });
  expect(theirs.wrong).toEqual([]);
});

it('names rails that are broken and objectives that burn while they do, the severe ones first', async () => {
  const fixture = await ProjectFixture.create(test.db);
  const { projectId, serviceId } = fixture;
  const alert = (key: string, change: Partial<typeof serviceAlert.$inferInsert>) => ({
    id: newId(),
    projectId,
    serviceId,
    kind: 'objectiveBurn' as const,
    key,
    severity: 'low' as const,
    sentence: `${key} it is.`,
    startedAt: new Date(),
    figures: {},
    ...change,
  });
  await test.db
    .insert(serviceAlert)
    .values([
      alert('errors low', {}),
      alert('rail', { kind: 'railBroken', severity: 'high' }),
      alert('errors high', { severity: 'high', endedAt: new Date() }),
    ]);
  const { wrong } = await getOverview(fixture.as('viewer'), { projectId });
  const named = wrong.filter((item) => item.blocker.code !== 'ownerMissing');
  expect(named.map((item) => [item.kind, item.id, item.blocker.code, item.blocker.message])).toEqual([
    ['service', serviceId, 'railBroken', 'rail it is.'],
    ['service', serviceId, 'objectiveBurn', 'errors low it is.'],
  ]);
  const other = await ProjectFixture.create(test.db);
  const theirs = await getOverview(other.as('viewer'), { projectId: other.projectId });
  expect(theirs.wrong.map((item) => item.blocker.code)).not.toContain('railBroken');
});

it('of another project is not found', async () => {
  const fixture = await ProjectFixture.create(test.db);
  const other = await ProjectFixture.create(test.db);
  const read = getOverview(other.as('admin'), { projectId: fixture.projectId });
  expect((await refusalOf(read)).code).toBe('notFound');
});

it('names a production service without an owner, and one elsewhere not', async () => {
  const fixture = await ProjectFixture.create(test.db);
  const { projectId, serviceId, stagingServiceId } = fixture;
  for (const id of [serviceId, stagingServiceId])
    await updateService(fixture.as('operator'), { serviceId: id, ownerUserId: null });
  const { wrong } = await getOverview(fixture.as('viewer'), { projectId });
  expect(wrong).toMatchObject([
    {
      kind: 'service',
      id: serviceId,
      blocker: { code: 'ownerMissing', fix: expect.stringContaining('owner') },
    },
  ]);
  const ownerUserId = fixture.people.operator.id;
  await updateService(fixture.as('operator'), { serviceId, ownerUserId });
  expect((await getOverview(fixture.as('viewer'), { projectId })).wrong).toEqual([]);
});
