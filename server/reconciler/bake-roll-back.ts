import { and, eq, isNull } from 'drizzle-orm';
import { type Transaction, transaction } from '../../db/client.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import type { BakeOutcome } from '../../domain/bake.ts';
import { durationText } from '../../domain/figure-text.ts';
import { systemPrincipal } from '../../domain/principal.ts';
import { refusal } from '../../domain/refusal.ts';
import type { RailResult } from '../../domain/running-rail.ts';
import { type AlertChange, storeAlerts } from '../alerts.ts';
import { appendAudit } from '../audit/append.ts';
import { insertRollBack } from '../insert-roll-back.ts';
import { activeRollouts } from '../rows/active-rollouts.ts';
import type { WatchedRails } from '../rows/baked-rollout.ts';
import { lockService } from '../rows/service-record.ts';
import { wakeService } from '../wake-service.ts';
import { fence } from './lease.ts';
import type { LoadedService } from './load-service.ts';
import type { Hands } from './reconcile.ts';

export type BakeRollBack = {
  readonly loaded: LoadedService;
  readonly watch: WatchedRails;
  readonly broken: RailResult;
  /** Alerts that start with it; the roll back itself is what the timeline says. */
  readonly changes: readonly AlertChange[];
  readonly now: Date;
};

/**
 * Starts the rollout that leads back from a revision whose rail broke inside its bake time: the same as a person's roll
 * back, by Fairlead. False, and nothing written, when somebody changed the service's intent meanwhile or the bake time
 * has led back once already.
 */
export async function rollBackInBake(
  hands: Hands,
  { loaded, watch, broken, changes, now }: BakeRollBack,
): Promise<boolean> {
  const { db, lease, origin } = hands;
  const begun = await transaction(db, async (tx) => {
    await fence(tx, lease);
    const record = await lockService(tx, loaded.row.id);
    const target = watch.rollout.fromRevisionId;
    const same = record.row.generation === loaded.row.generation;
    if (!same || target === null || !(await mayBegin(tx, watch))) return false;
    const { rolloutId, draft } = await insertRollBack(tx, record, {
      target,
      startedBy: systemPrincipal.id,
      at: now,
    });
    const outcome = outcomeOf({ broken, rolloutId, now });
    await tx.update(rollout).set({ bakeOutcome: outcome }).where(eq(rollout.id, watch.rollout.id));
    const service = { projectId: record.row.projectId, serviceId: record.row.id, name: record.row.name };
    await storeAlerts(tx, service, { changes, now, origin });
    await wakeService(tx, record.row.id, now);
    const { checkId, value, limit, requests, bad, spanMs } = broken;
    await appendAudit(tx, {
      projectId: record.row.projectId,
      actor: systemPrincipal,
      action: 'rollouts.rollBack',
      now,
      origin,
      drafts: [
        {
          ...draft,
          sentence: `${draft.sentence}, ${sinceFull(watch, now)} after 100 %. ${broken.sentence}`,
          after: { ...Object(draft.after), checkId, value, limit, requests, bad, spanMs },
          related: [...(draft.related ?? []), { kind: 'rollout', id: watch.rollout.id }],
        },
      ],
    });
    return true;
  });
  if (begun) hands.onWrite?.('bake roll back');
  return begun;
}

/** Nothing is under way, and this bake time has not led back before. */
async function mayBegin(tx: Transaction, { rollout: brought }: WatchedRails): Promise<boolean> {
  if ((await activeRollouts(tx, [brought.serviceId])).size > 0) return false;
  const fresh = await tx
    .select({ id: rollout.id })
    .from(rollout)
    .where(and(eq(rollout.id, brought.id), isNull(rollout.bakeOutcome)))
    .for('update');
  return fresh.length > 0;
}

function sinceFull({ since }: WatchedRails, now: Date): string {
  return durationText(now.getTime() - (since?.getTime() ?? now.getTime()));
}

function outcomeOf(begun: { broken: RailResult; rolloutId: string; now: Date }): BakeOutcome {
  const { broken, rolloutId, now } = begun;
  const { checkId, value, limit, requests, bad } = broken;
  return {
    schema: 1,
    failure: refusal({
      code: 'analysisFailed',
      message: broken.sentence,
      params: { check: checkId, value, limit, requests, bad },
    }),
    rolloutId,
    at: now.toISOString(),
  };
}
