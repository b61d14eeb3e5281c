import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterRequest, environment } from '../../db/schema/environments.ts';
import { service } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { exampleWorkload } from '../../domain/example-workload.ts';
import { type TakeOverPhase, takeOverSchema } from '../../domain/take-over.ts';
import type { TakeOverPlan } from '../../domain/take-over-plan.ts';
import { newId } from '../id.ts';
import { loadRevision } from '../rows/revision-record.ts';
import { adoptServices } from '../services/adopt.ts';
import { getService } from '../services/get.ts';
import { exampleDigest, ProjectFixture, refusalOf } from '../test-fixture.ts';
import { finishTakeOver, giveBack, takeOver } from './commands.ts';

let test: TestDatabase;
let fixture: ProjectFixture;

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());

async function answered(kind: 'discover' | 'takeOver', answer: unknown, ageMinutes = 0): Promise<string> {
  const id = newId();
  const at = sql`clock_timestamp() - ${ageMinutes} * interval '1 minute'`;
  const times = { requestedAt: at, answeredAt: at };
  await test.db
    .insert(clusterRequest)
    .values({ id, clusterId: fixture.clusterId, kind, payload: {}, answer, ...times });
  return id;
}

/** A service that watches a workload of this name. */
async function watched(name: string): Promise<string> {
  const [place] = await test.db.select().from(environment).where(eq(environment.id, fixture.stagingId));
  const workloads = [exampleWorkload(name, exampleDigest(name.length + 70))];
  const rates = { perSecond: {}, sentence: null };
  const look = { schema: 1, namespace: place?.namespace, workloads, routes: [], rates, problems: [] };
  const { answers } = await adoptServices(fixture.as('operator'), {
    environmentId: fixture.stagingId,
    discoveryId: await answered('discover', look),
    items: [{ kind: 'Deployment', name }],
  });
  return answers[0]?.serviceId ?? '';
}

/** What a worker answers about a service. */
async function planned(
  serviceId: string,
  change: Partial<TakeOverPlan> = {},
  ageMinutes = 0,
): Promise<string> {
  const [row] = await test.db.select().from(service).where(eq(service.id, serviceId));
  const { specDigest } = await loadRevision(test.db, row?.stableRevisionId ?? '');
  const backendRefs = [{ name: 'old', port: 80 }];
  const plan: TakeOverPlan = {
    schema: 1,
    serviceId,
    revisionNumber: 1,
    specDigest,
    path: {
      workload: { name: 'old', uid: 'u' },
      backends: [{ name: 'old', port: 80 }],
      selectorKeys: ['app'],
      routes: [{ name: 'scores', uid: 'r', rules: [{ index: 0, backendRefs }] }],
    },
    foundReplicas: 2,
    refusals: [],
    missingRights: [],
    dryRun: [],
    creates: [],
    edits: [],
    notes: [],
    ...change,
  };
  return await answered('takeOver', plan, ageMinutes);
}

async function inPhase(serviceId: string, phase: TakeOverPhase): Promise<void> {
  const [row] = await test.db.select().from(service).where(eq(service.id, serviceId));
  const next = { ...takeOverSchema.parse(row?.takeOver), phase };
  await test.db.update(service).set({ takeOver: next }).where(eq(service.id, serviceId));
}

