import { and, asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serviceAlert } from '../../db/schema/alerts.ts';
import { auditDetail, auditEntry } from '../../db/schema/audit.ts';
import { model } from '../../db/schema/models.ts';
import { metricInterval, roleInterval, service, serviceRevision } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { exampleWorkload } from '../../domain/example-workload.ts';
import { serviceStatusSchema } from '../../domain/service-status.ts';
import { type ObservedWorkload, specOfWorkload, type Workload } from '../../domain/workload.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { newId } from '../id.ts';
import type { CounterRequest, Metrics } from '../metrics/metrics.ts';
import type { Hands } from './reconcile.ts';
import { reconcile } from './reconcile.ts';
import { ReconcilerWorld } from './reconciler-fixture.ts';

let test: TestDatabase;
let world: ReconcilerWorld;
let serviceId: string;
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const first = exampleWorkload('ranker', digest('a'));

beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.drop());

/** A service that watches, made as the command makes it but without a revision. */
beforeEach(async () => {
  world = await ReconcilerWorld.create(test.db, { stable: false });
  serviceId = newId();
  const modelId = newId();
  const { projectId, userId, now } = world;
  await test.db
    .insert(model)
    .values({ id: modelId, projectId, name: 'ranker', createdAt: now, createdBy: userId });
  const [like] = await test.db.select().from(service).where(eq(service.id, world.serviceId));
  if (like === undefined) throw new Error('The world has a service.');
  const { ref, selector, manager } = first;
  const adoption = {
    schema: 1,
    workload: ref,
    container: 'model',
    selector,
    manager,
    services: ['ranker'],
    modelId,
  };
  await test.db.insert(service).values({
    ...like,
    id: serviceId,
    name: 'ranker',
    mode: 'watched',
    spec: specOfWorkload(first),
    adoption: { ...adoption, route: null, routeSentence: first.routeSentence },
    stableRevisionId: null,
    nextRevisionNumber: 1,
    status: null,
  });
});

const asked: CounterRequest[] = [];

/** One pod that answers ten requests a second, one of them with an error, since 1970. */
const counting: Metrics = {
  counters: async (request) => {
    asked.push(request);
    const samples = request.boundaries.map((at) => ({
      pod: request.workload?.podNames[0] ?? '',
      revisionNumber: request.workload?.revisionNumber ?? 0,
      at,
      requests: at.getTime() / 100,
      errors: at.getTime() / 1_000,
      buckets: {},
    }));
    return { kind: 'samples', samples };
  },
  value: () => Promise.reject(new Error('Nobody asks for a value.')),
};

async function passWith(seen: Workload | null, more: Partial<ObservedWorkload> = {}) {
  const hands = await world.hands('watcher');
  const never = () =>
    Promise.reject(new Error('A watched service was written, or looked at as a managed one.'));
  const cluster: Cluster = {
    ...hands.cluster,
    observe: never,
    apply: never,
    observeWorkload: async () => ({ fresh: true, blockers: [], routesRead: true, workload: seen, ...more }),
  };
  const watching: Hands = { ...hands, cluster, metricsOf: () => counting };
  return await reconcile(watching, serviceId);
}

async function stored() {
  const [row] = await test.db.select().from(service).where(eq(service.id, serviceId));
  if (row === undefined) throw new Error('The service vanished.');
  return { row, status: serviceStatusSchema.parse(row.status) };
}

async function revisions() {
  return await test.db
    .select({ number: serviceRevision.number, imageDigest: serviceRevision.imageDigest })
    .from(serviceRevision)
    .where(eq(serviceRevision.serviceId, serviceId))
    .orderBy(asc(serviceRevision.number));
}

async function told(): Promise<string[]> {
  const rows = await test.db
    .select({ sentence: auditDetail.sentence })
    .from(auditEntry)
    .innerJoin(auditDetail, and(eq(auditDetail.chain, auditEntry.chain), eq(auditDetail.seq, auditEntry.seq)))
    .where(eq(auditEntry.objectId, serviceId))
    .orderBy(asc(auditEntry.seq));
  return rows.map(({ sentence }) => sentence);
}

