import { and, asc, eq, isNull } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { transaction } from '../../db/client.ts';
import { auditDetail, auditEntry } from '../../db/schema/audit.ts';
import { budget, budgetFreeze, budgetMovement } from '../../db/schema/budgets.ts';
import { notice } from '../../db/schema/notices.ts';
import { service } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { rolloutStatusSchema } from '../../domain/rollout-status.ts';
import type { Scaling } from '../../domain/service-spec.ts';
import { serviceStatusSchema } from '../../domain/service-status.ts';
import { endFreezes } from '../budget-freeze.ts';
import type { FreezeLook, Freezing } from '../cluster/cluster.ts';
import { newId } from '../id.ts';
import { insertRollBack } from '../insert-roll-back.ts';
import { evaluateBudgets } from '../jobs/budgets/evaluate-due.ts';
import { loadService as serviceRecord } from '../rows/service-record.ts';
import { keepFreezes } from './keep-freezes.ts';
import type { Hands } from './reconcile.ts';
import { ReconcilerWorld, Stopped } from './reconciler-fixture.ts';
import { makeBudget } from './reservation-fixture.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.drop());
afterEach(async () => {
  await test.db.execute(`update budget set closed_at = now()`);
});

const gpu = 'requests.nvidia.com/gpu';
const onGpus = { gpusPerPod: { first: 1, second: 1 } };

async function freezesOf(world: ReconcilerWorld) {
  return await test.db
    .select()
    .from(budgetFreeze)
    .where(eq(budgetFreeze.projectId, world.projectId))
    .orderBy(asc(budgetFreeze.id));
}

async function auditOf(world: ReconcilerWorld, action: 'budgets.freeze' | 'budgets.thaw'): Promise<string[]> {
  const rows = await test.db
    .select({ sentence: auditDetail.sentence })
    .from(auditEntry)
    .innerJoin(auditDetail, and(eq(auditDetail.chain, auditEntry.chain), eq(auditDetail.seq, auditEntry.seq)))
    .where(and(eq(auditEntry.chain, `project:${world.projectId}`), eq(auditEntry.action, action)))
    .orderBy(asc(auditEntry.seq));
  return rows.map(({ sentence }) => sentence);
}

async function openNotices(world: ReconcilerWorld) {
  return await test.db
    .select({ kind: notice.kind, params: notice.params, severity: notice.severity })
    .from(notice)
    .where(
      and(eq(notice.projectId, world.projectId), isNull(notice.endedAt), eq(notice.kind, 'budgetFreeze')),
    );
}

/** A budget of nothing over all of the project is spent from the first look on. */
async function spent(world: ReconcilerWorld, scope: { modelId?: string } = {}): Promise<string> {
  const budgetId = await makeBudget(test.db, world, {
    amount: 0,
    level: 3,
    scope: { projectId: world.projectId, ...scope },
  });
  await evaluateBudgets(test.db, { now: world.now });
  return budgetId;
}

async function raise(world: ReconcilerWorld, budgetId: string): Promise<void> {
  const by = { createdAt: world.now, createdBy: world.userId };
  const amount = { amount: '3600000000', fromAt: new Date(0) };
  await test.db.insert(budgetMovement).values({ id: newId(), budgetId, kind: 'base', ...amount, ...by });
  world.nowMs += 60_000;
  await evaluateBudgets(test.db, { now: world.now });
}

async function scale(world: ReconcilerWorld, scaling: Scaling): Promise<void> {
  await test.db.update(service).set({ scaling }).where(eq(service.id, world.serviceId));
}

const fixed = (replicas: number): Scaling => ({ kind: 'fixed', replicas });

async function quotaOf(world: ReconcilerWorld, hands: Hands) {
  return (await hands.cluster.freezing?.look(world.namespace))?.quota ?? null;
}

async function replicasOf(world: ReconcilerWorld, hands: Hands) {
  const { revisions } = await hands.cluster.observe(world.scope);
  return Object.fromEntries(revisions.map(({ number, desiredReplicas }) => [number, desiredReplicas]));
}

async function blockersOf(world: ReconcilerWorld) {
  const [row] = await test.db.select().from(service).where(eq(service.id, world.serviceId));
  return serviceStatusSchema.parse(row?.status).blockers;
}

