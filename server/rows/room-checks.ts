import type { Queries } from '../../db/client.ts';
import type { PreflightCheck } from '../../domain/preflight/check.ts';
import { checkKueue } from '../../domain/preflight/check-kueue.ts';
import { checkLimitRanges, checkQuotas } from '../../domain/preflight/check-quota.ts';
import { checkNodePools, checkSchedulable } from '../../domain/preflight/check-schedulable.ts';
import { checkClaims, withClaims } from '../../domain/preflight/claim-template.ts';
import { podDemand } from '../../domain/preflight/pod-demand.ts';
import { podsToCome, type WantedPods } from '../../domain/preflight/pods-to-come.ts';
import { activePods } from './active-pods.ts';
import type { Room } from './room.ts';

type Asked = { readonly asked: WantedPods; readonly clusterId: string };

/** Every check of room: what was seen, less what other rollouts and waiting pods will take first. */
export async function roomChecks(
  queries: Queries,
  { cluster, namespace, observedAt }: Room,
  { asked, clusterId }: Asked,
): Promise<PreflightCheck[]> {
  const own = { ...asked, pods: podsToCome(asked, cluster) };
  const active = await activePods(queries, { clusterId, since: observedAt });
  const others = active
    .filter((wanted) => wanted.namespace !== asked.namespace || wanted.workload !== asked.workload)
    .map((wanted) => ({
      ...wanted,
      pods: podsToCome(wanted, cluster),
      demand:
        wanted.namespace === asked.namespace
          ? withClaims(wanted.demand, namespace.claimTemplates)
          : wanted.demand,
    }))
    .filter(({ pods }) => pods > 0);
  const holders = cluster.holders.kind === 'read' ? cluster.holders.value : [];
  return [
    ...checkQuotas(namespace.quotas, {
      asked: own,
      others: others.filter((other) => other.namespace === asked.namespace),
      holders: holders.filter((holder) => holder.namespace === asked.namespace),
    }),
    ...checkLimitRanges(namespace.limitRanges, asked.demand),
    ...checkClaims(asked.demand, namespace.claimTemplates),
    ...checkKueue(cluster, namespace, own),
    ...checkSchedulable(cluster, { asked: own, others: [...others, ...pendingPods(cluster, asked)] }),
    ...checkNodePools(cluster.nodePools, own),
  ];
}

/** Pods without a node take room as soon as there is some; where they may run is not known, so they may run anywhere. */
function pendingPods({ holders }: Room['cluster'], asked: WantedPods): WantedPods[] {
  if (holders.kind === 'unread') return [];
  return holders.value
    .filter(({ pendingPods: pods }) => pods > 0)
    .filter(({ namespace, workload }) => namespace !== asked.namespace || workload !== asked.workload)
    .map(({ namespace, workload, pendingPods: pods, pendingGpus }) => {
      const resources = { limits: { 'nvidia.com/gpu': Math.ceil(pendingGpus / pods) } };
      const demand = podDemand({ spec: { containers: [{ name: 'pending', image: 'pending', resources }] } });
      return { namespace, workload, pods, demand: { ...demand, tolerations: [{ operator: 'Exists' }] } };
    });
}
