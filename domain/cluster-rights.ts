/** What Fairlead may do in a namespace: only read it, or also write what it manages. */
export type ClusterAccess = 'watch' | 'manage';

/** A namespace that a cluster's token was made for. */
export type NamespaceAccess = { readonly name: string; readonly access: ClusterAccess };

/** Verbs on one kind of object; `names` narrows them to objects of these names. */
export type Right = {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  readonly names?: readonly string[];
};

const reading = ['get', 'list', 'watch'] as const;
const read = (group: string, resource: string): Right => ({ group, resource, verbs: reading });
const write = (group: string, resource: string): Right => ({
  group,
  resource,
  verbs: ['create', 'patch', 'delete'],
});

/** All that is needed to see what runs in a namespace; nothing of it can change anything. */
export const watchRights: readonly Right[] = [
  read('apps', 'deployments'),
  read('apps', 'replicasets'),
  read('', 'services'),
  read('', 'pods'),
  read('', 'events'),
  read('discovery.k8s.io', 'endpointslices'),
  read('autoscaling', 'horizontalpodautoscalers'),
  read('gateway.networking.k8s.io', 'httproutes'),
  read('serving.kserve.io', 'inferenceservices'),
  read('argoproj.io', 'rollouts'),
];

/** Pods' logs, only where somebody chose to show them. */
export const logRights: readonly Right[] = [{ group: '', resource: 'pods/log', verbs: ['get'] }];

/** To write what a Service runs on. */
export const writeRights: readonly Right[] = [
  write('apps', 'deployments'),
  write('', 'services'),
  write('autoscaling', 'horizontalpodautoscalers'),
  write('gateway.networking.k8s.io', 'httproutes'),
];

/** What managing a namespace needs on top of watching it: the writes, and the claim that keeps two Fairleads apart. */
export const manageRights: readonly Right[] = [
  ...writeRights,
  { group: 'coordination.k8s.io', resource: 'leases', verbs: ['get', 'create', 'patch'] },
];

/** Reads of what lies in no namespace, or in those of other teams; each is named with what is lost without it. */
export const clusterRights: readonly (Right & { readonly serves: string })[] = [
  {
    group: '',
    resource: 'namespaces',
    names: ['kube-system'],
    verbs: ['get'],
    serves: 'tells this cluster from another one under the same address, by the uid of kube-system',
  },
  { group: '', resource: 'nodes', verbs: ['list'], serves: 'counts GPUs' },
  {
    group: '',
    resource: 'services',
    verbs: ['list'],
    serves: 'finds kube-state-metrics and the DCGM exporter by their labels',
  },
  {
    group: 'gateway.networking.k8s.io',
    resource: 'gatewayclasses',
    verbs: ['list'],
    serves: 'names classes',
  },
  { group: 'gateway.networking.k8s.io', resource: 'gateways', verbs: ['list'], serves: 'names gateways' },
];

/**
 * To see what holds the GPUs of the whole cluster, whoever made it: capacity, pods, DRA devices, and the limits that a rollout
 * meets. Of the pods of others only owner, labels, requests and status are kept.
 */
export const meteringRights: readonly Right[] = [
  read('', 'nodes'),
  read('', 'pods'),
  read('', 'resourcequotas'),
  read('', 'limitranges'),
  read('resource.k8s.io', 'resourceslices'),
  read('resource.k8s.io', 'resourceclaims'),
  { group: 'resource.k8s.io', resource: 'resourceclaimtemplates', verbs: ['list'] },
  { group: 'resource.k8s.io', resource: 'deviceclasses', verbs: ['list'] },
  // Rooms that others keep, where their kinds are served.
  { group: 'kueue.x-k8s.io', resource: 'clusterqueues', verbs: ['list'] },
  { group: 'kueue.x-k8s.io', resource: 'localqueues', verbs: ['list'] },
  { group: 'karpenter.sh', resource: 'nodepools', verbs: ['list'] },
];

/** To keep a namespace from growing once a budget that freezes is spent; without it Fairlead only proposes. */
export const freezeRights: readonly Right[] = [
  { group: '', resource: 'resourcequotas', verbs: ['get', 'create', 'patch', 'delete'] },
];

/** To start a training in a namespace; another kind than a Job needs the same verbs on it. */
export const trainingRights: readonly Right[] = [
  { group: 'batch', resource: 'jobs', verbs: ['get', 'create', 'patch'] },
];

/** Lets a service account renew its own token and no other one's. */
export function renewalRight(serviceAccount: string): Right {
  return { group: '', resource: 'serviceaccounts/token', verbs: ['create'], names: [serviceAccount] };
}

/** `patch deployments.apps`, as kubectl names it. */
export function rightText({ group, resource }: Right, verb: string): string {
  return `${verb} ${resource}${group === '' ? '' : `.${group}`}`;
}