async function rollBack(world: ReconcilerWorld, target: string): Promise<void> {
  await transaction(test.db, async (tx) => {
    const record = await serviceRecord(tx, world.serviceId);
    await insertRollBack(tx, record, { target, startedBy: world.userId, at: world.now });
  });
}

describe('a budget that freezes and is spent', () => {
  it('keeps the environment at what runs, with the reason on the service, on record and told once', async () => {
    const world = await ReconcilerWorld.create(test.db, onGpus);
    const budgetId = await spent(world);
    const hands = await world.hands('worker');
    await keepFreezes(hands);
    await keepFreezes(hands);
    expect(await freezesOf(world)).toMatchObject([
      { budgetId, state: 'frozen', reasons: [], proposal: null },
    ]);
    expect(await quotaOf(world, hands)).toEqual({ hard: { [gpu]: 3 }, owner: null });
    expect(await auditOf(world, 'budgets.freeze')).toEqual([
      expect.stringMatching(/^froze production, because the budget .* is spent$/),
    ]);
    expect(await openNotices(world)).toMatchObject([{ severity: 'high', params: { reasons: '' } }]);
    await scale(world, fixed(5));
    await world.pass(hands);
    await world.pass(hands);
    expect(await replicasOf(world, hands)).toEqual({ 1: 3 });
    expect(await blockersOf(world)).toEqual([
      expect.objectContaining({
        code: 'frozen',
        message: expect.stringContaining('revision 1 stays at 3 of 5 replicas'),
        params: expect.objectContaining({ budgetId }),
      }),
    ]);
    await scale(world, fixed(2));
    await world.pass(hands);
    expect(await replicasOf(world, hands)).toEqual({ 1: 2 });
  });

  it('gives everything back once something is left, and says so', async () => {
    const world = await ReconcilerWorld.create(test.db, onGpus);
    const budgetId = await spent(world);
    const hands = await world.hands('worker');
    await keepFreezes(hands);
    await scale(world, { kind: 'auto', minReplicas: 1, maxReplicas: 8, targetCpuPercent: 60 });
    await world.pass(hands);
    const frozen = (await hands.cluster.observe(world.scope)).revisions[0]?.scaling;
    expect(frozen).toMatchObject({ kind: 'auto', maxReplicas: 3 });
    await raise(world, budgetId);
    await keepFreezes(hands);
    await world.pass(hands);
    expect(await quotaOf(world, hands)).toBeNull();
    expect((await hands.cluster.observe(world.scope)).revisions[0]?.scaling).toMatchObject({
      maxReplicas: 8,
    });
    expect(await auditOf(world, 'budgets.thaw')).toEqual([
      expect.stringContaining('has something left again'),
    ]);
    expect(await openNotices(world)).toEqual([]);
    expect(await blockersOf(world)).toEqual([]);
    expect(await freezesOf(world)).toMatchObject([{ endedAt: expect.any(Date), quotaWritten: false }]);
  });

  it('never holds up a roll back, also to a revision that was scaled away: the quota is raised before its pods are made', async () => {
    const world = await ReconcilerWorld.create(test.db, onGpus);
    await world.approve();
    const writes: string[] = [];
    const hands = await world.hands('worker', (what) => writes.push(what));
    await world.drive(hands, ({ endedAt }) => endedAt !== null);
    for (let count = 0; count < 4; count += 1) await world.pass(hands);
    expect(await replicasOf(world, hands)).toEqual({ 2: 3 });
    await spent(world);
    await keepFreezes(hands);
    expect((await quotaOf(world, hands))?.hard).toEqual({ [gpu]: 3 });
    writes.length = 0;
    await rollBack(world, world.revisionIds[0]);
    const row = await world.drive(hands, ({ endedAt }) => endedAt !== null);
    expect(row.phase).toBe('succeeded');
    const raised = writes.indexOf('freeze quota');
    expect(raised).toBeGreaterThanOrEqual(0);
    expect(raised).toBeLessThan(writes.indexOf('applyRevision'));
    for (let count = 0; count < 4; count += 1) await world.pass(hands);
    await keepFreezes(hands);
    expect(await replicasOf(world, hands)).toEqual({ 1: 3 });
    expect((await quotaOf(world, hands))?.hard).toEqual({ [gpu]: 3 });
  });

  it('takes nothing from a rollout under way: it stays where it is, says why, and goes back when it is told to', async () => {
    const world = await ReconcilerWorld.create(test.db, onGpus);
    const { projectId } = world;
    const budgetId = await makeBudget(test.db, world, { amount: 10, level: 3, scope: { projectId } });
    await world.approve();
    const hands = await world.hands('worker');
    await world.drive(hands, ({ phase, stepIndex }) => phase === 'stepping' && stepIndex === 1);
    const before = await replicasOf(world, hands);
    await test.db.update(budgetMovement).set({ amount: '0' }).where(eq(budgetMovement.budgetId, budgetId));
    await evaluateBudgets(test.db, { now: world.now });
    await keepFreezes(hands);
    expect((await quotaOf(world, hands))?.hard).toEqual({ [gpu]: 6 });
    for (let count = 0; count < 10; count += 1) await world.pass(hands);
    const held = await world.rollout();
    expect([held?.phase, held?.stepIndex, await replicasOf(world, hands)]).toEqual(['stepping', 1, before]);
    expect(rolloutStatusSchema.parse(held?.status).blockers.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['frozen', 'budgetExceeded']),
    );
    await world.intend({ goal: 'abort' });
    const row = await world.drive(hands, ({ endedAt }) => endedAt !== null);
    expect(row.phase).toBe('aborted');
  });

  it('is over when the budget is closed', async () => {
    const world = await ReconcilerWorld.create(test.db, onGpus);
    const budgetId = await spent(world);
    const hands = await world.hands('worker');
    await keepFreezes(hands);
    await transaction(test.db, (tx) =>
      endFreezes(
        tx,
        { id: budgetId, name: 'Serving' },
        { why: 'it was closed', now: world.now, origin: 'live' },
      ),
    );
    await keepFreezes(hands);
    expect(await quotaOf(world, hands)).toBeNull();
    expect(await auditOf(world, 'budgets.thaw')).toEqual(['ended the freeze of production: it was closed']);
    expect(await openNotices(world)).toEqual([]);
  });

  it('starts no rollout meanwhile, and the one that waits says which budget', async () => {
    const world = await ReconcilerWorld.create(test.db, onGpus);
    const budgetId = await spent(world);
    const hands = await world.hands('worker');
    await keepFreezes(hands);
    await world.approve();
    await world.pass(hands);
    expect(await world.rollout()).toBeUndefined();
    expect((await blockersOf(world)).map(({ code }) => code)).toContain('frozen');
    await raise(world, budgetId);
    await world.drive(hands, ({ phase }) => phase !== 'starting');
  });

  it('comes to the same whichever write the worker is stopped after', async () => {
    const run = async (stopAfter: number | null) => {
      const world = await ReconcilerWorld.create(test.db, onGpus);
      const budgetId = await spent(world);
      let [writes, stopped] = [0, false];
      let hands = await world.hands('first', () => {
        writes += 1;
        if (writes === stopAfter) throw new Stopped();
      });
      const work = async (what: () => Promise<unknown>) => {
        try {
          await what();
        } catch (error) {
          if (!(error instanceof Stopped)) throw error;
          stopped = true;
          hands = await world.hands('second');
          await what();
        }
      };
      await work(() => keepFreezes(hands));
      await scale(world, fixed(5));
      await work(() => world.pass(hands, 0));
      const frozen = { quota: await quotaOf(world, hands), replicas: await replicasOf(world, hands) };
      await raise(world, budgetId);
      await work(() => keepFreezes(hands));
      await work(() => world.pass(hands, 0));
      const rows = await freezesOf(world);
      const left = {
        frozen,
        rows: rows.map(({ state, quotaWritten }) => ({ state, quotaWritten })),
        quota: await quotaOf(world, hands),
        replicas: await replicasOf(world, hands),
        audit: [
          (await auditOf(world, 'budgets.freeze')).length,
          (await auditOf(world, 'budgets.thaw')).length,
        ],
        notices: (await openNotices(world)).length,
      };
      await test.db.update(budget).set({ closedAt: new Date() }).where(eq(budget.id, budgetId));
      return { left, writes, stopped };
    };
    const whole = await run(null);
    expect(whole.left).toMatchObject({
      frozen: { replicas: { 1: 3 } },
      quota: null,
      replicas: { 1: 5 },
      audit: [1, 1],
    });
    expect(whole.writes).toBeGreaterThanOrEqual(4);
    for (let stopAfter = 1; stopAfter <= whole.writes; stopAfter += 1) {
      const { left, stopped } = await run(stopAfter);
      expect(stopped, `write ${stopAfter}`).toBe(true);
      expect(left, `stopped after write ${stopAfter}`).toEqual(whole.left);
    }
  });
});

