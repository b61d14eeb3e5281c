import type { Fight } from '../../domain/serving.ts';
import { type Contest, contestOf } from './kubernetes-managed-fields.ts';
import { annotation, type KubernetesObject } from './kubernetes-objects.ts';
import type { Change } from './watch-store.ts';

const windowMs = 10 * 60_000;
const flipsOfAFight = 3;

type Flip = { readonly atMs: number; readonly object: string; readonly contest: Contest };

function serviceIdOf(object: KubernetesObject): string | null {
  return object.metadata.annotations?.[annotation.serviceId] ?? null;
}

/**
 * Counts how often other managers took fields of ours back. Three times within ten minutes is a fight: two controllers
 * that both believe they are right. Without further flips it is over after ten minutes, since we stop writing.
 */
export class Fights {
  readonly #flips = new Map<string, Flip[]>();
  readonly #now: () => number;

  /** `now` in ms of any clock that only rises. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Looks at one change of an object; a flip is the moment at which a field of ours stops being ours. */
  see({ before, after }: Change): void {
    if (before === null || after === null || before.metadata.uid !== after.metadata.uid) return;
    const contest = contestOf(after);
    if (contest === null || contestOf(before) !== null) return;
    const id = serviceIdOf(after);
    if (id === null) return;
    const kind = typeof after.kind === 'string' ? `${after.kind} ` : '';
    this.count(id, { object: `${kind}${after.metadata.name}`, contest });
  }

  /** Another manager has just taken something of ours back. */
  count(serviceId: string, flip: { readonly object: string; readonly contest: Contest }): void {
    this.#flips.set(serviceId, [...this.#recent(serviceId), { ...flip, atMs: this.#now() }]);
  }

  /** The fight over a service's objects, or null. */
  of(serviceId: string): Fight | null {
    const recent = this.#recent(serviceId);
    const last = recent.at(-1);
    if (last === undefined || recent.length < flipsOfAFight) return null;
    const fields = new Set(recent.flatMap((flip) => flip.contest.fields));
    return { manager: last.contest.manager, object: last.object, fields: [...fields] };
  }

  #recent(serviceId: string): Flip[] {
    const since = this.#now() - windowMs;
    const recent = (this.#flips.get(serviceId) ?? []).filter((flip) => flip.atMs >= since);
    if (recent.length === 0) this.#flips.delete(serviceId);
    return recent;
  }
}
