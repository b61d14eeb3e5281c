import type { Blocker } from '../../domain/refusal.ts';
import type { KubernetesApi, Place } from './kubernetes-api.ts';
import {
  annotation,
  type KubernetesObject,
  label,
  type WatchedKind,
  watchedKinds,
} from './kubernetes-objects.ts';
import { watchBlocker } from './kubernetes-words.ts';
import { ListWatch, type WatchTimes } from './list-watch.ts';
import { type Change, hasReached } from './watch-store.ts';

/** What the cache must have seen before it is believed again: our write's version, or that the object is gone. */
type Expectation = { readonly uid: string; readonly resourceVersion: string | null };

type Namespace = {
  readonly watches: ReadonlyMap<WatchedKind, ListWatch>;
  readonly expected: Map<string, Expectation>;
};

export type Picture = {
  /** All kinds are listed and watched, and every write of ours has been seen. */
  readonly fresh: boolean;
  readonly blockers: readonly Blocker[];
  /** When the API server was last heard by the kind that was heard least recently; null before the first list. */
  readonly contactAt: Date | null;
};

type Options = {
  readonly api: KubernetesApi;
  readonly times: WatchTimes;
  readonly onChange: (serviceId: string) => void;
  /** Sees every change of an object, for fight detection. */
  readonly onObject: (change: Change) => void;
};

/** Everything that is watched in one cluster, a namespace at a time; reads never touch the network. */
export class WatchCache {
  readonly #options: Options;
  readonly #namespaces = new Map<string, Namespace>();
  readonly #waiting = new Set<() => void>();
  readonly #running = new Set<Promise<void>>();
  #stopped = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Starts watching a namespace; does nothing when it is watched already. */
  ensure(namespace: string): Namespace {
    const present = this.#namespaces.get(namespace);
    if (present !== undefined) return present;
    const watches = new Map(watchedKinds.map((kind) => [kind, this.#watch(kind, namespace)]));
    const added = { watches, expected: new Map<string, Expectation>() };
    this.#namespaces.set(namespace, added);
    for (const watch of watches.values()) {
      if (this.#stopped) break;
      const run = watch.run().finally(() => this.#running.delete(run));
      this.#running.add(run);
    }
    return added;
  }

  get({ kind, namespace, name }: Place): KubernetesObject | null {
    return this.ensure(namespace).watches.get(kind)?.store.get(name) ?? null;
  }

  /** As `get`, of what is watched already: nothing is begun for it. */
  known({ kind, namespace, name }: Place): KubernetesObject | null {
    return this.#namespaces.get(namespace)?.watches.get(kind)?.store.get(name) ?? null;
  }

  ofService(kind: WatchedKind, namespace: string, serviceName: string): KubernetesObject[] {
    return this.ensure(namespace).watches.get(kind)?.store.ofService(serviceName) ?? [];
  }

  picture(namespace: string): Picture {
    const { watches, expected } = this.ensure(namespace);
    const blockers: Blocker[] = [];
    const contacts: (number | null)[] = [];
    for (const [kind, watch] of watches) {
      contacts.push(watch.contactAt?.getTime() ?? null);
      if (watch.state.kind !== 'broken') continue;
      const found = watchBlocker(watch.state.error, {
        kind,
        namespace,
        serverUrl: this.#options.api.serverUrl,
      });
      if (!blockers.some((present) => present.message === found.message)) blockers.push(found);
    }
    this.#forgetSeen(namespace);
    const live = [...watches.values()].every((watch) => watch.state.kind === 'live');
    const heard = contacts.filter((contact) => contact !== null);
    return {
      fresh: live && expected.size === 0,
      blockers,
      contactAt: heard.length < contacts.length ? null : new Date(Math.min(...heard)),
    };
  }

  /** Waits until the picture is fresh, at most this long; a broken watch is not waited for. */
  async settled(namespace: string, timeoutMs: number): Promise<Picture> {
    const until = performance.now() + timeoutMs;
    let picture = this.picture(namespace);
    while (!picture.fresh && picture.blockers.length === 0 && !this.#stopped) {
      const left = until - performance.now();
      if (left <= 0) break;
      await this.#nextContact(left);
      picture = this.picture(namespace);
    }
    return picture;
  }

  /** After a write: the namespace is not fresh until the watch has brought this version of the object. */
  expectVersion(place: Place, object: KubernetesObject): void {
    const { uid, resourceVersion } = object.metadata;
    this.ensure(place.namespace).expected.set(`${place.kind}/${place.name}`, { uid, resourceVersion });
  }

  /** After a deletion: not fresh until the object is gone or on its way out. */
  expectGone(place: Place, uid: string): void {
    this.ensure(place.namespace).expected.set(`${place.kind}/${place.name}`, { uid, resourceVersion: null });
  }

  /** A write may or may not have happened: read everything of its kind again before concluding anything. */
  doubt({ kind, namespace }: Place): void {
    this.ensure(namespace).watches.get(kind)?.relist();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { watches } of this.#namespaces.values()) for (const watch of watches.values()) watch.stop();
    this.#contact();
    await Promise.all(this.#running);
  }

  #watch(kind: WatchedKind, namespace: string): ListWatch {
    return new ListWatch({
      api: this.#options.api,
      kind,
      namespace,
      times: this.#options.times,
      onChanges: (changes) => {
        for (const change of changes) this.#changed(namespace, change);
      },
      onContact: () => this.#contact(),
    });
  }

  #changed(namespace: string, change: Change): void {
    this.#options.onObject(change);
    const object = change.after ?? change.before;
    const serviceId = object === null ? null : this.#serviceId(namespace, object);
    if (serviceId !== null) this.#options.onChange(serviceId);
  }

  /** Pods and endpoint slices carry only the service's name; its id stands on the objects that Fairlead wrote. */
  #serviceId(namespace: string, object: KubernetesObject): string | null {
    const own = object.metadata.annotations?.[annotation.serviceId];
    if (own !== undefined) return own;
    const serviceName = object.metadata.labels?.[label.service] ?? '';
    const watches = this.#namespaces.get(namespace)?.watches;
    for (const kind of ['Deployment', 'Service', 'HTTPRoute'] as const)
      for (const found of watches?.get(kind)?.store.ofService(serviceName) ?? []) {
        const id = found.metadata.annotations?.[annotation.serviceId];
        if (id !== undefined) return id;
      }
    return null;
  }

  #forgetSeen(namespace: string): void {
    const { watches, expected } = this.ensure(namespace);
    for (const [key, { uid, resourceVersion }] of expected) {
      const [kind = '', name = ''] = key.split('/');
      const watch = [...watches].find(([watched]) => watched === kind)?.[1];
      if (watch === undefined || watch.state.kind !== 'live') continue;
      const object = watch.store.get(name);
      const seen =
        resourceVersion === null
          ? object?.metadata.uid !== uid || object.metadata.deletionTimestamp !== undefined
          : hasReached(watch.store.resourceVersion, resourceVersion);
      if (seen) expected.delete(key);
    }
  }

  #contact(): void {
    for (const wake of this.#waiting) wake();
  }

  #nextContact(timeoutMs: number): Promise<void> {
    return new Promise((done) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        done();
      };
      const timer = setTimeout(wake, timeoutMs);
      this.#waiting.add(wake);
    });
  }
}
