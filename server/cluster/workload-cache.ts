import type { Blocker } from '../../domain/refusal.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { foreignSelector, type KubernetesObject, type WatchedKind } from './kubernetes-objects.ts';
import { watchBlocker } from './kubernetes-words.ts';
import { ListWatch, type WatchTimes } from './list-watch.ts';
import type { Change } from './watch-store.ts';
import { trimForeign } from './workload-trim.ts';

/** Of these kinds are the workloads that others made and what leads to them. */
export const foreignKinds = [
  'Deployment',
  'InferenceService',
  'Rollout',
  'Pod',
  'Service',
  'HTTPRoute',
] as const satisfies readonly WatchedKind[];
export type ForeignKind = (typeof foreignKinds)[number];

/** A namespace that nobody asked about for this long is no longer watched; a watched service asks every half minute. */
const idleMs = 10 * 60_000;
/** A kind that is not installed, or that our role does not show, is looked for again this often. */
const absentRetryMs = 60_000;

type Options = {
  readonly api: KubernetesApi;
  readonly times: WatchTimes;
  readonly onChange: (change: { namespace: string; kind: ForeignKind; change: Change }) => void;
};

type Watches = {
  readonly byKind: ReadonlyMap<ForeignKind, ListWatch>;
  readonly idle: NodeJS.Timeout;
};

/**
 * What others made, watched a namespace at a time and shared by discovery and all watched services: six watches per
 * namespace, whatever the number of services. A kind that cannot be read does not hold up the others.
 */
export class WorkloadCache {
  readonly #options: Options;
  readonly #namespaces = new Map<string, Watches>();
  readonly #running = new Set<Promise<void>>();
  readonly #waiting = new Set<() => void>();
  #stopped = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** In the order of their names. */
  objects(kind: ForeignKind, namespace: string): KubernetesObject[] {
    return (this.#ensure(namespace).byKind.get(kind)?.store.all() ?? []).sort((left, right) =>
      left.metadata.name < right.metadata.name ? -1 : 1,
    );
  }

  /** Why a kind cannot be read; null while it is, and while its first list is under way. */
  problem(kind: ForeignKind, namespace: string): Blocker | null {
    const state = this.#ensure(namespace).byKind.get(kind)?.state;
    if (state?.kind !== 'broken') return null;
    const { serverUrl } = this.#options.api;
    return watchBlocker(state.error, { kind, namespace, serverUrl });
  }

  isLive(kind: ForeignKind, namespace: string): boolean {
    return this.#ensure(namespace).byKind.get(kind)?.state.kind === 'live';
  }

  /** Waits until every kind is either read or known to be unreadable, at most this long. */
  async settled(namespace: string, timeoutMs: number): Promise<void> {
    const until = performance.now() + timeoutMs;
    const isStarting = (): boolean =>
      [...this.#ensure(namespace).byKind.values()].some((watch) => watch.state.kind === 'starting');
    while (isStarting() && !this.#stopped) {
      const left = until - performance.now();
      if (left <= 0) return;
      await this.#nextContact(left);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const namespace of this.#namespaces.keys()) this.#forget(namespace);
    for (const wake of this.#waiting) wake();
    await Promise.all(this.#running);
  }

  #ensure(namespace: string): Watches {
    const present = this.#namespaces.get(namespace);
    if (present !== undefined) {
      present.idle.refresh();
      return present;
    }
    const byKind = new Map(foreignKinds.map((kind) => [kind, this.#watch(kind, namespace)]));
    const idle = setTimeout(() => this.#forget(namespace), idleMs).unref();
    const added = { byKind, idle };
    this.#namespaces.set(namespace, added);
    if (this.#stopped) return added;
    for (const watch of byKind.values()) {
      const run = watch.run().finally(() => this.#running.delete(run));
      this.#running.add(run);
    }
    return added;
  }

  #forget(namespace: string): void {
    const watches = this.#namespaces.get(namespace);
    if (watches === undefined) return;
    clearTimeout(watches.idle);
    for (const watch of watches.byKind.values()) watch.stop();
    this.#namespaces.delete(namespace);
  }

  #watch(kind: ForeignKind, namespace: string): ListWatch {
    const { api, times, onChange } = this.#options;
    return new ListWatch({
      api,
      kind,
      namespace,
      times: { ...times, absentRetryMs },
      trim: trimForeign,
      selector: foreignSelector,
      onChanges: (changes) => {
        for (const change of changes) onChange({ namespace, kind, change });
      },
      onContact: () => {
        for (const wake of this.#waiting) wake();
      },
    });
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
