import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { cluster } from '../../db/schema/environments.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { getSandbox } from './get.ts';
import { setFault } from './set-fault.ts';

let test: TestDatabase;
let fixture: ProjectFixture;

beforeAll(async () => {
  test = await testDatabase();
});
beforeEach(async () => {
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());

it('a version that is told to answer errors does so from then on, with audit', async () => {
  const { modelVersionId } = await fixture.request(fixture.stagingServiceId);
  const serviceId = fixture.stagingServiceId;
  const told = await setFault(fixture.as('operator'), {
    serviceId,
    change: { subject: 'modelVersion', modelVersionId, behaviour: { errorShare: 0.3 } },
  });
  expect(told.subject).toBe(`modelVersion:${modelVersionId}`);
  const page = await getSandbox(fixture.as('viewer'), { serviceId });
  expect(page.versions[0]).toMatchObject({ modelVersionId, behaviour: { errorShare: 0.3, fault: 'none' } });
  expect((await fixture.auditOf(told.subject)).map((entry) => entry.action)).toEqual(['sandbox.setFault']);
});

it('nothing is simulated on a real cluster', async () => {
  await test.db.update(cluster).set({ kind: 'kubernetes' }).where(eq(cluster.id, fixture.clusterId));
  const { serviceId } = fixture;
  const change = { subject: 'service' as const, serviceId, behaviour: { requestsPerSecond: 1 } };
  expect((await refusalOf(setFault(fixture.as('operator'), { serviceId, change }))).code).toBe('wrongState');
  expect((await getSandbox(fixture.as('operator'), { serviceId })).refusals.setFault?.code).toBe(
    'wrongState',
  );
});

it('viewers tell nothing, and other projects’ services and versions are not found', async () => {
  const { serviceId } = fixture;
  const change = { subject: 'service' as const, serviceId, behaviour: { requestsPerSecond: 1 } };
  expect((await refusalOf(setFault(fixture.as('viewer'), { serviceId, change }))).code).toBe('forbidden');
  const other = await ProjectFixture.create(test.db);
  expect((await refusalOf(setFault(other.as('operator'), { serviceId, change }))).code).toBe('notFound');
  const theirs = { serviceId: other.serviceId, change };
  expect((await refusalOf(setFault(other.as('operator'), theirs))).code).toBe('notFound');
  const { modelVersionId } = await fixture.version();
  const version = { subject: 'modelVersion' as const, modelVersionId, behaviour: { errorShare: 1 } };
  const foreign = setFault(other.as('operator'), { serviceId: other.serviceId, change: version });
  expect((await refusalOf(foreign)).code).toBe('notFound');
});
