import { sql } from 'drizzle-orm';
import { type Database, transaction } from '../../db/client.ts';
import { heartbeat } from '../../db/schema/notices.ts';
import type { DeliveryAnswer } from '../../domain/delivery.ts';
import { notifyChange } from '../audit/append.ts';
import { heartbeatRules, openHeartbeat } from '../heartbeat-url.ts';
import type { ChangeHub } from '../http/change-hub.ts';
import { log } from '../log.ts';
import { sendHttp } from './delivery/send-http.ts';

const everyMs = 60_000;
/** How often each worker looks whether the minute is over; the row decides, so that several workers call once. */
const lookEveryMs = 5_000;

type Options = { readonly db: Database; readonly workerPrivateKey: string | null };

/** Calls the heartbeat's address when its minute is over and nobody else did; answers what was heard, or null. */
export async function beatOnce({ db, workerPrivateKey }: Options): Promise<DeliveryAnswer | null> {
  const [claimed] = await db
    .update(heartbeat)
    .set({ dueAt: sql`clock_timestamp() + ${everyMs} * interval '1 millisecond'` })
    .where(sql`${heartbeat.dueAt} <= clock_timestamp()`)
    .returning();
  if (claimed === undefined) return null;
  const url = openHeartbeat(workerPrivateKey, claimed.sealedUrl);
  const answer =
    url === null
      ? unopened
      : (
          await sendHttp(
            { url, headers: {}, body: '' },
            { rules: heartbeatRules, secrets: [url, new URL(url).pathname], method: 'GET' },
          )
        ).answer;
  const fine = answer.outcome === 'accepted';
  await transaction(db, async (tx) => {
    await tx
      .update(heartbeat)
      .set({
        answer,
        calledAt: sql`clock_timestamp()`,
        failingSince: fine ? null : sql`coalesce(${heartbeat.failingSince}, clock_timestamp())`,
      })
      // Another address may have been set meanwhile: this was not its answer.
      .where(sql`${heartbeat.sealedUrl} = ${claimed.sealedUrl}`);
    await notifyChange(tx, { projectId: null, topic: 'heartbeat', id: 'instance' });
  });
  if (!fine) log.warn({ host: claimed.host, answer }, 'The heartbeat was not taken.');
  return answer;
}

const unopened: DeliveryAnswer = {
  schema: 1,
  outcome: 'refused',
  status: null,
  text: 'The address cannot be opened by this worker: set it again.',
  tookMs: 0,
};

/** Beats until `close`; a new address is called at once. */
export function startHeartbeat(options: Options & { readonly hub: Pick<ChangeHub, 'subscribe'> }): {
  close(): Promise<void>;
} {
  let running = Promise.resolve();
  const beat = () => {
    running = running.then(async () => {
      await beatOnce(options).catch((error: unknown) =>
        log.error({ error }, 'The heartbeat could not be sent; it is tried again.'),
      );
    });
  };
  beat();
  const timer = setInterval(beat, lookEveryMs);
  const unsubscribe = options.hub.subscribe((event) => {
    if (event.kind === 'change' && event.change.topic === 'heartbeat') beat();
  });
  return {
    async close() {
      clearInterval(timer);
      unsubscribe();
      await running;
    },
  };
}
