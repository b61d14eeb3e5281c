import { shareText } from '../figure-text.ts';
import { type PodUse, sumOfUses, type UseSum, useWindowHours } from './pod-use.ts';
import { productMemoryMib } from './product-memory.ts';

/** Some pods of one owner on one kind of GPU. */
export type HeldGpus = {
  readonly uses: readonly PodUse[];
  readonly product: string | null;
  /** Products that the cluster has. */
  readonly products: readonly string[];
  /** All of them hold their GPUs since before the window began. */
  readonly wholeWindow: boolean;
};

export type RightSizing = { readonly found: string; readonly fix: string };

/** Below it a GPU is hardly used; from it on and up to `slack` only a smaller one is worth a thought. */
const hardly = 0.15;
const slack = 0.5;
/** A server of language models takes this much in advance, whatever it is sent, so its memory says nothing. */
const preallocated = 0.85;
/** What may be planned with of a GPU that is shared, or of a smaller one. */
const [fullActivity, fullMemory] = [0.7, 0.9];
const mostSharers = 7;

const gib = (mib: number): string => `${Number((mib / 1_024).toFixed(mib < 10_240 ? 1 : 0))} GiB`;

type Memory = { readonly mib: number; readonly totalMib: number };

/** The smallest product of the cluster that has less memory and in which the peak takes at most that part. */
function smallerProduct({ product, products }: HeldGpus, { mib, totalMib }: Memory, part: number) {
  return products
    .flatMap((name) => {
      const memoryMib = name === product ? null : productMemoryMib(name);
      return memoryMib === null || memoryMib >= totalMib || mib > memoryMib * part
        ? []
        : [{ name, memoryMib }];
    })
    .toSorted((left, right) => left.memoryMib - right.memoryMib)[0];
}

function sharers(activity: number, { mib, totalMib }: Memory): number {
  const byActivity = activity <= 0 ? mostSharers : Math.floor(fullActivity / activity);
  const byMemory = mib <= 0 ? mostSharers : Math.floor((fullMemory * totalMib) / mib);
  return Math.min(mostSharers, byActivity, byMemory);
}

const peakText = ({ mib, totalMib }: Memory): string =>
  `its memory peaked at ${gib(mib)} of ${gib(totalMib)} (${shareText(mib / totalMib)})`;

function fixOfHardlyUsed(held: HeldGpus, busiest: number, memory: Memory | null): string {
  const fewer = held.uses.length > 1 ? 'Fewer replicas would do' : '';
  if (memory === null)
    return 'Its memory is not measured: have DCGM_FI_DEV_FB_USED and DCGM_FI_DEV_FB_FREE scraped before it shares a GPU or moves to a smaller one.';
  if (memory.mib / memory.totalMib >= preallocated)
    return `${fewer === '' ? '' : `${fewer}. `}Of its memory ${shareText(memory.mib / memory.totalMib)} is taken, as by a server that takes it in advance: lower that (vLLM: --gpu-memory-utilization) and look again before it shares a GPU or moves to a smaller one.`;
  const smaller = smallerProduct(held, memory, fullMemory);
  if (smaller !== undefined)
    return `It fits ${smaller.name} with ${gib(smaller.memoryMib)}: ${peakText(memory)}.`;
  const count = sharers(busiest, memory);
  return count >= 2
    ? `${count} pods like it fit one GPU by time slices or MIG: ${peakText(memory)}.`
    : `${fewer === '' ? 'It' : `${fewer}; it`} does not fit a shared GPU: ${peakText(memory)}.`;
}

function slackFound(held: HeldGpus, activity: number, memory: Memory | null): RightSizing | null {
  if (memory === null || memory.mib / memory.totalMib >= preallocated) return null;
  const smaller = smallerProduct(held, memory, slack);
  if (smaller === undefined) return null;
  return {
    found: `A smaller GPU holds it: active ${shareText(activity)} of the last ${useWindowHours} hours, and ${peakText(memory)}.`,
    fix: `Try it on ${smaller.name} with ${gib(smaller.memoryMib)}, in a canary: a smaller GPU is also a slower one.`,
  };
}

/**
 * What would hold the same work with less, in sentences; null when nothing can be said: activity not measured of every pod,
 * split by share only, held for less than the window, or well used by one of them. Memory alone never says it.
 */
export function rightSizing(held: HeldGpus): RightSizing | null {
  const total: UseSum = sumOfUses(held.uses);
  const { efficiency, memoryPeak: memory } = total;
  if (!held.wholeWindow || total.estimated || efficiency === null) return null;
  if (total.measuredPods < total.pods) return null;
  const busiest = Math.max(...held.uses.map(({ activity }) => activity ?? 0));
  if (busiest >= slack) return null;
  if (busiest >= hardly) return slackFound(held, efficiency, memory);
  return {
    found: `Hardly used: active ${shareText(efficiency)} of the last ${useWindowHours} hours.`,
    fix: fixOfHardlyUsed(held, busiest, memory),
  };
}
