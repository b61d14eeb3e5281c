import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../db/embedded/server-process.ts';
import { auditDetail } from '../../db/schema/audit.ts';
import { egressAllowance } from '../../db/schema/egress.ts';
import {
  cluster,
  clusterLease,
  clusterRequest,
  environment,
  metricsCredential,
} from '../../db/schema/environments.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import type { MetricsSource } from '../../domain/environment.ts';
import { defaultMetricProfile, metricPresets } from '../../domain/metric-profile-presets.ts';
import { newSealKeys } from '../cluster/seal.ts';
import type { Context } from '../context.ts';
import { type ChangeHub, openChangeHub } from '../http/change-hub.ts';
import { newId } from '../id.ts';
import { log } from '../log.ts';
import { openSource } from '../reconciler/metrics-sources.ts';
import { openWorker, type Worker } from '../reconciler/worker.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { createEnvironment, updateEnvironment } from './commands.ts';
import { probeMetrics } from './probe-metrics.ts';
import { listEnvironments } from './queries.ts';

const keys = newSealKeys();
const token = 'a-token-that-nobody-may-read';
const secret = { kind: 'bearer' as const, token };
let test: TestDatabase;
let fixture: ProjectFixture;
let hub: ChangeHub;
let worker: Worker;
let source: Server;
let url = '';
let clusterId = '';
let asked: IncomingMessage[] = [];

/** A source that wants the token and has no series. */
async function startSource(): Promise<void> {
  source = createServer((request, response) => {
    asked.push(request);
    if (request.headers.authorization !== `Bearer ${token}`) return void response.writeHead(401).end('no');
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [] } }));
  });
  await new Promise<void>((done) => source.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(source.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  log.level = 'silent';
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  await startSource();
  clusterId = newId();
  const now = new Date();
  await test.db.insert(cluster).values({
    id: clusterId,
    name: 'real',
    kind: 'kubernetes',
    credential: 'inCluster',
    createdAt: now,
  });
  await test.db.insert(clusterLease).values({ clusterId, epoch: 0, leaseUntil: new Date(0) });
  await test.db
    .insert(egressAllowance)
    .values({ id: newId(), target: '127.0.0.1', purpose: 'the test', addedAt: now });
  hub = await openChangeHub(test.url);
  worker = await openWorker({ db: test.db, hub, workerPrivateKey: keys.privateKey });
});
afterAll(async () => {
  await worker.close();
  await hub.close();
  source.closeAllConnections();
  source.close();
  await test.drop();
});

function as(who: Parameters<ProjectFixture['as']>[0]): Context {
  return { ...fixture.as(who), workerPublicKey: keys.publicKey };
}
const prometheus = (changes: object = {}): MetricsSource => ({
  kind: 'prometheus',
  url,
  profile: defaultMetricProfile,
  auth: 'bearer',
  ...changes,
});
const input = (name: string, metricsSource: MetricsSource, metricsSecret: typeof secret | null = secret) => ({
  projectId: fixture.projectId,
  name,
  production: false,
  clusterId,
  namespace: name,
  gateway: { name: 'gateway', namespace: 'gateways' },
  metricsSource,
  metricsSecret,
  policyId: fixture.openPolicyId,
});
async function sealedOf(environmentId: string): Promise<string | null> {
  const rows = await test.db
    .select({ sealed: metricsCredential.sealed })
    .from(metricsCredential)
    .where(eq(metricsCredential.environmentId, environmentId));
  return rows[0]?.sealed ?? null;
}

