import type { ClusterQueue, ClusterReading, NamespaceReading } from './capacity.ts';
import type { PreflightCheck } from './check.ts';
import { unread } from './check-quota.ts';
import type { WantedPods } from './pods-to-come.ts';

/**
 * Kueue's say, for pods that ask for a queue: a stopped queue fails, quota of others in the cohort warns (it can be taken
 * back). Every pod of a Deployment is a workload of its own, so a part of them may be admitted without the rest.
 */
export function checkKueue(
  { clusterQueues }: Pick<ClusterReading, 'clusterQueues'>,
  { localQueues }: Pick<NamespaceReading, 'localQueues'>,
  asked: WantedPods,
): PreflightCheck[] {
  const { queue } = asked.demand;
  if (queue === null || asked.pods === 0 || clusterQueues === null || localQueues === null) return [];
  if (localQueues.kind === 'unread') return [unread('kueue', 'LocalQueues', localQueues)];
  if (clusterQueues.kind === 'unread') return [unread('kueue', 'ClusterQueues', clusterQueues)];
  const local = localQueues.value.find(({ name }) => name === queue);
  const found = clusterQueues.value.find(({ name }) => name === local?.clusterQueue);
  if (local === undefined || found === undefined)
    return [
      answer(queue, 'FAIL', {
        sentence: `There is no LocalQueue "${queue}" with a ClusterQueue in namespace ${asked.namespace}, so Kueue would never admit the pods.`,
        figures: {},
        fix: 'Name an existing LocalQueue in the label kueue.x-k8s.io/queue-name, or create it.',
      }),
    ];
  if (local.stopped || found.stopped)
    return [
      answer(queue, 'FAIL', {
        sentence: `Kueue's queue "${local.stopped ? queue : found.name}" is stopped, so it admits nothing.`,
        figures: {},
        fix: 'Set its stopPolicy back to None.',
      }),
    ];
  return [quotaAnswer(queue, found, { asked, all: clusterQueues.value })];
}

type Answer = Pick<PreflightCheck, 'sentence' | 'figures' | 'fix'>;
const answer = (subject: string, verdict: PreflightCheck['verdict'], told: Answer): PreflightCheck => ({
  kind: 'kueue',
  subject,
  verdict,
  ...told,
});

function quotaAnswer(
  queue: string,
  found: ClusterQueue,
  { asked, all }: { asked: WantedPods; all: readonly ClusterQueue[] },
): PreflightCheck {
  const resource = asked.demand.gpuResource;
  const wanted = asked.pods * asked.demand.gpus;
  const own = found.quotas.filter((quota) => quota.resource === resource);
  const nominal = own.reduce((sum, quota) => sum + quota.nominal, 0);
  const reserved = own.reduce((sum, quota) => sum + quota.reserved, 0);
  const borrowable = own.reduce(
    (sum, { flavor, borrowingLimit }) =>
      sum +
      Math.min(borrowingLimit ?? Number.POSITIVE_INFINITY, unusedByOthers(found, flavor, { resource, all })),
    0,
  );
  const free = Math.max(0, nominal - reserved);
  const figures = { nominal, reserved, borrowable, wanted };
  const numbers = `${reserved} of ${nominal} reserved, ${borrowable} to borrow, ${wanted} wanted`;
  if (wanted <= free)
    return answer(queue, 'WARN', {
      sentence: `Kueue's "${found.name}" has room: ${numbers}. It admits pod by pod, so a part may run before the rest.`,
      figures,
      fix: null,
    });
  if (wanted <= free + borrowable)
    return answer(queue, 'WARN', {
      sentence: `Kueue's "${found.name}" has room only by borrowing, which its cohort may take back: ${numbers}.`,
      figures,
      fix: null,
    });
  return answer(queue, 'FAIL', {
    sentence: `Kueue's "${found.name}" has no room: ${numbers}.`,
    figures,
    fix: `Raise the nominal quota of ${resource ?? 'its GPUs'} by ${wanted - free - borrowable}.`,
  });
}

function unusedByOthers(
  { name, cohort }: ClusterQueue,
  flavor: string,
  { resource, all }: { resource: string | null; all: readonly ClusterQueue[] },
): number {
  if (cohort === null) return 0;
  return all
    .filter((other) => other.cohort === cohort && other.name !== name)
    .flatMap(({ quotas }) => quotas)
    .filter((quota) => quota.flavor === flavor && quota.resource === resource)
    .reduce((sum, quota) => sum + Math.max(0, quota.nominal - quota.reserved), 0);
}
