import { isDeepStrictEqual } from 'node:util';
import { v7 as uuidv7 } from 'uuid';
import type { Transaction } from '../../../db/client.ts';
import type { SandboxBehaviours } from '../../../domain/sandbox/stored-behaviour.ts';
import type { ServingScope } from '../../../domain/serving.ts';
import type { WriteFence } from '../cluster.ts';
import type { ObjectKey, SeenVersions } from './seen-versions.ts';
import type { Route, StoredObject, Workload } from './stored-object.ts';
import { saveObject } from './world-store.ts';

/** What every write knows: whose objects, under which lease, when, and what was last read. */
export type Write = {
  readonly scope: ServingScope;
  readonly fence: WriteFence;
  readonly at: Date;
  readonly seen: SeenVersions;
  /** Hears what will have been written once the transaction is stored. */
  readonly stored: (object: StoredObject) => void;
};

/** The sandbox under its lock. */
type World = {
  readonly seed: number;
  readonly objects: readonly StoredObject[];
  readonly behaviours: SandboxBehaviours;
};

export type Context = { readonly world: World; readonly write: Write };

/** The stored object of a key, if there is one. */
export function find(objects: readonly StoredObject[], key: ObjectKey): StoredObject | undefined {
  return objects.find(
    ({ namespace, kind, name }) => namespace === key.namespace && kind === key.kind && name === key.name,
  );
}

type Body = { kind: 'workload'; body: Workload } | { kind: 'route'; body: Route };

/** Creates or replaces an object under the fence of the write; an apply that changes nothing writes nothing. */
export async function put(tx: Transaction, { name, before, write }: Put, content: Body): Promise<void> {
  const { scope, fence, at } = write;
  if (before !== undefined && before.epoch === fence.epoch && isDeepStrictEqual(before.body, content.body))
    return;
  const object = {
    clusterId: scope.clusterId,
    namespace: scope.namespace,
    name,
    uid: before?.uid ?? uuidv7(),
    resourceVersion: (before?.resourceVersion ?? 0) + 1,
    epoch: fence.epoch,
    projectId: scope.projectId,
    serviceId: scope.serviceId,
    createdAt: before?.createdAt ?? at,
    updatedAt: at,
    ...content,
  };
  await saveObject(tx, object);
  write.stored(object);
}
type Put = { readonly name: string; readonly before: StoredObject | undefined; readonly write: Write };