describe('a freeze that cannot be done is proposed', () => {
  type Change = { look?: (seen: FreezeLook) => FreezeLook; lacking?: string[] };
  /** The same sandbox, in which something is as it may be in a cluster of others. */
  const as = (hands: Hands, { look = (seen) => seen, lacking = [] }: Change): Hands => {
    const { freezing } = hands.cluster;
    if (freezing === undefined) throw new Error('The sandbox can be frozen.');
    const changed: Freezing = {
      ...freezing,
      look: async (namespace) => look(await freezing.look(namespace)),
      lackingRights: async () => lacking,
    };
    return { ...hands, cluster: { ...hands.cluster, freezing: changed } };
  };
  const notebook = { workload: 'notebook', requests: { 'nvidia.com/gpu': 2 }, terminating: false };
  const cases: [string, Change, RegExp][] = [
    [
      'where others run GPU pods',
      { look: (seen) => ({ ...seen, pods: [...seen.pods, notebook] }) },
      /"notebook" \(2\)/,
    ],
    ['without the right', { lacking: ['create resourcequotas'] }, /may not create resourcequotas/],
    [
      'where somebody else keeps the quota',
      { look: (seen) => ({ ...seen, quota: { hard: {}, owner: '"argocd-controller"' } }) },
      /kept by "argocd-controller"/,
    ],
  ];

  it.each(cases)('%s, with its reason and the command, and nothing is capped', async (_, change, reason) => {
    const world = await ReconcilerWorld.create(test.db, onGpus);
    await spent(world);
    const hands = as(await world.hands('worker'), change);
    await keepFreezes(hands);
    await keepFreezes(hands);
    const [row] = await freezesOf(world);
    expect(row).toMatchObject({ state: 'proposed', quotaWritten: false });
    expect(row?.reasons).toEqual([expect.stringMatching(reason)]);
    expect(row?.proposal).toMatch(
      /^kubectl -n production create quota fairlead-freeze --hard=requests.nvidia.com\/gpu=[35]$/,
    );
    expect(await auditOf(world, 'budgets.freeze')).toHaveLength(1);
    expect(await openNotices(world)).toMatchObject([
      { severity: 'low', params: { reasons: expect.stringMatching(reason) } },
    ]);
    await scale(world, fixed(5));
    await world.pass(hands);
    expect(await replicasOf(world, hands)).toEqual({ 1: 5 });
  });

  it('of a budget that counts only a model, because a quota would hold the rest, too', async () => {
    const world = await ReconcilerWorld.create(test.db, onGpus);
    await spent(world, { modelId: world.modelId });
    const hands = await world.hands('worker');
    await keepFreezes(hands);
    expect(await freezesOf(world)).toMatchObject([
      {
        state: 'proposed',
        reasons: ['The budget counts only a part of what runs there, and a quota would hold the rest, too.'],
      },
    ]);
    expect(await quotaOf(world, hands)).toBeNull();
  });

  it('and done once nothing stands against it any more', async () => {
    const world = await ReconcilerWorld.create(test.db, onGpus);
    await spent(world);
    const hands = await world.hands('worker');
    await keepFreezes(as(hands, { lacking: ['create resourcequotas'] }));
    await keepFreezes(hands);
    expect(await freezesOf(world)).toMatchObject([{ state: 'frozen', reasons: [], proposal: null }]);
    expect(await auditOf(world, 'budgets.freeze')).toHaveLength(2);
    expect(await openNotices(world)).toMatchObject([{ severity: 'high' }]);
  });
});
