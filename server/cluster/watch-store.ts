import { type KubernetesObject, label } from './kubernetes-objects.ts';

export type Change = {
  readonly before: KubernetesObject | null;
  /** Null when it is gone. */
  readonly after: KubernetesObject | null;
  /** Of one whose deletion was told: its last state. One that a list lacks has none. */
  readonly last?: KubernetesObject;
};

/** Whether a resourceVersion is that one or a later one of the same kind; versions that are no numbers must be equal. */
export function hasReached(version: string, wanted: string): boolean {
  const numeric = /^[0-9]+$/;
  if (numeric.test(version) && numeric.test(wanted)) return BigInt(version) >= BigInt(wanted);
  return version === wanted;
}

const byName = ({ metadata }: KubernetesObject): string => metadata.name;

/** The objects of one kind in one namespace as list and watch gave them, found by name (or another key) and by our service label. */
export class WatchStore {
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #byService = new Map<string, Set<string>>();
  readonly #keyOf: (object: KubernetesObject) => string;
  #resourceVersion = '';

  constructor(keyOf: (object: KubernetesObject) => string = byName) {
    this.#keyOf = keyOf;
  }

  /** Everything up to here has been seen; empty before the first list. */
  get resourceVersion(): string {
    return this.#resourceVersion;
  }

  get(name: string): KubernetesObject | null {
    return this.#objects.get(name) ?? null;
  }

  all(): KubernetesObject[] {
    return [...this.#objects.values()];
  }

  ofService(serviceName: string): KubernetesObject[] {
    const names = this.#byService.get(serviceName) ?? [];
    return [...names].flatMap((name) => this.#objects.get(name) ?? []);
  }

  /** Takes a complete list; what is missing from it vanished while nobody looked, and is reported as such. */
  replace(objects: readonly KubernetesObject[], resourceVersion: string): Change[] {
    const listed = new Set(objects.map(this.#keyOf));
    const gone = [...this.#objects.values()].filter((object) => !listed.has(this.#keyOf(object)));
    const changes = [
      ...gone.map((object) => this.#remove(object)),
      ...objects.map((object) => this.#put(object)),
    ];
    this.#resourceVersion = resourceVersion;
    return changes.filter(isChange);
  }

  put(object: KubernetesObject): Change[] {
    this.#advance(object.metadata.resourceVersion);
    return [this.#put(object)].filter(isChange);
  }

  remove(object: KubernetesObject): Change[] {
    this.#advance(object.metadata.resourceVersion);
    const present = this.#objects.get(this.#keyOf(object));
    return present === undefined ? [] : [{ ...this.#remove(present), last: object }];
  }

  bookmark(resourceVersion: string): void {
    this.#advance(resourceVersion);
  }

  #advance(resourceVersion: string): void {
    if (hasReached(resourceVersion, this.#resourceVersion || '0')) this.#resourceVersion = resourceVersion;
  }

  #put(object: KubernetesObject): Change {
    const name = this.#keyOf(object);
    const before = this.#objects.get(name) ?? null;
    if (before !== null) this.#unindex(before);
    this.#objects.set(name, object);
    const service = object.metadata.labels?.[label.service];
    if (service !== undefined) {
      const names = this.#byService.get(service) ?? new Set();
      this.#byService.set(service, names.add(name));
    }
    return { before, after: object };
  }

  #remove(object: KubernetesObject): Change {
    this.#unindex(object);
    this.#objects.delete(this.#keyOf(object));
    return { before: object, after: null };
  }

  #unindex(object: KubernetesObject): void {
    const service = object.metadata.labels?.[label.service] ?? '';
    const names = this.#byService.get(service);
    names?.delete(this.#keyOf(object));
    if (names?.size === 0) this.#byService.delete(service);
  }
}

function isChange({ before, after }: Change): boolean {
  return (
    before?.metadata.resourceVersion !== after?.metadata.resourceVersion ||
    before?.metadata.uid !== after?.metadata.uid
  );
}
