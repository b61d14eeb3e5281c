import { and, eq, isNull, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterRequest } from '../db/schema/environments.ts';
import { modelVersion } from '../db/schema/models.ts';
import { roleInterval, service } from '../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../db/test-database.ts';
import { exampleWorkload } from '../domain/example-workload.ts';
import type { Workload } from '../domain/workload.ts';
import { newId } from './id.ts';
import { getVersion } from './models/get-version.ts';
import { requestPromotion } from './promotions/request.ts';
import { rollBack } from './rollouts/roll-back.ts';
import { adoptServices } from './services/adopt.ts';
import { updateService } from './services/commands.ts';
import { getService } from './services/get.ts';
import { listServices } from './services/list.ts';
import { exampleDigest, ProjectFixture, refusalOf } from './test-fixture.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
const ranker = exampleWorkload('ranker', exampleDigest(41));
const idle: Workload = {
  ...exampleWorkload('idle', exampleDigest(42)),
  desiredReplicas: 0,
  readyReplicas: 0,
  images: [],
  podNames: [],
};
const bare: Workload = { ...exampleWorkload('bare', exampleDigest(43)), podTemplate: null, container: null };

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());

/** What the worker stores when it has looked. */
async function looked(workloads: readonly Workload[], namespace?: string): Promise<string> {
  const id = newId();
  const place = await test.db.execute<{ namespace: string }>(
    sql`select namespace from environment where id = ${fixture.stagingId}`,
  );
  await test.db.insert(clusterRequest).values({
    id,
    clusterId: fixture.clusterId,
    kind: 'discover',
    payload: {},
    answer: {
      schema: 1,
      namespace: namespace ?? place.rows[0]?.namespace,
      workloads,
      routes: [],
      rates: { perSecond: {}, sentence: null },
      problems: [],
    },
    requestedAt: sql`clock_timestamp()`,
    answeredAt: sql`clock_timestamp()`,
  });
  return id;
}

const item = (name: string, more: { serviceName?: string; modelName?: string } = {}) => ({
  kind: 'Deployment' as const,
  name,
  ...more,
});

