import type { Transaction } from '../db/client.ts';
import { rollout } from '../db/schema/rollouts.ts';
import { dispersion } from '../domain/analysis/tempering.ts';
import { rollBackPlan } from '../domain/rollout-plan.ts';
import type { AuditDraft } from './audit/append.ts';
import { digestOf } from './digest.ts';
import { newId } from './id.ts';
import { revisionRefs } from './rows/revision-refs.ts';
import type { ServiceRecord } from './rows/service-record.ts';

type Back = {
  /** The revision that traffic goes back to. */
  readonly target: string;
  readonly startedBy: string;
  /** On the cluster's clock. */
  readonly at: Date;
};

/**
 * A rollout that leads a service at rest back to an earlier revision: whoever starts it, the old revision is brought back
 * and ready before it takes traffic. The caller has locked the service and knows that nothing is under way; it wakes the
 * worker.
 */
export async function insertRollBack(
  tx: Transaction,
  { row, environment, defaultPlan }: ServiceRecord,
  { target, startedBy, at }: Back,
): Promise<{ rolloutId: string; draft: AuditDraft }> {
  const plan = rollBackPlan(defaultPlan);
  const { phi, backedByHistory } = dispersion([]);
  const id = newId();
  await tx.insert(rollout).values({
    id,
    projectId: row.projectId,
    serviceId: row.id,
    promotionId: null,
    fromRevisionId: row.stableRevisionId,
    toRevisionId: target,
    plan,
    planDigest: digestOf(plan),
    phi,
    phiBackedByHistory: backedByHistory,
    startedAt: at,
    startedBy,
    phase: 'starting',
    stepStartedAt: at,
  });
  const revisions = await revisionRefs(tx, [row.stableRevisionId, target]);
  const to = revisions.of(target);
  const name = `${row.name} in ${environment.name}`;
  return {
    rolloutId: id,
    draft: {
      object: { kind: 'rollout', id, name },
      sentence: `started to roll back ${name} to revision ${to.number} (${to.modelName} ${to.versionNumber})`,
      before: { stableRevisionId: row.stableRevisionId },
      after: { toRevisionId: target, planDigest: digestOf(plan) },
      related: [
        { kind: 'service', id: row.id },
        { kind: 'serviceRevision', id: target },
      ],
    },
  };
}
