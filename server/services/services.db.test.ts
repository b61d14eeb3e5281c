import { eq, isNull } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterRequest } from '../../db/schema/environments.ts';
import { metricInterval } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { newId } from '../id.ts';
import { exampleDigest, exampleSpec, ProjectFixture, refusalOf } from '../test-fixture.ts';
import { changeSpec } from './change-spec.ts';
import { createService, updateService } from './commands.ts';
import { dryRunService } from './dry-run.ts';
import { getService } from './get.ts';
import { listServices } from './list.ts';
import { serviceSamples } from './samples.ts';

let test: TestDatabase;
let fixture: ProjectFixture;

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());

const input = (name: string) => ({
  projectId: fixture.projectId,
  environmentId: fixture.stagingId,
  name,
  spec: exampleSpec,
  scaling: { kind: 'fixed' as const, replicas: 1 },
});

const deploymentYaml = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: old}
spec:
  replicas: 3
  template:
    metadata: {labels: {team: risk}}
    spec:
      runtimeClassName: nvidia
      containers:
        - name: model
          image: registry.example/model@${exampleDigest(4)}
          ports: [{containerPort: 9000}]
          env:
            - {name: SECRET, valueFrom: {secretKeyRef: {name: keys, key: api}}}
`;

describe('creating a service', () => {
  it('takes YAML, finds the template in a Deployment and keeps fields that nobody named', async () => {
    const { serviceId } = await createService(fixture.as('operator'), {
      ...input('from-yaml'),
      spec: { yaml: deploymentYaml },
    });
    const page = await getService(fixture.as('viewer'), { serviceId });
    expect(page.spec).toMatchObject({ servingContainer: 'model', port: 9000, artefact: { kind: 'inImage' } });
    expect(page.specYaml).toContain('runtimeClassName: nvidia');
    expect(page.specYaml).toContain('secretKeyRef');
    expect((await fixture.auditOf(serviceId)).map((entry) => entry.action)).toEqual(['services.create']);
  });

  it('refuses YAML that is broken, unfolds itself, or does not say which container serves', async () => {
    const bombs = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((name, index, names) => {
      const before = names[index - 1];
      const item = before === undefined ? 'lol' : `*${before}`;
      return `${name}: &${name} [${Array.from({ length: 9 }, () => item).join(', ')}]`;
    });
    const twoContainers = deploymentYaml.replace(
      '      containers:',
      '      containers:\n        - {name: sidecar, image: x}',
    );
    const cases: [string, string][] = [
      ['spec: [', 'The text is no YAML'],
      [bombs.join('\n'), 'aliases'],
      ['x'.repeat(200_001), 'longer than'],
      ['just words', 'not an object'],
      [`${deploymentYaml}\n---\n${deploymentYaml}`, 'several documents'],
      [twoContainers, 'which one serves'],
      [deploymentYaml.replace('          ports: [{containerPort: 9000}]\n', ''), 'names no port'],
    ];
    for (const [yaml, sentence] of cases) {
      const refused = await refusalOf(
        createService(fixture.as('operator'), { ...input('never'), spec: { yaml } }),
      );
      expect(refused.code).toBe('invalidInput');
      expect(refused.message).toContain(sentence);
    }
  });

  it('refuses a name that is no DNS label, a taken name and an owner who is no member', async () => {
    const operator = fixture.as('operator');
    const badName = await refusalOf(createService(operator, input('Not A Label')));
    expect(badName).toMatchObject({ code: 'invalidInput', params: { field: 'name' } });
    expect((await refusalOf(createService(operator, input('scoring')))).code).toBe('nameTaken');
    const strangers = { ...input('owned'), ownerUserId: fixture.people.stranger.id };
    expect((await refusalOf(createService(operator, strangers))).message).toContain('member of the project');
  });

  it('is refused to engineers and not possible in another project’s environment', async () => {
    expect((await refusalOf(createService(fixture.as('engineer'), input('no')))).code).toBe('forbidden');
    const other = await ProjectFixture.create(test.db);
    const foreign = { ...input('no'), projectId: other.projectId };
    expect((await refusalOf(createService(other.as('operator'), foreign))).code).toBe('notFound');
  });
});

describe('changing a service', () => {
  it('of its scaling is no rollout, wakes it and leaves the rest alone', async () => {
    const serviceId = await fixture.service('scaled', fixture.stagingId);
    const before = await getService(fixture.as('viewer'), { serviceId });
    const scaling = { kind: 'auto' as const, minReplicas: 1, maxReplicas: 4, targetCpuPercent: 60 };
    const { generation } = await updateService(fixture.as('operator'), { serviceId, scaling });
    const after = await getService(fixture.as('viewer'), { serviceId });
    expect(generation).toBe(before.generation + 1);
    expect([after.scaling, after.owner?.name, after.revisions]).toEqual([scaling, 'Olga', []]);
    expect((await fixture.auditOf(serviceId)).at(-1)?.sentence).toBe(
      'changed the scaling of scaled in staging',
    );
  });

  it('of what runs gives the input of a promotion with the version that is live', async () => {
    const { modelVersionId } = await fixture.live();
    const asked = await changeSpec(fixture.as('engineer'), {
      serviceId: fixture.stagingServiceId,
      spec: { yaml: deploymentYaml },
    });
    expect(asked.modelVersionId).toBe(modelVersionId);
    const { modelVersionId: id, ...rest } = asked;
    const sent = await fixture.ask({ ...rest, modelVersionId: id ?? '' });
    expect(sent).toMatchObject({ revisionNumber: 2, state: 'approved' });
  });

  it('is refused to viewers and not found in other projects', async () => {
    const { serviceId } = fixture;
    expect((await refusalOf(updateService(fixture.as('viewer'), { serviceId }))).code).toBe('forbidden');
    const other = await ProjectFixture.create(test.db);
    expect((await refusalOf(updateService(other.as('operator'), { serviceId }))).code).toBe('notFound');
    expect((await refusalOf(getService(other.as('operator'), { serviceId }))).code).toBe('notFound');
  });
});

describe('a service’s page', () => {
  it('says that a production service without owner has nobody who is called', async () => {
    await updateService(fixture.as('operator'), { serviceId: fixture.serviceId, ownerUserId: null });
    const page = await getService(fixture.as('viewer'), { serviceId: fixture.serviceId });
    expect(page.blockers.map((entry) => entry.code)).toEqual(['ownerMissing']);
    const list = await listServices(fixture.as('viewer'), {
      projectId: fixture.projectId,
      environmentId: fixture.productionId,
    });
    expect(list.rows.map((row) => [row.name, row.blockers.length])).toEqual([['scoring', 1]]);
  });
});

describe('a dry run', () => {
  it('returns what the worker answers', async () => {
    const answering = (async () => {
      for (let look = 0; look < 200; look += 1) {
        const open = await test.db.select().from(clusterRequest).where(isNull(clusterRequest.answeredAt));
        const request = open[0];
        if (request !== undefined) {
          const answer = {
            schema: 1,
            blockers: [
              { code: 'dryRunRefused', message: 'No.', params: {}, fix: null, owner: null, until: null },
            ],
          };
          await test.db
            .update(clusterRequest)
            .set({ answer, answeredAt: new Date() })
            .where(eq(clusterRequest.id, request.id));
          return request.payload;
        }
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      throw new Error('Nobody asked.');
    })();
    const run = await dryRunService(fixture.as('operator'), {
      ...input('tried'),
      spec: { yaml: deploymentYaml },
    });
    expect(run).toMatchObject({ answered: true, blockers: [{ code: 'dryRunRefused' }] });
    expect(await answering).toMatchObject({
      schema: 1,
      desired: { scope: { serviceName: 'tried' }, weights: { 1: 100 } },
    });
  });

  it('says so when no worker answers', async () => {
    const run = await dryRunService(fixture.as('operator'), { serviceId: fixture.serviceId });
    expect(run).toMatchObject({ answered: false, blockers: [{ code: 'workerSilent' }] });
  });
});

describe('samples', () => {
  it('are per revision, capped to twice the width, and a missing interval is a gap', async () => {
    const serviceId = await fixture.service('measured', fixture.stagingId);
    const end = new Date('2026-03-01T12:00:00.000Z');
    const rows = Array.from({ length: 360 }, (_, index) => ({
      projectId: fixture.projectId,
      serviceId,
      revisionNumber: 1,
      intervalEnd: new Date(end.getTime() - index * 10_000),
      intervalMs: 10_000,
      requests: 100,
      errors: index === 100 ? 50 : 1,
      buckets: { 100: 90, 250: 99 },
      podCount: 2,
    })).filter((_, index) => index !== 200);
    await test.db.insert(metricInterval).values(rows);
    const fromAt = new Date(end.getTime() - 3_600_000);
    const fine = await serviceSamples(fixture.as('viewer'), {
      serviceId,
      fromAt,
      toAt: end,
      widthPixels: 400,
    });
    const series = fine.revisions[0];
    expect([fine.stepMs, fine.slowerThanMs, fine.revisions.length]).toEqual([10_000, 250, 1]);
    expect(series?.requestsPerSecond.filter(([, value]) => value === null)).toHaveLength(1);
    expect(series?.slowShare[0]?.[1]).toBeCloseTo(0.01);
    const coarse = await serviceSamples(fixture.as('viewer'), {
      serviceId,
      fromAt,
      toAt: end,
      widthPixels: 50,
    });
    const shares = coarse.revisions[0]?.errorShare ?? [];
    expect(shares.length).toBeLessThanOrEqual(100);
    expect(Math.max(...shares.map(([, value]) => value ?? 0))).toBe(0.5);
  });

  it('of a long range are summed without losing a request', async () => {
    const serviceId = await fixture.service('long', fixture.stagingId);
    const end = Date.parse('2026-03-08T00:00:00.000Z');
    const rows = Array.from({ length: 500 }, (_, index) => ({
      projectId: fixture.projectId,
      serviceId,
      revisionNumber: 3,
      intervalEnd: new Date(end - index * 10_000),
      intervalMs: 10_000,
      requests: 20,
      errors: 2,
      buckets: { 100: 18 },
      podCount: 1,
    }));
    await test.db.insert(metricInterval).values(rows);
    const week = await serviceSamples(fixture.as('viewer'), {
      serviceId,
      fromAt: new Date(end - 7 * 86_400_000),
      toAt: new Date(end),
      widthPixels: 2_000,
    });
    const series = week.revisions[0];
    expect(week.stepMs).toBeGreaterThan(10_000);
    for (const [, value] of series?.requestsPerSecond ?? []) expect(value).toBeCloseTo(2);
    for (const [, value] of series?.errorShare ?? []) expect(value).toBeCloseTo(0.1);
    const tooLong = serviceSamples(fixture.as('viewer'), {
      serviceId,
      fromAt: new Date(end - 8 * 86_400_000),
      toAt: new Date(end),
    });
    expect((await refusalOf(tooLong)).code).toBe('invalidInput');
  });
});

describe('an id that nobody has', () => {
  it('is not found', async () => {
    expect((await refusalOf(getService(fixture.as('viewer'), { serviceId: newId() }))).code).toBe('notFound');
  });
});
