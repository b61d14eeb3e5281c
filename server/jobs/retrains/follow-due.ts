import { and, eq, gte, inArray, isNull, or, sql } from 'drizzle-orm';
import { type Database, type Transaction, transaction } from '../../../db/client.ts';
import { driftAlert } from '../../../db/schema/drift.ts';
import { retrainRequest, retrainSetting } from '../../../db/schema/retrains.ts';
import { systemPrincipal } from '../../../domain/principal.ts';
import { appendAudit } from '../../audit/append.ts';
import { databaseClock } from '../../clock.ts';
import { log } from '../../log.ts';
import { moveRetrain, type RetrainRow, retrainName, retrainObject } from '../../move-retrain.ts';
import type { When } from '../../notice.ts';
import { openDueRetrain } from '../../open-retrain.ts';
import { retrainFacts } from '../../rows/retrain-facts.ts';
import { repeat } from '../repeat.ts';
import { followWebhook } from './webhook.ts';

const lookEveryMs = 10_000;
const mostAtOnce = 100;

type Options = { readonly now?: Date; readonly origin?: 'live' | 'demo' };

/**
 * Opens the requests that real alerts lead to, ends those that were not decided in time or whose subject has changed, and
 * starts and follows those that a webhook starts; what a cluster starts is its worker's. Level, not edge: a second call
 * right after the first changes nothing.
 */
export async function followRetrains(db: Database, options: Options = {}): Promise<void> {
  const when = { now: options.now ?? (await databaseClock(db)), origin: options.origin ?? 'live' };
  for (const id of await dueAlerts(db)) await one(db, id, (tx) => openFor(tx, id, when));
  for (const row of await livingRows(db)) {
    await one(db, row.id, async (tx) => {
      if (!(await settle(tx, row, when))) await followWebhook(tx, row, when);
    });
  }
}

async function one(db: Database, id: string, run: (tx: Transaction) => Promise<void>): Promise<void> {
  try {
    await transaction(db, run);
  } catch (error) {
    log.error({ error, id }, 'A retraining could not be looked after; it is tried again.');
  }
}

/** Real alerts that lead to something by now and have led to nothing; one that was over before that was chosen does not. */
async function dueAlerts(db: Database): Promise<string[]> {
  const rows = await db
    .select({ id: driftAlert.id })
    .from(driftAlert)
    .innerJoin(retrainSetting, eq(retrainSetting.serviceId, driftAlert.serviceId))
    .where(
      and(
        eq(driftAlert.state, 'real'),
        sql`${retrainSetting.settings} ->> 'policy' <> 'off'`,
        or(isNull(driftAlert.clearedAt), gte(driftAlert.stateAt, retrainSetting.changedAt)),
        sql`not exists (select from ${retrainRequest} where ${retrainRequest.alertId} = ${driftAlert.id})`,
      ),
    )
    .orderBy(driftAlert.openedAt)
    .limit(mostAtOnce);
  return rows.map(({ id }) => id);
}

async function openFor(tx: Transaction, alertId: string, when: When): Promise<void> {
  const [alert] = await tx.select().from(driftAlert).where(eq(driftAlert.id, alertId)).for('no key update');
  if (alert === undefined) return;
  const opened = await openDueRetrain(tx, { alert, by: systemPrincipal }, when);
  if (opened === null) return;
  await appendAudit(tx, {
    projectId: alert.projectId,
    actor: systemPrincipal,
    action: 'retrains.open',
    ...when,
    drafts: [opened.draft],
  });
}

async function livingRows(db: Database): Promise<RetrainRow[]> {
  return await db
    .select()
    .from(retrainRequest)
    .where(and(isNull(retrainRequest.closedAt), inArray(retrainRequest.state, ['asked', 'approved'])))
    .orderBy(retrainRequest.openedAt);
}

/** Makes a fact of what time and changes have done to a request that has not started; answers whether they ended it. */
async function settle(tx: Transaction, { id }: RetrainRow, when: When): Promise<boolean> {
  await tx
    .select({ id: retrainRequest.id })
    .from(retrainRequest)
    .where(eq(retrainRequest.id, id))
    .for('update');
  const [facts] = await retrainFacts(tx, { requestId: id }, when.now);
  if (facts === undefined || (facts.state !== 'expired' && facts.state !== 'voided')) return false;
  const { request, state } = facts;
  if (!(await moveRetrain(tx, request, { state, ...when }))) return true;
  await appendAudit(tx, {
    projectId: request.projectId,
    actor: systemPrincipal,
    action: 'retrains.follow',
    ...when,
    drafts: [
      {
        ...retrainObject(request),
        sentence:
          state === 'expired'
            ? `let the request for a retraining of ${retrainName(request)} expire`
            : `voided the request for a retraining of ${retrainName(request)}, because what was to start or who signs has changed`,
        before: { state: request.state },
        after: { state },
      },
    ],
  });
  return true;
}

/** Follows until `close`. */
export function startRetrains(db: Database): { close(): Promise<void> } {
  return repeat({
    everyMs: lookEveryMs,
    run: () => followRetrains(db),
    failed: 'Retrainings could not be looked after; it is tried again.',
  });
}
