import {
  clusterRights,
  freezeRights,
  logRights,
  manageRights,
  meteringRights,
  type NamespaceAccess,
  type Right,
  renewalRight,
  trainingRights,
  watchRights,
} from './cluster-rights.ts';

/** Name of the service account, its roles and their bindings. */
export const serviceAccountName = 'fairlead';
/** Long enough for a weekend without a worker; a running worker renews it long before. */
const tokenDuration = '168h';

export type ManifestPlan = {
  /** Namespace of the service account. */
  readonly home: string;
  readonly namespaces: readonly NamespaceAccess[];
  /** Whether pods' logs may be read, too. */
  readonly logs: boolean;
  /** Whether GPUs and cost of the whole cluster may be metered; left out is no. */
  readonly metering?: boolean;
  /** Whether trainings may be started in managed namespaces; left out is no. */
  readonly training?: boolean;
};

const rbac = 'rbac.authorization.k8s.io';
const quoted = (words: readonly string[]): string =>
  `[${words.map((word) => JSON.stringify(word)).join(', ')}]`;

function rules(rights: readonly Right[]): string {
  const lines = rights.flatMap(({ group, resource, verbs, names }) => [
    `  - apiGroups: ${quoted([group])}`,
    `    resources: ${quoted([resource])}`,
    ...(names === undefined ? [] : [`    resourceNames: ${quoted(names)}`]),
    `    verbs: ${quoted(verbs)}`,
  ]);
  return lines.join('\n');
}

function head(apiVersion: string, kind: string, { name, namespace }: { name: string; namespace?: string }) {
  const place = namespace === undefined ? '' : `\n  namespace: ${namespace}`;
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}${place}`;
}

/** A role and its binding to the service account; without a namespace for the whole cluster. */
function granted(plan: ManifestPlan, at: { name: string; namespace?: string }, rights: readonly Right[]) {
  const scope = at.namespace === undefined ? 'Cluster' : '';
  return [
    `${head(`${rbac}/v1`, `${scope}Role`, at)}\nrules:\n${rules(rights)}`,
    [
      head(`${rbac}/v1`, `${scope}RoleBinding`, at),
      'roleRef:',
      `  apiGroup: ${rbac}`,
      `  kind: ${scope}Role`,
      `  name: ${at.name}`,
      'subjects:',
      '  - kind: ServiceAccount',
      `    name: ${serviceAccountName}`,
      `    namespace: ${plan.home}`,
    ].join('\n'),
  ];
}

function ofNamespace(plan: ManifestPlan, { name: namespace, access }: NamespaceAccess): string[] {
  const watch = [...watchRights, ...(plan.logs ? logRights : [])];
  const roles = granted(plan, { name: `${serviceAccountName}-watch`, namespace }, watch);
  if (access === 'watch') return roles;
  const manage = granted(plan, { name: `${serviceAccountName}-manage`, namespace }, manageRights);
  const own = namespace === plan.home ? [] : [head('v1', 'Namespace', { name: namespace })];
  // Budgets come from metering, and without them nothing is ever frozen.
  const at = { name: `${serviceAccountName}-freeze`, namespace };
  const freeze = plan.metering === true ? granted(plan, at, freezeRights) : [];
  const jobs = { name: `${serviceAccountName}-training`, namespace };
  const training = plan.training === true ? granted(plan, jobs, trainingRights) : [];
  return [...own, ...roles, ...manage, ...freeze, ...training];
}

/**
 * YAML for `kubectl apply` that gives a service account exactly the verbs of the rights table: cluster-wide reads, its own
 * token's renewal, per namespace a read role and, where it is managed, a write role, and where it is asked for the
 * cluster-wide reads of metering, with the quota by which a budget freezes a managed namespace. Watched ones must exist.
 */
export function clusterManifest(plan: ManifestPlan): string {
  const { home } = plan;
  const metering = { name: `${serviceAccountName}-${home}-metering` };
  const documents = [
    head('v1', 'Namespace', { name: home }),
    head('v1', 'ServiceAccount', { name: serviceAccountName, namespace: home }),
    ...granted(plan, { name: `${serviceAccountName}-${home}` }, clusterRights),
    ...granted(plan, { name: `${serviceAccountName}-token`, namespace: home }, [
      renewalRight(serviceAccountName),
    ]),
    ...(plan.metering === true ? granted(plan, metering, meteringRights) : []),
    ...plan.namespaces.flatMap((namespace) => ofNamespace(plan, namespace)),
  ];
  return `${documents.join('\n---\n')}\n`;
}

/** Commands that print the three things that the form asks for. */
export function connectionCommands(home: string): { token: string; caPem: string; serverUrl: string } {
  return {
    token: `kubectl -n ${home} create token ${serviceAccountName} --duration=${tokenDuration}`,
    caPem: `kubectl -n ${home} get configmap kube-root-ca.crt -o jsonpath='{.data.ca\\.crt}'`,
    serverUrl: "kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}'",
  };
}
