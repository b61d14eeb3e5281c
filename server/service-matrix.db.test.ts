import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { service } from '../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../db/test-database.ts';
import { moveEnvironment } from './environments/order.ts';
import { requestPromotion } from './promotions/request.ts';
import { serviceMatrix } from './services/matrix.ts';
import { ProjectFixture, refusalOf, twoApprovers } from './test-fixture.ts';

let test: TestDatabase;
let fixture: ProjectFixture;

beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.drop());

async function fresh(): Promise<void> {
  fixture = await ProjectFixture.create(test.db);
  await moveEnvironment(fixture.as('admin'), { environmentId: fixture.stagingId, direction: 'earlier' });
}

const read = async (who: 'engineer' | 'viewer' = 'engineer', part = {}) =>
  await serviceMatrix(fixture.as(who), { projectId: fixture.projectId, ...part });

async function scoring(who: 'engineer' | 'viewer' = 'engineer') {
  const row = (await read(who)).rows.find((each) => each.name === 'scoring');
  const of = (environmentId: string) => row?.cells.find((cell) => cell.environmentId === environmentId);
  return { staging: of(fixture.stagingId), production: of(fixture.productionId) };
}

/** The command's own answer to what the cell offers. */
async function asked() {
  const { staging } = await scoring();
  const modelVersionId = staging?.stable?.modelVersionId ?? '';
  return await refusalOf(
    requestPromotion(fixture.as('engineer'), { serviceId: fixture.serviceId, modelVersionId }),
  );
}

const offered = async () => (await scoring()).staging?.promote[0]?.refusal ?? null;

