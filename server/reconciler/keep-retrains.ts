import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { environment } from '../../db/schema/environments.ts';
import { retrainRequest } from '../../db/schema/retrains.ts';
import { service } from '../../db/schema/services.ts';
import { DomainError } from '../../domain/refusal.ts';
import { log } from '../log.ts';
import type { RetrainRow } from '../move-retrain.ts';
import { followRetrain } from './follow-retrain.ts';
import { LeaseLost } from './lease.ts';
import type { Hands } from './reconcile.ts';
import { startRetrain } from './start-retrain.ts';

export type Retraining = Pick<
  Hands,
  'db' | 'cluster' | 'lease' | 'clock' | 'origin' | 'mayWrite' | 'onWrite'
>;

/** Starts the trainings of the cluster that are approved, and follows those that run. What fails is tried again. */
export async function keepRetrains(keeping: Retraining): Promise<void> {
  if (keeping.cluster.work === undefined) return;
  for (const row of await retrainsOf(keeping))
    try {
      if (row.state === 'approved') await startRetrain(keeping, row);
      else await followRetrain(keeping, row);
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      const said =
        error instanceof DomainError ? 'A training could not be looked after.' : 'A training failed.';
      log.warn({ error, retrain: row.id }, said);
    }
}

async function retrainsOf({ db, cluster }: Retraining): Promise<RetrainRow[]> {
  const rows = await db
    .select({ request: retrainRequest })
    .from(retrainRequest)
    .innerJoin(service, eq(service.id, retrainRequest.serviceId))
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .where(
      and(
        eq(environment.clusterId, cluster.clusterId),
        isNull(retrainRequest.closedAt),
        inArray(retrainRequest.state, ['approved', 'running']),
        sql`${retrainRequest.action} ->> 'kind' = 'template'`,
      ),
    )
    .orderBy(retrainRequest.openedAt);
  return rows.map(({ request }) => request);
}
