import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { transaction } from '../../db/client.ts';
import { environment } from '../../db/schema/environments.ts';
import { promotion } from '../../db/schema/promotions.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { openPolicy } from '../../domain/policy.ts';
import { rolloutPlanSchema } from '../../domain/rollout-plan.ts';
import { previewPromotion } from '../promotions/preview.ts';
import { seeRoom } from '../room-fixture.ts';
import { exampleSpec, ProjectFixture, refusalOf, twoApprovers } from '../test-fixture.ts';
import { startRefusal } from './start-guards.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
const strict = { ...twoApprovers, requiresCheckedBytes: true };
const inImage = { ...exampleSpec, artefact: { kind: 'inImage' as const } };

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());

async function startedNow(promotionId: string) {
  const [row] = await test.db.select().from(promotion).where(eq(promotion.id, promotionId));
  if (row === undefined) throw new Error('There is no such promotion.');
  const { id, plan, ...rest } = row;
  const now = new Date();
  const start = {
    ...rest,
    promotionId: id,
    plan: rolloutPlanSchema.parse(plan),
    policyRules: openPolicy,
    now,
  };
  const places = await test.db.select({ namespace: environment.namespace }).from(environment);
  const namespaces = places.map(({ namespace }) => namespace);
  await seeRoom(test.db, { clusterId: fixture.clusterId, namespaces, now });
  return await transaction(test.db, (tx) => startRefusal(tx, start));
}

it('a policy that refuses what was only declared refuses the request, and lets what is checked pass', async () => {
  await fixture.revise(strict);
  const { modelVersionId } = await fixture.version();
  const { serviceId } = fixture;
  const refused = await refusalOf(fixture.ask({ serviceId, modelVersionId }));
  expect(refused).toMatchObject({ code: 'bytesUnchecked', fix: expect.stringContaining('check image') });
  const shown = await previewPromotion(fixture.as('engineer'), { serviceId, modelVersionId });
  expect([shown.to.byteCheck, shown.refusals.map((one) => one.code)]).toEqual([
    'declaredOnly',
    ['bytesUnchecked'],
  ]);
  const asked = await fixture.ask({ serviceId, modelVersionId, spec: inImage });
  expect(await startedNow(asked.promotionId)).toBeNull();
  await fixture.revise(twoApprovers);
});

it('the start asks again: bytes that were only declared do not start under a policy that refuses them', async () => {
  const { promotionId } = await fixture.request();
  expect(await startedNow(promotionId)).toBeNull();
  await fixture.revise(strict);
  expect(await startedNow(promotionId)).toMatchObject({ code: 'bytesUnchecked' });
});
