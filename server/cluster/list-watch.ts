import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { EgressError } from '../egress/egress-error.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { KubernetesApiError } from './kubernetes-api-error.ts';
import {
  type KubernetesObject,
  kubernetesObjectSchema,
  objectPath,
  type WatchedKind,
  watchSelector,
} from './kubernetes-objects.ts';
import { slim, streamLines, type Trim, watchEvent } from './watch-events.ts';
import { type Change, WatchStore } from './watch-store.ts';

export type WatchTimes = {
  /** A stream without a byte for this long is dead, whatever TCP thinks. */
  readonly watchdogMs: number;
  /** The server ends each watch after this, so that a healthy stream is never silent until the watchdog. */
  readonly serverTimeoutSeconds: number;
  readonly firstRetryMs: number;
  readonly lastRetryMs: number;
  /** How often a kind is looked for that the API server does not know or does not show us; like any failure if left out. */
  readonly absentRetryMs?: number;
};
export const defaultWatchTimes: WatchTimes = {
  watchdogMs: 45_000,
  serverTimeoutSeconds: 30,
  firstRetryMs: 200,
  lastRetryMs: 20_000,
};

export type WatchState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'broken'; readonly error: unknown };

const listSchema = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string(), continue: z.string().optional() }),
  items: z.array(kubernetesObjectSchema).nullable(),
});

/** History before the last version seen is gone, or a line could not be read: only a new list helps. */
class MustRelist extends Error {}

export type ListWatchOptions = {
  readonly api: KubernetesApi;
  readonly kind: WatchedKind;
  readonly namespace: string;
  /** Where they are listed; the namespace's own list unless given. */
  readonly path?: string;
  /** What an object is kept under; its name unless given. */
  readonly keyOf?: (object: KubernetesObject) => string;
  readonly times: WatchTimes;
  /** What is kept of each object; the default keeps all but the specs of pods and endpoint slices. */
  readonly trim?: Trim;
  /** Which objects; those with our labels unless given. */
  readonly selector?: string;
  readonly onChanges: (changes: readonly Change[]) => void;
  /** Something was heard or the state changed: whoever waits for freshness looks again. */
  readonly onContact: () => void;
};

/**
 * List, then watch from there, for ever: bookmarks, a new list after 410 or any break (so that nothing that vanished
 * meanwhile is missed), a watchdog for silent streams, and jittered, capped retries. Absence means something only while live.
 */
export class ListWatch {
  readonly store: WatchStore;
  readonly #options: ListWatchOptions;
  readonly #end = new AbortController();
  #watching = new AbortController();
  #state: WatchState = { kind: 'starting' };
  #listNext = true;
  #failures = 0;
  #contactAt: Date | null = null;
  readonly counts = { lists: 0, watches: 0, malformedLines: 0 };

  constructor(options: ListWatchOptions) {
    this.#options = options;
    this.store = new WatchStore(options.keyOf);
  }

  get state(): WatchState {
    return this.#state;
  }

  get contactAt(): Date | null {
    return this.#contactAt;
  }

