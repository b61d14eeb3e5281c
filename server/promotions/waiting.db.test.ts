import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { ProjectFixture } from '../test-fixture.ts';
import { getPromotion } from './get.ts';
import { listPromotions } from './list.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());

it('an approved request behind an active rollout says that it waits for it, on its page and in the list, until it ends', async () => {
  const { stagingServiceId: serviceId, projectId } = fixture;
  const first = await fixture.request(serviceId);
  const second = await fixture.request(serviceId);
  expect([first.state, second.state]).toEqual(['approved', 'approved']);
  const rolloutId = await fixture.startRollout(first.promotionId);
  const ofSecond = async () => {
    const viewer = fixture.as('viewer');
    const { rows } = await listPromotions(viewer, { projectId, serviceId });
    const { blockers } = await getPromotion(viewer, { promotionId: second.promotionId });
    return { page: blockers, row: rows.find((row) => row.id === second.promotionId)?.blocker };
  };
  const waiting = { code: 'rolloutActive', params: { rolloutId }, owner: 'operator' };
  expect(await ofSecond()).toMatchObject({ page: [waiting], row: waiting });
  await fixture.finishRollout(rolloutId);
  expect((await ofSecond()).page.map((blocker) => blocker.code)).not.toContain('rolloutActive');
});
