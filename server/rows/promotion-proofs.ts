import { eq } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { policyRevision } from '../../db/schema/environments.ts';
import { guardedAction, promotion } from '../../db/schema/promotions.ts';
import { service } from '../../db/schema/services.ts';
import { policyRulesSchema } from '../../domain/policy.ts';
import { type Proof, proofBlocker } from '../../domain/proving.ts';
import { type Blocker, blocker } from '../../domain/refusal.ts';
import { loadProofs } from './proofs.ts';
import { revisionRefs } from './revision-refs.ts';
import { onlyRow } from './row-project.ts';

/** What a request's policy asks its version to prove, with what it still waits for; both empty when nothing is asked. */
export type PromotionProofs = { readonly proofs: readonly Proof[]; readonly blockers: readonly Blocker[] };

/** Judges one request by the policy revision under which it was asked for; `now` is the database's. */
export async function promotionProofs(
  queries: Queries,
  promotionId: string,
  now: Date,
): Promise<PromotionProofs> {
  const asked = onlyRow(
    await queries
      .select({
        projectId: promotion.projectId,
        serviceName: service.name,
        toRevisionId: promotion.toRevisionId,
        rules: policyRevision.rules,
      })
      .from(promotion)
      .innerJoin(service, eq(service.id, promotion.serviceId))
      .innerJoin(guardedAction, eq(guardedAction.id, promotion.actionId))
      .innerJoin(policyRevision, eq(policyRevision.id, guardedAction.policyRevisionId))
      .where(eq(promotion.id, promotionId)),
  );
  const { provenIn } = policyRulesSchema.parse(asked.rules);
  if (provenIn.length === 0) return { proofs: [], blockers: [] };
  const version = (await revisionRefs(queries, [asked.toRevisionId])).of(asked.toRevisionId);
  const { projectId, serviceName } = asked;
  const { proofs, refusals } = await loadProofs(queries, {
    projectId,
    serviceName,
    modelVersionId: version.modelVersionId,
    rules: provenIn,
    now,
  });
  const versionName = `${version.modelName} ${version.versionNumber}`;
  const waits = proofs.map((proof) => proofBlocker(proof, { versionName, serviceName }));
  const never = refusals.map((no) => blocker({ ...no, owner: 'admin' }));
  return { proofs, blockers: [...never, ...waits.filter((found) => found !== null)] };
}
