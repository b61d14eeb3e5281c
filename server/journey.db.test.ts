import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rollout } from '../db/schema/rollouts.ts';
import { type TestDatabase, testDatabase } from '../db/test-database.ts';
import { endedPhases } from '../domain/rollout.ts';
import { type RolloutPlan, rolloutPlanSchema } from '../domain/rollout-plan.ts';
import { createSandboxCluster } from './cluster/sandbox.ts';
import { createSandboxMetrics } from './metrics/sandbox.ts';
import { approvePromotion } from './promotions/decide.ts';
import { previewPromotion } from './promotions/preview.ts';
import { AnalysisTotals } from './reconciler/analysis-totals.ts';
import { ObjectivePace } from './reconciler/follow-objectives.ts';
import { takeLease } from './reconciler/lease.ts';
import { type Hands, reconcile } from './reconciler/reconcile.ts';
import { StartDispersions } from './reconciler/start-dispersions.ts';
import { pauseRollout, resumeRollout } from './rollouts/commands.ts';
import { getRollout } from './rollouts/get.ts';
import { rollBack } from './rollouts/roll-back.ts';
import { rolloutSeries } from './rollouts/series.ts';
import { setFault } from './sandbox/set-fault.ts';
import { getService } from './services/get.ts';
import { ProjectFixture } from './test-fixture.ts';

const plan: RolloutPlan = rolloutPlanSchema.parse({
  schema: 1,
  steps: [10, 50, 100].map((weightPercent) => ({
    weightPercent,
    minimumMs: 20_000,
    deadlineMs: 300_000,
    minimumSamples: 50,
  })),
  checks: [
    { kind: 'threshold', id: 'rail', of: 'errors', max: 0.2, minimumSamples: 50 },
    { kind: 'eProcess', id: 'errors', of: 'errors' },
  ],
  alpha: 0.05,
  intervalMs: 10_000,
  onDeadline: 'hold',
  progressDeadlineMs: 60_000,
  scaleDownDelayMs: 10_000,
});

let test: TestDatabase;
let fixture: ProjectFixture;
let hands: Hands;
let nowMs = Date.now();
const clock = async () => new Date(nowMs);

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  fixture.clock = clock;
  const { db, clusterId, serviceId } = fixture;
  const lease = await takeLease(db, { clusterId, holder: 'journey', leaseMs: 3_600_000 });
  if (lease === null) throw new Error('The lease could not be taken.');
  hands = {
    db,
    cluster: createSandboxCluster({ db, clusterId, clock }),
    metricsOf: () => createSandboxMetrics({ db, clusterId, clock }),
    lease,
    clock,
    origin: 'live',
    refusedRevisions: new Map(),
    totals: new AnalysisTotals(),
    pace: new ObjectivePace(),
    dispersions: new StartDispersions(),
  };
  const change = { subject: 'service' as const, serviceId, behaviour: { requestsPerSecond: 100 } };
  await setFault(fixture.as('operator'), { serviceId, change });
});
afterAll(() => test.drop());

/** Passes of the worker's loop over the production service until the test holds; time goes on between them. */
async function drive(reached: () => Promise<boolean>): Promise<void> {
  for (let pass = 0; pass < 400; pass += 1) {
    const { requeueAfterMs } = await reconcile(hands, fixture.serviceId);
    nowMs += Math.min(10_000, Math.max(200, requeueAfterMs ?? 10_000));
    if (await reached()) return;
  }
  throw new Error('Not reached in 400 passes.');
}

async function newest() {
  const rows = await test.db.select().from(rollout).where(eq(rollout.serviceId, fixture.serviceId));
  return rows.sort((left, right) => left.startedAt.getTime() - right.startedAt.getTime()).at(-1);
}

