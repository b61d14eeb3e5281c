import type { WaitingGpus } from './gpu-answers.ts';

type Cluster = WaitingGpus['clusters'][number];
type Pod = Cluster['pods'][number];

const gpusText = (gpus: number): string => (gpus === 1 ? '1 GPU' : `${gpus} GPUs`);

/** "Pod fraud-r2-7c in production waits for 2 GPUs". */
export function podTitle({ name, namespace, gpus }: Pick<Pod, 'name' | 'namespace' | 'gpus'>): string {
  return `Pod ${name} in ${namespace} waits for ${gpus === 0 ? 'devices of its claims' : gpusText(gpus)}`;
}

/** The scheduler's words, with whose pod it is. */
export function waitingWords({ owner, name, words }: Pick<Pod, 'owner' | 'name' | 'words'>): string {
  const whose = owner.name === name ? '' : `${owner.kind} ${owner.name}: `;
  return `${whose}${words ?? 'the scheduler has said nothing yet.'}`;
}

/** "2 of 2 requests.nvidia.com/gpu used, held by fraud-r1 2." */
export function quotaText({ key, used, hard, heldBy }: WaitingGpus['quotas'][number]): string {
  return `${used} of ${hard} ${key} used${heldBy === '' ? '' : `, held by ${heldBy}`}.`;
}

export function refusedHref({ rolloutId, serviceId }: WaitingGpus['refused'][number]): string {
  return rolloutId === null ? `/services/${serviceId}` : `/rollouts/${rolloutId}`;
}

/** What waits beside, over all clusters; null when nothing does. */
export function othersText(clusters: readonly Pick<Cluster, 'others' | 'more'>[]): string | null {
  const sum = (of: (cluster: Pick<Cluster, 'others' | 'more'>) => number) =>
    clusters.reduce((total, cluster) => total + of(cluster), 0);
  const [pods, gpus, more] = [
    sum(({ others }) => others.pods),
    sum(({ others }) => others.gpus),
    sum((cluster) => cluster.more),
  ];
  if (pods + more === 0) return null;
  const theirs = pods === 0 ? '' : `${pods} pods of other projects wait for ${gpusText(gpus)}`;
  const rest = more === 0 ? '' : `${more} more pods are not listed`;
  return [theirs, rest].filter(Boolean).join('; ');
}
