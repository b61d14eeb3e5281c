import { quantity } from '../quantity.ts';
import type { Blocker } from '../refusal.ts';
import type { ClusterReading } from './capacity.ts';
import { holderWords } from './pods-to-come.ts';

const exceeded = /exceeded quota: ([^,]+), requested: (.+), used: (.+), limited: (.+?)\.?$/;

/** `a=1,b=2` as the API server lists amounts. */
function amountsOf(text: string): Map<string, number> {
  return new Map(
    text.split(',').flatMap((pair) => {
      const at = pair.lastIndexOf('=');
      const value = at < 0 ? null : quantity(pair.slice(at + 1).trim());
      return value === null ? [] : [[pair.slice(0, at).trim(), value] as const];
    }),
  );
}

type Known = {
  readonly namespace: string;
  /** The last look at the cluster; null when there was none. */
  readonly cluster: ClusterReading | null;
};

/**
 * A blocker of pods that the cluster refuses or cannot place, with its numbers and who holds what: ResourceQuota, used and
 * hard from the refusal itself, holders from the last look. Any other blocker is left as it is.
 */
export function explainedShortage(found: Blocker, known: Known): Blocker {
  if (found.code === 'quotaExceeded') return explainedQuota(found, known);
  return found.code === 'unschedulable' ? explainedPool(found, known) : found;
}

function explainedQuota(found: Blocker, { namespace, cluster }: Known): Blocker {
  const [, quota, requested, used, limited] = exceeded.exec(found.message) ?? [];
  if (quota === undefined || requested === undefined || used === undefined || limited === undefined)
    return found;
  const [wants, has, most] = [amountsOf(requested), amountsOf(used), amountsOf(limited)];
  const over = [...wants].find(([key, wanted]) => (has.get(key) ?? 0) + wanted > (most.get(key) ?? 0));
  if (over === undefined) return found;
  const [key, wanted] = over;
  const [inUse, hard] = [has.get(key) ?? 0, most.get(key) ?? 0];
  const holders = cluster?.holders.kind === 'read' ? cluster.holders.value : [];
  const who = key.endsWith('/gpu')
    ? holderWords(
        holders.filter((holder) => holder.namespace === namespace),
        namespace,
      )
    : '';
  return {
    ...found,
    message: `Its pods are refused by ResourceQuota "${quota}" of namespace ${namespace}: ${inUse} of ${hard} ${key} used, ${wanted} more wanted by each pod${who === '' ? '' : `; held by ${who}`}.`,
    params: { ...found.params, quota, key, used: inUse, hard, wanted },
    fix: `Raise ${key} of ResourceQuota "${quota}", or free at least ${inUse + wanted - hard}.`,
  };
}

function explainedPool(found: Blocker, { namespace, cluster }: Known): Blocker {
  if (cluster === null || cluster.nodes.kind === 'unread' || cluster.holders.kind === 'unread') return found;
  const total = cluster.nodes.value.reduce((sum, { gpus }) => sum + gpus, 0);
  const free = cluster.nodes.value.reduce((sum, { freeGpus }) => sum + freeGpus, 0);
  if (!/gpu/i.test(found.message)) return found;
  const who = holderWords(cluster.holders.value, namespace);
  return {
    ...found,
    message: `${found.message.replace(/\.$/, '')}. Of ${total} GPUs in the cluster ${free} are free${who === '' ? '' : `; held by ${who}`}.`,
    params: { ...found.params, freeGpus: free, totalGpus: total },
  };
}
