import { type Database, type Transaction, transaction } from '../../db/client.ts';
import type { PodQuestion } from '../../domain/pod.ts';
import { blocker, DomainError } from '../../domain/refusal.ts';
import { defaultClusterBehaviour, valueAt } from '../../domain/sandbox.ts';
import type { DesiredServing, ServingAction, ServingScope } from '../../domain/serving.ts';
import type { Cluster, ClusterCapabilities, WriteFence } from './cluster.ts';
import { revisionName, revisionNumber, servingManifests } from './manifests.ts';
import type { OpenMetering } from './metering-feed.ts';
import { admissionBlockers } from './sandbox/admission.ts';
import { readSandboxCapacity } from './sandbox/capacity.ts';
import { sandboxFreezing } from './sandbox/freezing.ts';
import { followSandboxLog, readSandboxLog } from './sandbox/log.ts';
import { SandboxMetering } from './sandbox/metering.ts';
import { observeServing } from './sandbox/observe.ts';
import { eventsIn, type PodView, podsIn } from './sandbox/pods.ts';
import { routeName } from './sandbox/route.ts';
import { SeenVersions } from './sandbox/seen-versions.ts';
import type { StoredObject } from './sandbox/stored-object.ts';
import { unreachable } from './sandbox/unreachable.ts';
import { sandboxWork } from './sandbox/work.ts';
import { behavioursOf, objectsOf } from './sandbox/world-store.ts';
import { performWrite } from './sandbox/write.ts';

export type SandboxClusterOptions = {
  readonly db: Database;
  readonly clusterId: string;
  /** The database clock with the sandbox's offset. */
  readonly clock: () => Promise<Date>;
  /** For tests that stop the loop between writes: called before each write; what it throws prevents the write. */
  readonly beforeWrite?: (action: ServingAction, scope: ServingScope) => void;
  /** As `beforeWrite`, once the write is stored; what it throws looks like a lost answer. */
  readonly afterWrite?: (action: ServingAction, scope: ServingScope) => void;
};

/** An executable model of a cluster whose whole state is in Postgres, so that every process sees the same one. */
export function createSandboxCluster(options: SandboxClusterOptions): Cluster {
  const { db, clusterId, clock } = options;
  const seen = new SeenVersions();
  const written = new Set<() => void>();
  const capacityAt = async (now: Date) => {
    const told = await behavioursOf(db, { clusterId, until: now, subjects: ['cluster'] });
    return valueAt(told.cluster, now.getTime(), defaultClusterBehaviour);
  };
  const view = async (question: PodQuestion): Promise<PodView> => {
    const now = await clock();
    const { told, objects } = await readWorld(db, { clusterId, namespace: question.namespace }, now);
    const { fault } = valueAt(told.cluster, now.getTime(), defaultClusterBehaviour);
    if (fault === 'unreachable') throw new DomainError(unreachable());
    return { behaviours: told, objects, now };
  };
  return {
    clusterId,
    observe: async (scope) => {
      const now = await clock();
      const { told, objects } = await readWorld(db, ownScope(scope, clusterId), now);
      const serving = observeServing(objects, { scope, behaviours: told, now });
      if (serving.fresh) remember(seen, scope, objects);
      return serving;
    },
    apply: async (scope, action, fence: WriteFence) => {
      const at = await clock();
      options.beforeWrite?.(action, scope);
      const objects: StoredObject[] = [];
      const stored = (object: StoredObject) => objects.push(object);
      await transaction(db, (tx) =>
        performWrite(tx, action, { scope: ownScope(scope, clusterId), fence, at, seen, stored }),
      );
      for (const object of objects) seen.see(object);
      for (const tell of written) tell();
      options.afterWrite?.(action, scope);
    },
    dryRun: async (desired) => {
      const capacity = await capacityAt(await clock());
      if (capacity.fault === 'unreachable') return [blocker(unreachable())];
      return refusedBy(desired);
    },
    manifests: servingManifests,
    discover: async (namespace) => ({ schema: 1, namespace, workloads: [], routes: [], problems: [] }),
    // Everything in the sandbox is Fairlead's own.
    observeWorkload: async () => ({ fresh: true, blockers: [], routesRead: true, workload: null }),
    pods: async (question) => ({ pods: podsIn(await view(question), question), truncated: false }),
    events: async (question) => ({ events: eventsIn(await view(question), question), truncated: false }),
    readLog: (question, limits) => readSandboxLog({ db, clusterId, clock }, question, limits),
    followLog: (question, signal) => followSandboxLog({ db, clusterId, clock }, question, signal),
    planTakeOver: async () => {
      throw new DomainError({
        code: 'wrongState',
        message: 'Everything in a sandbox cluster is Fairlead’s own.',
      });
    },
    capacity: async (namespaces) => readSandboxCapacity({ db, clusterId, at: await clock() }, namespaces),
    freezing: sandboxFreezing({ db, clusterId, clock }),
    work: sandboxWork({ db, clusterId, clock }),
    probe: async () => capabilities((await capacityAt(await clock())).fault === 'unreachable'),
    // Readiness follows from time alone, so there is nothing that could call back; the loop asks again by itself.
    onChange: () => () => undefined,
    metering: (onNews) => sandboxFeed({ db, clusterId, clock }, written, onNews),
    close: async () => undefined,
  };
}

