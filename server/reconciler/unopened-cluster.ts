import { and, count, eq, inArray, isNull, sql } from 'drizzle-orm';
import { type Database, transaction } from '../../db/client.ts';
import { cluster, clusterRequest, environment } from '../../db/schema/environments.ts';
import { service } from '../../db/schema/services.ts';
import type { PodsAnswer } from '../../domain/pod.ts';
import type { ClusterCapabilities } from '../cluster/cluster.ts';
import { emitNotice } from '../notice.ts';
import { rememberFindings, staleSeconds, unusable } from './cluster-requests.ts';

/** Answers the open probes, dry runs and looks at pods of a cluster that cannot be opened, so that its page says why. */
export async function answerUnopened(db: Database, clusterId: string, error: unknown): Promise<void> {
  const found = unusable(error);
  const open = await db
    .select({ id: clusterRequest.id, kind: clusterRequest.kind })
    .from(clusterRequest)
    .where(
      and(
        eq(clusterRequest.clusterId, clusterId),
        inArray(clusterRequest.kind, ['probe', 'dryRun', 'pods']),
        isNull(clusterRequest.answeredAt),
        sql`${clusterRequest.requestedAt} > clock_timestamp() - ${staleSeconds} * interval '1 second'`,
      ),
    )
    .limit(20);
  if (open.some(({ kind }) => kind === 'probe')) await rememberFindings(db, clusterId, found);
  for (const { id, kind } of open) {
    const answer = answerTo(kind, found);
    await db
      .update(clusterRequest)
      .set({ answer, answeredAt: sql`clock_timestamp()` })
      .where(and(eq(clusterRequest.id, id), isNull(clusterRequest.answeredAt)));
  }
}

function answerTo(kind: (typeof clusterRequest.$inferSelect)['kind'], found: ClusterCapabilities) {
  if (kind === 'probe') return found;
  const { blockers } = found;
  if (kind === 'dryRun') return { schema: 1, blockers };
  const nothing: PodsAnswer = {
    schema: 1,
    pods: [],
    podsTruncated: false,
    events: [],
    eventsTruncated: false,
    problems: [...blockers],
  };
  return nothing;
}

/** Tells each project with services there, once while it lasts; the first pass that reads the cluster again ends it. */
export async function tellUnopened(
  db: Database,
  clusterId: string,
  { error, origin }: { error: unknown; origin: 'live' | 'demo' },
): Promise<void> {
  const message = unusable(error).blockers[0]?.message ?? 'It cannot be opened.';
  const projects = await db
    .select({ projectId: service.projectId, name: cluster.name, services: count() })
    .from(service)
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .innerJoin(cluster, eq(cluster.id, environment.clusterId))
    .where(eq(cluster.id, clusterId))
    .groupBy(service.projectId, cluster.name);
  for (const { projectId, name, services } of projects)
    await transaction(db, (tx) =>
      emitNotice(
        tx,
        {
          projectId,
          notice: { kind: 'clusterUnreachable', cluster: name, services, message },
          object: { kind: 'cluster', id: clusterId },
          serviceId: null,
          dedupKey: `clusterUnreachable:${clusterId}`,
        },
        { now: new Date(), origin },
      ),
    );
}
