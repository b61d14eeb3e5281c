import type { PodFacts } from '../metering/facts.ts';

/** The uppermost owner of a pod, by which unmatched pods are grouped; null for a pod that nothing controls. */
export function topOwner({ owners }: Pick<PodFacts, 'owners'>): { kind: string; name: string } | null {
  const top = owners.at(-1);
  return top === undefined ? null : { kind: top.kind, name: top.name };
}

type Candidate = { readonly id: string; readonly name: string; readonly slug: string };

const words = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');

/**
 * The project that labels and the namespace speak for, as a proposal only: a label that is its slug or name, else a
 * namespace that contains all words of its slug; null when none or several do.
 */
export function proposedProject(
  facts: Pick<PodFacts, 'namespace' | 'labels'>,
  projects: readonly Candidate[],
): string | null {
  const values = Object.values(facts.labels).map((value) => value.toLowerCase());
  const labelled = projects.filter(
    ({ name, slug }) => values.includes(slug) || values.includes(name.toLowerCase()),
  );
  if (labelled.length > 0) return labelled.length === 1 ? (labelled[0]?.id ?? null) : null;
  const inName = new Set(words(facts.namespace));
  const named = projects.filter(({ slug }) => words(slug).every((word) => inName.has(word)));
  return named.length === 1 ? (named[0]?.id ?? null) : null;
}
