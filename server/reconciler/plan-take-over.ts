import * as z from 'zod';
import type { Database } from '../../db/client.ts';
import { DomainError, refuse } from '../../domain/refusal.ts';
import { planRefusal, type TakeOverPlan } from '../../domain/take-over-plan.ts';
import { specOfWorkload } from '../../domain/workload.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { desiredAlone } from '../rows/desired-alone.ts';
import { loadRevision, specDigestOf } from '../rows/revision-record.ts';
import { loadService } from '../rows/service-record.ts';

const payloadSchema = z.object({ schema: z.literal(1), serviceId: z.string() });

/** Asks the cluster what taking a watched service over would touch. Throws DomainError when that cannot be said. */
export async function plannedTakeOver(
  db: Database,
  cluster: Cluster,
  payload: unknown,
): Promise<TakeOverPlan> {
  const { serviceId } = payloadSchema.parse(payload);
  const record = await loadService(db, serviceId);
  const { adoption, row } = record;
  refuse(planRefusal({ mode: row.mode, adoption, hasStable: row.stableRevisionId !== null }));
  if (
    adoption === null ||
    row.stableRevisionId === null ||
    record.environment.clusterId !== cluster.clusterId
  )
    throw new DomainError({ code: 'clusterUnknown', message: 'The service is not in this cluster.' });
  const stable = await loadRevision(db, row.stableRevisionId);
  const { kind, name } = adoption.workload;
  const { namespace } = record.environment;
  const seen = await cluster.observeWorkload({ serviceId, namespace, ref: { kind, name } });
  const spec = seen.workload === null ? null : specOfWorkload(seen.workload);
  if (seen.fresh && spec !== null && specDigestOf(stable.version.id, spec) !== stable.specDigest)
    throw new DomainError({
      code: 'conflict',
      message: `${kind} ${name} runs something else than revision ${stable.number} says: a change of it is under way.`,
      fix: 'Wait until its change is done and seen here, then plan again.',
    });
  return await cluster.planTakeOver({ desired: desiredAlone(record, stable), adoption });
}
