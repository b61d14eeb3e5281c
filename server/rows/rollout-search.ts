import { and, count, desc, eq, ilike, inArray, isNotNull, isNull, or, type SQL } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { model, modelVersion } from '../../db/schema/models.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { service, serviceRevision } from '../../db/schema/services.ts';
import type { RolloutRecord } from './active-rollouts.ts';
import { containing } from './paging.ts';

export type RolloutFilter = {
  readonly projectId: string;
  readonly ended?: boolean | undefined;
  readonly serviceId?: string | undefined;
  readonly search?: string | undefined;
};

/** Rollouts that match, newest first, with the number of all that do. */
export async function searchRollouts(
  queries: Queries,
  filter: RolloutFilter,
  window: { limit: number; offset: number },
): Promise<{ records: RolloutRecord[]; total: number }> {
  const where = and(...plainConditions(filter), textCondition(queries, filter.search));
  const totals = await queries.select({ total: count() }).from(rollout).where(where);
  const records = await queries
    .select()
    .from(rollout)
    .where(where)
    .orderBy(desc(rollout.startedAt), desc(rollout.id))
    .limit(window.limit)
    .offset(window.offset);
  return { records, total: totals[0]?.total ?? 0 };
}

function plainConditions({ projectId, ended, serviceId }: RolloutFilter): (SQL | undefined)[] {
  return [
    eq(rollout.projectId, projectId),
    serviceId === undefined ? undefined : eq(rollout.serviceId, serviceId),
    ended === undefined ? undefined : ended ? isNotNull(rollout.endedAt) : isNull(rollout.endedAt),
  ];
}

/** Text in the service's or the new version's model name. */
function textCondition(queries: Queries, search: string | undefined): SQL | undefined {
  if (search === undefined || search === '') return undefined;
  const pattern = containing(search);
  const services = queries.select({ id: service.id }).from(service).where(ilike(service.name, pattern));
  const revisions = queries
    .select({ id: serviceRevision.id })
    .from(serviceRevision)
    .innerJoin(modelVersion, eq(modelVersion.id, serviceRevision.modelVersionId))
    .innerJoin(model, eq(model.id, modelVersion.modelId))
    .where(ilike(model.name, pattern));
  return or(inArray(rollout.serviceId, services), inArray(rollout.toRevisionId, revisions));
}
