import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { transaction } from '../../db/client.ts';
import { environment } from '../../db/schema/environments.ts';
import { service } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import type { WaitingPod } from '../../domain/metering/waiting-pods.ts';
import { exampleHolder } from '../../domain/preflight/example-capacity.ts';
import { blocker } from '../../domain/refusal.ts';
import type { ServiceStatus } from '../../domain/service-status.ts';
import { newId } from '../id.ts';
import { seeRoom } from '../room-fixture.ts';
import { saveWaiting } from '../rows/waiting-pods.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { getWaitingGpus } from './waiting.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
let namespace = '';
const now = new Date('2026-11-02T12:00:00Z');
const words = '0/2 nodes are available: 2 Insufficient nvidia.com/gpu.';
const key = 'requests.nvidia.com/gpu';

const pod = (uid: string, of: string): WaitingPod => ({
  uid,
  namespace: of,
  name: uid,
  owner: { kind: 'Deployment', name: 'fraud-r2' },
  gpus: 2,
  createdAt: now,
  words,
});

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  const [place] = await test.db.select().from(environment).where(eq(environment.id, fixture.productionId));
  namespace = place?.namespace ?? '';
});
afterAll(() => test.drop());

const ask = (who = fixture.people.viewer) =>
  getWaitingGpus(fixture.as(who), { projectId: fixture.projectId });

it('is empty where no pod was ever watched', async () => {
  expect(await ask()).toEqual({ clusters: [], refused: [], quotas: [] });
});

it('names pods of the project with the scheduler’s words, of others only how much waits, and all to an auditor', async () => {
  const waiting = { schema: 1 as const, pods: [pod('mine', namespace), pod('theirs', 'elsewhere')], more: 0 };
  await transaction(test.db, (tx) => saveWaiting(tx, { clusterId: fixture.clusterId, at: now, waiting }));
  const seen = await ask();
  expect(seen.clusters).toMatchObject([
    { id: fixture.clusterId, pods: [{ uid: 'mine', gpus: 2, words }], others: { pods: 1, gpus: 2 } },
  ]);
  expect(JSON.stringify(seen)).not.toContain('theirs');
  const all = await ask({ ...fixture.people.viewer, instanceRoles: ['auditor'] });
  expect(all.clusters[0]?.pods.map(({ uid }) => uid)).toEqual(['mine', 'theirs']);
});

it('names a quota that is used up with who holds it, and the service whose pods it refuses', async () => {
  await seeRoom(test.db, {
    clusterId: fixture.clusterId,
    namespaces: [namespace],
    now,
    cluster: { holders: { kind: 'read', value: [exampleHolder('fraud-r1', 2, { namespace })] } },
    namespace: {
      quotas: { kind: 'read', value: [{ name: 'gpus', hard: { [key]: 2 }, used: { [key]: 2 }, scopes: [] }] },
    },
  });
  const refusal = blocker({
    code: 'quotaExceeded',
    message: 'Its pods are refused by ResourceQuota "gpus".',
  });
  const status: ServiceStatus = {
    schema: 1,
    state: 'degraded',
    synced: true,
    activeRolloutId: null,
    stableNumber: 1,
    serving: { desired: {}, requested: {}, accepted: true, fresh: true, revisions: [], fight: null },
    blockers: [refusal],
  };
  await test.db.update(service).set({ status }).where(eq(service.id, fixture.serviceId));
  const seen = await ask();
  expect(seen.quotas).toEqual([
    { namespace, quota: 'gpus', key, used: 2, hard: 2, heldBy: 'fraud-r1 2', observedAt: now },
  ]);
  expect(seen.refused).toMatchObject([
    {
      serviceId: fixture.serviceId,
      rolloutId: null,
      environment: 'production',
      blocker: { code: 'quotaExceeded' },
    },
  ]);
});

it('is not there for whoever is no member', async () => {
  const stranger = { ...fixture.people.viewer, id: newId(), memberships: new Map() };
  expect((await refusalOf(ask(stranger))).code).toBe('notFound');
});
