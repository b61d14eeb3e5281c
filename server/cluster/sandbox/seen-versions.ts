import { DomainError } from '../../../domain/refusal.ts';
import type { ServingScope } from '../../../domain/serving.ts';
import type { WriteFence } from '../cluster.ts';
import type { StoredObject } from './stored-object.ts';

export type ObjectKey = {
  readonly namespace: string;
  readonly kind: StoredObject['kind'];
  readonly name: string;
};
type Version = { readonly key: ObjectKey; readonly uid: string; readonly resourceVersion: number };

const text = ({ namespace, kind, name }: ObjectKey) => `${namespace}/${kind}/${name}`;

/** What one process last saw of each object: the preconditions of its next writes. */
export class SeenVersions {
  readonly #seen = new Map<string, Version>();

  see(object: StoredObject): void {
    const { namespace, kind, name, uid, resourceVersion } = object;
    this.#seen.set(text(object), { key: { namespace, kind, name }, uid, resourceVersion });
  }

  /** After a read: exactly these objects exist among the ones that belong to what was read. */
  refresh(belongs: (key: ObjectKey) => boolean, objects: readonly StoredObject[]): void {
    for (const [name, { key }] of this.#seen) if (belongs(key)) this.#seen.delete(name);
    for (const object of objects) if (belongs(object)) this.see(object);
  }

  forget(key: ObjectKey): void {
    this.#seen.delete(text(key));
  }

  get(key: ObjectKey): Version | undefined {
    return this.#seen.get(text(key));
  }
}

const kindNames = {
  workload: 'Deployment',
  route: 'HTTPRoute',
  quota: 'ResourceQuota',
  work: 'Job',
} as const;

/** The object as people name it. */
function objectName({ kind, name }: Pick<ObjectKey, 'kind' | 'name'>): string {
  return `${kindNames[kind]}/${name}`;
}

function conflict(key: ObjectKey, message: string): DomainError {
  return new DomainError({
    code: 'conflict',
    message,
    params: { object: objectName(key) },
    fix: 'Nothing to do: the next pass reads the cluster again and decides anew.',
  });
}

type Precondition = {
  readonly scope: ServingScope;
  readonly fence: WriteFence;
  readonly seen: SeenVersions;
};

/** Refuses a write to what is not ours, from an older lease, or based on an older read; does nothing otherwise. */
export function checkPrecondition(key: ObjectKey, stored: StoredObject | undefined, write: Precondition) {
  const seen = write.seen.get(key);
  if (stored === undefined) {
    if (seen === undefined) return;
    write.seen.forget(key);
    throw conflict(key, `${objectName(key)} was deleted after it was read, so nothing was written.`);
  }
  if (stored.serviceId !== write.scope.serviceId)
    throw conflict(
      key,
      `${objectName(key)} exists and does not belong to this service, so it is left alone.`,
    );
  if (stored.epoch > write.fence.epoch)
    throw conflict(
      key,
      `${objectName(key)} was written under lease epoch ${stored.epoch}; this write came from epoch ${write.fence.epoch}.`,
    );
  const current = seen === undefined || seen.uid === stored.uid;
  if (!current || (seen !== undefined && seen.resourceVersion !== stored.resourceVersion))
    throw conflict(
      key,
      `${objectName(key)} was changed after it was read; please apply to the latest version.`,
    );
}
