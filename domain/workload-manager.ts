import type { WorkloadManager } from './adoption.ts';

type Marks = {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Field managers of the object, without those that only write its status. */
  readonly fieldManagers: readonly string[];
};

function argocd({ labels, annotations }: Marks): WorkloadManager | null {
  const tracking = annotations['argocd.argoproj.io/tracking-id'];
  if (tracking !== undefined)
    return {
      kind: 'argocd',
      name: tracking.split(':')[0] || null,
      detail: 'annotation argocd.argoproj.io/tracking-id',
    };
  const instance = labels['argocd.argoproj.io/instance'] ?? annotations['argocd.argoproj.io/instance'];
  return instance === undefined
    ? null
    : { kind: 'argocd', name: instance, detail: 'argocd.argoproj.io/instance' };
}

function flux({ labels }: Marks): WorkloadManager | null {
  for (const group of ['helm.toolkit.fluxcd.io', 'kustomize.toolkit.fluxcd.io']) {
    const name = labels[`${group}/name`];
    if (name !== undefined) return { kind: 'flux', name, detail: `label ${group}/name` };
  }
  return null;
}

function helm({ labels, annotations }: Marks): WorkloadManager | null {
  const release = annotations['meta.helm.sh/release-name'];
  if (labels['app.kubernetes.io/managed-by'] !== 'Helm' && release === undefined) return null;
  const detail =
    release === undefined
      ? 'label app.kubernetes.io/managed-by=Helm'
      : 'annotation meta.helm.sh/release-name';
  return { kind: 'helm', name: release ?? null, detail };
}

/** Field managers of programs that sync what is stored elsewhere, by the names that they write under. */
const syncing: readonly [RegExp, WorkloadManager['kind']][] = [
  [/^argocd/, 'argocd'],
  [/^(kustomize|helm)-controller$/, 'flux'],
  [/^helm$/i, 'helm'],
];

function byFieldManager({ fieldManagers }: Marks): WorkloadManager | null {
  for (const [pattern, kind] of syncing) {
    const found = fieldManagers.find((manager) => pattern.test(manager));
    if (found !== undefined) return { kind, name: null, detail: `field manager ${found}` };
  }
  const hand = fieldManagers.find((manager) => manager.startsWith('kubectl'));
  return hand === undefined ? null : { kind: 'kubectl', name: hand, detail: `field manager ${hand}` };
}

/**
 * Who keeps writing a workload, by the marks that its tool leaves. A GitOps tool comes before Helm, because both render
 * charts with Helm's marks on them and it is they who undo a change; a field manager counts only without any mark.
 */
export function managerOf(marks: Marks): WorkloadManager {
  return (
    argocd(marks) ??
    flux(marks) ??
    helm(marks) ??
    byFieldManager(marks) ?? { kind: 'none', name: null, detail: null }
  );
}

/** The manager in words: `Helm release "fraud"`, `Argo CD application "x"`, `kubectl (kubectl-set)`, `nobody known`. */
export function managerText({ kind, name }: WorkloadManager): string {
  const named = (what: string, tool: string) => (name === null ? tool : `${what} "${name}"`);
  switch (kind) {
    case 'helm':
      return named('Helm release', 'Helm');
    case 'argocd':
      return named('Argo CD application', 'Argo CD');
    case 'flux':
      return named('Flux object', 'Flux');
    case 'kubectl':
      return `by hand (${name ?? 'kubectl'})`;
    case 'none':
      return 'nobody known';
  }
}