/** Registers, asks and lets both approvers sign. */
async function approved(): Promise<{ modelVersionId: string; promotionId: string }> {
  const { modelVersionId } = await fixture.version({ by: fixture.as('admin') });
  const asked = await fixture.ask({ serviceId: fixture.serviceId, modelVersionId, plan });
  await approvePromotion(fixture.as('approver'), asked);
  await approvePromotion(fixture.as('secondApprover'), asked);
  return { modelVersionId, promotionId: asked.promotionId };
}

/** Drives until the rollout of this promotion has ended. */
async function ended(promotionId: string) {
  await drive(async () => {
    const row = await newest();
    return row?.promotionId === promotionId && endedPhases.includes(row.phase);
  });
  const row = await newest();
  if (row === undefined) throw new Error('There is no rollout.');
  return row;
}

describe('the main job, through the product’s own commands and the worker’s loop', () => {
  it('brings a first revision live, then a second one step by step, and lets operators stop it meanwhile', async () => {
    expect((await ended((await approved()).promotionId)).phase).toBe('succeeded');
    await drive(async () => (await service()).status?.state === 'healthy');
    const { promotionId } = await approved();
    await drive(async () => (await newest())?.phase === 'stepping');
    const rolloutId = (await newest())?.id ?? '';
    await pauseRollout(fixture.as('operator'), { rolloutId });
    await reconcile(hands, fixture.serviceId);
    const paused = await getRollout(fixture.as('viewer'), { rolloutId });
    expect(paused.blockers.map((entry) => entry.code)).toContain('paused');
    await resumeRollout(fixture.as('operator'), { rolloutId });
    expect((await ended(promotionId)).phase).toBe('succeeded');
    expect((await service()).stable?.number).toBe(2);
    const page = await getRollout(fixture.as('viewer'), { rolloutId });
    expect(page.timeline.map((item) => item.action)).toEqual([
      'promotions.request',
      'promotions.approve',
      'promotions.approve',
      'rollouts.start',
      ...Array.from({ length: page.timeline.length - 4 }, () => expect.stringMatching(/^rollouts\./)),
    ]);
  });

  it('charts canary beside stable, and forecasts the next request from the traffic that was measured', async () => {
    const rolloutId = (await newest())?.id ?? '';
    const series = await rolloutSeries(fixture.as('viewer'), { rolloutId });
    expect(series.revisions.map((entry) => [entry.number, entry.role])).toEqual([
      [1, 'stable'],
      [2, 'canary'],
    ]);
    for (const entry of series.revisions) expect(entry.requestsPerSecond.length).toBeGreaterThan(2);
    const { modelVersionId } = await fixture.version();
    const preview = await previewPromotion(fixture.as('engineer'), {
      serviceId: fixture.serviceId,
      modelVersionId,
      plan,
    });
    expect(preview.change.forecast.requestsPerSecond).toBeGreaterThan(50);
    expect(preview.change.forecast.sentence).toContain('a doubling of the error share');
  });

  it('sends traffic back from a version that answers errors', async () => {
    const { modelVersionId, promotionId } = await approved();
    const { serviceId } = fixture;
    const change = { subject: 'modelVersion' as const, modelVersionId, behaviour: { errorShare: 0.5 } };
    await setFault(fixture.as('operator'), { serviceId, change });
    const row = await ended(promotionId);
    expect([row.phase, (row.failure as { code: string } | null)?.code]).toEqual([
      'rolledBack',
      'analysisFailed',
    ]);
    expect((await service()).stable?.number).toBe(2);
  });

  it('rolls back at rest to the revision before, without approval', async () => {
    const { rolloutId } = await rollBack(fixture.as('operator'), { serviceId: fixture.serviceId });
    await drive(async () => endedPhases.includes((await newest())?.phase ?? 'starting'));
    const page = await getRollout(fixture.as('viewer'), { rolloutId });
    expect([page.phase, page.to.number, page.promotionId]).toEqual(['succeeded', 1, null]);
    expect((await service()).stable?.number).toBe(1);
  });
});

async function service() {
  return await getService(fixture.as('viewer'), { serviceId: fixture.serviceId });
}
