import { and, asc, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serviceAlert } from '../../db/schema/alerts.ts';
import { auditDetail, auditEntry } from '../../db/schema/audit.ts';
import { notice } from '../../db/schema/notices.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { metricInterval, service } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { bakeOutcomeSchema } from '../../domain/bake.ts';
import type { NoticeKind } from '../../domain/notice.ts';
import { systemPrincipal } from '../../domain/principal.ts';
import { type RolloutPlan, rolloutPlanSchema } from '../../domain/rollout-plan.ts';
import { type Hands, reconcile } from './reconcile.ts';
import { ReconcilerWorld, Stopped } from './reconciler-fixture.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const minuteMs = 60_000;

/** One rail and no comparison, so that after 100 % nothing but the rail can lead back. */
function planOf(bakeMs: number): RolloutPlan {
  return rolloutPlanSchema.parse({
    schema: 1,
    steps: [{ weightPercent: 100, minimumMs: 10_000, deadlineMs: 120_000, minimumSamples: 20 }],
    checks: [{ kind: 'threshold', id: 'rail', of: 'errors', max: 0.1, minimumSamples: 50 }],
    alpha: 0.05,
    intervalMs: 10_000,
    onDeadline: 'hold',
    progressDeadlineMs: minuteMs,
    scaleDownDelayMs: 10_000,
    bakeMs,
  });
}

/** A service whose revision 2 took all traffic without harm, and whose revision 1 is scaled away. */
async function full(bakeMs: number): Promise<{ world: ReconcilerWorld; hands: Hands; firstId: string }> {
  const world = await ReconcilerWorld.create(database.db, { plan: planOf(bakeMs) });
  const hands = await world.hands('worker');
  await world.approve();
  const { id } = await world.drive(hands, (row) => row.phase === 'succeeded');
  for (let count = 0; count < 4; count += 1) await world.pass(hands);
  expect(await numbersOf(hands, world)).toEqual([2]);
  return { world, hands, firstId: id };
}

async function turnBad(world: ReconcilerWorld, errorShare = 0.4): Promise<void> {
  const modelVersionId = world.versionIds[1];
  await world.tell({ subject: 'modelVersion', modelVersionId, behaviour: { errorShare } });
}

async function numbersOf(hands: Hands, world: ReconcilerWorld): Promise<number[]> {
  return (await hands.cluster.observe(world.scope)).revisions.map((revision) => revision.number);
}

async function passes(world: ReconcilerWorld, hands: Hands, forMs: number): Promise<void> {
  const end = world.nowMs + forMs;
  while (world.nowMs < end) await world.pass(hands, 30_000);
}

async function rollouts(world: ReconcilerWorld) {
  return await database.db
    .select()
    .from(rollout)
    .where(eq(rollout.serviceId, world.serviceId))
    .orderBy(asc(rollout.startedAt), asc(rollout.id));
}

async function alerts(world: ReconcilerWorld) {
  return await database.db.select().from(serviceAlert).where(eq(serviceAlert.serviceId, world.serviceId));
}

async function noticesOf(world: ReconcilerWorld, kind: NoticeKind) {
  return await database.db
    .select()
    .from(notice)
    .where(and(eq(notice.serviceId, world.serviceId), eq(notice.kind, kind)))
    .orderBy(asc(notice.id));
}

async function told(world: ReconcilerWorld, action: string) {
  const rows = await database.db
    .select({ sentence: auditDetail.sentence, actorId: auditEntry.actorId, action: auditEntry.action })
    .from(auditDetail)
    .innerJoin(auditEntry, and(eq(auditEntry.chain, auditDetail.chain), eq(auditEntry.seq, auditDetail.seq)))
    .where(eq(auditEntry.chain, `project:${world.projectId}`))
    .orderBy(asc(auditDetail.seq));
  return rows.filter((row) => row.action === action);
}