  /** Resolves when stopped; never rejects. */
  async run(): Promise<void> {
    while (!this.#end.signal.aborted) {
      try {
        if (this.#listNext) await this.#list();
        await this.#watch();
      } catch (error) {
        if (this.#end.signal.aborted) return;
        await this.#fail(error);
      }
    }
  }

  stop(): void {
    this.#end.abort();
    this.#watching.abort();
  }

  /** Something may have been missed: nothing is concluded until a new list has been read. */
  relist(): void {
    this.#listNext = true;
    if (this.#state.kind === 'live') this.#state = { kind: 'starting' };
    this.#watching.abort(new MustRelist());
  }

  async #fail(error: unknown): Promise<void> {
    this.#listNext = true;
    const asked = error instanceof MustRelist;
    this.#state = asked ? { kind: 'starting' } : { kind: 'broken', error };
    this.#options.onContact();
    const { firstRetryMs, lastRetryMs } = this.#options.times;
    const backoff = Math.min(lastRetryMs, firstRetryMs * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 16);
    const retryAfter = error instanceof KubernetesApiError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
    const absent = error instanceof KubernetesApiError && (error.status === 404 || error.status === 403);
    const absentMs = absent ? (this.#options.times.absentRetryMs ?? 0) : 0;
    const waitMs = Math.max(retryAfter, backoff, absentMs) * (0.5 + Math.random());
    await sleep(waitMs, undefined, { signal: this.#end.signal }).catch(() => undefined);
  }

  #heard(): void {
    this.#contactAt = new Date();
  }

  async #list(): Promise<void> {
    const { api, kind, namespace, trim = slim, selector = watchSelector } = this.#options;
    const { path = objectPath(kind, namespace) } = this.#options;
    const objects = [];
    let next = '';
    let resourceVersion = '';
    this.counts.lists += 1;
    // Cleared first: a relist that is asked for while this one is under way must not be forgotten.
    this.#listNext = false;
    do {
      const query = {
        labelSelector: selector,
        limit: '500',
        ...(next === '' ? {} : { continue: next }),
      };
      const page = listSchema.parse(await api.get(path, query));
      if (this.#end.signal.aborted) return;
      // Items of a list come without their kind.
      objects.push(...(page.items ?? []).map((object) => trim({ ...object, kind }, kind)));
      resourceVersion = page.metadata.resourceVersion;
      next = page.metadata.continue ?? '';
    } while (next !== '');
    this.#heard();
    const changes = this.store.replace(objects, resourceVersion);
    if (!this.#listNext) this.#state = { kind: 'live' };
    this.#options.onChanges(changes);
    this.#options.onContact();
  }

  async #watch(): Promise<void> {
    if (this.#end.signal.aborted || this.#listNext) return;
    const { api, kind, namespace, times, selector = watchSelector } = this.#options;
    const { path = objectPath(kind, namespace) } = this.#options;
    const abort = new AbortController();
    this.#watching = abort;
    const silent = (): void =>
      abort.abort(
        new EgressError('timeout', `The watch of ${kind} objects in ${namespace} has gone silent.`),
      );
    const watchdog = setTimeout(silent, times.watchdogMs);
    const startedAt = performance.now();
    this.counts.watches += 1;
    try {
      const query = {
        labelSelector: selector,
        resourceVersion: this.store.resourceVersion,
        allowWatchBookmarks: 'true',
        timeoutSeconds: String(Math.ceil(times.serverTimeoutSeconds * (1 + Math.random() / 4))),
      };
      const stream = await api.stream(path, query, abort.signal);
      watchdog.refresh();
      this.#heard();
      for await (const line of streamLines(stream, () => watchdog.refresh())) this.#take(line);
    } catch (error) {
      if (abort.signal.aborted) throw abort.signal.reason;
      throw error instanceof KubernetesApiError && error.status === 410 ? new MustRelist() : error;
    } finally {
      clearTimeout(watchdog);
      abort.abort();
    }
    // A server that ends each watch at once must not be asked hundreds of times a second.
    if (performance.now() - startedAt < 1_000)
      throw new EgressError('unreachable', 'The watch was ended at once.');
    this.#failures = 0;
  }

  #take(line: string): void {
    this.#heard();
    const event = watchEvent(line, this.#options.kind, this.#options.trim);
    switch (event.type) {
      case 'put':
        this.#options.onChanges(this.store.put(event.object));
        break;
      case 'remove':
        this.#options.onChanges(this.store.remove(event.object));
        break;
      case 'bookmark':
        this.store.bookmark(event.resourceVersion);
        break;
      case 'malformed':
        this.counts.malformedLines += 1;
        throw new MustRelist();
      case 'error':
        if (event.code === 410) throw new MustRelist();
        throw new EgressError('unreachable', `The watch was ended by the API server: ${event.message}`);
    }
    this.#options.onContact();
  }
}
