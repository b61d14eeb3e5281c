import { DomainError } from '../../domain/refusal.ts';
import { AdoptedWrites } from './adopted-writes.ts';
import type { Cluster } from './cluster.ts';
import { ForeseenObjects } from './foreseen-objects.ts';
import { performAdopted } from './gateway-adopted.ts';
import { dryRunServing } from './gateway-dry-run.ts';
import { observeServing } from './gateway-observe.ts';
import { ForeignObjects } from './gateway-ownership.ts';
import { planTakeOver } from './gateway-take-over.ts';
import { foreseeRevision, performAction } from './gateway-write.ts';
import { kubernetesAccess } from './kubernetes-access.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { readCapacity } from './kubernetes-capacity.ts';
import { readEvents } from './kubernetes-events.ts';
import { Fights } from './kubernetes-fights.ts';
import { kubernetesFreezing } from './kubernetes-freezing.ts';
import { followLog, readLog } from './kubernetes-logs.ts';
import { KubernetesMetering } from './kubernetes-metering.ts';
import { annotation } from './kubernetes-objects.ts';
import { readPods } from './kubernetes-pods.ts';
import { probeCluster } from './kubernetes-probe.ts';
import { kubernetesWork } from './kubernetes-work.ts';
import { defaultWatchTimes, type WatchTimes } from './list-watch.ts';
import { servingManifests } from './manifests.ts';
import { WatchCache } from './watch-cache.ts';
import { WorkloadCache } from './workload-cache.ts';
import { discoverNamespace, observeWatched, Watchers } from './workload-observe.ts';

export type KubernetesClusterOptions = {
  readonly clusterId: string;
  readonly api: KubernetesApi;
  /** Watched from the start; others are watched from the first look at them. */
  readonly namespaces: readonly string[];
  readonly watchTimes?: WatchTimes;
};

function refuseFight(fights: Fights, serviceId: string): void {
  const fight = fights.of(serviceId);
  if (fight === null) return;
  throw new DomainError({
    code: 'fight',
    message: `${fight.manager} keeps rewriting ${fight.fields.join(', ')} of ${fight.object}, so Fairlead has stopped writing it.`,
    params: { manager: fight.manager, object: fight.object, fields: fight.fields.join(', ') },
    fix: 'Let one of the two manage these fields.',
  });
}

/** A listener's own failure must not end the watch that brought the news; the loop finds the change in its next pass anyway. */
function hint(listener: (serviceId: string) => void, serviceId: string): void {
  try {
    listener(serviceId);
  } catch {
    // Only a hint was lost.
  }
}

/** What is read and written by calls of its own, apart from what services run on. */
function besideServing(api: KubernetesApi): Pick<Cluster, 'capacity' | 'freezing' | 'work'> {
  return {
    capacity: (asked) => readCapacity(api, asked),
    freezing: kubernetesFreezing(api),
    work: kubernetesWork(api),
  };
}

const now = (): number => performance.now();

/** The cluster port over one Kubernetes API server with the gateway driver: Deployments, Services, HTTPRoute weights, HPAs. */
export function createKubernetesCluster(options: KubernetesClusterOptions): Cluster {
  const { clusterId, api } = options;
  const listeners = new Set<(serviceId: string) => void>();
  const foreign = new ForeignObjects(now);
  const fights = new Fights(now);
  const adoptedWrites = new AdoptedWrites(fights);
  const times = options.watchTimes ?? defaultWatchTimes;
  const tell = (serviceId: string): void => {
    for (const listener of listeners) hint(listener, serviceId);
  };
  const cache = new WatchCache({ api, times, onObject: (change) => fights.see(change), onChange: tell });
  const writer = { api, cache, foreign, foreseen: new ForeseenObjects(api, now) };
  const watchers = new Watchers();
  const workloads = new WorkloadCache({
    api,
    times,
    onChange: ({ namespace, kind, change }) => {
      watchers.of(namespace, kind, change).forEach(tell);
      if (kind === 'HTTPRoute') adoptedWrites.concerned(namespace, change).forEach(tell);
    },
  });
  for (const namespace of options.namespaces) cache.ensure(namespace);
  return {
    clusterId,
    access: kubernetesAccess(api),
    observe: async (scope) => {
      // Keeps the shared watch of others' routes open, so that a foreign edit is noticed at once.
      if (scope.adopted !== undefined) workloads.isLive('HTTPRoute', scope.namespace);
      return await observeServing({ api, cache, foreign, fights, adoptedWrites }, scope);
    },
    apply: async (scope, action, fence) => {
      refuseFight(fights, scope.serviceId);
      const { adopted } = scope;
      if (adopted === undefined || action.kind === 'applyRevision' || action.kind === 'deleteRevision')
        return await performAction(writer, action, { scope, fence });
      const written = await performAdopted(api, { ...scope, adopted }, action);
      adoptedWrites.wrote(scope, written);
    },
    foresee: (scope, number) => foreseeRevision(writer, scope, number),
    dryRun: (desired) => dryRunServing(api, desired),
    manifests: servingManifests,
    discover: (namespace) => discoverNamespace(workloads, namespace),
    observeWorkload: (watched) => observeWatched({ cache: workloads, watchers }, watched),
    pods: (question) => readPods(api, question),
    events: (question) => readEvents(api, question),
    readLog: (question, limits) => readLog(api, question, limits),
    followLog: (question, signal) => followLog(api, question, signal),
    planTakeOver: (question) => planTakeOver(api, question),
    ...besideServing(api),
    probe: (namespaces) => probeCluster(api, namespaces),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    metering: (onNews) =>
      new KubernetesMetering({
        api,
        times,
        onNews,
        revisionIdOf: (owner) =>
          cache.known({ kind: 'Deployment', ...owner })?.metadata.annotations?.[annotation.revisionId] ??
          null,
      }),
    close: async () => {
      listeners.clear();
      await Promise.all([cache.stop(), workloads.stop()]);
      await api.close();
    },
  };
}
