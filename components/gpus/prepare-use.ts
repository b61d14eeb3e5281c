import { figureText, shareText } from '../../domain/figure-text.ts';
import type { GpuPart } from '../../domain/gpu-map.ts';
import { type PodUse, sumOfUses } from '../../domain/gpu-use/pod-use.ts';
import { type RightSizing, rightSizing } from '../../domain/gpu-use/right-sizing.ts';
import type { GpuCluster, GpuNames, GpuUse } from './gpu-answers.ts';
import { bucketWords, gpuText, whoOf } from './prepare-node.ts';

type HeldUse = GpuUse['uses'][number];
type UsesByPod = ReadonlyMap<string, HeldUse>;

export function usesByPod({ uses }: Pick<GpuUse, 'uses'>): UsesByPod {
  return new Map(uses.map((use) => [use.podUid, use]));
}

const own = ({ podUids }: GpuPart, byPod: UsesByPod): HeldUse[] =>
  podUids.flatMap((uid) => byPod.get(uid) ?? []);

function memoryText({ mib, totalMib }: { mib: number; totalMib: number }): string {
  return `memory up to ${shareText(mib / totalMib)} of ${figureText(totalMib / 1_024)} GiB`;
}

/** What some pods do with what they hold; what was not measured is said to be so. */
export function useText(uses: readonly PodUse[]): string {
  const { pods, measuredPods, efficiency, memoryPeak, estimated } = sumOfUses(uses);
  const memory = memoryPeak === null ? 'memory not measured' : memoryText(memoryPeak);
  if (efficiency === null) return memoryPeak === null ? 'use not measured' : `use not measured, ${memory}`;
  const of = measuredPods < pods ? ` (${measuredPods} of ${pods} pods measured)` : '';
  return `used ${shareText(efficiency)}${of}, ${memory}${estimated ? ', estimated by share' : ''}`;
}

/** How much of what a project holds was used, over the pods that were measured; null when none was. */
export function efficiencyText(uses: readonly PodUse[]): string | null {
  const { pods, measuredPods, efficiency } = sumOfUses(uses);
  if (efficiency === null) return null;
  const gpus = uses.reduce((sum, use) => sum + (use.activity === null ? 0 : use.gpus), 0);
  const missing = measuredPods < pods ? `; ${pods - measuredPods} of ${pods} pods are not measured` : '';
  return `This project used ${shareText(efficiency)} of ${gpuText(gpus * 1_000)} that its pods hold${missing}.`;
}

/** The words beside a part of the map; null where the pods are not the project's own. */
export function partUse(part: GpuPart, byPod: UsesByPod): string | null {
  const uses = own(part, byPod);
  return uses.length === 0 ? null : useText(uses);
}

export type IdleLine = {
  readonly key: string;
  readonly gpus: string;
  readonly node: string;
  readonly product: string;
  readonly cause: string;
  readonly milliGpu: number;
  readonly ended: GpuUse['endedOnNodes'][number] | null;
};

/** Idle GPUs by node and cause, the most first; what a rounding left is none. */
export function prepareIdle(
  clusters: readonly GpuCluster[],
  endedOnNodes: GpuUse['endedOnNodes'],
): IdleLine[] {
  const ended = new Map(endedOnNodes.map((each) => [`${each.clusterId} ${each.nodeUid}`, each]));
  return clusters
    .flatMap(({ id, nodes }) =>
      nodes.flatMap(({ uid, facts, parts }) =>
        parts
          .filter(({ bucket, milliGpu }) => bucket.startsWith('idle') && milliGpu > 0)
          .map(({ bucket, milliGpu }) => ({
            key: `${id} ${uid} ${bucket}`,
            gpus: gpuText(milliGpu),
            node: facts.name,
            product: facts.gpuProduct ?? 'GPUs of unknown kind',
            cause: bucketWords[bucket],
            milliGpu,
            ended: freedBy.has(bucket) ? (ended.get(`${id} ${uid}`) ?? null) : null,
          })),
      ),
    )
    .toSorted((left, right) => right.milliGpu - left.milliGpu || left.node.localeCompare(right.node, 'en'));
}

/** Buckets of GPUs that pods gave back; the others wait for a node, a claim or a buffer. */
const freedBy: ReadonlySet<string> = new Set(['idleFree', 'idleTail', 'idleFragment', 'idleStranded']);

type SizingLine = RightSizing & {
  readonly key: string;
  readonly who: string;
  readonly gpus: string;
  readonly milliGpu: number;
  readonly serviceId: string | null;
};

type Group = { readonly parts: GpuPart[]; readonly product: string | null };

/** Own holders by kind of GPU, over all nodes of a cluster; a part that does not serve is not judged. */
function groupsOf({ nodes }: GpuCluster): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const { facts, parts } of nodes)
    for (const part of parts) {
      if (part.holder.kind !== 'known' || part.bucket !== 'serving') continue;
      const key = JSON.stringify([facts.gpuProduct, part.holder]);
      const group = groups.get(key) ?? { parts: [], product: facts.gpuProduct };
      group.parts.push(part);
      groups.set(key, group);
    }
  return groups;
}

/** What would hold the same work with less, who holds the most first. */
export function prepareSizing(
  clusters: readonly GpuCluster[],
  names: GpuNames,
  byPod: UsesByPod,
): SizingLine[] {
  return clusters
    .flatMap((cluster) => {
      const products = [...new Set(cluster.nodes.flatMap(({ facts }) => facts.gpuProduct ?? []))];
      return [...groupsOf(cluster)].flatMap(([key, { parts, product }]): SizingLine[] => {
        const [first] = parts;
        const uses = parts.flatMap((part) => own(part, byPod));
        if (first?.holder.kind !== 'known' || uses.length === 0) return [];
        const wholeWindow = uses.every((use) => use.wholeWindow);
        const found = rightSizing({ uses, product, products, wholeWindow });
        if (found === null) return [];
        const milliGpu = parts.reduce((sum, part) => sum + part.milliGpu, 0);
        const { serviceId } = first.holder;
        const who = whoOf(first, names);
        return [{ ...found, key: `${cluster.id} ${key}`, who, gpus: gpuText(milliGpu), milliGpu, serviceId }];
      });
    })
    .toSorted((left, right) => right.milliGpu - left.milliGpu);
}
