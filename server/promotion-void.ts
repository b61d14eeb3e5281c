import { and, asc, eq, inArray } from 'drizzle-orm';
import type { Transaction } from '../db/client.ts';
import { environment } from '../db/schema/environments.ts';
import { model, modelVersion } from '../db/schema/models.ts';
import { promotion } from '../db/schema/promotions.ts';
import { service, serviceRevision } from '../db/schema/services.ts';
import type { Refusal } from '../domain/refusal.ts';
import { endApprovalNeeded } from './approval-notice.ts';
import type { AuditDraft } from './audit/append.ts';

/** Voids every open and approved request of these environments, with an audit draft for each, so that none dies silently. */
export async function voidPromotions(
  tx: Transaction,
  scope: { environmentIds: readonly string[]; reason: Refusal; now: Date },
): Promise<{ ids: string[]; drafts: AuditDraft[] }> {
  if (scope.environmentIds.length === 0) return { ids: [], drafts: [] };
  const rows = await tx
    .select({
      id: promotion.id,
      projectId: promotion.projectId,
      state: promotion.state,
      serviceId: service.id,
      serviceName: service.name,
      environmentName: environment.name,
      modelName: model.name,
      number: modelVersion.number,
    })
    .from(promotion)
    .innerJoin(service, eq(service.id, promotion.serviceId))
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .innerJoin(serviceRevision, eq(serviceRevision.id, promotion.toRevisionId))
    .innerJoin(modelVersion, eq(modelVersion.id, serviceRevision.modelVersionId))
    .innerJoin(model, eq(model.id, modelVersion.modelId))
    .where(
      and(
        inArray(service.environmentId, [...scope.environmentIds]),
        inArray(promotion.state, ['open', 'approved']),
      ),
    )
    .orderBy(asc(promotion.id))
    .for('update', { of: promotion });
  if (rows.length === 0) return { ids: [], drafts: [] };
  const ids = rows.map((row) => row.id);
  await tx
    .update(promotion)
    .set({ state: 'voided', outcome: scope.reason, decidedAt: scope.now })
    .where(inArray(promotion.id, ids));
  for (const { id: promotionId, projectId } of rows)
    await endApprovalNeeded(tx, { projectId, promotionId }, scope.now);
  const drafts = rows.map((row): AuditDraft => {
    const name = `${row.modelName} ${row.number} on ${row.serviceName}`;
    return {
      object: { kind: 'promotion', id: row.id, name },
      sentence: `voided the request of ${name} in ${row.environmentName}`,
      before: { state: row.state },
      after: { state: 'voided', reason: scope.reason.message },
      related: [{ kind: 'service', id: row.serviceId }],
    };
  });
  return { ids, drafts };
}
