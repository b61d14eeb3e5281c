import { createHmac, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { driftAlert } from '../../../db/schema/drift.ts';
import { type TestDatabase, testDatabase } from '../../../db/test-database.ts';
import { markDriftAlert } from '../../drift-alerts/mark.ts';
import { newId } from '../../id.ts';
import { configureRetraining } from '../../retrains/commands.ts';
import { getRetrain } from '../../retrains/queries.ts';
import { OutboxWorld } from '../delivery/outbox-fixture.ts';
import { HttpReceiver, reactions } from '../delivery/receivers.test-support.ts';
import { followRetrains } from './follow-due.ts';

const secret = `whsec_${randomBytes(24).toString('base64')}`;
let database: TestDatabase;
let world: OutboxWorld;
let receiver: HttpReceiver;
beforeAll(async () => {
  database = await testDatabase();
  world = await OutboxWorld.create(database.db);
  receiver = await HttpReceiver.open();
  await world.fixture.live(world.fixture.serviceId);
});
afterAll(async () => {
  await world.close();
  await receiver.close();
  await database.drop();
});

/** A service alerts, somebody calls it real, and the webhook is to start the training. */
async function called(channelId: string): Promise<string> {
  const { fixture } = world;
  const { serviceId, projectId } = fixture;
  const settings = { policy: 'auto', action: { kind: 'webhook', channelId }, cooldownHours: 0 } as const;
  await configureRetraining(fixture.as('operator'), { serviceId, settings });
  await database.db.update(driftAlert).set({ clearedAt: new Date() });
  const alertId = newId();
  const at = new Date();
  await database.db.insert(driftAlert).values({
    id: alertId,
    projectId,
    serviceId,
    kind: 'volume',
    state: 'open',
    facts: {},
    fromAt: at,
    openedAt: at,
    stateAt: at,
  });
  const { retrainId } = await markDriftAlert(fixture.as('engineer'), { alertId, mark: { kind: 'real' } });
  return retrainId ?? '';
}

const stateOf = async (requestId: string) => await getRetrain(world.fixture.as('viewer'), { requestId });

it('a webhook gets one signed call with what to train, though it is told nothing else, and its yes is the start', async () => {
  const target = { kind: 'webhook', format: 'own', url: receiver.url() } as const;
  const channelId = await world.channel(target, { secret, severity: 'high' });
  world.courier();
  const requestId = await called(channelId);
  await followRetrains(database.db);
  await followRetrains(database.db);
  world.ring();
  await receiver.count(1);
  const [got] = receiver.received;
  const {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signature,
  } = got?.headers ?? {};
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signed = createHmac('sha256', key).update([id, timestamp, got?.body].join('.')).digest('base64');
  expect(signature).toBe(`v1,${signed}`);
  expect(JSON.parse(got?.body ?? '{}')).toMatchObject({
    data: [{ kind: 'retrainStart', figures: { payload: { retrainId: requestId, model: 'fraud-detector' } } }],
  });
  await vi.waitFor(async () => {
    await followRetrains(database.db);
    expect(await stateOf(requestId)).toMatchObject({ state: 'running', outcome: null });
  });
  expect(receiver.received).toHaveLength(1);
});

it('a call that is refused fails the request with the answer', async () => {
  const target = { kind: 'webhook', format: 'own', url: receiver.url('/other') } as const;
  const channelId = await world.channel(target, { secret, severity: 'high' });
  receiver.next.push(reactions.status(422));
  await database.db.execute('update retrain_request set closed_at = now()');
  const requestId = await called(channelId);
  await followRetrains(database.db);
  world.ring();
  await vi.waitFor(async () => {
    await followRetrains(database.db);
    const { state, outcome } = await stateOf(requestId);
    expect([state, outcome?.message]).toEqual([
      'failed',
      expect.stringContaining('did not take the call: 422'),
    ]);
  });
});
