import { and, eq } from 'drizzle-orm';
import { createDatabase, type Database } from '../../db/client.ts';
import { egressAllowance } from '../../db/schema/egress.ts';
import { notice } from '../../db/schema/notices.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { everything } from '../../domain/channel.ts';
import { createChannel } from '../../server/channels/commands.ts';
import { newSealKeys } from '../../server/cluster/seal.ts';
import { openChangeHub } from '../../server/http/change-hub.ts';
import { newId } from '../../server/id.ts';
import { Courier } from '../../server/jobs/delivery/courier.ts';
import { HttpReceiver } from '../../server/jobs/delivery/receivers.test-support.ts';
import { log } from '../../server/log.ts';
import { abortRollout } from '../../server/rollouts/commands.ts';
import { ProjectFixture } from '../../server/test-fixture.ts';
import { type Finding, median, within } from './measure.ts';

const aborts = 40;
const warmUp = 5;
const receivedWithinMs = 10_000;

/** What the way cannot do without: one commit that notifies, heard on another connection, and one request over HTTP. */
async function bareDelayMs(
  db: Database,
  receiver: HttpReceiver,
  heard: () => Promise<void>,
): Promise<number> {
  const before = receiver.received.length;
  const startedMs = performance.now();
  const hint = heard();
  await db.execute(
    `select pg_notify('fairlead_change', '{"projectId":null,"topic":"project","id":"bench"}')`,
  );
  await hint;
  await fetch(receiver.url('/bare'), { method: 'POST', body: '{}' });
  return (receiver.received[before]?.atMs ?? Number.NaN) - startedMs;
}

async function abortDelayMs(
  fixture: ProjectFixture,
  rolloutId: string,
  receiver: HttpReceiver,
): Promise<{ commandMs: number; receivedMs: number }> {
  const before = receiver.received.length;
  const startedMs = performance.now();
  await abortRollout(fixture.as('operator'), { rolloutId, reason: 'Bench.' });
  const commandMs = performance.now() - startedMs;
  await within(receiver.count(before + 1), receivedWithinMs, 'An abort was not told.');
  return { commandMs, receivedMs: (receiver.received[before]?.atMs ?? Number.NaN) - startedMs };
}

/** Puts the rollout back under way, so that it can be aborted again. */
async function undo({ db }: ProjectFixture, rolloutId: string): Promise<void> {
  await db.update(rollout).set({ goal: 'complete' }).where(eq(rollout.id, rolloutId));
  await db
    .update(notice)
    .set({ openKey: null, routeAt: null, endedAt: new Date() })
    .where(and(eq(notice.objectId, rolloutId)));
}

/** From the abort command to the whole message at a local receiver, against what that cannot be quicker than. */
export async function measureNoticeDelay(databaseUrl: string): Promise<Finding> {
  log.level = 'silent';
  const { db, close } = createDatabase(databaseUrl);
  const hub = await openChangeHub(databaseUrl);
  const receiver = await HttpReceiver.open();
  const keys = newSealKeys();
  const courier = new Courier({
    db,
    hub,
    workerPrivateKey: keys.privateKey,
    publicUrl: 'http://127.0.0.1',
  });
  try {
    const { fixture, rolloutId } = await underWay(db, keys.publicKey, receiver.url());
    const heard = () =>
      new Promise<void>((done) => {
        const stop = hub.subscribe(() => {
          stop();
          done();
        });
      });
    const delays: { commandMs: number; receivedMs: number; bareMs: number }[] = [];
    for (let round = 0; round < aborts + warmUp; round += 1) {
      const abort = await abortDelayMs(fixture, rolloutId, receiver);
      await undo(fixture, rolloutId);
      // The attempt is written down after the answer; the bare way is measured alone.
      await new Promise((done) => setTimeout(done, 100));
      const bareMs = await bareDelayMs(db, receiver, heard);
      if (round >= warmUp) delays.push({ ...abort, bareMs });
    }
    const of = (pick: (delay: (typeof delays)[number]) => number) => median(delays.map(pick));
    const [p50, command, bare] = [
      of(({ receivedMs }) => receivedMs),
      of(({ commandMs }) => commandMs),
      of(({ bareMs }) => bareMs),
    ];
    return {
      name: 'From an abort to its notice at a receiver, against the command, a NOTIFY and a request',
      value: of(({ receivedMs, commandMs, bareMs }) => receivedMs / (commandMs + bareMs)),
      limit: 3,
      unit: '×',
      detail: `p50 ${p50.toFixed(1)} ms of ${delays.length} aborts; the command ${command.toFixed(1)} ms, the bare way ${bare.toFixed(1)} ms`,
    };
  } finally {
    await courier.close();
    await hub.close();
    await receiver.close();
    await close();
  }
}

async function underWay(db: Database, workerPublicKey: string, url: string) {
  const fixture = await ProjectFixture.create(db);
  await db
    .insert(egressAllowance)
    .values({ id: newId(), target: '127.0.0.1', purpose: 'Bench.', addedAt: new Date() });
  await fixture.live();
  const { promotionId } = await fixture.request(fixture.stagingServiceId);
  const rolloutId = await fixture.startRollout(promotionId);
  const admin = { ...fixture.as('admin'), workerPublicKey };
  await createChannel(admin, {
    projectId: fixture.projectId,
    name: 'bench',
    target: { kind: 'webhook', format: 'own', url },
    secret: `whsec_${'A'.repeat(32)}`,
    rules: { ...everything, muted: ['approvalNeeded', 'finished', 'rolledBack'] },
  });
  return { fixture, rolloutId };
}