describe('a pass over a watched service', () => {
  it('writes nothing to the cluster, records what runs once, and then nothing more', async () => {
    expect(await passWith(first)).toMatchObject({ actions: [] });
    expect(await revisions()).toEqual([{ number: 1, imageDigest: digest('a') }]);
    const { row, status } = await stored();
    expect(status).toMatchObject({ state: 'healthy', synced: true, stableNumber: 1 });
    const said = await told();
    await passWith(first);
    expect(await revisions()).toHaveLength(1);
    expect(await told()).toEqual(said);
    expect((await stored()).row.statusAt).toEqual(row.statusAt);
  });

  it('tells a change by others at once and takes the new revision when it alone runs', async () => {
    await passWith(first);
    const next = exampleWorkload('ranker', digest('b'));
    await passWith({ ...next, settled: false, images: [...first.images, ...next.images] });
    expect((await told()).at(-1)).toContain(
      'kubectl-set (Update) changed spec.template.spec.containers[model].image',
    );
    expect(await revisions()).toHaveLength(1);
    await passWith(next);
    expect(await revisions()).toEqual([
      { number: 1, imageDigest: digest('a') },
      { number: 2, imageDigest: digest('b') },
    ]);
    const intervals = await test.db
      .select({ role: roleInterval.role, toAt: roleInterval.toAt })
      .from(roleInterval)
      .where(eq(roleInterval.serviceId, serviceId))
      .orderBy(asc(roleInterval.id));
    expect(intervals.map(({ role, toAt }) => [role, toAt === null])).toEqual([
      ['stable', false],
      ['stable', true],
    ]);
    expect((await told()).filter((sentence) => sentence.includes('kubectl-set'))).toHaveLength(1);
  });

  it('notices a tag that moved: another digest under an unchanged template', async () => {
    await passWith(first);
    await passWith({ ...first, images: [{ digest: digest('c'), reference: null, podCount: 2 }] });
    expect((await revisions()).at(-1)).toEqual({ number: 2, imageDigest: digest('c') });
  });

  it('says scaled to zero, gone and unread, each in its own words, and keeps its revision', async () => {
    await passWith(first);
    await passWith({ ...first, desiredReplicas: 0, readyReplicas: 0, images: [], podNames: [] });
    expect((await stored()).status).toMatchObject({ state: 'scaledToZero', blockers: [] });
    await passWith(null, { fresh: false });
    expect((await stored()).status).toMatchObject({ state: 'unknown' });
    await passWith(null);
    expect((await stored()).status.watched?.sentence).toContain('does not exist in the cluster any more');
    await passWith({ ...first, ref: { ...first.ref, uid: 'another' } });
    expect((await told()).at(-1)).toContain('was deleted and made again');
    expect((await stored()).row.stableRevisionId).not.toBeNull();
  });

  it('asks for its metrics only once it promises something, and then counts its pods as its revision', async () => {
    asked.length = 0;
    await passWith(first);
    world.nowMs += 30_000;
    await passWith(first);
    expect(asked).toEqual([]);
    await test.db
      .update(service)
      .set({ objectives: { schema: 1, errors: { targetPercent: 99 }, latency: null } })
      .where(eq(service.id, serviceId));
    for (let minute = 0; minute < 40; minute += 1) {
      world.nowMs += 60_000;
      await passWith(first);
    }
    expect(asked[0]?.workload).toEqual({ name: 'ranker', podNames: first.podNames, revisionNumber: 1 });
    expect(asked).toHaveLength(40);
    const rows = await test.db.select().from(metricInterval).where(eq(metricInterval.serviceId, serviceId));
    expect(rows.length).toBeGreaterThan(200);
    expect(rows.every((row) => row.revisionNumber === 1 && row.requests === 100 && row.errors === 10)).toBe(
      true,
    );
    // A tenth of all requests at a budget of a hundredth is ten times too fast: six hours tell that, not one.
    const alerts = await test.db.select().from(serviceAlert).where(eq(serviceAlert.serviceId, serviceId));
    expect(alerts).toEqual([]);
    expect((await told()).filter((sentence) => sentence.includes('alerted'))).toEqual([]);
  });

  it('does not start a promotion and leaves what it looks at alone while routes cannot be read', async () => {
    await passWith(first);
    const { row } = await stored();
    const unread = { ...first, services: [], routeSentence: 'HTTPRoute objects are still being read.' };
    await passWith(unread, { routesRead: false });
    expect((await stored()).row.adoption).toEqual(row.adoption);
  });
});
