import { DomainError } from '../../domain/refusal.ts';
import type { ServingScope } from '../../domain/serving.ts';
import type { Place } from './kubernetes-api.ts';
import { annotation, type KubernetesObject, label } from './kubernetes-objects.ts';

/** Ours and of exactly this service: our labels and the id record; anything else is never written or deleted. */
export function isOwned(object: KubernetesObject, scope: ServingScope): boolean {
  const { labels = {}, annotations = {} } = object.metadata;
  return (
    labels[label.managedBy] === 'fairlead' &&
    labels[label.project] === scope.projectId &&
    labels[label.service] === scope.serviceName &&
    annotations[annotation.serviceId] === scope.serviceId
  );
}

/** `Deployment "name"`, as sentences call an object. */
export function objectTitle({ kind, name }: Place): string {
  return `${kind} "${name}"`;
}

/** Throws when a holder of a later lease has written the object: this worker has lost the cluster without noticing. */
export function refuseOlderEpoch(object: KubernetesObject, place: Place, epoch: number): void {
  const written = Number(object.metadata.annotations?.[annotation.epoch] ?? 0);
  if (written <= epoch) return;
  throw new DomainError({
    code: 'conflict',
    message: `${objectTitle(place)} was written by a later holder of this cluster's lease (${written}, not ${epoch}), so nothing was written.`,
    params: { object: place.name, epoch, written },
  });
}

export function foreignObject(place: Place): DomainError {
  return new DomainError({
    code: 'conflict',
    message: `${objectTitle(place)} exists in ${place.namespace} but was not made by Fairlead for this service, so it is not touched.`,
    params: { object: place.name, kind: place.kind },
    fix: 'Delete or rename that object, or give the Service another name.',
  });
}

const rememberMs = 60_000;

/**
 * Objects of others under our names, met when writing. They lack our labels, so the watch does not bring them; they are
 * remembered for a minute, so that the loop shows them instead of running into them in every pass.
 */
export class ForeignObjects {
  readonly #until = new Map<string, { readonly place: Place; readonly untilMs: number }>();
  readonly #now: () => number;
  constructor(now: () => number) {
    this.#now = now;
  }

  add(place: Place): void {
    const key = `${place.kind}/${place.namespace}/${place.name}`;
    this.#until.set(key, { place, untilMs: this.#now() + rememberMs });
  }

  in(namespace: string): Place[] {
    for (const [key, { untilMs }] of this.#until) if (untilMs < this.#now()) this.#until.delete(key);
    return [...this.#until.values()]
      .map(({ place }) => place)
      .filter((place) => place.namespace === namespace);
  }
}
