import { and, eq, gt, inArray, isNull, ne, or } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { environment } from '../../db/schema/environments.ts';
import { modelVersion } from '../../db/schema/models.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { service, serviceRevision } from '../../db/schema/services.ts';
import { resolvedPodTemplate } from '../../domain/pod-template.ts';
import { podDemand } from '../../domain/preflight/pod-demand.ts';
import type { WantedPods } from '../../domain/preflight/pods-to-come.ts';
import { scalingSchema, serviceSpecSchema, startingReplicas } from '../../domain/service-spec.ts';

export type ActivePods = WantedPods & { readonly rolloutId: string; readonly projectId: string };

/**
 * The pods of every rollout's new revision in a cluster, whoever's it is: of those under way and of those that have
 * succeeded since the look, whose pods it may not have seen. What goes back wants none.
 */
export async function activePods(
  queries: Queries,
  { clusterId, since }: { clusterId: string; since: Date },
): Promise<ActivePods[]> {
  const rows = await queries
    .select({
      rolloutId: rollout.id,
      projectId: rollout.projectId,
      namespace: environment.namespace,
      serviceName: service.name,
      scaling: service.scaling,
      number: serviceRevision.number,
      spec: serviceRevision.spec,
      version: modelVersion,
    })
    .from(rollout)
    .innerJoin(service, eq(service.id, rollout.serviceId))
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .innerJoin(serviceRevision, eq(serviceRevision.id, rollout.toRevisionId))
    .innerJoin(modelVersion, eq(modelVersion.id, serviceRevision.modelVersionId))
    .where(
      and(
        eq(environment.clusterId, clusterId),
        or(
          and(isNull(rollout.endedAt), ne(rollout.phase, 'rollingBack')),
          and(gt(rollout.endedAt, since), inArray(rollout.phase, ['succeeded'])),
        ),
      ),
    );
  return rows.map(({ rolloutId, projectId, namespace, serviceName, scaling, number, spec, version }) => ({
    rolloutId,
    projectId,
    namespace,
    workload: `${serviceName}-r${number}`,
    pods: startingReplicas(scalingSchema.parse(scaling)),
    demand: podDemand(resolvedPodTemplate(serviceSpecSchema.parse(spec), version)),
  }));
}
