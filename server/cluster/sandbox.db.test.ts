import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { transaction } from '../../db/client.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import type { SandboxChange } from '../../domain/sandbox.ts';
import type { ServingAction, ServingScope } from '../../domain/serving.ts';
import { sandboxRecord } from '../metrics/sandbox-query.ts';
import { setBehaviour } from './sandbox/behaviour.ts';
import { StandingClock, sandboxOf, sandboxRevision, sandboxScope } from './sandbox-fixture.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const fence = (epoch: number, generation = 1) => ({ epoch, generation });
const gpus = (count: number) => ({ resources: { limits: { 'nvidia.com/gpu': count } } });

/** A sandbox of its own, one process on it, and the means to tell it things. */
function world(given: Partial<ServingScope> = {}) {
  const scope = sandboxScope(given);
  const clock = new StandingClock();
  const cluster = sandboxOf(database.db, scope, { clock });
  const apply = (action: ServingAction, epoch = 1) => cluster.apply(scope, action, fence(epoch));
  const tell = (change: SandboxChange) =>
    transaction(database.db, (tx) => setBehaviour(tx, { clusterId: scope.clusterId, change, at: clock.now }));
  return { scope, clock, cluster, apply, tell, observe: () => cluster.observe(scope) };
}

const refusalOf = async (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: { refusal?: { code: string; message: string } }) => error.refusal ?? error,
  );

describe('applying and observing', () => {
  test('an empty sandbox is fresh and holds nothing', async () => {
    const { observe } = world();
    const seen = await observe();
    expect(seen).toMatchObject({ fresh: true, revisions: [], fight: null, blockers: [] });
    expect(seen.route).toMatchObject({ exists: false, requested: {}, accepted: false });
  });

  test('a revision becomes ready after its delay, and says until when it starts', async () => {
    const { apply, observe, clock } = world();
    await apply({ kind: 'applyRevision', revision: sandboxRevision(3) });
    const [starting] = (await observe()).revisions;
    expect(starting).toMatchObject({
      number: 3,
      owned: true,
      desiredReplicas: 2,
      readyReplicas: 0,
      ready: false,
    });
    expect(starting?.settled).toBe(false);
    const until = Date.parse(starting?.blockers[0]?.until ?? '');
    expect(until - clock.now.getTime()).toBeGreaterThanOrEqual(6_000);
    clock.pass(5_999);
    expect((await observe()).revisions[0]).toMatchObject({ readyReplicas: 0, settled: true });
    clock.pass(1_300);
    const [ready] = (await observe()).revisions;
    expect(ready).toMatchObject({ readyReplicas: 2, ready: true, blockers: [] });
  });

  test('a route is accepted a second after its last change, not after a mere new epoch', async () => {
    const { apply, observe, clock } = world();
    await apply({ kind: 'applyRevision', revision: sandboxRevision(1) });
    await apply({ kind: 'applyRoute', weights: { 1: 100 } });
    expect((await observe()).route).toMatchObject({ exists: true, requested: { 1: 100 }, accepted: false });
    clock.pass(1_000);
    expect((await observe()).route).toMatchObject({ accepted: true, blockers: [], matchesScope: true });
    await apply({ kind: 'applyRoute', weights: { 1: 100 } }, 2);
    expect((await observe()).route.accepted).toBe(true);
    await apply({ kind: 'applyRoute', weights: { 1: 90, 2: 10 } }, 2);
    clock.pass(1_000);
    const [missing] = (await observe()).route.blockers;
    expect(missing?.message).toContain('fraud-r2');
  });

  test('a changed scope shows in matchesScope until the route is applied again', async () => {
    const { apply, cluster, scope } = world();
    await apply({ kind: 'applyRoute', weights: { 1: 100 } });
    const moved = { ...scope, hostnames: ['other.example.com'] };
    expect((await cluster.observe(moved)).route.matchesScope).toBe(false);
    await cluster.apply(moved, { kind: 'applyRoute', weights: { 1: 100 } }, fence(1));
    expect((await cluster.observe(moved)).route.matchesScope).toBe(true);
  });

  test('scaling keeps the pods that stay, deleting removes the revision, and deleting twice is fine', async () => {
    const { apply, observe, clock } = world();
    const revision = sandboxRevision(1);
    await apply({ kind: 'applyRevision', revision });
    clock.pass(10_000);
    await apply({
      kind: 'applyRevision',
      revision: { ...revision, scaling: { kind: 'fixed', replicas: 3 } },
    });
    expect((await observe()).revisions[0]).toMatchObject({ desiredReplicas: 3, readyReplicas: 2 });
    await apply({ kind: 'deleteRevision', number: 1 });
    await apply({ kind: 'deleteRevision', number: 1 });
    expect((await observe()).revisions).toEqual([]);
  });

  test('a second process, with a pool of its own, sees the very same sandbox', async () => {
    const { scope, clock, apply, observe } = world();
    await apply({ kind: 'applyRevision', revision: sandboxRevision(1) });
    await apply({ kind: 'applyRoute', weights: { 1: 100 } });
    clock.pass(8_000);
    const other = await sandboxOf(database.db, scope, { clock }).observe(scope);
    expect(other).toEqual(await observe());
    expect(other.revisions[0]?.ready).toBe(true);
  });

  test('a neighbour whose name begins alike is not mistaken for this service', async () => {
    const { scope, clock, apply, observe } = world();
    await apply({ kind: 'applyRevision', revision: sandboxRevision(1) });
    const neighbour = { ...scope, serviceId: uuidv7(), serviceName: 'fraud-r1' };
    const cluster = sandboxOf(database.db, scope, { clock });
    await cluster.apply(neighbour, { kind: 'applyRevision', revision: sandboxRevision(2) }, fence(1));
    expect((await observe()).revisions.map(({ number }) => number)).toEqual([1]);
    expect((await cluster.observe(neighbour)).revisions.map(({ number }) => number)).toEqual([2]);
  });
});

