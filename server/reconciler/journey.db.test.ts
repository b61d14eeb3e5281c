import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transaction } from '../../db/client.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { service } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { ensureSandbox } from '../cluster/sandbox/world-store.ts';
import { createSandboxCluster } from '../cluster/sandbox.ts';
import { createSandboxMetrics } from '../metrics/sandbox.ts';
import { approvePromotion } from '../promotions/decide.ts';
import { getPromotion } from '../promotions/get.ts';
import { abortRollout, continueWithoutEvidence } from '../rollouts/commands.ts';
import { getRollout } from '../rollouts/get.ts';
import { rollBack } from '../rollouts/roll-back.ts';
import { rolloutSeries } from '../rollouts/series.ts';
import { setFault } from '../sandbox/set-fault.ts';
import { getService } from '../services/get.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { AnalysisTotals } from './analysis-totals.ts';
import { ObjectivePace } from './follow-objectives.ts';
import { takeLease } from './lease.ts';
import { type Hands, reconcile } from './reconcile.ts';
import { StartDispersions } from './start-dispersions.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

/** The product's own commands and one worker on a clock that the test moves. */
class Journey {
  readonly fixture: ProjectFixture;
  readonly #hands: Hands;
  readonly #time: { ms: number };

  private constructor(fixture: ProjectFixture, hands: Hands, time: { ms: number }) {
    this.fixture = fixture;
    this.#hands = hands;
    this.#time = time;
  }

