import { eq } from 'drizzle-orm';
import { service, serviceRevision } from '../../db/schema/services.ts';
import { type Adoption, adoptionSchema } from '../../domain/adoption.ts';
import { serviceStatusSchema } from '../../domain/service-status.ts';
import { watchedStatus } from '../../domain/watched-service.ts';
import { followObjectives } from './follow-objectives.ts';
import { followWorkload } from './follow-workload.ts';
import type { LoadedService } from './load-service.ts';
import { measureWatched } from './measure-watched.ts';
import type { Hands, Pass } from './reconcile.ts';
import { recordStatus } from './record-status.ts';

/** At rest nothing is asked of the cluster: this only reads the shared watches' copy again. */
const atRestMs = 30_000;

async function stableNumber({ db }: Hands, serviceId: string): Promise<number | null> {
  const rows = await db
    .select({ number: serviceRevision.number })
    .from(service)
    .innerJoin(serviceRevision, eq(serviceRevision.id, service.stableRevisionId))
    .where(eq(service.id, serviceId));
  return rows[0]?.number ?? null;
}

async function observe({ cluster }: Hands, { serving, row }: LoadedService, adoption: Adoption) {
  const { namespace } = serving.scope;
  const { kind, name } = adoption.workload;
  return await cluster.observeWorkload({ serviceId: row.id, namespace, ref: { kind, name } });
}

/** One pass over a service that others manage: it is read and written down, and nothing is ever written to the cluster. */
export async function watchService(hands: Hands, loaded: LoadedService, now: Date): Promise<Pass> {
  const { db, lease, origin } = hands;
  const { row } = loaded;
  const adoption = adoptionSchema.parse(row.adoption);
  const observed = await observe(hands, loaded, adoption);
  const { workload, routesRead } = observed;
  if (observed.fresh && workload !== null) {
    await followWorkload(db, { lease, row, adoption, workload, routesRead, now, origin });
    hands.onWrite?.('follow');
  }
  const number = await stableNumber(hands, row.id);
  if (row.objectives !== null && observed.fresh && workload !== null && number !== null)
    await measureWatched(hands, { loaded, workload, number, now });
  await followObjectives(hands, { row, now });
  const status = watchedStatus({
    adoption,
    observed,
    stableNumber: number,
    last: row.status === null ? null : serviceStatusSchema.parse(row.status),
  });
  const recording = { lease, loaded, now, origin, requeueAfterMs: atRestMs };
  await recordStatus(db, { ...recording, service: status, rollout: null });
  hands.onWrite?.('status');
  return { requeueAfterMs: atRestMs, actions: [] };
}
