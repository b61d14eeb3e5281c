import type { Transaction } from '../../../db/client.ts';
import { DomainError } from '../../../domain/refusal.ts';
import { defaultClusterBehaviour, valueAt } from '../../../domain/sandbox.ts';
import type { ServingAction } from '../../../domain/serving.ts';
import { settlePods } from './placement.ts';
import type { Write } from './put.ts';
import { unreachable } from './unreachable.ts';
import { behavioursOf, lockSandbox, objectsOf } from './world-store.ts';
import { applyRoute } from './write-route.ts';
import { applyRevision, deleteRevision } from './write-workload.ts';

/** Does one write under the sandbox's lock; throws DomainError for what a cluster would refuse, and then stores nothing. */
export async function performWrite(tx: Transaction, action: ServingAction, write: Write): Promise<void> {
  const { clusterId } = write.scope;
  const seed = await lockSandbox(tx, clusterId);
  const behaviours = await behavioursOf(tx, { clusterId, until: write.at });
  const cluster = valueAt(behaviours.cluster, write.at.getTime(), defaultClusterBehaviour);
  if (cluster.fault === 'unreachable') throw new DomainError(unreachable());
  const world = { seed, behaviours, objects: await objectsOf(tx, clusterId) };
  switch (action.kind) {
    case 'applyRevision':
      await applyRevision(tx, action.revision, { world, write });
      break;
    case 'applyRoute':
      await applyRoute(tx, action.weights, { world, write });
      return;
    case 'scaleFound':
      throw new Error('The sandbox has no workloads of others.');
    case 'deleteRevision':
      await deleteRevision(tx, action.number, { world, write });
      break;
  }
  const { serviceId } = write.scope;
  await settlePods(tx, { clusterId, capacity: cluster, at: write.at, serviceId });
}
