import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { desiredServing } from '../../domain/desired-serving.ts';
import { servingManifests } from '../cluster/manifests.ts';
import { getPromotion } from '../promotions/get.ts';
import { ProjectFixture } from '../test-fixture.ts';
import { loadService } from './load-service.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());

/** What the loop would send to the cluster now, as the decision page prints manifests. */
async function applied(serviceId: string): Promise<string> {
  const loaded = await loadService(test.db, serviceId);
  if (loaded === null) throw new Error('The service is gone.');
  return servingManifests(desiredServing(loaded.serving, null))
    .map((manifest) => stringify(manifest, { lineWidth: 0 }))
    .join('---\n');
}

it('the objects that the decision page shows are, to the letter, those that the loop applies once the revision is live', async () => {
  const { stagingServiceId: serviceId } = fixture;
  const first = await fixture.live(serviceId);
  const shown = async (promotionId: string) =>
    (await getPromotion(fixture.as('approver'), { promotionId })).change.yaml;
  expect((await shown(first.promotionId)).after).toBe(await applied(serviceId));
  const before = await applied(serviceId);
  const second = await fixture.live(serviceId);
  expect(await shown(second.promotionId)).toEqual({ before, after: await applied(serviceId) });
  expect(await applied(serviceId)).toContain('port: 80\n');
});
