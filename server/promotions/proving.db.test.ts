import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { healthInterval, roleInterval, service } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { newId } from '../id.ts';
import { ProjectFixture, refusalOf, twoApprovers } from '../test-fixture.ts';
import { approvePromotion } from './decide.ts';
import { getPromotion } from './get.ts';
import { listPromotions } from './list.ts';
import { previewPromotion } from './preview.ts';

let test: TestDatabase;
let fixture: ProjectFixture;

beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.drop());

const hourMs = 3_600_000;
const inStaging = { ...twoApprovers, provenIn: [{ environment: 'staging', healthyMs: 2 * hourMs }] };

async function fresh(): Promise<void> {
  fixture = await ProjectFixture.create(test.db);
  await fixture.revise(inStaging);
}

/** Does what the worker does: the staging service was looked at just now and has been healthy for so long. */
async function healthyFor(ms: number, serviceId = fixture.stagingServiceId): Promise<void> {
  const [now, from] = [new Date(), new Date(Date.now() - ms)];
  const { projectId } = fixture;
  await test.db.delete(healthInterval).where(eq(healthInterval.serviceId, serviceId));
  await test.db.update(service).set({ lookedAt: now }).where(eq(service.id, serviceId));
  await test.db.update(roleInterval).set({ fromAt: from }).where(eq(roleInterval.serviceId, serviceId));
  await test.db
    .insert(healthInterval)
    .values({ id: newId(), projectId, serviceId, health: 'healthy', fromAt: from });
}

const preview = async (modelVersionId: string) =>
  await previewPromotion(fixture.as('engineer'), { serviceId: fixture.serviceId, modelVersionId });
const decision = async (promotionId: string) => await getPromotion(fixture.as('viewer'), { promotionId });

describe('a request whose policy asks for a healthy time first', () => {
  it('may be sent before the time is over, and shows from the first look on how far it is', async () => {
    await fresh();
    const { modelVersionId } = await fixture.live();
    await healthyFor(hourMs);
    const shown = await preview(modelVersionId);
    expect(shown.refusals).toEqual([]);
    expect(shown.proofs).toMatchObject([{ environment: 'staging', state: 'counting' }]);
    expect(shown.proofs[0]?.soFarMs).toBeGreaterThanOrEqual(hourMs);
    expect(shown.blockers).toMatchObject([{ code: 'healthyTimeMissing' }]);
    const asked = await fixture.ask({ serviceId: fixture.serviceId, modelVersionId });
    const { blockers, proofs } = await decision(asked.promotionId);
    expect(blockers.map(({ code }) => code)).toEqual(['approvalsMissing', 'healthyTimeMissing']);
    expect(blockers[1]?.until).toBe(proofs[0]?.doneAt?.toISOString());
  });

  it('waits with that blocker alone once it is signed, and for nothing of it when the time is over', async () => {
    await fresh();
    const { modelVersionId } = await fixture.live();
    await healthyFor(hourMs);
    const asked = await fixture.ask({ serviceId: fixture.serviceId, modelVersionId });
    for (const who of ['approver', 'secondApprover'] as const) await approvePromotion(fixture.as(who), asked);
    expect((await decision(asked.promotionId)).blockers).toMatchObject([{ code: 'healthyTimeMissing' }]);
    await healthyFor(3 * hourMs);
    const met = await decision(asked.promotionId);
    expect(met.proofs).toMatchObject([{ state: 'met' }]);
    expect(met.blockers).toMatchObject([{ code: 'waitingForCluster' }]);
    await fixture.startRollout(asked.promotionId);
    expect((await decision(asked.promotionId)).proofs).toEqual([]);
  });

  it('judges exactly the version that is asked for', async () => {
    await fresh();
    await fixture.live();
    await healthyFor(3 * hourMs);
    const other = await fixture.version({ by: fixture.as('admin') });
    expect((await preview(other.modelVersionId)).blockers).toMatchObject([
      {
        code: 'healthyTimeMissing',
        message: expect.stringContaining('it was never at 100 % there'),
        fix: 'Promote it to scoring in staging.',
      },
    ]);
  });

  it('is refused where the environment has no service of that name', async () => {
    await fresh();
    const { modelVersionId } = await fixture.live();
    await test.db.update(service).set({ name: 'renamed' }).where(eq(service.id, fixture.stagingServiceId));
    const refused = await refusalOf(fixture.ask({ serviceId: fixture.serviceId, modelVersionId }));
    expect(refused).toMatchObject({
      code: 'serviceMissing',
      message: expect.stringContaining('there is no service "scoring" in staging'),
    });
    expect((await preview(modelVersionId)).refusals).toEqual([refused]);
    const { total } = await listPromotions(fixture.as('viewer'), {
      projectId: fixture.projectId,
      filter: 'open',
    });
    expect(total).toBe(0);
  });

  it('takes no account of services of the same name in other projects', async () => {
    await fresh();
    const mine = fixture;
    const { modelVersionId } = await mine.live();
    await fresh();
    await fixture.live();
    await healthyFor(3 * hourMs);
    fixture = mine;
    expect((await preview(modelVersionId)).proofs).toMatchObject([{ state: 'unread' }]);
  });
});
