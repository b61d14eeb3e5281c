import type { VersionRow } from '../models/model-answers.ts';

type Named = Pick<VersionRow, 'number' | 'framework' | 'artefactDigest'> & {
  readonly live: readonly Pick<VersionRow['live'][number], 'role' | 'environmentName'>[];
};

/** One line for a list of versions: the number first, then what helps to choose. */
export function versionLabel({ number, framework, artefactDigest, live }: Named): string {
  const parts = [
    framework,
    artefactDigest === null ? 'no digest yet' : null,
    ...live.map((place) => `${place.role} in ${place.environmentName}`),
  ].filter((part) => part !== null);
  return parts.length === 0 ? String(number) : `${number} (${parts.join(', ')})`;
}