  static async begin(): Promise<Journey> {
    const { db } = database;
    const fixture = await ProjectFixture.create(db);
    const { clusterId } = fixture;
    const time = { ms: Date.now() };
    const clock = async () => new Date(time.ms);
    fixture.clock = clock;
    await transaction(db, (tx) => ensureSandbox(tx, { clusterId, seed: 11 }));
    const lease = await takeLease(db, { clusterId, holder: 'worker', leaseMs: 600_000 });
    if (lease === null) throw new Error('The lease could not be taken.');
    const hands: Hands = {
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
    return new Journey(fixture, hands, time);
  }

  async rolloutId(): Promise<string | undefined> {
    const rows = await database.db
      .select({ id: rollout.id })
      .from(rollout)
      .where(eq(rollout.serviceId, this.fixture.serviceId))
      .orderBy(rollout.startedAt, rollout.id);
    return rows.at(-1)?.id;
  }

  /** What the page of the newest rollout shows. */
  async page() {
    const rolloutId = await this.rolloutId();
    return rolloutId === undefined ? null : await getRollout(this.fixture.as('operator'), { rolloutId });
  }

  /** Passes until the page satisfies the test; time moves on by what a pass asks for, at least by `leastMs`. */
  async until(test: (page: NonNullable<Awaited<ReturnType<Journey['page']>>>) => boolean, leastMs = 200) {
    for (let count = 0; count < 400; count += 1) {
      const { requeueAfterMs } = await reconcile(this.#hands, this.fixture.serviceId);
      this.#time.ms += Math.max(leastMs, Math.min(20_000, requeueAfterMs ?? 20_000));
      const page = await this.page();
      if (page !== null && test(page)) return page;
    }
    throw new Error(`Not reached: ${JSON.stringify(await this.page(), null, 1)}`);
  }

  /** Asks for a new version, has both approvers sign, and tells the promotion's id. */
  async promote(): Promise<{ promotionId: string; modelVersionId: string }> {
    const { fixture } = this;
    const { promotionId, subjectDigest, modelVersionId } = await fixture.request();
    await approvePromotion(fixture.as('approver'), { promotionId, subjectDigest });
    const done = await approvePromotion(fixture.as('secondApprover'), { promotionId, subjectDigest });
    expect(done.state).toBe('approved');
    return { promotionId, modelVersionId };
  }
}

describe('from request to stable through the product’s own commands', () => {
  it('leads a first version and a good second one to 100 %, and rolls back to the first on request', async () => {
    const journey = await Journey.begin();
    const { fixture } = journey;
    const { promotionId } = await journey.promote();
    const first = await journey.until((page) => page.endedAt !== null);
    expect(first).toMatchObject({ phase: 'succeeded', promotionId, from: null, to: { number: 1 } });
    expect(first.status?.notes[0]).toMatch(/first revision/);
    expect((await getPromotion(fixture.as('viewer'), { promotionId })).state).toBe('started');

    await journey.promote();
    const middle = await journey.until((page) => page.stepIndex === 1 && page.effectiveAt !== null);
    expect(middle).toMatchObject({ phase: 'stepping', from: { number: 1 }, to: { number: 2 } });
    expect(middle.status?.serving.requested).toEqual({ 1: 75, 2: 25 });
    const second = await journey.until((page) => page.endedAt !== null);
    expect(second).toMatchObject({ phase: 'succeeded', to: { number: 2 } });
    expect(second.timeline.map((entry) => entry.action)).toContain('rollouts.start');
    const series = await rolloutSeries(fixture.as('viewer'), { rolloutId: second.id });
    expect(new Set(series.revisions.map((revision) => revision.number))).toEqual(new Set([1, 2]));
    expect(
      series.revisions.every((revision) => revision.requestsPerSecond.some(([, rate]) => rate !== null)),
    ).toBe(true);

    await rollBack(fixture.as('operator'), { serviceId: fixture.serviceId, reason: 'Customers complain.' });
    const back = await journey.until((page) => page.endedAt !== null);
    expect(back).toMatchObject({
      phase: 'succeeded',
      promotionId: null,
      from: { number: 2 },
      to: { number: 1 },
    });
    const seen = await getService(fixture.as('viewer'), { serviceId: fixture.serviceId });
    expect(seen.stable?.number).toBe(1);
    const [row] = await database.db.select().from(service).where(eq(service.id, fixture.serviceId));
    expect(row?.observedGeneration).toBe(row?.generation);
  });

  it('takes a bad version back by its analysis, and an aborted one at once', async () => {
    const journey = await Journey.begin();
    const { fixture } = journey;
    const { serviceId } = fixture;
    await journey.promote();
    await journey.until((page) => page.endedAt !== null);
    const { modelVersionId } = await journey.promote();
    await setFault(fixture.as('operator'), {
      serviceId,
      change: { subject: 'modelVersion', modelVersionId, behaviour: { errorShare: 0.08 } },
    });
    const bad = await journey.until((page) => page.endedAt !== null);
    expect(bad).toMatchObject({ phase: 'rolledBack', failure: { code: 'analysisFailed' } });

    await journey.promote();
    const running = await journey.until((page) => page.effectiveAt !== null);
    expect(running.refusals.abort).toBeNull();
    await abortRollout(fixture.as('operator'), { rolloutId: running.id, reason: 'Wrong model.' });
    const aborted = await journey.until((page) => page.endedAt !== null);
    expect(aborted.phase).toBe('aborted');
    expect((await getService(fixture.as('viewer'), { serviceId })).stable?.number).toBe(1);
  });

  it('holds a starved step, refuses a continue that is not due, and goes on when an operator gives a reason', async () => {
    const journey = await Journey.begin();
    const { fixture } = journey;
    const { serviceId } = fixture;
    await journey.promote();
    await journey.until((page) => page.endedAt !== null);
    await setFault(fixture.as('operator'), {
      serviceId,
      change: { subject: 'service', serviceId, behaviour: { requestsPerSecond: 0.2 } },
    });
    await journey.promote();
    const early = await journey.until((page) => page.phase === 'stepping');
    const act = { rolloutId: early.id, reason: 'We accept the risk.' };
    expect((await refusalOf(continueWithoutEvidence(fixture.as('operator'), act))).code).toBe('wrongState');
    const held = await journey.until((page) => page.held, 60_000);
    expect(held.blockers[0]).toMatchObject({ code: 'held', owner: 'an operator' });
    await continueWithoutEvidence(fixture.as('operator'), act);
    const went = await journey.until((page) => page.stepIndex === 1);
    expect(went.timeline.some((entry) => /without evidence/.test(entry.sentence ?? ''))).toBe(true);
  });
});
