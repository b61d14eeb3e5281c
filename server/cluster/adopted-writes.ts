import { canonicalJson } from '../../domain/canonical-json.ts';
import type { ServingScope } from '../../domain/serving.ts';
import { ruleBackends } from './gateway-adopted.ts';
import type { Fights } from './kubernetes-fights.ts';
import { fieldManager, type KubernetesObject } from './kubernetes-objects.ts';
import type { Change } from './watch-store.ts';

type Adopted = {
  readonly namespace: string;
  readonly routes: ReadonlySet<string>;
  readonly written: Map<string, Written>;
};
type Written = { readonly resourceVersion: string; readonly rules: string };

/** Who wrote the rules last by the API server's own record, ourselves left out. */
function writerOfRules({ metadata }: KubernetesObject): string {
  const writers = (metadata.managedFields ?? [])
    .filter(({ manager, subresource }) => manager !== fieldManager && subresource === undefined)
    .filter(({ fieldsV1 }) => JSON.stringify(fieldsV1 ?? {}).includes('"f:rules"'))
    .sort((left, right) => (left.time ?? '').localeCompare(right.time ?? ''));
  return writers.at(-1)?.manager ?? 'another manager';
}

/**
 * What this process last wrote into routes of others, by service. A route that has since come to say something else was
 * rewritten by somebody; that is counted once per write of ours, so three times make a fight. Starts empty with the process.
 */
export class AdoptedWrites {
  readonly #fights: Fights;
  readonly #services = new Map<string, Adopted>();

  constructor(fights: Fights) {
    this.#fights = fights;
  }

  wrote(scope: ServingScope, routes: readonly KubernetesObject[]): void {
    const { written } = this.#of(scope);
    for (const route of routes) {
      const { name, resourceVersion } = route.metadata;
      written.set(name, { resourceVersion, rules: canonicalJson(ruleBackends(route)) });
    }
  }

  see(scope: ServingScope, routes: readonly KubernetesObject[]): void {
    const { written } = this.#of(scope);
    for (const route of routes) {
      const { name, resourceVersion } = route.metadata;
      const last = written.get(name);
      if (last === undefined || last.resourceVersion === resourceVersion) continue;
      if (last.rules === canonicalJson(ruleBackends(route))) continue;
      written.delete(name);
      const contest = { manager: writerOfRules(route), fields: ['spec.rules[].backendRefs'] };
      this.#fights.count(scope.serviceId, { object: `HTTPRoute ${name}`, contest });
    }
  }

  /** Services that were led by this route when they were last looked at. */
  concerned(namespace: string, { before, after }: Change): string[] {
    const name = (after ?? before)?.metadata.name ?? '';
    return [...this.#services]
      .filter(([, adopted]) => adopted.namespace === namespace && adopted.routes.has(name))
      .map(([serviceId]) => serviceId);
  }

  #of({ serviceId, namespace, adopted }: ServingScope): Adopted {
    const routes = new Set((adopted?.routes ?? []).map(({ name }) => name));
    const known = { namespace, routes, written: this.#services.get(serviceId)?.written ?? new Map() };
    this.#services.set(serviceId, known);
    return known;
  }
}
