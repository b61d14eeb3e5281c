import type { KubernetesApi, Place } from './kubernetes-api.ts';
import type { KubernetesObject } from './kubernetes-objects.ts';

/** An answer is of no use to a write that comes later. */
const usefulMs = 2_000;

type Read = Promise<KubernetesObject | null>;

const keyOf = ({ kind, namespace, name }: Place): string => `${kind} ${namespace}/${name}`;

/** Reads of objects that are about to be written for the first time, begun while the write is still being decided. */
export class ForeseenObjects {
  readonly #api: Pick<KubernetesApi, 'read'>;
  readonly #now: () => number;
  readonly #reads = new Map<string, { readonly askedAtMs: number; readonly read: Read }>();

  constructor(api: Pick<KubernetesApi, 'read'>, now: () => number) {
    this.#api = api;
    this.#now = now;
  }

  ask(place: Place): void {
    for (const [key, { askedAtMs }] of this.#reads) if (this.#isOld(askedAtMs)) this.#reads.delete(key);
    const read = this.#api.read(place);
    // Heard by the write, if there is one.
    read.catch(() => undefined);
    this.#reads.set(keyOf(place), { askedAtMs: this.#now(), read });
  }

  /** What was asked a moment ago, once; else it is asked now. */
  async read(place: Place): Read {
    const known = this.#reads.get(keyOf(place));
    this.#reads.delete(keyOf(place));
    if (known === undefined || this.#isOld(known.askedAtMs)) return await this.#api.read(place);
    return await known.read;
  }

  #isOld(askedAtMs: number): boolean {
    return this.#now() - askedAtMs > usefulMs;
  }
}
