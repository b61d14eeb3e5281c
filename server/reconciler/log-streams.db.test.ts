import { eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { auditDetail } from '../../db/schema/audit.ts';
import { clusterRequest } from '../../db/schema/environments.ts';
import { logChunk, logStream } from '../../db/schema/logs.ts';
import { service } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import type { LogEnding } from '../../domain/log-stream.ts';
import type { Role } from '../../domain/permission.ts';
import type { Principal } from '../../domain/principal.ts';
import { DomainError } from '../../domain/refusal.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Context } from '../context.ts';
import { newId } from '../id.ts';
import { log } from '../log.ts';
import { servicePods } from '../services/pods.ts';
import { followLog, readLogs } from '../services/read-logs.ts';
import { refusalOf } from '../test-fixture.ts';
import { ClusterLoop } from './cluster-loop.ts';
import { LogStreams } from './log-streams.ts';
import { ReconcilerWorld } from './reconciler-fixture.ts';

let database: TestDatabase;
let world: ReconcilerWorld;
const open: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  log.level = 'silent';
  database = await testDatabase();
  world = await ReconcilerWorld.create(database.db);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});
afterAll(() => database.drop());

const soon = { timeout: 15_000, interval: 20 };

function as(role: Role, id = world.userId, projectId = world.projectId): Context {
  const memberships = new Map([[projectId, new Set([role])]]);
  const principal: Principal = {
    id,
    kind: 'user',
    ownerUserId: id,
    name: 'Ada',
    instanceRoles: [],
    memberships,
  };
  return {
    db: world.db,
    clock: async () => world.now,
    principal,
    requestId: newId(),
    idempotencyKey: null,
    sessionIdHash: null,
    origin: 'live',
    publicUrl: 'http://127.0.0.1',
    workerPublicKey: '',
  };
}

type Follow = (signal: AbortSignal) => AsyncIterable<readonly string[]>;

/** What a worker does for logs, over a cluster whose container writes what the test says. */
async function following(follow: Follow): Promise<LogStreams> {
  const { cluster } = await world.hands('logs');
  const told: Cluster = { ...cluster, followLog: (_question, signal) => follow(signal) };
  const streams = new LogStreams({ db: world.db, cluster: told });
  open.push(streams);
  return streams;
}

const asked = { pod: 'fraud-r1-abc-12345', container: 'model' };
const start = (more: Partial<Parameters<typeof readLogs>[1]> = {}, ctx = as('operator')) =>
  readLogs(ctx, { serviceId: world.serviceId, ...asked, ...more });

/** Reads as a page does, until the reading has ended. */
async function readAll(
  streamId: string,
  ctx = as('operator'),
): Promise<{ lines: string[]; ending: LogEnding }> {
  const lines: string[] = [];
  let cursor = 0;
  return await vi.waitFor(async () => {
    for (;;) {
      const part = await followLog(ctx, { streamId, cursor });
      cursor = part.cursor;
      if (part.ending !== null) return { lines, ending: part.ending };
      if (part.text === '') throw new Error('There is nothing yet.');
      lines.push(...part.text.split('\n'));
    }
  }, soon);
}

async function* lines(...batches: readonly (readonly string[])[]): AsyncGenerator<readonly string[]> {
  yield* batches;
}