describe('fencing', () => {
  test('a write from an older lease is refused and changes nothing', async () => {
    const { scope, clock, apply, observe } = world();
    const revision = sandboxRevision(1);
    await apply({ kind: 'applyRevision', revision }, 5);
    const stale = sandboxOf(database.db, scope, { clock });
    const more = { ...revision, scaling: { kind: 'fixed' as const, replicas: 9 } };
    const refused = await refusalOf(stale.apply(scope, { kind: 'applyRevision', revision: more }, fence(4)));
    expect(refused).toMatchObject({ code: 'conflict' });
    expect(
      await refusalOf(stale.apply(scope, { kind: 'deleteRevision', number: 1 }, fence(4))),
    ).toMatchObject({
      code: 'conflict',
    });
    expect((await observe()).revisions[0]?.desiredReplicas).toBe(2);
  });

  test('a write based on an older read is refused, and goes through after reading again', async () => {
    const { scope, clock, apply, observe } = world();
    await apply({ kind: 'applyRoute', weights: { 1: 100 } });
    const other = sandboxOf(database.db, scope, { clock });
    await other.observe(scope);
    await apply({ kind: 'applyRoute', weights: { 1: 90, 2: 10 } });
    const write = () => other.apply(scope, { kind: 'applyRoute', weights: { 1: 50, 2: 50 } }, fence(1));
    expect(await refusalOf(write())).toMatchObject({ code: 'conflict' });
    expect((await observe()).route.requested).toEqual({ 1: 90, 2: 10 });
    await other.observe(scope);
    await write();
    expect((await observe()).route.requested).toEqual({ 1: 50, 2: 50 });
  });

  test('an object that was deleted after it was read is not made again', async () => {
    const { scope, clock, apply, observe } = world();
    const revision = sandboxRevision(1);
    await apply({ kind: 'applyRevision', revision });
    const other = sandboxOf(database.db, scope, { clock });
    await other.observe(scope);
    await apply({ kind: 'deleteRevision', number: 1 });
    expect(await refusalOf(other.apply(scope, { kind: 'applyRevision', revision }, fence(1)))).toMatchObject({
      code: 'conflict',
    });
    expect((await observe()).revisions).toEqual([]);
  });

  test("another service's object of the same name is shown as not owned and left alone", async () => {
    const { scope, clock, apply, observe } = world();
    await apply({ kind: 'applyRevision', revision: sandboxRevision(1) });
    const twin = { ...scope, serviceId: uuidv7() };
    const cluster = sandboxOf(database.db, scope, { clock });
    expect((await cluster.observe(twin)).revisions[0]?.owned).toBe(false);
    for (const action of [
      { kind: 'deleteRevision', number: 1 },
      { kind: 'applyRevision', revision: sandboxRevision(1) },
    ] as const)
      expect(await refusalOf(cluster.apply(twin, action, fence(9)))).toMatchObject({ code: 'conflict' });
    expect((await observe()).revisions[0]?.owned).toBe(true);
  });

  test('the hook before a write can stop it, and an unchanged apply leaves the object as it is', async () => {
    const { scope, clock, observe } = world();
    const stopped = sandboxOf(database.db, scope, {
      clock,
      beforeWrite: () => {
        throw new Error('killed');
      },
    });
    await expect(stopped.apply(scope, { kind: 'applyRoute', weights: {} }, fence(1))).rejects.toThrow(
      'killed',
    );
    expect((await observe()).route.exists).toBe(false);
    const first = sandboxOf(database.db, scope, { clock });
    const second = sandboxOf(database.db, scope, { clock });
    const action = { kind: 'applyRevision', revision: sandboxRevision(1) } as const;
    await first.apply(scope, action, fence(1));
    await second.observe(scope);
    await first.apply(scope, action, fence(1));
    await second.apply(scope, action, fence(1));
  });
});