describe('services.adopt', () => {
  it('makes watched services of what runs, with an adopted version and a stable revision, in one audited batch', async () => {
    const discoveryId = await looked([ranker, idle, bare]);
    const { answers } = await adoptServices(fixture.as('operator'), {
      environmentId: fixture.stagingId,
      discoveryId,
      items: [item('ranker'), item('idle'), item('bare'), item('absent'), item('ranker2', {})].slice(0, 4),
    });
    expect(answers.map(({ name, refusal }) => [name, refusal?.code ?? null])).toEqual([
      ['ranker', null],
      ['idle', null],
      ['bare', 'revisionNotReady'],
      ['absent', 'notFound'],
    ]);
    const serviceId = answers[0]?.serviceId ?? '';
    const found = await getService(fixture.as('viewer'), { serviceId });
    expect(found).toMatchObject({ mode: 'watched', adoption: { workload: { name: 'ranker' } } });
    expect(found.stable).toMatchObject({
      number: 1,
      modelName: 'ranker',
      versionNumber: 1,
      imageDigest: exampleDigest(41),
      adopted: true,
    });
    const version = await getVersion(fixture.as('viewer'), {
      modelVersionId: found.stable?.modelVersionId ?? '',
    });
    expect(version).toMatchObject({
      adopted: true,
      artefactDigest: null,
      servingImage: `registry.example/ranker@${exampleDigest(41)}`,
    });
    const open = await test.db
      .select({ role: roleInterval.role })
      .from(roleInterval)
      .where(and(eq(roleInterval.serviceId, serviceId), isNull(roleInterval.toAt)));
    expect(open).toEqual([{ role: 'stable' }]);
    expect((await fixture.auditOf(serviceId)).map(({ action }) => action)).toEqual([
      'services.adopt',
      'services.adopt',
    ]);
    const asleep = await getService(fixture.as('viewer'), { serviceId: answers[1]?.serviceId ?? '' });
    expect(asleep.stable).toBeNull();
    const listed = await listServices(fixture.as('viewer'), {
      projectId: fixture.projectId,
      search: 'ranker',
    });
    expect(listed.rows[0]?.watches).toMatchObject({ manager: { kind: 'helm', name: 'models' } });
  });

  it('gives the version of the same image that the mapped model has already, registered or adopted', async () => {
    const { modelVersionId: registered } = await fixture.version({
      image: `registry.example/server@${exampleDigest(51)}`,
    });
    const { modelName } = await getVersion(fixture.as('viewer'), { modelVersionId: registered });
    const discoveryId = await looked([
      exampleWorkload('a-one', exampleDigest(51)),
      exampleWorkload('a-two', exampleDigest(52)),
      exampleWorkload('a-three', exampleDigest(52)),
    ]);
    const { answers } = await adoptServices(fixture.as('operator'), {
      environmentId: fixture.stagingId,
      discoveryId,
      items: ['a-one', 'a-two', 'a-three'].map((name) => item(name, { modelName })),
    });
    const stable = await Promise.all(
      answers.map(async ({ serviceId }) => {
        const found = await getService(fixture.as('viewer'), { serviceId: serviceId ?? '' });
        return found.stable;
      }),
    );
    expect(stable[0]).toMatchObject({ modelVersionId: registered, adopted: false });
    expect(stable[1]?.adopted).toBe(true);
    expect(stable[2]?.modelVersionId).toBe(stable[1]?.modelVersionId);
    const adopted = await test.db
      .select({ id: modelVersion.id })
      .from(modelVersion)
      .where(eq(modelVersion.adoptedImageDigest, exampleDigest(52)));
    expect(adopted).toHaveLength(1);
  });

  it('refuses a taken name and what is watched already, and stores the rest', async () => {
    const discoveryId = await looked([
      exampleWorkload('b-one', exampleDigest(61)),
      exampleWorkload('b-two', exampleDigest(62)),
    ]);
    const environmentId = fixture.stagingId;
    const operator = fixture.as('operator');
    await adoptServices(operator, { environmentId, discoveryId, items: [item('b-one')] });
    const { answers } = await adoptServices(operator, {
      environmentId,
      discoveryId,
      items: [item('b-one', { serviceName: 'again' }), item('b-two')],
    });
    expect(answers.map(({ refusal }) => refusal?.code)).toEqual(['conflict', undefined]);
    const taken = adoptServices(operator, { environmentId, discoveryId, items: [item('b-two')] });
    expect((await refusalOf(taken)).message).toContain('watched already');
    const twice = adoptServices(operator, {
      environmentId,
      discoveryId,
      items: [item('b-two'), item('b-two')],
    });
    expect((await refusalOf(twice)).code).toBe('invalidInput');
  });

  it('takes only what a worker saw in this environment', async () => {
    const discoveryId = await looked([ranker], 'elsewhere');
    const asked = { environmentId: fixture.stagingId, items: [item('ranker')] };
    const operator = fixture.as('operator');
    expect((await refusalOf(adoptServices(operator, { ...asked, discoveryId }))).code).toBe('conflict');
    expect((await refusalOf(adoptServices(operator, { ...asked, discoveryId: newId() }))).code).toBe(
      'conflict',
    );
  });

  it('is for operators of the project only', async () => {
    const discoveryId = await looked([exampleWorkload('c-one', exampleDigest(71))]);
    const asked = { environmentId: fixture.stagingId, discoveryId, items: [item('c-one')] };
    expect((await refusalOf(adoptServices(fixture.as('viewer'), asked))).code).toBe('forbidden');
    expect((await refusalOf(adoptServices(fixture.as('stranger'), asked))).code).toBe('notFound');
  });
});

describe('a watched service', () => {
  it('refuses every change of what runs with the same words that its buttons show', async () => {
    const discoveryId = await looked([exampleWorkload('d-one', exampleDigest(81))]);
    const { answers } = await adoptServices(fixture.as('operator'), {
      environmentId: fixture.stagingId,
      discoveryId,
      items: [item('d-one')],
    });
    const serviceId = answers[0]?.serviceId ?? '';
    const { refusals } = await getService(fixture.as('admin'), { serviceId });
    const { modelVersionId } = await fixture.version();
    const admin = fixture.as('admin');
    const no = [
      await refusalOf(requestPromotion(admin, { serviceId, modelVersionId })),
      await refusalOf(rollBack(admin, { serviceId })),
      await refusalOf(updateService(admin, { serviceId, scaling: { kind: 'fixed', replicas: 9 } })),
    ];
    for (const refusal of [
      ...no,
      refusals.changeSpec,
      refusals.rollBack,
      refusals.changeServing,
      refusals.dryRun,
    ])
      expect(refusal).toMatchObject({ code: 'wrongState', fix: 'Take it over first.' });
    expect(refusals.update).toBeNull();
    await updateService(admin, { serviceId, runbookUrl: 'https://runbooks.example/d' });
    const rows = await test.db.select({ spec: service.spec }).from(service).where(eq(service.id, serviceId));
    expect(rows[0]?.spec).toMatchObject({ servingContainer: 'model', port: 9000 });
  });
});