describe('services.takeOver', () => {
  it('begins exactly what the plan showed, on record with what was found', async () => {
    const serviceId = await watched('begins');
    const planId = await planned(serviceId);
    const answer = await takeOver(fixture.as('operator'), { serviceId, planId });
    expect(answer.generation).toBe(2);
    const found = await getService(fixture.as('operator'), { serviceId });
    expect(found.mode).toBe('managed');
    expect(found.takeOver).toMatchObject({ phase: 'creating', foundReplicas: 2 });
    expect(found.refusals.giveBack).toBeNull();
    expect(found.refusals.finishTakeOver?.code).toBe('wrongState');
    expect(found.refusals.planTakeOver?.code).toBe('wrongState');
    const entry = (await fixture.auditOf(serviceId)).at(-1);
    expect(entry?.action).toBe('services.takeOver');
    const again = await refusalOf(takeOver(fixture.as('operator'), { serviceId, planId }));
    expect(again.code).toBe('wrongState');
  });

  it.each<{ title: string; change: Partial<TakeOverPlan>; ageMinutes?: number; says: RegExp }>([
    {
      title: 'a token that may only read, naming the verbs',
      change: { missingRights: ['patch httproutes.gateway.networking.k8s.io'] },
      says: /also needs: patch httproutes\.gateway\.networking\.k8s\.io/,
    },
    { title: 'nothing that could be edited', change: { path: null }, says: /No route that could be edited/ },
    {
      title: 'a plan of another spec',
      change: { specDigest: exampleDigest(1) },
      says: /not the present one/,
    },
    { title: 'a plan of another service', change: { serviceId: newId() }, says: /not the present one/ },
    { title: 'an old plan', change: {}, ageMinutes: 20, says: /not the present one/ },
  ])('refuses $title', async ({ title, change, ageMinutes = 0, says }) => {
    const serviceId = await watched(`r-${title.length}`);
    const planId = await planned(serviceId, change, ageMinutes);
    const found = await refusalOf(takeOver(fixture.as('operator'), { serviceId, planId }));
    expect(found.message).toMatch(says);
    expect((await getService(fixture.as('viewer'), { serviceId })).mode).toBe('watched');
  });

  it('refuses viewers, and knows nothing for people of no membership', async () => {
    const serviceId = await watched('viewers');
    const planId = await planned(serviceId);
    expect((await refusalOf(takeOver(fixture.as('viewer'), { serviceId, planId }))).code).toBe('forbidden');
    expect((await refusalOf(takeOver(fixture.as('stranger'), { serviceId, planId }))).code).toBe('notFound');
  });
});

describe('services.finishTakeOver and services.giveBack', () => {
  it('leave the found workload alone without consent and remember it with consent', async () => {
    const serviceId = await watched('consent');
    await takeOver(fixture.as('operator'), { serviceId, planId: await planned(serviceId) });
    const early = await refusalOf(finishTakeOver(fixture.as('operator'), { serviceId, scaleToZero: true }));
    expect(early.code).toBe('wrongState');
    await inPhase(serviceId, 'serving');
    await finishTakeOver(fixture.as('operator'), { serviceId, scaleToZero: true });
    const finishing = await getService(fixture.as('viewer'), { serviceId });
    expect(finishing.takeOver).toMatchObject({ phase: 'finishing', scalesFoundToZero: true });
    await giveBack(fixture.as('operator'), { serviceId });
    const returning = await getService(fixture.as('operator'), { serviceId });
    expect(returning.takeOver).toMatchObject({ phase: 'returning', scalesFoundToZero: true });
    expect(returning.refusals.giveBack?.message).toBe('Not now: it is being given back.');
    expect((await fixture.auditOf(serviceId)).map(({ action }) => action).slice(-3)).toEqual([
      'services.takeOver',
      'services.finishTakeOver',
      'services.giveBack',
    ]);
  });

  it('refuse a service that Fairlead made, viewers and strangers', async () => {
    const { stagingServiceId: serviceId } = fixture;
    expect((await refusalOf(giveBack(fixture.as('operator'), { serviceId }))).message).toMatch(
      /not taken over/,
    );
    expect((await refusalOf(giveBack(fixture.as('viewer'), { serviceId }))).code).toBe('forbidden');
    const finish = { serviceId, scaleToZero: false };
    expect((await refusalOf(finishTakeOver(fixture.as('viewer'), finish))).code).toBe('forbidden');
    expect((await refusalOf(finishTakeOver(fixture.as('stranger'), finish))).code).toBe('notFound');
  });
});