describe('faults', () => {
  test.each([
    ['neverReady', 'revisionNotReady', 'Readiness probe failed'],
    ['crashLoop', 'crashLoop', 'CrashLoopBackOff'],
    ['imagePull', 'imagePull', 'registry.example.com/fraud:1'],
  ] as const)(
    '%s keeps a revision from being ready and names the cause, until it ends',
    async (fault, code, words) => {
      const { apply, observe, tell, clock } = world();
      const revision = sandboxRevision(1);
      const told = { subject: 'modelVersion', modelVersionId: revision.modelVersionId } as const;
      await tell({ ...told, behaviour: { fault } });
      await apply({ kind: 'applyRevision', revision });
      clock.pass(60_000);
      const [broken] = (await observe()).revisions;
      expect(broken).toMatchObject({ ready: false, readyReplicas: 0 });
      expect(broken?.blockers).toHaveLength(1);
      expect(broken?.blockers[0]?.code).toBe(code);
      expect(broken?.blockers[0]?.message).toContain(words);
      await tell({ ...told, behaviour: { fault: 'none' } });
      clock.pass(7_300);
      expect((await observe()).revisions[0]?.readyReplicas).toBe(2);
    },
  );

  test('pods beyond the GPUs wait with the words of the scheduler, and start when GPUs become free', async () => {
    const { apply, observe, clock } = world();
    await apply({ kind: 'applyRevision', revision: sandboxRevision(1, { replicas: 4, container: gpus(2) }) });
    clock.pass(1_000);
    await apply({ kind: 'applyRevision', revision: sandboxRevision(2, { replicas: 1, container: gpus(1) }) });
    clock.pass(60_000);
    const waiting = (await observe()).revisions[1];
    expect(waiting?.blockers[0]?.code).toBe('unschedulable');
    expect(waiting?.blockers[0]?.message).toContain(
      '0/2 nodes are available: 2 Insufficient nvidia.com/gpu.',
    );
    await apply({ kind: 'deleteRevision', number: 1 });
    clock.pass(7_300);
    expect((await observe()).revisions[0]).toMatchObject({ number: 2, ready: true });
  });

  test('another node lets waiting pods start', async () => {
    const { apply, observe, tell, clock } = world();
    await tell({ subject: 'cluster', behaviour: { gpuNodes: 0 } });
    await apply({ kind: 'applyRevision', revision: sandboxRevision(1, { container: gpus(1) }) });
    clock.pass(60_000);
    expect((await observe()).revisions[0]?.readyReplicas).toBe(0);
    await tell({ subject: 'cluster', behaviour: { gpuNodes: 1 } });
    clock.pass(7_300);
    expect((await observe()).revisions[0]?.readyReplicas).toBe(2);
  });

  test('a rejected route says so and is accepted a second after it is let in', async () => {
    const { scope, apply, observe, tell, clock } = world();
    const told = { subject: 'service', serviceId: scope.serviceId } as const;
    await apply({ kind: 'applyRevision', revision: sandboxRevision(1) });
    await tell({ ...told, behaviour: { fault: 'routeRejected' } });
    await apply({ kind: 'applyRoute', weights: { 1: 100 } });
    clock.pass(60_000);
    const { route } = await observe();
    expect(route.accepted).toBe(false);
    expect(route.blockers[0]?.code).toBe('routeNotAccepted');
    await tell({ ...told, behaviour: { fault: 'none' } });
    expect((await observe()).route.accepted).toBe(false);
    clock.pass(1_000);
    expect((await observe()).route.accepted).toBe(true);
  });

  test('a fight names the other manager, and no write of the route holds', async () => {
    const { scope, apply, observe, tell } = world();
    await apply({ kind: 'applyRoute', weights: { 1: 100 } });
    await tell({ subject: 'service', serviceId: scope.serviceId, behaviour: { fault: 'fight' } });
    expect((await observe()).fight).toMatchObject({
      manager: 'argocd-controller',
      object: 'HTTPRoute/fraud',
    });
    const refused = await refusalOf(apply({ kind: 'applyRoute', weights: { 1: 90, 2: 10 } }));
    expect(refused).toMatchObject({ code: 'fight' });
    expect((await observe()).route.requested).toEqual({ 1: 100 });
  });

  test('an unreachable cluster shows nothing, says why, and takes no write, no dry run and no probe', async () => {
    const { scope, cluster, apply, observe, tell } = world();
    await apply({ kind: 'applyRevision', revision: sandboxRevision(1) });
    await tell({ subject: 'cluster', behaviour: { fault: 'unreachable' } });
    expect(await observe()).toMatchObject({ fresh: false, revisions: [] });
    expect((await observe()).blockers[0]?.code).toBe('clusterUnreachable');
    expect(await refusalOf(apply({ kind: 'deleteRevision', number: 1 }))).toMatchObject({
      code: 'clusterUnreachable',
    });
    const desired = { scope, generation: 1, revisions: [], weights: {}, fallbackNumber: null };
    expect((await cluster.dryRun(desired))[0]?.code).toBe('clusterUnreachable');
    expect(await cluster.probe([])).toMatchObject({ reachable: false });
    await tell({ subject: 'cluster', behaviour: { fault: 'none' } });
    expect((await observe()).revisions).toHaveLength(1);
    expect(await cluster.probe([])).toMatchObject({ reachable: true, gatewayApi: true, blockers: [] });
  });
});

