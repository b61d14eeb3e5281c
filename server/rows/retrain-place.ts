import { and, eq, isNull } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { environment, policy, policyRevision } from '../../db/schema/environments.ts';
import { model, modelVersion } from '../../db/schema/models.ts';
import { roleInterval, service, serviceRevision } from '../../db/schema/services.ts';
import { policyRulesSchema } from '../../domain/policy.ts';
import { onlyRow } from './row-project.ts';

/** Where a service runs, and whose signatures its environment asks for. */
export async function retrainPlace(queries: Queries, serviceId: string) {
  const row = onlyRow(
    await queries
      .select({
        projectId: service.projectId,
        service: service.name,
        environmentId: environment.id,
        environment: environment.name,
        production: environment.production,
        namespace: environment.namespace,
        clusterId: environment.clusterId,
        policyRevisionId: policyRevision.id,
        rules: policyRevision.rules,
      })
      .from(service)
      .innerJoin(environment, eq(environment.id, service.environmentId))
      .innerJoin(policy, eq(policy.id, environment.policyId))
      .innerJoin(policyRevision, eq(policyRevision.id, policy.currentRevisionId))
      .where(eq(service.id, serviceId)),
  );
  return { ...row, rules: policyRulesSchema.parse(row.rules) };
}
export type RetrainPlace = Awaited<ReturnType<typeof retrainPlace>>;

/** The version that takes the traffic of a service now; null when none does. */
export async function servingVersion(queries: Queries, serviceId: string) {
  const [row] = await queries
    .select({
      modelId: model.id,
      model: model.name,
      modelVersionId: modelVersion.id,
      number: modelVersion.number,
    })
    .from(roleInterval)
    .innerJoin(serviceRevision, eq(serviceRevision.id, roleInterval.revisionId))
    .innerJoin(modelVersion, eq(modelVersion.id, serviceRevision.modelVersionId))
    .innerJoin(model, eq(model.id, modelVersion.modelId))
    .where(
      and(eq(roleInterval.serviceId, serviceId), eq(roleInterval.role, 'stable'), isNull(roleInterval.toAt)),
    )
    .limit(1);
  return row ?? null;
}
