import { eq, sql } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { prepared, type ValueOf } from '../db/prepared.ts';
import { environment, policy } from '../db/schema/environments.ts';
import { modelVersion } from '../db/schema/models.ts';
import { promotion } from '../db/schema/promotions.ts';
import { service, serviceRevision } from '../db/schema/services.ts';
import type { PromotionSubject } from '../domain/promotion.ts';

const subjectRows = prepared((queries, value: ValueOf<{ ids: readonly string[] }>) =>
  queries
    .select({
      promotionId: promotion.id,
      projectId: promotion.projectId,
      serviceId: promotion.serviceId,
      environmentId: service.environmentId,
      specDigest: serviceRevision.specDigest,
      artefactDigest: modelVersion.artefactDigest,
      imageDigest: serviceRevision.imageDigest,
      fromRevisionId: service.stableRevisionId,
      planDigest: promotion.planDigest,
      policyRevisionId: policy.currentRevisionId,
    })
    .from(promotion)
    .innerJoin(service, eq(service.id, promotion.serviceId))
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .innerJoin(policy, eq(policy.id, environment.policyId))
    .innerJoin(serviceRevision, eq(serviceRevision.id, promotion.toRevisionId))
    .innerJoin(modelVersion, eq(modelVersion.id, serviceRevision.modelVersionId))
    .where(sql`${promotion.id} = any(${value('ids')})`),
);

/** Reads what each promotion's subject is now; compare it with what was asked for by subjectRefusal of domain/promotion.ts. */
export async function currentSubjects(
  queries: Queries,
  promotionIds: readonly string[],
): Promise<Map<string, PromotionSubject>> {
  if (promotionIds.length === 0) return new Map();
  const rows = await subjectRows(queries, { ids: promotionIds });
  return new Map(
    rows.map(({ promotionId, artefactDigest, ...parts }) => [
      promotionId,
      { schema: 1, kind: 'promotion', artefactDigest: artefactDigest ?? '', ...parts },
    ]),
  );
}
