import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { service } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { newId } from '../id.ts';
import { ProjectFixture, refusalOf, twoApprovers } from '../test-fixture.ts';
import { createEnvironment, updateEnvironment } from './commands.ts';
import { listEnvironments } from './queries.ts';

let test: TestDatabase;
let fixture: ProjectFixture;

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());

const input = (name: string, namespace: string) => ({
  projectId: fixture.projectId,
  name,
  production: false,
  clusterId: fixture.clusterId,
  namespace,
  gateway: { name: 'gateway', namespace: 'gateways' },
  metricsSource: { kind: 'sandbox' as const },
  policyId: fixture.openPolicyId,
});

describe('an environment', () => {
  it('is created by an admin, listed with its cluster and policy, and in the audit', async () => {
    const { environmentId } = await createEnvironment(fixture.as('admin'), input('canary', 'canary'));
    const rows = await listEnvironments(fixture.as('viewer'), { projectId: fixture.projectId });
    expect(rows.find((row) => row.id === environmentId)).toMatchObject({
      name: 'canary',
      clusterKind: 'sandbox',
      policyName: 'Nobody signs',
      serviceCount: 0,
    });
    expect((await fixture.auditOf(environmentId)).map((entry) => entry.action)).toEqual([
      'environments.create',
    ]);
  });

  it('never shares cluster and namespace with another one, also of another project, also at the same time', async () => {
    const other = await ProjectFixture.create(test.db);
    await createEnvironment(fixture.as('admin'), input('first', 'taken'));
    const theirs = {
      ...input('second', 'taken'),
      projectId: other.projectId,
      policyId: other.openPolicyId,
    };
    const refused = await refusalOf(createEnvironment(other.as('admin'), theirs));
    expect(refused).toMatchObject({ code: 'nameTaken', params: { field: 'namespace' } });
    const race = await Promise.allSettled(
      ['left', 'right'].map((name) => createEnvironment(fixture.as('admin'), input(name, 'raced'))),
    );
    expect(race.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
    const lost = race.find((outcome) => outcome.status === 'rejected');
    expect(lost?.reason).toMatchObject({ refusal: { code: 'nameTaken' } });
  });

  it('is refused with its own sentence on an unknown cluster', async () => {
    const unknown = { ...input('lost', 'lost'), clusterId: newId() };
    expect((await refusalOf(createEnvironment(fixture.as('admin'), unknown))).code).toBe('clusterUnknown');
  });

  it('is refused when its namespace is no DNS label or the metrics are not of its cluster', async () => {
    const admin = fixture.as('admin');
    const upper = createEnvironment(admin, input('upper', 'Not_A_Label'));
    expect(await refusalOf(upper)).toMatchObject({ code: 'invalidInput', params: { field: 'namespace' } });
    const foreign = createEnvironment(admin, {
      ...input('foreign', 'foreign'),
      metricsSource: {
        kind: 'prometheus',
        url: 'http://prometheus.example',
        profile: {
          requestsMetric: 'a',
          errorLabel: 'a',
          errorPattern: 'a',
          durationMetric: 'a',
          podLabel: 'a',
          namespaceLabel: 'a',
          serviceLabel: 'a',
          revisionLabel: 'a',
        },
      },
    });
    expect((await refusalOf(foreign)).message).toContain('no Prometheus measures the sandbox cluster');
  });

  it('that changes makes its services due again', async () => {
    const before = await test.db.select().from(service).where(eq(service.id, fixture.serviceId));
    await updateEnvironment(fixture.as('admin'), {
      environmentId: fixture.productionId,
      hostnames: ['new.example'],
    });
    const after = await test.db.select().from(service).where(eq(service.id, fixture.serviceId));
    expect(after[0]?.generation).toBe((before[0]?.generation ?? 0) + 1);
    const rows = await listEnvironments(fixture.as('viewer'), { projectId: fixture.projectId });
    const row = rows.find((entry) => entry.id === fixture.productionId);
    expect([row?.hostnames, row?.name]).toEqual([['new.example'], 'production']);
  });

  it('keeps its name while a policy asks for a time in it', async () => {
    const other = await ProjectFixture.create(test.db);
    await other.revise({ ...twoApprovers, provenIn: [{ environment: 'staging', healthyMs: 60_000 }] });
    const rename = { environmentId: other.stagingId, name: 'stage' };
    expect(await refusalOf(updateEnvironment(other.as('admin'), rename))).toMatchObject({
      code: 'policyUnsatisfiable',
      params: { environment: 'staging' },
    });
    const rows = await listEnvironments(other.as('viewer'), { projectId: other.projectId });
    expect(rows.map((row) => row.name)).toEqual(['production', 'staging']);
  });

  it('is refused to operators and not found in other projects', async () => {
    expect((await refusalOf(createEnvironment(fixture.as('operator'), input('no', 'no')))).code).toBe(
      'forbidden',
    );
    const other = await ProjectFixture.create(test.db);
    const change = updateEnvironment(other.as('admin'), {
      environmentId: fixture.productionId,
      name: 'mine',
    });
    expect((await refusalOf(change)).code).toBe('notFound');
    const theirPolicy = createEnvironment(fixture.as('admin'), {
      ...input('x', 'x'),
      policyId: other.openPolicyId,
    });
    expect((await refusalOf(theirPolicy)).code).toBe('notFound');
  });
});