describe('writers at once', () => {
  test('never give one GPU to two pods', async () => {
    const { scope, clock } = world();
    const services = Array.from({ length: 4 }, (_, index) => ({
      ...scope,
      serviceId: uuidv7(),
      serviceName: `service-${index}`,
    }));
    const ready = await Promise.all(
      services.map(async (service) => {
        const cluster = sandboxOf(database.db, scope, { clock });
        const revision = sandboxRevision(1, { replicas: 3, container: gpus(1) });
        await cluster.apply(service, { kind: 'applyRevision', revision }, fence(1));
        return cluster;
      }),
    );
    clock.pass(60_000);
    const seen = await Promise.all(
      ready.map(async (cluster, index) => cluster.observe(services[index] ?? scope)),
    );
    const readyReplicas = seen.reduce((sum, { revisions }) => sum + (revisions[0]?.readyReplicas ?? 0), 0);
    expect(readyReplicas).toBe(8);
  });

  test('of which one reads the clock first and comes last lose none of their pods in the metrics', async () => {
    const { scope, clock, apply } = world();
    const early = new StandingClock();
    clock.pass(5);
    await apply({ kind: 'applyRevision', revision: sandboxRevision(1) });
    const late = sandboxOf(database.db, scope, { clock: early });
    await late.apply(scope, { kind: 'applyRevision', revision: sandboxRevision(2) }, fence(1));
    const record = await sandboxRecord(database.db, scope, clock.now);
    const numbers = record?.history.pods.at(-1)?.value.map(({ revisionNumber }) => revisionNumber);
    expect(numbers?.toSorted()).toEqual([1, 1, 2, 2]);
  });
});

describe('dry run', () => {
  test('takes a sound revision, refuses each unsound one with its own sentence, and writes nothing', async () => {
    const { scope, cluster, apply, observe } = world();
    const refusedWords = async (container: Parameters<typeof sandboxRevision>[1]) => {
      const revisions = [sandboxRevision(1, container ?? {})];
      const desired = { scope, generation: 1, revisions, weights: { 1: 100 }, fallbackNumber: 1 };
      return (await cluster.dryRun(desired)).map(({ code, message }) => `${code}: ${message}`).join('\n');
    };
    expect(
      await refusedWords({ container: { resources: { requests: { cpu: '250m', memory: '1.5Gi' } } } }),
    ).toBe('');
    const bad = { container: { resources: { requests: { memory: '12 gigs' } } } };
    expect(await refusedWords(bad)).toContain('Invalid value: "12 gigs"');
    const apart = await refusalOf(apply({ kind: 'applyRevision', revision: sandboxRevision(1, bad) }));
    expect(apart).toMatchObject({ code: 'dryRunRefused' });
    expect((await observe()).revisions).toEqual([]);
    expect(await cluster.probe([])).toMatchObject({ version: 'sandbox' });
  });
});
