import { randomSuffix } from '../../../domain/sandbox/random.ts';

type PodPlace = { readonly seed: number; readonly namespace: string; readonly workload: string };

/** A new pod name that none of the given ones has; the same for the same seed, place, template and neighbours. */
export function podName(place: PodPlace, specDigest: string, taken: ReadonlySet<string>): string {
  const template = randomSuffix(`${place.seed}/${place.namespace}/${place.workload}/${specDigest}`, 7);
  for (let draw = 0; draw < 100_000; draw += 1) {
    const name = `${place.workload}-${template}-${randomSuffix(`${place.seed}/${template}/${draw}`, 5)}`;
    if (!taken.has(name)) return name;
  }
  throw new Error(`No free pod name is left for ${place.workload}.`);
}
