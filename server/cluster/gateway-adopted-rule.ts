import { isDeepStrictEqual } from 'node:util';
import { DomainError } from '../../domain/refusal.ts';
import { type AdoptedPath, type FoundForm, foundNumber, type Weights } from '../../domain/serving.ts';

/** One backend of a rule as it came; what Fairlead does not know is kept. */
export type Backend = Readonly<Record<string, unknown>>;

/** Which backends belong to the service; `name` and `port` say where a revision's backend points. */
export type BackendNames = {
  readonly adopted: Pick<AdoptedPath, 'backends'>;
  /** Of the route: a backend may name it or leave it out. */
  readonly namespace: string;
  readonly numberOf: (name: string) => number | null;
  readonly nameOf: (number: number) => string;
  readonly port: number;
};

/** Gateway API's largest weight. */
const mostWeight = 1_000_000;

/** A weight that is not given is 1. */
function weightOf(backend: Backend): number {
  return typeof backend.weight === 'number' ? backend.weight : 1;
}

/** The found workload, one of our revisions, or null for a backend of others. */
export function backendNumber(backend: Backend, names: BackendNames): number | null {
  const { group = '', kind = 'Service', name, port, namespace } = backend;
  if (group !== '' || kind !== 'Service' || typeof name !== 'string') return null;
  if (namespace !== undefined && namespace !== names.namespace) return null;
  if (names.adopted.backends.some((found) => found.name === name && found.port === port)) return foundNumber;
  return port === names.port ? names.numberOf(name) : null;
}

function isOfService(backend: Backend, names: BackendNames): boolean {
  return backendNumber(backend, names) !== null;
}

function ownTotal(backends: readonly Backend[], names: BackendNames): number {
  return backends
    .filter((backend) => isOfService(backend, names))
    .reduce((sum, backend) => sum + weightOf(backend), 0);
}

/**
 * The service's part of a rule in percent of that part, by number; null when the rule does not lead to it, empty when
 * it leads there with no weight. Exact as long as the weights are those that `editedRule` writes.
 */
export function ruleShares(backends: readonly Backend[], names: BackendNames): Weights | null {
  const own = backends.filter((backend) => isOfService(backend, names));
  if (own.length === 0) return null;
  const total = ownTotal(backends, names);
  const shares: Record<number, number> = {};
  for (const backend of own) {
    const number = backendNumber(backend, names) ?? foundNumber;
    const weight = weightOf(backend);
    if (weight > 0) shares[number] = (shares[number] ?? 0) + (weight * 100) / total;
  }
  return shares;
}

/** How the found workload stands in a rule that leads to the service. */
export function ruleForm(backends: readonly Backend[], names: BackendNames): FoundForm {
  const numbers = backends.map((backend) => backendNumber(backend, names));
  if (!numbers.some((number) => number !== null && number !== foundNumber)) return 'restored';
  return numbers.includes(foundNumber) ? 'kept' : 'removed';
}

function greatestDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestDivisor(right, left % right);
}

/** Smallest whole factor by which all weights of the rule are multiplied, so that the service's part splits into whole percents. */
function scaleOf(backends: readonly Backend[], total: number): number {
  const factor = 100 / greatestDivisor(total, 100);
  const most = Math.max(total, ...backends.map(weightOf));
  if (most * factor <= mostWeight) return factor;
  throw new DomainError({
    code: 'planInvalid',
    message: `The rule's weights (up to ${most}) are too large to split the service's part into whole percents.`,
    fix: 'Write the same shares with smaller weights.',
  });
}

function placed(
  backends: readonly Backend[],
  { edited, added }: { edited: Map<Backend, Backend | null>; added: readonly Backend[] },
  names: BackendNames,
): Backend[] {
  const last = backends.findLastIndex((backend) => isOfService(backend, names));
  return backends.flatMap((backend, index) => {
    const present = edited.has(backend) ? edited.get(backend) : backend;
    const kept = present === null || present === undefined ? [] : [present];
    return index === last ? [...kept, ...added] : kept;
  });
}

/**
 * The rule with the service's part split as wanted (percents that sum to 100); pure. Other backends keep their share:
 * when the part does not split into whole percents all weights are multiplied up together, else the others are not
 * touched. Ours are added after the last one of the service with the found one's own filters; ours without weight are
 * taken out, because some gateways leak to weight 0; the found one stays with weight 0 until `removed`. A rule that does
 * not lead to the service, or with no weight at all, comes back as it is. Throws DomainError beyond the API's largest weight.
 */
export function editedRule(
  backends: readonly Backend[],
  { weights, form }: { weights: Weights; form: FoundForm },
  names: BackendNames,
): readonly Backend[] {
  const total = ownTotal(backends, names);
  if (total === 0) return backends;
  const factor = scaleOf(backends, total);
  const edited = new Map<Backend, Backend | null>();
  const seen = new Set<number>();
  for (const backend of backends) {
    const number = backendNumber(backend, names);
    if (number === null) {
      if (factor > 1) edited.set(backend, { ...backend, weight: weightOf(backend) * factor });
      continue;
    }
    const share = seen.has(number) ? 0 : (weights[number] ?? 0);
    seen.add(number);
    const stays = share > 0 || (number === foundNumber && form !== 'removed');
    edited.set(backend, stays ? { ...backend, weight: (total * factor * share) / 100 } : null);
  }
  const model = backends.find((backend) => backendNumber(backend, names) === foundNumber);
  const pattern = model ?? backends.find((backend) => isOfService(backend, names)) ?? {};
  const added = Object.entries(weights)
    .filter(([number, share]) => share > 0 && !seen.has(Number(number)))
    .map(([number, share]): Backend => {
      const address = addressOf(Number(number), names);
      return { ...pattern, ...address, weight: (total * factor * share) / 100 };
    });
  return placed(backends, { edited, added }, names);
}

function addressOf(number: number, names: BackendNames): { name: string; port: number } {
  const found = names.adopted.backends[0];
  return number === foundNumber && found !== undefined
    ? found
    : { name: names.nameOf(number), port: names.port };
}

/** Whether what is not ours in the rule is what was found, all weights multiplied by one whole factor. */
function isScaledFrom(live: readonly Backend[], original: readonly Backend[], names: BackendNames): boolean {
  const factor = ownTotal(live, names) / ownTotal(original, names);
  const others = (list: readonly Backend[], by: number) =>
    list
      .filter((backend) => !isOfService(backend, names))
      .map((backend) => ({ ...backend, weight: weightOf(backend) * by }));
  return Number.isInteger(factor) && isDeepStrictEqual(others(live, 1), others(original, factor));
}

/**
 * The rule without anything of ours: exactly as it was found when nobody else has changed it since; otherwise the found
 * backend takes the whole part of the service and the rest stays as others left it. What others restored themselves comes
 * back as it is.
 */
export function restoredRule(
  live: readonly Backend[],
  original: readonly Backend[] | null,
  names: BackendNames,
): readonly Backend[] {
  if (original !== null && isScaledFrom(live, original, names)) return original;
  if (ruleForm(live, names) === 'restored') return live;
  return editedRule(live, { weights: { [foundNumber]: 100 }, form: 'kept' }, names);
}
