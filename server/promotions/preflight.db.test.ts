import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { environment } from '../../db/schema/environments.ts';
import { promotion } from '../../db/schema/promotions.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { exampleHolder, exampleNode } from '../../domain/preflight/example-capacity.ts';
import { seeRoom } from '../room-fixture.ts';
import { ProjectFixture } from '../test-fixture.ts';
import { getPromotion } from './get.ts';
import { previewPromotion } from './preview.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());

async function see(freeGpus: number): Promise<void> {
  const places = await test.db.select({ namespace: environment.namespace }).from(environment);
  await seeRoom(test.db, {
    clusterId: fixture.clusterId,
    namespaces: places.map(({ namespace }) => namespace),
    now: new Date(),
    cluster: {
      nodes: { kind: 'read', value: [exampleNode('a', { freeGpus })] },
      holders: { kind: 'read', value: [exampleHolder('secret-project', 4, { namespace: 'foreign' })] },
    },
  });
}

it('who asks and who signs see the same preflight: GPUs over the plan, each check, and no date at a size that never fits', async () => {
  const { promotionId } = await fixture.request();
  const { preflight: unseen } = await getPromotion(fixture.as('approver'), { promotionId });
  expect(unseen).toMatchObject({ observedAt: null, isFresh: false, peakGpus: 2 });
  await see(4);
  const { preflight: fits } = await getPromotion(fixture.as('viewer'), { promotionId });
  expect(fits).toMatchObject({ verdict: 'PASS', isFresh: true, fit: null, cost: { extra: null } });
  expect(fits?.parts[0]).toMatchObject({ phase: 'starting', gpus: 2 });
  await see(1);
  const { preflight: short } = await getPromotion(fixture.as('approver'), { promotionId });
  expect(short).toMatchObject({ verdict: 'FAIL', fit: { kind: 'never' } });
  const { modelVersionId } = await fixture.version();
  const asked = { serviceId: fixture.serviceId, modelVersionId };
  const { preflight: preview } = await previewPromotion(fixture.as('engineer'), asked);
  expect(preview?.checks).toEqual(short?.checks);
});

it('names nobody of another namespace', async () => {
  const { promotionId } = await fixture.request();
  await see(0);
  const { preflight } = await getPromotion(fixture.as('approver'), { promotionId });
  expect(JSON.stringify(preflight)).toContain('other namespaces 4');
  expect(JSON.stringify(preflight)).not.toContain('secret-project');
});

it('shows who waits for the same room in the order in which they go, and who holds it', async () => {
  const { promotionId } = await fixture.request();
  await see(0);
  const other = await ProjectFixture.create(test.db);
  const { promotionId: older } = await fixture.request();
  const outcome = { code: 'unschedulable', message: '', params: {}, fix: null, owner: null, until: null };
  await test.db
    .update(promotion)
    .set({ state: 'approved', outcome, requestedAt: new Date(0) })
    .where(eq(promotion.id, older));
  const { preflight } = await getPromotion(fixture.as('approver'), { promotionId });
  expect(preflight?.queue).toMatchObject({
    entries: [
      { promotionId: older, isThis: false, gpus: 2, waitsFor: ['GPUs'] },
      { promotionId, isThis: true },
    ],
    holders: [{ label: 'other namespaces', gpus: 4 }],
  });
  const { promotionId: foreign } = await other.request();
  const seen = await getPromotion(other.as('approver'), { promotionId: foreign });
  expect(seen.preflight?.queue?.entries).toHaveLength(1);
});