describe('the secret of a metrics source', () => {
  it('is sealed for the worker and in no answer, audit entry or request', async () => {
    const { environmentId } = await createEnvironment(as('admin'), input('sealed', prometheus()));
    const sealedSecret = await sealedOf(environmentId);
    const stored = prometheus() as Extract<MetricsSource, { kind: 'prometheus' }>;
    const access = { environmentId, sealedSecret, allowances: [] };
    expect(openSource(stored, access, keys.privateKey)).toMatchObject({
      headers: { authorization: `Bearer ${token}` },
    });
    const rows = await listEnvironments(as('viewer'), { projectId: fixture.projectId });
    expect(rows.find(({ id }) => id === environmentId)?.metricsSecretAt).toBeInstanceOf(Date);
    await probeMetrics(as('admin'), {
      projectId: fixture.projectId,
      source: prometheus(),
      secret,
      on: { namespace: 'sealed', serviceName: 'fraud' },
    });
    const kept = [
      rows,
      await test.db.select().from(auditDetail),
      await test.db.select().from(clusterRequest),
      await test.db.select().from(environment),
      await test.db.execute(sql`select * from idempotency`),
    ];
    expect(JSON.stringify(kept)).not.toContain(token);
    const requests = await test.db
      .select()
      .from(clusterRequest)
      .where(eq(clusterRequest.kind, 'metricsProbe'));
    expect(requests.map(({ payload }) => payload)).toEqual(requests.map(() => ({})));
  });

  it('is kept by a change that does not name it, and never goes to another address', async () => {
    const { environmentId } = await createEnvironment(as('admin'), input('moved', prometheus()));
    const before = await sealedOf(environmentId);
    const istio = metricPresets.find(({ id }) => id === 'istio')?.profile ?? defaultMetricProfile;
    await updateEnvironment(as('admin'), { environmentId, metricsSource: prometheus({ profile: istio }) });
    expect(await sealedOf(environmentId)).toBe(before);
    const elsewhere = prometheus({ url: 'http://127.0.0.1:9999' });
    const refused = await refusalOf(
      updateEnvironment(as('admin'), { environmentId, metricsSource: elsewhere }),
    );
    expect(refused).toMatchObject({ code: 'invalidInput', params: { field: 'metricsSecret' } });
    const access = { environmentId, sealedSecret: before, allowances: [] };
    expect(
      openSource(elsewhere as Extract<MetricsSource, { kind: 'prometheus' }>, access, keys.privateKey),
    ).toMatchObject({ kind: 'noEvidence', reason: 'refused' });
  });

  it('is dropped with the sign-in, and asked for when there is none', async () => {
    const { environmentId } = await createEnvironment(as('admin'), input('dropped', prometheus()));
    await updateEnvironment(as('admin'), { environmentId, metricsSource: prometheus({ auth: 'none' }) });
    expect(await sealedOf(environmentId)).toBeNull();
    const missing = createEnvironment(as('admin'), input('missing', prometheus(), null));
    expect((await refusalOf(missing)).params).toEqual({ field: 'metricsSecret' });
  });
});

describe('the address of a metrics source', () => {
  it.each([
    'http://10.1.2.3:9090',
    'http://169.254.169.254',
    'http://[::1]:9090',
    'http://user:pass@8.8.8.8',
  ])('is refused when outbound requests refuse it: %s', async (address) => {
    const refused = createEnvironment(as('admin'), input('private', prometheus({ url: address })));
    expect(await refusalOf(refused)).toMatchObject({
      code: 'invalidInput',
      params: { field: 'metricsSource' },
    });
  });
});

describe('a trial of a metrics source', () => {
  const trial = (changes: object = {}, given: typeof secret | null = secret) => ({
    projectId: fixture.projectId,
    source: prometheus(changes),
    secret: given,
    on: { namespace: 'fraud', serviceName: 'fraud' },
  });

  it('says per query what is wrong, with the secret typed in', async () => {
    asked = [];
    const tenant = { header: 'X-Scope-OrgID', value: 'team-a' };
    const probe = await probeMetrics(as('admin'), trial({ tenant }));
    expect(probe).toMatchObject({ reachable: true, problem: null });
    const requests = probe.rows.find(({ id }) => id === 'requests');
    expect(requests).toMatchObject({ state: 'missing', series: 0 });
    expect(requests?.detail).toContain('no series of model_requests_total');
    expect(asked.every(({ headers }) => headers['x-scope-orgid'] === 'team-a')).toBe(true);
  });

  it('uses the stored secret of an environment of the project, for its own address only', async () => {
    const { environmentId } = await createEnvironment(as('admin'), input('stored', prometheus()));
    expect(await probeMetrics(as('admin'), { ...trial({}, null), environmentId })).toMatchObject({
      reachable: true,
    });
    asked = [];
    const closed = `http://127.0.0.1:${await freePort()}`;
    const moved = await probeMetrics(as('admin'), { ...trial({ url: closed }, null), environmentId });
    expect(moved.problem).toContain('No secret is stored for this address');
    expect(asked).toEqual([]);
    const other = await ProjectFixture.create(test.db);
    const theirs = probeMetrics(
      { ...other.as('admin'), workerPublicKey: keys.publicKey },
      { ...trial({}, null), projectId: other.projectId, environmentId },
    );
    expect((await refusalOf(theirs)).code).toBe('notFound');
  });

  it('tells a closed port, a wrong secret and a forbidden address in a sentence each', async () => {
    const closed = await probeMetrics(as('admin'), trial({ url: `http://127.0.0.1:${await freePort()}` }));
    expect(closed).toMatchObject({ reachable: false, refusedByEgress: false });
    expect(closed.problem).toContain('refuses connections');
    const wrong = await probeMetrics(as('admin'), trial({}, { kind: 'bearer', token: 'wrong' }));
    expect(wrong.problem).toContain('does not accept the secret (401)');
    const forbidden = await probeMetrics(as('admin'), trial({ url: 'http://10.1.2.3:9090' }));
    expect(forbidden).toMatchObject({ reachable: false, refusedByEgress: true });
  });

  it('is for admins of the project', async () => {
    expect((await refusalOf(probeMetrics(as('operator'), trial()))).code).toBe('forbidden');
    expect((await refusalOf(probeMetrics(as('stranger'), trial()))).code).toBe('notFound');
  });
});
