import { v7 as uuidv7 } from 'uuid';
import { type Database, type Transaction, transaction } from '../../../db/client.ts';
import { freezeQuotaName } from '../../../domain/freeze/freeze-quota.ts';
import { DomainError } from '../../../domain/refusal.ts';
import { defaultClusterBehaviour, valueAt } from '../../../domain/sandbox.ts';
import type { FreezeLook, Freezing } from '../cluster.ts';
import type { QuotaObject, StoredObject } from './stored-object.ts';
import { unreachable } from './unreachable.ts';
import { behavioursOf, lockSandbox, objectsOf, removeObject, saveObject } from './world-store.ts';

type World = { readonly db: Database; readonly clusterId: string; readonly clock: () => Promise<Date> };

/** Quotas belong to no service and no project. */
const nobody = '00000000-0000-0000-0000-000000000000';

const isFreezeQuota = (object: StoredObject): object is QuotaObject =>
  object.kind === 'quota' && object.name === freezeQuotaName;

async function objectsIn({ db, clusterId, clock }: World, tx: Transaction | Database, namespace: string) {
  const until = await clock();
  const told = await behavioursOf(db, { clusterId, until, subjects: ['cluster'] });
  const { fault } = valueAt(told.cluster, until.getTime(), defaultClusterBehaviour);
  if (fault === 'unreachable') throw new DomainError(unreachable());
  return (await objectsOf(tx, clusterId)).filter((object) => object.namespace === namespace);
}

function seen(objects: readonly StoredObject[]): FreezeLook {
  const quota = objects.find(isFreezeQuota);
  return {
    pods: objects.flatMap(({ name, ...object }) =>
      object.kind === 'workload'
        ? object.body.pods.map(({ gpuCount }) => ({
            workload: name,
            requests: { 'nvidia.com/gpu': gpuCount },
            terminating: false,
          }))
        : [],
    ),
    quota: quota === undefined ? null : { hard: quota.body.hard, owner: null },
  };
}

/** The quota of a freeze in the sandbox: it is kept and shown there, but pods are made by replicas alone. */
export function sandboxFreezing(world: World): Freezing {
  const { db, clusterId, clock } = world;
  const changed = (
    namespace: string,
    change: (tx: Transaction, now: Date, quota?: QuotaObject) => Promise<void>,
  ) =>
    transaction(db, async (tx) => {
      await lockSandbox(tx, clusterId);
      await change(tx, await clock(), (await objectsIn(world, tx, namespace)).find(isFreezeQuota));
    });
  return {
    look: async (namespace) => seen(await objectsIn(world, db, namespace)),
    lackingRights: async () => [],
    writeQuota: (namespace, hard, epoch) =>
      changed(namespace, async (tx, now, quota) => {
        await saveObject(tx, {
          clusterId,
          namespace,
          kind: 'quota',
          name: freezeQuotaName,
          uid: quota?.uid ?? uuidv7(),
          resourceVersion: (quota?.resourceVersion ?? 0) + 1,
          epoch,
          projectId: nobody,
          serviceId: nobody,
          body: { schema: 1, hard },
          createdAt: quota?.createdAt ?? now,
          updatedAt: now,
        });
      }),
    removeQuota: (namespace) =>
      changed(namespace, async (tx, _now, quota) => {
        if (quota !== undefined) await removeObject(tx, quota);
      }),
  };
}
