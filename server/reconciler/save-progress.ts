import { and, desc, eq } from 'drizzle-orm';
import { type Database, type Transaction, transaction } from '../../db/client.ts';
import { checkResult, rollout } from '../../db/schema/rollouts.ts';
import { service } from '../../db/schema/services.ts';
import type { CheckResult } from '../../domain/analysis/verdict.ts';
import { systemPrincipal } from '../../domain/principal.ts';
import type { Advance, Transition } from '../../domain/rollout-move.ts';
import { type AuditDraft, appendAudit, notifyChange } from '../audit/append.ts';
import { fence, type Lease } from './lease.ts';
import type { LoadedRollout, LoadedService } from './load-service.ts';
import { followReservation } from './reservation.ts';
import { followRoles } from './role-intervals.ts';
import { tellProgress } from './tell-progress.ts';

export type Saving = {
  readonly lease: Lease;
  readonly loaded: LoadedService;
  readonly active: LoadedRollout;
  readonly advance: Advance;
  readonly now: Date;
  readonly origin: 'live' | 'demo';
};

/** written: stored · unchanged: there was nothing to store · overtaken: somebody changed the intent meanwhile, so nothing was. */
export type Saved = 'written' | 'unchanged' | 'overtaken';

/**
 * Saves progress, roles, changed verdicts and their audit entries in one transaction, fenced by the lease's epoch and
 * the generation that was loaded: if a person acted meanwhile it stores nothing.
 */
export async function saveProgress(db: Database, saving: Saving): Promise<Saved> {
  const { active, advance, loaded } = saving;
  const before = active.rollout.progress;
  const moved = JSON.stringify(before) !== JSON.stringify(advance.progress);
  if (!moved && advance.results.length === 0) return 'unchanged';
  return await transaction(db, async (tx) => {
    const changed = await changedVerdicts(tx, saving);
    if (!moved && changed.length === 0) return 'unchanged';
    await fence(tx, saving.lease);
    const { phase, stepIndex, stepStartedAt, acceptedAt, effectiveAt, heldAt, endedAt } = advance.progress;
    const { fullAt, failure, weightOffAt, passedSteps } = advance.progress;
    const rows = await tx
      .update(rollout)
      .set({
        phase,
        stepIndex,
        stepStartedAt,
        acceptedAt,
        effectiveAt,
        heldAt,
        fullAt,
        endedAt,
        failure,
        weightOffAt,
        passedSteps,
      })
      .where(and(eq(rollout.id, active.row.id), eq(rollout.generation, active.rollout.generation)))
      .returning({ id: rollout.id });
    if (rows.length === 0) return 'overtaken';
    await storeVerdicts(tx, saving, changed);
    if (advance.transitions.length > 0)
      await followReservation(tx, {
        rolloutId: active.row.id,
        serviceId: loaded.row.id,
        place: advance.progress,
        now: saving.now,
      });
    await followRoles(tx, active.row, { progress: advance.progress, now: saving.now });
    if (phase === 'succeeded')
      await tx
        .update(service)
        .set({ stableRevisionId: active.row.toRevisionId })
        .where(eq(service.id, loaded.row.id));
    await tellProgress(tx, { active, ...advance }, saving);
    await audit(tx, saving);
    return 'written';
  });
}

async function changedVerdicts(tx: Transaction, { active, advance }: Saving): Promise<CheckResult[]> {
  if (advance.results.length === 0) return [];
  const step = active.rollout.progress.stepIndex;
  const rows = await tx
    .selectDistinctOn([checkResult.checkId], { checkId: checkResult.checkId, verdict: checkResult.verdict })
    .from(checkResult)
    .where(and(eq(checkResult.rolloutId, active.row.id), eq(checkResult.step, step)))
    .orderBy(checkResult.checkId, desc(checkResult.at));
  const latest = new Map(rows.map((row) => [row.checkId, row.verdict]));
  return advance.results.filter((result) => latest.get(result.checkId) !== result.verdict);
}

async function storeVerdicts(
  tx: Transaction,
  saving: Saving,
  results: readonly CheckResult[],
): Promise<void> {
  if (results.length === 0) return;
  const { active, loaded, now } = saving;
  const rows = results.map((result) => ({
    projectId: loaded.row.projectId,
    rolloutId: active.row.id,
    step: active.rollout.progress.stepIndex,
    checkId: result.checkId,
    verdict: result.verdict,
    evidence: { schema: 1, ...result },
    at: now,
  }));
  await tx.insert(checkResult).values(rows).onConflictDoNothing();
}

async function audit(tx: Transaction, saving: Saving): Promise<void> {
  const { advance, loaded, active, now, origin } = saving;
  const { projectId } = loaded.row;
  if (advance.transitions.length === 0)
    return await notifyChange(tx, { projectId, topic: 'rollout', id: active.row.id });
  await appendAudit(tx, {
    projectId,
    actor: systemPrincipal,
    action: 'rollouts.advance',
    now,
    origin,
    drafts: advance.transitions.map((transition) => draftOf(transition, saving)),
  });
}

function draftOf(transition: Transition, { loaded, active }: Saving): AuditDraft {
  const { row, rollout: moved } = active;
  const from = moved.fromNumber === null ? '' : `r${moved.fromNumber} → `;
  return {
    object: { kind: 'rollout', id: row.id, name: `${loaded.row.name} ${from}r${moved.toNumber}` },
    sentence: transition.sentence,
    before: transition.from,
    after: { ...transition.to, withoutEvidence: transition.withoutEvidence },
    related: [
      { kind: 'service', id: row.serviceId },
      { kind: 'serviceRevision', id: row.toRevisionId },
      { kind: 'modelVersion', id: active.to.modelVersionId },
      ...(row.promotionId === null ? [] : [{ kind: 'promotion' as const, id: row.promotionId }]),
    ],
  };
}