describe('inside the bake time', () => {
  it('a broken rail brings the scaled-away revision back, ready before it takes traffic, and says why with figures', async () => {
    const { world, hands, firstId } = await full(60 * minuteMs);
    await passes(world, hands, 5 * minuteMs);
    await turnBad(world);
    const back = await world.drive(hands, (row) => row.id !== firstId);
    expect(back).toMatchObject({
      promotionId: null,
      startedBy: systemPrincipal.id,
      fromRevisionId: world.revisionIds[1],
      toRevisionId: world.revisionIds[0],
    });
    const done = await world.drive(hands, (row) => row.endedAt !== null);
    expect(done.phase).toBe('succeeded');
    const observed = await hands.cluster.observe(world.scope);
    expect(observed.route.requested).toEqual({ 1: 100 });
    const [first] = await rollouts(world);
    const outcome = bakeOutcomeSchema.parse(first?.bakeOutcome);
    expect(outcome.rolloutId).toBe(back.id);
    expect(outcome.failure.message).toMatch(
      /^Rail broken: \d+ % of [\d,]+ requests in .* had errors, above 10 %\.$/,
    );
    const [entry] = await told(world, 'rollouts.rollBack');
    expect(entry?.actorId).toBe(systemPrincipal.id);
    expect(entry?.sentence).toMatch(/after 100 %\. Rail broken: .*requests.*above 10 %/);
    expect(await noticesOf(world, 'railBroken')).toMatchObject([
      { severity: 'high', params: { revision: 2, rollsBack: true }, endedAt: null },
    ]);
    // What serves again holds its rail, so what was told is over.
    await passes(world, hands, 15 * minuteMs);
    expect(await alerts(world)).toMatchObject([{ key: 'rail', endedAt: expect.any(Date) }]);
    expect(await noticesOf(world, 'railBroken')).toMatchObject([{ endedAt: expect.any(Date) }]);
  });

  it('never sends a share to the old revision before it is ready', async () => {
    const { world, hands, firstId } = await full(60 * minuteMs);
    await turnBad(world);
    await world.drive(hands, (row) => row.id !== firstId);
    for (let count = 0; count < 40; count += 1) {
      const observed = await hands.cluster.observe(world.scope);
      const one = observed.revisions.find((revision) => revision.number === 1);
      if ((observed.route.requested[1] ?? 0) > 0) expect(one?.ready).toBe(true);
      await world.pass(hands, 1_000);
    }
    expect((await hands.cluster.observe(world.scope)).route.requested).toEqual({ 1: 100 });
  });

  it('leads back once: neither the roll back nor a failed one starts another', async () => {
    const { world, hands, firstId } = await full(60 * minuteMs);
    await turnBad(world);
    await world.drive(hands, (row) => row.id !== firstId && row.endedAt !== null);
    await passes(world, hands, 20 * minuteMs);
    expect(await rollouts(world)).toHaveLength(2);
  });

  it('does not try again when a person aborted the roll back, but alerts', async () => {
    const { world, hands, firstId } = await full(60 * minuteMs);
    await turnBad(world);
    const back = await world.drive(hands, (row) => row.id !== firstId);
    await database.db.update(rollout).set({ goal: 'abort', generation: 2 }).where(eq(rollout.id, back.id));
    await world.drive(hands, (row) => row.id === back.id && row.endedAt !== null);
    await passes(world, hands, 10 * minuteMs);
    expect(await rollouts(world)).toHaveLength(2);
    expect(await alerts(world)).toMatchObject([{ kind: 'railBroken', key: 'rail', endedAt: null }]);
  });

  it('does nothing without evidence: a silent source neither rolls back nor alerts', async () => {
    const { world, hands } = await full(60 * minuteMs);
    await turnBad(world);
    await world.tell({ subject: 'cluster', behaviour: { fault: 'metricsUnreachable' } });
    await passes(world, hands, 10 * minuteMs);
    expect(await rollouts(world)).toHaveLength(1);
    expect(await alerts(world)).toEqual([]);
  });

  it('writes nothing when somebody changed what is wanted after the pass had read it', async () => {
    const { world, hands, firstId } = await full(60 * minuteMs);
    await turnBad(world);
    world.nowMs += 30_000;
    const cluster: Hands['cluster'] = {
      ...hands.cluster,
      observe: async (scope) => {
        await database.db
          .update(service)
          .set({ generation: sql`${service.generation} + 1` })
          .where(eq(service.id, world.serviceId));
        return await hands.cluster.observe(scope);
      },
    };
    await reconcile({ ...hands, cluster }, world.serviceId);
    expect(await rollouts(world)).toHaveLength(1);
    // The next pass reads the new intent, and decides on that.
    await world.drive(hands, (row) => row.id !== firstId);
  });

  it('ends the same when the worker is killed after any write', async () => {
    const run = async (stopAfter: number | null) => {
      const { world, firstId } = await full(60 * minuteMs);
      await turnBad(world);
      let writes = 0;
      let hands = await world.hands('first', () => {
        writes += 1;
        if (writes === stopAfter) throw new Stopped();
      });
      for (let count = 0; count < 60; count += 1) {
        try {
          await reconcile(hands, world.serviceId);
        } catch (error) {
          if (!(error instanceof Stopped)) throw error;
          hands = await world.hands('second');
          await reconcile(hands, world.serviceId);
        }
        world.nowMs += 5_000;
        const rows = await rollouts(world);
        if (
          rows.at(-1)?.id !== firstId &&
          rows.at(-1)?.endedAt !== null &&
          (await numbersOf(hands, world)).length === 1
        )
          break;
      }
      const rows = await rollouts(world);
      const sentences = (await told(world, 'rollouts.rollBack')).map((entry) => entry.sentence);
      return {
        writes,
        left: {
          phases: rows.map((row) => row.phase),
          outcomes: rows.map((row) => row.bakeOutcome !== null),
          sentences,
          route: (await hands.cluster.observe(world.scope)).route.requested,
          numbers: await numbersOf(hands, world),
          alerts: (await alerts(world)).length,
        },
      };
    };
    const whole = await run(null);
    expect(whole.left).toMatchObject({ phases: ['succeeded', 'succeeded'], route: { 1: 100 }, numbers: [1] });
    expect(whole.left.sentences).toHaveLength(1);
    expect(whole.writes).toBeGreaterThan(10);
    for (let stopAfter = 1; stopAfter <= whole.writes; stopAfter += 1)
      expect((await run(stopAfter)).left, `stopped after write ${stopAfter}`).toEqual(whole.left);
  }, 300_000);
});

