import { and, asc, desc, eq, inArray, ne, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { environment } from '../../db/schema/environments.ts';
import { promotion } from '../../db/schema/promotions.ts';
import { service } from '../../db/schema/services.ts';
import type { RefusalCode } from '../../domain/refusal.ts';
import { rolloutPlanSchema } from '../../domain/rollout-plan.ts';
import { promotionRetrySchema } from '../../domain/rollout-retry.ts';
import type { PreflightAsk } from './preflight.ts';
import { loadRevision } from './revision-record.ts';
import { loadService } from './service-record.ts';

/** What a request is refused for that only room, money or its turn mends. */
const roomCodes: readonly RefusalCode[] = ['quotaExceeded', 'unschedulable', 'budgetExceeded', 'queued'];
const mostWaiting = 50;

export type WaitingRequest = {
  readonly promotionId: string;
  readonly projectId: string;
  readonly serviceName: string;
  readonly environmentName: string;
  /** Production goes before everything else; within a priority the older request. */
  readonly production: boolean;
  readonly since: Date;
};

/** Approved requests that wait for room in a cluster, in the order in which they are to go. */
export async function waitingRequests(
  queries: Queries,
  { clusterId, except }: { clusterId: string; except?: string },
): Promise<WaitingRequest[]> {
  return await queries
    .select({
      promotionId: promotion.id,
      projectId: promotion.projectId,
      serviceName: service.name,
      environmentName: environment.name,
      production: environment.production,
      since: promotion.requestedAt,
    })
    .from(promotion)
    .innerJoin(service, eq(service.id, promotion.serviceId))
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .where(
      and(
        eq(environment.clusterId, clusterId),
        eq(promotion.state, 'approved'),
        inArray(sql`${promotion.outcome} ->> 'code'`, [...roomCodes]),
        except === undefined ? undefined : ne(promotion.id, except),
      ),
    )
    .orderBy(desc(environment.production), asc(promotion.requestedAt), asc(promotion.id))
    .limit(mostWaiting);
}

/** Whether the left is to go first. */
export function goesFirst(
  left: Pick<WaitingRequest, 'production' | 'since' | 'promotionId'>,
  right: Pick<WaitingRequest, 'production' | 'since' | 'promotionId'>,
): boolean {
  if (left.production !== right.production) return left.production;
  const [from, to] = [left.since.getTime(), right.since.getTime()];
  return from === to ? left.promotionId < right.promotionId : from < to;
}

/** What a stored request asks of the preflight. */
export async function askOfRequest(queries: Queries, promotionId: string, now: Date): Promise<PreflightAsk> {
  const [row] = await queries.select().from(promotion).where(eq(promotion.id, promotionId));
  if (row === undefined) throw new Error(`There is no request ${promotionId}.`);
  return {
    record: await loadService(queries, row.serviceId),
    from: row.fromRevisionId === null ? null : await loadRevision(queries, row.fromRevisionId),
    to: await loadRevision(queries, row.toRevisionId),
    plan: rolloutPlanSchema.parse(row.plan),
    firstStepIndex: row.retry === null ? 0 : promotionRetrySchema.parse(row.retry).firstStepIndex,
    now,
  };
}