describe('the matrix', () => {
  it('has one row for the services of one name, in the order of the environments, and says what is not there', async () => {
    await fresh();
    await fixture.service('only-staging', fixture.stagingId);
    const matrix = await read('viewer');
    expect(matrix.environments.map(({ name }) => name)).toEqual(['staging', 'production']);
    expect(matrix.rows.map(({ name, cells }) => [name, cells.map((cell) => cell.environmentId)])).toEqual([
      ['only-staging', [fixture.stagingId]],
      ['scoring', [fixture.stagingId, fixture.productionId]],
    ]);
    expect(matrix.rows[1]?.cells[0]).toMatchObject({
      serviceId: fixture.stagingServiceId,
      mode: 'managed',
      state: null,
      stable: null,
      rollout: null,
      behind: { newest: 0, previous: null },
      promote: [],
    });
  });

  it('shows the version, since when it serves and how far it is behind the newest and the environment before', async () => {
    await fresh();
    const before = Date.now();
    await fixture.live(fixture.serviceId);
    await fixture.live();
    await fixture.version();
    await fixture.version();
    const { staging, production } = await scoring();
    expect(staging).toMatchObject({
      stable: { modelName: 'fraud-detector', versionNumber: 2, number: 1 },
      behind: { newest: 2, previous: null },
    });
    expect(production).toMatchObject({ stable: { versionNumber: 1 }, behind: { newest: 3, previous: 1 } });
    expect(staging?.servesSince?.getTime()).toBeGreaterThanOrEqual(before);
    expect(production?.promote).toEqual([]);
  });

  it('shows both versions with their weights while a rollout is under way', async () => {
    await fresh();
    await fixture.live();
    const { promotionId } = await fixture.request(fixture.stagingServiceId);
    const rolloutId = await fixture.startRollout(promotionId);
    expect((await scoring()).staging).toMatchObject({
      stable: { versionNumber: 1 },
      rollout: { id: rolloutId, to: { versionNumber: 2 }, weightPercent: 5, paused: false, held: false },
    });
  });

  it('offers the next environment, and its no is the command’s own', async () => {
    await fresh();
    await fixture.live();
    const { staging } = await scoring();
    expect(staging?.promote).toEqual([
      { environmentId: fixture.productionId, serviceId: fixture.serviceId, refusal: null },
    ]);
    expect((await scoring('viewer')).staging?.promote[0]?.refusal?.code).toBe('forbidden');

    await fixture.revise({ ...twoApprovers, requiresPassingEvidence: true });
    expect(await offered()).toMatchObject({ code: 'evidenceMissing' });
    expect(await offered()).toEqual(await asked());
    const modelVersionId = staging?.stable?.modelVersionId ?? '';
    await fixture.evidence(modelVersionId, 0.5);
    expect(await offered()).toMatchObject({ code: 'evidenceFailed' });
    expect(await offered()).toEqual(await asked());
    await fixture.evidence(modelVersionId, 0.95);
    expect(await offered()).toBeNull();

    const { promotionId } = await fixture.ask({ serviceId: fixture.serviceId, modelVersionId });
    expect(await offered()).toMatchObject({ code: 'conflict', params: { promotionId } });
    expect(await offered()).toEqual(await asked());
    const rolloutId = await fixture.startRollout(promotionId);
    expect(await offered()).toMatchObject({ code: 'alreadyLive', params: { rolloutId } });
    expect(await offered()).toEqual(await asked());
    await fixture.finishRollout(rolloutId);
    expect(await offered()).toMatchObject({ code: 'alreadyLive', params: { revisionNumber: 1 } });
    expect(await offered()).toEqual(await asked());
  });

  it('says so where there is no such service, the service is watched, or the policy can be met by nobody', async () => {
    await fresh();
    await fixture.live();
    const lone = await fixture.service('lone', fixture.stagingId);
    await fixture.live(lone);
    const row = (await read()).rows.find((each) => each.name === 'lone');
    expect(row?.cells[0]?.promote).toMatchObject([
      { serviceId: null, refusal: { code: 'serviceMissing', params: { environment: 'production' } } },
    ]);
    const { modelVersionId } = await fixture.version({ by: fixture.as('secondApprover') });
    const { promotionId } = await fixture.ask({ serviceId: fixture.stagingServiceId, modelVersionId });
    await fixture.finishRollout(await fixture.startRollout(promotionId));
    expect(await offered()).toMatchObject({ code: 'policyUnsatisfiable' });
    expect(await offered()).toEqual(await asked());
    await test.db.update(service).set({ mode: 'watched' }).where(eq(service.id, fixture.serviceId));
    expect(await offered()).toMatchObject({ code: 'wrongState' });
    expect(await offered()).toEqual(await asked());
  });

  it('is searched by service and by model, paged, and kept to the services that run a model', async () => {
    await fresh();
    await fixture.live();
    for (const name of ['alpha', 'beta', 'gamma']) await fixture.service(name, fixture.stagingId);
    const names = async (part: object) => (await read('viewer', part)).rows.map((row) => row.name);
    expect(await names({ search: 'ALPH' })).toEqual(['alpha']);
    expect(await names({ search: 'fraud-det' })).toEqual(['scoring']);
    expect(await names({ search: '100%' })).toEqual([]);
    expect(await names({ modelName: 'fraud-detector' })).toEqual(['scoring']);
    expect(await names({ modelName: 'other' })).toEqual([]);
    expect(await names({ pageSize: 2, page: 2 })).toEqual(['gamma', 'scoring']);
    expect((await read('viewer', { pageSize: 2 })).total).toBe(4);
    const ofModel = (await read('viewer', { modelName: 'fraud-detector' })).rows[0];
    expect(ofModel?.cells).toHaveLength(2);
  });

  it('asks the database no more often for many services than for few', async () => {
    await fresh();
    await fixture.live();
    await fixture.live(fixture.serviceId);
    const { db } = test;
    const original = db.$client.query.bind(db.$client);
    const count = async () => {
      let asks = 0;
      Object.assign(db.$client, {
        query: (...args: Parameters<typeof original>) => {
          asks += 1;
          return original(...args);
        },
      });
      await read();
      Object.assign(db.$client, { query: original });
      return asks;
    };
    const few = await count();
    for (let index = 0; index < 8; index += 1) {
      const name = `more-${index}`;
      await fixture.live(await fixture.service(name, fixture.stagingId));
      await fixture.live(await fixture.service(name, fixture.productionId));
    }
    expect(few).toBeGreaterThan(5);
    expect(await count()).toBe(few);
  });

  it('is not found in other projects', async () => {
    const other = await ProjectFixture.create(test.db);
    const call = serviceMatrix(other.as('admin'), { projectId: fixture.projectId });
    expect((await refusalOf(call)).code).toBe('notFound');
  });
});