describe('after the bake time', () => {
  it('a broken rail alerts once, does not roll back, and is over once when it has held again', async () => {
    const { world, hands } = await full(5 * minuteMs);
    await passes(world, hands, 6 * minuteMs);
    await turnBad(world);
    await passes(world, hands, 20 * minuteMs);
    expect(await rollouts(world)).toHaveLength(1);
    expect(await alerts(world)).toMatchObject([
      { kind: 'railBroken', key: 'rail', severity: 'high', endedAt: null, calmSince: null },
    ]);
    expect(await told(world, 'services.alert')).toHaveLength(1);
    expect(await noticesOf(world, 'railBroken')).toMatchObject([
      { severity: 'high', params: { revision: 2, rollsBack: false }, endedAt: null },
    ]);
    await turnBad(world, 0.001);
    await passes(world, hands, 20 * minuteMs);
    const [alert] = await alerts(world);
    expect(alert?.endedAt).not.toBeNull();
    const sentences = (await told(world, 'services.alert')).map((entry) => entry.sentence);
    expect(sentences).toHaveLength(2);
    expect(sentences[0]).toMatch(/^alerted about fraud: Rail broken: .* had errors, above 10 %\.$/);
    expect(sentences[1]).toMatch(/^saw the end of an alert on fraud: The rail holds: /);
    expect(await noticesOf(world, 'railBroken')).toMatchObject([{ endedAt: expect.any(Date) }]);
  });

  it('with a bake time of 0 never rolls back', async () => {
    const { world, hands } = await full(0);
    await turnBad(world);
    await passes(world, hands, 10 * minuteMs);
    expect(await rollouts(world)).toHaveLength(1);
    expect(await alerts(world)).toHaveLength(1);
  });
});

describe('at rest', () => {
  it('in and after the bake time nothing is written but counts', async () => {
    const { world } = await full(5 * minuteMs);
    const writes: string[] = [];
    const hands = await world.hands('resting', (what) => writes.push(what));
    await passes(world, hands, 10 * minuteMs);
    expect(new Set(writes)).toEqual(new Set(['intervals', 'status']));
    const rows = await database.db
      .select()
      .from(metricInterval)
      .where(eq(metricInterval.serviceId, world.serviceId));
    expect(rows.length).toBeGreaterThan(60);
  });
});
