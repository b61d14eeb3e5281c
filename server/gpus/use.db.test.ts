import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clusterRequest, environment } from '../../db/schema/environments.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { fraction } from '../../domain/metering/fraction.ts';
import { StandingClock, sandboxOf, sandboxRevision, sandboxScope } from '../cluster/sandbox-fixture.ts';
import { newId } from '../id.ts';
import { LedgerFixture } from '../ledger-fixture.ts';
import { answerGpuLooks } from '../reconciler/gpu-looks.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { getGpuUse } from './use.ts';

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
let test: TestDatabase;
let fixture: ProjectFixture;
let ledger: LedgerFixture;
let endedId: string;

async function namespaceOf(environmentId: string): Promise<string> {
  const rows = await test.db.select().from(environment).where(eq(environment.id, environmentId));
  return rows[0]?.namespace ?? '';
}

/** Names of the pods of a service in the sandbox, with a GPU each and all the traffic. */
async function serve(namespace: string): Promise<string[]> {
  const { clusterId, serviceId } = fixture;
  const clock = new StandingClock();
  const scope = sandboxScope({ clusterId, serviceId, namespace });
  const sandbox = sandboxOf(test.db, scope, { clock });
  const revision = sandboxRevision(1, { container: { resources: { limits: { 'nvidia.com/gpu': '1' } } } });
  await sandbox.apply(scope, { kind: 'applyRevision', revision }, { epoch: 1, generation: 1 });
  clock.pass(60_000);
  await sandbox.apply(scope, { kind: 'applyRoute', weights: { 1: 100 } }, { epoch: 1, generation: 1 });
  return (await sandbox.pods(scope)).pods.map(({ name }) => name);
}

/** A rollout that ended an hour ago and whose pod held a GPU of the node until then. */
async function endRollout(): Promise<string> {
  const { rolloutId } = await fixture.live();
  const rows = await test.db
    .update(rollout)
    .set({ startedAt: hoursAgo(3), endedAt: hoursAgo(1) })
    .where(eq(rollout.id, rolloutId))
    .returning({ to: rollout.toRevisionId });
  const namespace = await namespaceOf(fixture.stagingId);
  const revisionId = rows[0]?.to ?? '';
  await ledger.pod('gone', { namespace, revisionId, fromAt: hoursAgo(3), toAt: hoursAgo(1) });
  return rolloutId;
}

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  ledger = new LedgerFixture(test.db, fixture.clusterId);
  await ledger.node('gpu-1', { fromAt: hoursAgo(100), toAt: null });
  const namespace = await namespaceOf(fixture.productionId);
  const [old = '', young = ''] = await serve(namespace);
  await ledger.pod('old', {
    namespace,
    name: old,
    fromAt: hoursAgo(48),
    toAt: hoursAgo(2),
    bucket: 'warmup',
  });
  await ledger.pod('old', { namespace, name: old, fromAt: hoursAgo(2), toAt: null });
  await ledger.pod('young', { namespace, name: young, fromAt: hoursAgo(2), toAt: null });
  await ledger.pod('unknown', { namespace, name: 'never-measured', fromAt: hoursAgo(2), toAt: null });
  await ledger.pod('cpu', { namespace, gpu: fraction(0), fromAt: hoursAgo(2), toAt: null });
  await ledger.pod('theirs', { namespace: 'others', name: old, fromAt: hoursAgo(2), toAt: null });
  endedId = await endRollout();
});
afterAll(() => test.drop());

/** The query while a worker answers. */
async function asked() {
  const answer = getGpuUse(fixture.as('viewer'), { projectId: fixture.projectId });
  let done = false;
  const ended = answer.finally(() => {
    done = true;
  });
  while (!done) await answerGpuLooks(test.db, null);
  await ended;
  return await answer;
}

it('tells a member what the own pods do with their GPUs, by the traffic of the sandbox, and nothing of others', async () => {
  const { uses, problems } = await asked();
  const byUid = new Map(uses.map((use) => [use.podUid, use]));
  expect([...byUid.keys()].sort()).toEqual(['old', 'unknown', 'young']);
  expect(byUid.get('old')).toMatchObject({ gpus: 1, estimated: false, wholeWindow: true });
  // Twenty requests per second over two pods, 80 ms each and one in a hundred ten times that.
  expect(byUid.get('old')?.activity).toBeCloseTo(1 - Math.exp(-10 * 0.0872), 2);
  expect(byUid.get('young')).toMatchObject({ wholeWindow: false });
  expect(byUid.get('unknown')).toMatchObject({ activity: null, memoryPeakMib: null });
  expect(problems).toEqual([]);
});

it('names the rollout that ended last on a node whose GPUs its pods held', async () => {
  const { endedOnNodes } = await asked();
  expect(endedOnNodes).toMatchObject([
    { nodeUid: 'gpu-1', rolloutId: endedId, serviceName: 'scoring', phase: 'succeeded' },
  ]);
});

it('says why nothing is measured, keeps the pods, and leaves no question behind', async () => {
  await test.db
    .update(environment)
    .set({ metricsSource: { kind: 'none' } })
    .where(eq(environment.id, fixture.productionId));
  const { uses, problems } = await asked();
  expect(uses.map(({ activity }) => activity)).toEqual([null, null, null]);
  expect(problems).toEqual([
    { environment: 'production', message: 'The environment has no metrics source.' },
  ]);
  expect(await test.db.select().from(clusterRequest)).toEqual([]);
});

it('is not there for whoever is no member', async () => {
  const stranger = { ...fixture.people.viewer, id: newId(), memberships: new Map() };
  const refused = getGpuUse(fixture.as(stranger), { projectId: fixture.projectId });
  expect((await refusalOf(refused)).code).toBe('notFound');
});
