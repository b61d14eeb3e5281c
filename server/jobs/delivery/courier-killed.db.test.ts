import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startNode } from '../../../db/run-node.test-support.ts';
import { type TestDatabase, testDatabase } from '../../../db/test-database.ts';
import type { Notice } from '../../../domain/notice.ts';
import { log } from '../../log.ts';
import { OutboxWorld } from './outbox-fixture.ts';
import { HttpReceiver, reactions } from './receivers.test-support.ts';

let database: TestDatabase;
let receiver: HttpReceiver;
beforeAll(async () => {
  log.level = 'silent';
  database = await testDatabase();
  receiver = await HttpReceiver.open();
});
afterAll(async () => {
  await receiver.close();
  await database.drop();
});

const place = { service: 'scoring', environment: 'production', production: true };
const held: Notice = { kind: 'held', ...place, revision: 4, weightPercent: 25, lacks: '' };
const soon = { timeout: 20_000, interval: 50 };

async function startCourier(world: OutboxWorld, claimMs: number) {
  const courier = startNode({
    args: [fileURLToPath(new URL('./courier-process.test-support.ts', import.meta.url))],
    environment: {
      TEST_DATABASE_URL: database.url,
      TEST_WORKER_KEY: world.keys.privateKey,
      TEST_CLAIM_MS: String(claimMs),
    },
  });
  await courier.line(/ready/);
  return courier;
}

it('a worker that is killed while a receiver has the message leaves it to the next, once, marked as a possible repeat', async () => {
  const world = await OutboxWorld.create(database.db);
  const secret = `whsec_${randomBytes(24).toString('base64')}`;
  await world.channel({ kind: 'webhook', format: 'own', url: receiver.url() }, { secret });
  receiver.next.push(reactions.hang());
  const killed = await startCourier(world, 1_500);
  await world.emit(held);
  await receiver.count(1);
  killed.child.kill('SIGKILL');
  await once(killed.child, 'exit');
  // Nobody knows what became of it, so until the claim ends nobody sends it.
  expect(await world.deliveries()).toMatchObject([{ state: 'sending', attempts: 1, maybeRepeated: false }]);

  const next = await startCourier(world, 1_500);
  await receiver.count(2);
  await vi.waitFor(
    async () =>
      expect(await world.deliveries()).toMatchObject([{ state: 'sent', attempts: 2, maybeRepeated: true }]),
    soon,
  );
  const [first, second] = receiver.received;
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  expect(receiver.json(0)).toMatchObject({ possiblyRepeated: false });
  expect(receiver.json(1)).toMatchObject({ possiblyRepeated: true });

  // What is sent stays sent, whoever is killed afterwards.
  next.child.kill('SIGKILL');
  await once(next.child, 'exit');
  world.courier(1_500);
  await world.emit({ ...held, revision: 5 });
  await receiver.count(3);
  await world.close();
  expect(receiver.received).toHaveLength(3);
});
