import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { environment } from '../../db/schema/environments.ts';
import { modelVersion } from '../../db/schema/models.ts';
import { roleInterval, service, serviceRevision } from '../../db/schema/services.ts';

/** A place where a version takes traffic (or a mirror of it) now. */
export type LiveAt = {
  readonly serviceId: string;
  readonly serviceName: string;
  readonly environmentName: string;
  readonly production: boolean;
  readonly role: 'stable' | 'canary' | 'shadow';
  readonly modelId: string;
  readonly modelVersionId: string;
  readonly versionNumber: number;
  readonly revisionNumber: number;
};

/** Where versions of these models are live now, production first; open role intervals are few. */
export async function liveAt(
  queries: Queries,
  scope: { projectId: string; modelIds: readonly string[] },
): Promise<LiveAt[]> {
  if (scope.modelIds.length === 0) return [];
  return await queries
    .select({
      serviceId: service.id,
      serviceName: service.name,
      environmentName: environment.name,
      production: environment.production,
      role: roleInterval.role,
      modelId: modelVersion.modelId,
      modelVersionId: modelVersion.id,
      versionNumber: modelVersion.number,
      revisionNumber: serviceRevision.number,
    })
    .from(roleInterval)
    .innerJoin(serviceRevision, eq(serviceRevision.id, roleInterval.revisionId))
    .innerJoin(modelVersion, eq(modelVersion.id, serviceRevision.modelVersionId))
    .innerJoin(service, eq(service.id, roleInterval.serviceId))
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .where(
      and(
        eq(roleInterval.projectId, scope.projectId),
        isNull(roleInterval.toAt),
        inArray(modelVersion.modelId, [...scope.modelIds]),
      ),
    )
    .orderBy(asc(environment.position), asc(service.name), asc(serviceRevision.number))
    .limit(1_000);
}
