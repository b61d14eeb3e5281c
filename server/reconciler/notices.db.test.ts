import { asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notice } from '../../db/schema/notices.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { noticeSchema } from '../../domain/notice.ts';
import { noticeSentence } from '../../domain/notice-text.ts';
import { ReconcilerWorld } from './reconciler-fixture.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

async function told(world: ReconcilerWorld) {
  const rows = await world.db
    .select()
    .from(notice)
    .where(eq(notice.projectId, world.projectId))
    .orderBy(asc(notice.id));
  return rows.map((row) => ({ ...row, sentence: noticeSentence(noticeSchema.parse(row.params)) }));
}

/** The row version changes with every write, even of the same values. */
async function versions(world: ReconcilerWorld): Promise<string> {
  const { rows } = await world.db.execute(
    `select id, xmin::text from notice where project_id = '${world.projectId}' order by id`,
  );
  return JSON.stringify(rows);
}

describe('the worker tells', () => {
  it('when a rollout has finished, once, with its version and how long it took', async () => {
    const world = await ReconcilerWorld.create(database.db);
    await world.approve();
    const hands = await world.hands('worker');
    await world.drive(hands, (row) => row.endedAt !== null);
    await world.pass(hands);
    const rows = await told(world);
    expect(rows).toMatchObject([
      { kind: 'finished', severity: 'low', objectKind: 'rollout', serviceId: world.serviceId, endedAt: null },
    ]);
    expect(rows[0]?.sentence).toMatch(
      /^fraud 2 \(revision 2\) serves all traffic of fraud in production, after/,
    );
    expect(rows[0]?.routeAt).not.toBeNull();
  });

  it('when the analysis takes a version back, at once and with the failing check, and when all is back', async () => {
    const world = await ReconcilerWorld.create(database.db);
    await world.tell({
      subject: 'modelVersion',
      modelVersionId: world.versionIds[1],
      behaviour: { errorShare: 0.5 },
    });
    await world.approve();
    const hands = await world.hands('worker');
    await world.drive(hands, (row) => row.phase === 'rollingBack');
    expect(await told(world)).toMatchObject([{ kind: 'aborted', severity: 'high' }]);
    await world.drive(hands, (row) => row.endedAt !== null);
    const [stopped, back] = await told(world);
    expect(stopped?.sentence).toMatch(
      /^Revision 2 of fraud in production is taken back at 10 % after [\d,]+ requests: .*; traffic goes back to revision 1\.$/,
    );
    expect(back?.sentence).toMatch(/^All traffic of fraud in production is back on revision 1, \d+ s after/);
  });

  it('that a rollout is held once while it lasts, and ends that when it goes on', async () => {
    const world = await ReconcilerWorld.create(database.db, { requestsPerSecond: 0.2 });
    await world.approve();
    const hands = await world.hands('worker');
    await world.drive(hands, (row) => row.heldAt !== null);
    for (let count = 0; count < 4; count += 1) await world.pass(hands);
    const [held, ...others] = await told(world);
    expect(others).toEqual([]);
    expect(held).toMatchObject({ kind: 'held', severity: 'high', endedAt: null });
    expect(held?.sentence).toMatch(/held at 10 %: its deadline passed without a verdict \(.+\)\.$/);
    await world.intend({ goal: 'abort' });
    await world.drive(hands, (row) => row.endedAt !== null);
    expect((await told(world))[0]?.endedAt).not.toBeNull();
  });

  it.each([
    ['fight', { subject: 'service', behaviour: { fault: 'fight' } }],
    ['clusterUnreachable', { subject: 'cluster', behaviour: { fault: 'unreachable' } }],
    ['metricsUnreachable', { subject: 'cluster', behaviour: { fault: 'metricsUnreachable' } }],
  ] as const)(
    'of %s once when it begins, writes nothing while it lasts, and ends it',
    async (kind, fault) => {
      const world = await ReconcilerWorld.create(database.db);
      const hands = await world.hands('worker');
      const change = (behaviour: object) =>
        world.tell({
          ...(fault.subject === 'service'
            ? { subject: 'service', serviceId: world.serviceId }
            : { subject: 'cluster' }),
          behaviour,
        } as Parameters<typeof world.tell>[0]);
      await change(fault.behaviour);
      if (kind === 'fight') await world.approve();
      for (let count = 0; count < 8; count += 1) await world.pass(hands);
      const begun = await told(world);
      expect(begun).toMatchObject([{ kind, endedAt: null, openKey: expect.stringContaining(kind) }]);
      const before = await versions(world);
      for (let count = 0; count < 5; count += 1) await world.pass(hands, 30_000);
      expect(await versions(world)).toBe(before);
      await change({ fault: 'none' });
      for (let count = 0; count < 8; count += 1) await world.pass(hands, 30_000);
      expect((await told(world)).filter((row) => row.kind === kind)).toMatchObject([
        { openKey: null, endedAt: expect.any(Date) },
      ]);
    },
  );
});