describe('the log of a container', () => {
  it('comes to the page line by line, plain and without secrets, and is gone from the database when it was read', async () => {
    const streams = await following(() =>
      lines(
        ['2026-11-24T12:00:00.0Z \u001b[31mERROR\u001b[0m password=hunter2 host=db', 'nul \u0000 byte'],
        ['last'],
      ),
    );
    const { streamId } = await start();
    streams.look();
    const { lines: read, ending } = await readAll(streamId);
    expect(read).toEqual([
      '2026-11-24T12:00:00.0Z ERROR password=[redacted] host=db',
      'nul \ufffd byte',
      'last',
    ]);
    expect(ending.kind).toBe('over');
    expect(await world.db.select().from(logChunk).where(eq(logChunk.streamId, streamId))).toEqual([]);
  });

  it('does not show what the service itself keeps in variables with secret names', async () => {
    const [row] = await world.db.select().from(service).where(eq(service.id, world.serviceId));
    const spec = row?.spec as { podTemplate: { spec: { containers: { env?: unknown }[] } } };
    const [container] = spec.podTemplate.spec.containers;
    if (container !== undefined) container.env = [{ name: 'FEATURE_TOKEN', value: 'plain-looking-value' }];
    await world.db.update(service).set({ spec }).where(eq(service.id, world.serviceId));
    const streams = await following(() => lines(['connecting with plain-looking-value']));
    const { streamId } = await start();
    streams.look();
    expect((await readAll(streamId)).lines).toEqual(['connecting with [redacted]']);
  });

  it('is an audited act that names the container, and never what it says', async () => {
    const streams = await following(() => lines(['a sentence of the log']));
    const { streamId } = await start({ previous: true, pod: 'fraud-r1-audited-1' });
    streams.look();
    await readAll(streamId);
    const details = await world.db.select().from(auditDetail);
    const sentences = details.map(({ sentence }) => sentence);
    expect(sentences).toContain(
      'read the log of the previous run of container model of pod fraud-r1-audited-1',
    );
    expect(JSON.stringify(details)).not.toContain('a sentence of the log');
  });

  it('waits for a page that does not keep up, and loses no line', async () => {
    let written = 0;
    const streams = await following(async function* () {
      for (let batch = 0; batch < 60; batch += 1) {
        written += 1;
        yield Array.from({ length: 20 }, (_, index) => `${batch}/${index} ${'x'.repeat(1_800)}`);
      }
    });
    const { streamId } = await start();
    streams.look();
    const chunks = () => world.db.$count(logChunk, eq(logChunk.streamId, streamId));
    await vi.waitFor(async () => expect(await chunks()).toBeGreaterThanOrEqual(16), soon);
    expect(written).toBeLessThan(30);
    const { lines: read, ending } = await readAll(streamId);
    expect(ending.kind).toBe('over');
    expect(read).toHaveLength(1_200);
    expect(read.at(-1)).toMatch(/^59\/19 /);
  });

  it('ends at its cap of bytes, and says that reading may go on', async () => {
    const streams = await following(async function* () {
      for (;;) yield Array.from({ length: 200 }, () => 'y'.repeat(3_900));
    });
    const { streamId } = await start();
    streams.look();
    const { ending } = await readAll(streamId);
    expect(ending).toMatchObject({ kind: 'capped', refusal: { message: expect.stringContaining('8 MiB') } });
  });

  it('ends when nobody comes for it, and the container is not followed any longer', async () => {
    let ended = false;
    const streams = await following(async function* (signal) {
      yield ['first'];
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      ended = true;
    });
    const { streamId } = await start();
    streams.look();
    await vi.waitFor(async () => {
      const [row] = await world.db.select().from(logStream).where(eq(logStream.id, streamId));
      expect(row?.startedAt).not.toBeNull();
    }, soon);
    await world.db
      .update(logStream)
      .set({ readAt: sql`clock_timestamp() - interval '11 seconds'` })
      .where(eq(logStream.id, streamId));
    await vi.waitFor(() => expect(ended).toBe(true), soon);
    expect((await readAll(streamId)).ending.refusal.message).toMatch(/did not come for its lines/);
  });

  it('that the cluster refuses ends with its words', async () => {
    const streams = await following(async function* () {
      yield* [];
      throw new DomainError({
        code: 'rightsMissing',
        message: 'The token may not read it.',
        fix: 'Grant it.',
      });
    });
    const { streamId } = await start();
    streams.look();
    expect((await readAll(streamId)).ending).toMatchObject({
      kind: 'failed',
      refusal: { code: 'rightsMissing', message: 'The token may not read it.', fix: 'Grant it.' },
    });
  });

  it('of a stopped worker says so at once, of a killed one after a while, and of none after ten seconds', async () => {
    const endless: Follow = async function* (signal) {
      yield ['first'];
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    };
    const streams = await following(endless);
    const stopped = await start();
    streams.look();
    await vi.waitFor(async () => {
      expect((await followLog(as('operator'), { streamId: stopped.streamId, cursor: 0 })).text).toBe('first');
    }, soon);
    await streams.close();
    expect((await readAll(stopped.streamId)).ending.refusal.message).toMatch(/was stopped/);
    const { streamId } = await start();
    await world.db
      .update(logStream)
      .set({ startedAt: sql`clock_timestamp()`, aliveAt: sql`clock_timestamp() - interval '21 seconds'` })
      .where(eq(logStream.id, streamId));
    expect((await readAll(streamId)).ending.refusal.code).toBe('workerSilent');
    const waiting = await start();
    expect(await followLog(as('operator'), { ...waiting, cursor: 0 })).toEqual({
      text: '',
      cursor: 0,
      started: false,
      ending: null,
    });
    await world.db
      .update(logStream)
      .set({ askedAt: sql`clock_timestamp() - interval '11 seconds'` })
      .where(eq(logStream.id, waiting.streamId));
    expect((await readAll(waiting.streamId)).ending.refusal.message).toMatch(/did not answer within 10/);
  });

  it('whose lines were lost on their way is never shown with a gap', async () => {
    const { streamId } = await start();
    await world.db.insert(logChunk).values({ streamId, number: 2, text: 'second' });
    const part = await followLog(as('operator'), { streamId, cursor: 0 });
    expect(part).toMatchObject({ text: '', ending: { kind: 'capped', refusal: { code: 'conflict' } } });
  });

  it('is for engineers and operators, for its reader only, and for nobody of another project', async () => {
    const { streamId } = await start({}, as('engineer'));
    expect(await refusalOf(start({}, as('viewer')))).toMatchObject({ code: 'forbidden' });
    expect(await refusalOf(start({}, as('approver')))).toMatchObject({ code: 'forbidden' });
    expect(await refusalOf(start({}, as('admin', world.userId, newId())))).toMatchObject({
      code: 'notFound',
    });
    expect(await refusalOf(followLog(as('viewer'), { streamId, cursor: 0 }))).toMatchObject({
      code: 'forbidden',
    });
    const other = as('operator', newId());
    expect(await refusalOf(followLog(other, { streamId, cursor: 0 }))).toMatchObject({ code: 'notFound' });
  });

  it('is read four times at once by one person and no more, unless it takes the place of one of them', async () => {
    await world.db.delete(logStream);
    const four = [await start(), await start(), await start(), await start()];
    expect(await refusalOf(start())).toMatchObject({ code: 'rateLimited', params: { open: 4 } });
    const replaces = four[0]?.streamId ?? '';
    await start({ replaces });
    expect(await refusalOf(start())).toMatchObject({ code: 'rateLimited' });
  });
});