/** A feed that also hears of what this process writes. */
function sandboxFeed(
  world: Pick<SandboxClusterOptions, 'db' | 'clusterId' | 'clock'>,
  written: Set<() => void>,
  onNews: () => void,
): ReturnType<OpenMetering> {
  const feed = new SandboxMetering(world, onNews);
  written.add(onNews);
  return {
    take: () => feed.take(),
    close: async () => {
      written.delete(onNews);
      await feed.close();
    },
  };
}

function ownScope(scope: ServingScope, clusterId: string): ServingScope {
  if (scope.clusterId === clusterId) return scope;
  throw new DomainError({ code: 'clusterUnknown', message: 'This service belongs to another cluster.' });
}

/** One snapshot: behaviours and objects must not be from two moments. */
async function readWorld(
  db: Database,
  { clusterId, namespace }: Pick<ServingScope, 'clusterId' | 'namespace'>,
  now: Date,
) {
  const read = async (tx: Transaction) => ({
    told: await behavioursOf(tx, { clusterId, until: now }),
    objects: (await objectsOf(tx, clusterId)).filter((object) => object.namespace === namespace),
  });
  return transaction(db, read, { isolation: 'repeatable read', readOnly: true });
}

function remember(seen: SeenVersions, scope: ServingScope, objects: readonly StoredObject[]): void {
  seen.refresh(
    ({ namespace, kind, name }) =>
      namespace === scope.namespace &&
      (kind === 'route' ? name === routeName(scope) : revisionNumber(scope, name) !== null),
    objects,
  );
}

function refusedBy(desired: DesiredServing) {
  return desired.revisions.flatMap((revision) =>
    admissionBlockers(revision, revisionName(desired.scope, revision.number)),
  );
}

function capabilities(down: boolean): ClusterCapabilities {
  return {
    reachable: !down,
    version: down ? null : 'sandbox',
    gatewayApi: !down,
    autoscaling: !down,
    gpuProducts: down ? [] : ['sandbox GPU'],
    blockers: down ? [blocker(unreachable())] : [],
    checks: [
      {
        id: 'reachable',
        group: 'connection',
        title: 'Sandbox cluster',
        state: down ? 'missing' : 'met',
        detail: down
          ? 'it was told to be unreachable'
          : 'simulated in the database, so nothing has to be granted',
        fix: down ? 'End the fault in the sandbox panel of a service.' : null,
      },
    ],
  };
}
