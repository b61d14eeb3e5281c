import type { Queries, Transaction } from '../../../db/client.ts';
import type { SandboxBehaviours } from '../../../domain/sandbox/stored-behaviour.ts';
import {
  clusterBehaviourSchema,
  defaultClusterBehaviour,
  defaultModelVersionBehaviour,
  defaultServiceBehaviour,
  modelVersionBehaviourSchema,
  type SandboxChange,
  type SandboxSubject,
  type ServiceBehaviour,
  serviceBehaviourSchema,
  valueAt,
} from '../../../domain/sandbox.ts';
import { settlePods } from './placement.ts';
import { routeAcceptanceMs } from './route.ts';
import {
  behavioursOf,
  dropComingWeights,
  lockSandbox,
  objectsOf,
  recordBehaviour,
  recordSplit,
} from './world-store.ts';

type Given = { readonly clusterId: string; readonly change: SandboxChange; readonly at: Date };

/** Lays what is given over what is in force; a field given as undefined counts as left out. */
function merged<T extends object>(before: T, given: object): T {
  const fields = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...before, ...Object.fromEntries(fields) };
}

type RouteOf = { clusterId: string; serviceId: string; at: Date; fault: ServiceBehaviour['fault'] };

/** A route that is let in again takes effect as if it were new; one that is rejected never takes effect. */
async function settleRoute(tx: Transaction, { clusterId, serviceId, at, fault }: RouteOf): Promise<void> {
  if (fault === 'routeRejected') {
    await dropComingWeights(tx, { clusterId, serviceId, at });
    return;
  }
  const objects = await objectsOf(tx, clusterId);
  const route = objects.find((object) => object.serviceId === serviceId && object.kind === 'route');
  if (route?.kind !== 'route') return;
  const acceptedAt = new Date(at.getTime() + routeAcceptanceMs);
  await recordSplit(tx, { clusterId, serviceId, at: acceptedAt, split: { weights: route.body.weights } });
}

/**
 * Tells the sandbox how a service's traffic, a ModelVersion or the cluster behaves from an instant on; fields that are
 * left out stay as they are. Instants must not go back before what was told last of the same subject.
 */
export async function setBehaviour(tx: Transaction, given: Given): Promise<void> {
  const { clusterId, change, at } = given;
  await lockSandbox(tx, clusterId);
  const told = await behavioursOf(tx, { clusterId, until: at });
  const store = (subject: SandboxSubject, behaviour: object) =>
    recordBehaviour(tx, { clusterId, subject, at, behaviour });
  switch (change.subject) {
    case 'service': {
      const { serviceId } = change;
      const before = valueAt(told.services.get(serviceId) ?? [], at.getTime(), defaultServiceBehaviour);
      const next = serviceBehaviourSchema.parse(merged(before, change.behaviour));
      await store(`service:${serviceId}`, next);
      const changes = (before.fault === 'routeRejected') !== (next.fault === 'routeRejected');
      if (changes) await settleRoute(tx, { clusterId, serviceId, at, fault: next.fault });
      return;
    }
    case 'modelVersion': {
      const { modelVersionId } = change;
      const timeline = told.modelVersions.get(modelVersionId) ?? [];
      const before = valueAt(timeline, at.getTime(), defaultModelVersionBehaviour);
      const next = modelVersionBehaviourSchema.parse(merged(before, change.behaviour));
      await store(`modelVersion:${modelVersionId}`, next);
      return;
    }
    case 'cluster': {
      const before = valueAt(told.cluster, at.getTime(), defaultClusterBehaviour);
      const next = clusterBehaviourSchema.parse(merged(before, change.behaviour));
      await store('cluster', next);
      await settlePods(tx, { clusterId, capacity: next, at, serviceId: null });
    }
  }
}

/** What the sandbox was told until an instant, as timelines; subjects that were told nothing have none. */
export async function readBehaviours(
  queries: Queries,
  of: { clusterId: string; until: Date; subjects?: readonly SandboxSubject[] },
): Promise<SandboxBehaviours> {
  return behavioursOf(queries, of);
}
