import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../db/embedded/server-process.ts';
import { clusterRequest, cluster as clusterTable } from '../../db/schema/environments.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import type { Principal } from '../../domain/principal.ts';
import { newSealKeys, openToken } from '../cluster/seal.ts';
import type { Context } from '../context.ts';
import { type ChangeHub, openChangeHub } from '../http/change-hub.ts';
import { newId } from '../id.ts';
import { log } from '../log.ts';
import { openWorker, type Worker } from '../reconciler/worker.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { createCluster, setNamespaces, updateCluster } from './commands.ts';
import { getCluster, listClusters, probeCluster, tryConnection } from './queries.ts';

const keys = newSealKeys();
const secret = 'a-token-that-nobody-may-read';
let test: TestDatabase;
let fixture: ProjectFixture;
let hub: ChangeHub;
let worker: Worker;
let serverUrl = '';

beforeAll(async () => {
  log.level = 'silent';
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  hub = await openChangeHub(test.url);
  worker = await openWorker({ db: test.db, hub, workerPrivateKey: keys.privateKey });
  serverUrl = `https://127.0.0.1:${await freePort()}`;
});
afterAll(async () => {
  await worker.close();
  await hub.close();
  await test.drop();
});

function as(who: Parameters<ProjectFixture['as']>[0]): Context {
  return { ...fixture.as(who), workerPublicKey: keys.publicKey };
}
function instanceAdmin(): Context {
  const ada: Principal = { ...fixture.people.admin, instanceRoles: ['admin'] };
  return as(ada);
}
const connection = () => ({
  credential: 'token' as const,
  serverUrl,
  caPem: '-----BEGIN CERTIFICATE-----\n',
  token: secret,
});
const namespaces = [
  { name: 'fraud', access: 'watch' as const },
  { name: 'serving', access: 'manage' as const },
];
const named = () => `c-${newId().slice(-12)}`;

describe('a cluster', () => {
  it('is stored with its namespaces and a token that only the worker opens', async () => {
    const name = named();
    const { id } = await createCluster(instanceAdmin(), { name, connection: connection(), namespaces });
    const [row] = await test.db.select().from(clusterTable).where(eq(clusterTable.id, id));
    expect(row?.namespaces).toEqual(namespaces);
    expect(openToken(keys.privateKey, row?.sealedToken ?? '', id)).toBe(secret);
    expect(JSON.stringify(row)).not.toContain(secret);
    const page = await getCluster(as('viewer'), { clusterId: id });
    expect(page).toMatchObject({ name, namespaces, findings: null, tokenExpiresAt: null });
    expect(JSON.stringify(page)).not.toContain('sealed');
    expect((await fixture.auditOf(id)).map(({ action }) => action)).toEqual(['clusters.create']);
  });

  it('that does not answer says so as the first row of its check list, and the page keeps it', async () => {
    const { id: clusterId } = await createCluster(instanceAdmin(), {
      name: named(),
      connection: connection(),
    });
    const { checks } = await probeCluster(instanceAdmin(), { clusterId });
    expect(checks).toMatchObject([
      { id: 'reachable', state: 'missing', fix: expect.stringContaining('network between the worker') },
    ]);
    expect((await getCluster(as('viewer'), { clusterId })).findings?.checks).toEqual(checks);
  });

  it.each([
    ['whose token was sealed for another key', 'sealed for another', 'Change connection'],
    [
      'that should be the own one of a worker outside',
      'does not run in a Kubernetes cluster',
      'address and token',
    ],
  ])('%s says so at once instead of silence', async (which, detail, fix) => {
    const inside = { credential: 'inCluster' as const };
    const isInside = which.startsWith('that should');
    const { id: clusterId } = await createCluster(
      { ...instanceAdmin(), workerPublicKey: newSealKeys().publicKey },
      { name: named(), connection: isInside ? inside : connection() },
    );
    const { checks } = await probeCluster(instanceAdmin(), { clusterId });
    expect(checks).toMatchObject([
      { state: 'missing', detail: expect.stringContaining(detail), fix: expect.stringContaining(fix) },
    ]);
    expect((await getCluster(as('viewer'), { clusterId })).findings?.checks).toEqual(checks);
  });

  it('is looked at before it is stored, and neither its token nor a row is left', async () => {
    const before = await listClusters(as('viewer'), undefined);
    const { checks } = await tryConnection(instanceAdmin(), { connection: connection(), namespaces });
    expect(checks).toMatchObject([{ id: 'reachable', state: 'missing' }]);
    expect((await listClusters(as('viewer'), undefined)).length).toBe(before.length);
    const trials = await test.db.select().from(clusterRequest).where(eq(clusterRequest.kind, 'trial'));
    expect(trials.map(({ payload, clusterId }) => ({ payload, clusterId }))).toEqual([
      { payload: {}, clusterId: null },
    ]);
  });

  it('gets other namespaces by a command of its own, which keeps the token', async () => {
    const { id: clusterId } = await createCluster(instanceAdmin(), {
      name: named(),
      connection: connection(),
    });
    await setNamespaces(instanceAdmin(), { clusterId, namespaces });
    const [row] = await test.db.select().from(clusterTable).where(eq(clusterTable.id, clusterId));
    expect(row?.namespaces).toEqual(namespaces);
    expect(openToken(keys.privateKey, row?.sealedToken ?? '', clusterId)).toBe(secret);
    expect((await fixture.auditOf(clusterId)).map(({ action }) => action)).toContain(
      'clusters.setNamespaces',
    );
    const twice = [...namespaces, { name: 'fraud', access: 'manage' as const }];
    const refused = await refusalOf(setNamespaces(instanceAdmin(), { clusterId, namespaces: twice }));
    expect(refused).toMatchObject({ code: 'invalidInput', message: expect.stringContaining('only once') });
  });

  it('is refused to everybody who is no admin of the instance', async () => {
    const clusterId = fixture.clusterId;
    const tries = [
      () => createCluster(as('admin'), { name: named(), connection: connection() }),
      () => updateCluster(as('admin'), { clusterId, name: 'x', connection: connection() }),
      () => setNamespaces(as('viewer'), { clusterId, namespaces }),
      () => tryConnection(as('admin'), { connection: connection(), namespaces }),
      () => probeCluster(as('operator'), { clusterId }),
    ];
    for (const attempt of tries) expect((await refusalOf(attempt())).code).toBe('forbidden');
  });

  it('that does not exist is not found', async () => {
    const clusterId = newId();
    expect((await refusalOf(getCluster(as('viewer'), { clusterId }))).code).toBe('notFound');
    expect((await refusalOf(probeCluster(instanceAdmin(), { clusterId }))).code).toBe('notFound');
    expect((await refusalOf(setNamespaces(instanceAdmin(), { clusterId, namespaces }))).code).toBe(
      'clusterUnknown',
    );
  });
});
