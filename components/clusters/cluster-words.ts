import type { CheckState, ClusterCheck } from '../../domain/cluster-check.ts';
import type { NamespaceAccess } from '../../domain/cluster-rights.ts';
import type { Tone } from '../ui/tone.ts';

type Lease = { readonly leaseHolder: string | null; readonly leaseUntil: Date | null };

/** Whether some worker holds the cluster's lease at this time. */
export function workerStanding(
  { leaseHolder, leaseUntil }: Lease,
  nowMs: number,
): { tone: Tone; label: string } {
  if (leaseHolder === null || leaseUntil === null || leaseUntil.getTime() <= 0)
    return { tone: 'neutral', label: 'None yet' };
  return leaseUntil.getTime() > nowMs ? { tone: 'ok', label: 'At work' } : { tone: 'warn', label: 'Silent' };
}

export const checkWords: Readonly<Record<CheckState, { readonly tone: Tone; readonly label: string }>> = {
  met: { tone: 'ok', label: 'Met' },
  missing: { tone: 'bad', label: 'Missing' },
  absent: { tone: 'neutral', label: 'Not there' },
  unknown: { tone: 'warn', label: 'Not known' },
};

export const groupTitles: Readonly<Record<ClusterCheck['group'], string>> = {
  connection: 'Connection',
  rights: 'Rights in namespaces',
  cluster: 'What the cluster brings',
};

/** `2 missing`, or that all is well, of a check list. */
export function checksSummary(checks: readonly ClusterCheck[]): { tone: Tone; label: string } {
  const missing = checks.filter(({ state }) => state === 'missing').length;
  if (missing > 0) return { tone: 'bad', label: `${missing} of ${checks.length} missing` };
  const lesser = checks.filter(({ state }) => state !== 'met').length;
  if (lesser > 0) return { tone: 'ok', label: `Usable, ${lesser} not there` };
  return { tone: 'ok', label: `All ${checks.length} met` };
}

/** Names from a text field, parted by blanks or commas; a namespace that is managed is not watched only. */
export function namespacesOf(draft: { watched: string; managed: string }): NamespaceAccess[] {
  const names = (text: string): string[] => [...new Set(text.split(/[\s,]+/).filter((name) => name !== ''))];
  const managed = names(draft.managed);
  const watched = names(draft.watched).filter((name) => !managed.includes(name));
  return [
    ...watched.map((name) => ({ name, access: 'watch' as const })),
    ...managed.map((name) => ({ name, access: 'manage' as const })),
  ];
}

/** The other way round, for a form that changes what was stored. */
export function namespaceDraft(namespaces: readonly NamespaceAccess[]): { watched: string; managed: string } {
  const names = (access: NamespaceAccess['access']): string =>
    namespaces
      .filter((namespace) => namespace.access === access)
      .map(({ name }) => name)
      .join(', ');
  return { watched: names('watch'), managed: names('manage') };
}