describe('the pods of a service', () => {
  it('are read by the worker when somebody looks, with Events, and the answer is not kept', async () => {
    const { cluster, metricsOf, clock } = await world.hands('pods');
    const hands = await world.hands('drive');
    await world.pass(hands);
    const loop = new ClusterLoop({ db: world.db, cluster, metricsOf, clock, holder: 'pods' });
    open.push(loop);
    const answering = setInterval(() => loop.wake(), 50);
    open.push({ close: async () => clearInterval(answering) });
    await world.db.execute(sql`update cluster_lease set lease_until = 'epoch'`);
    const answer = await servicePods(as('viewer'), { serviceId: world.serviceId });
    expect(answer.problems).toEqual([]);
    expect(answer.pods).toHaveLength(3);
    expect(answer.events.map(({ reason }) => reason)).toContain('SuccessfulCreate');
    expect(answer.refusals.readLogs?.code).toBe('forbidden');
    expect(await world.db.$count(clusterRequest, eq(clusterRequest.kind, 'pods'))).toBe(0);
  });

  it('are not known while no worker answers, and the page says so', async () => {
    const answer = await servicePods(as('operator'), { serviceId: world.serviceId });
    expect(answer.pods).toEqual([]);
    expect(answer.problems).toMatchObject([{ code: 'workerSilent' }]);
    expect(answer.refusals.readLogs).toBeNull();
  });

  it('of another project are not found', async () => {
    const ctx = as('admin', world.userId, newId());
    expect(await refusalOf(servicePods(ctx, { serviceId: world.serviceId }))).toMatchObject({
      code: 'notFound',
    });
  });
});
