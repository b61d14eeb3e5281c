import type { GpuPart, GpuTotals } from '../../domain/gpu-map.ts';
import type { Bucket, CostRole } from '../../domain/metering/facts.ts';
import { formatNumber } from '../../domain/number-format.ts';

/** What a part looks like: by who holds it, and apart from that by what is wrong with it. */
export type PartLook = 'stable' | 'canary' | 'work' | 'foreign' | 'system' | 'free' | 'lost';

export type PreparedPart = {
  readonly key: string;
  readonly look: PartLook;
  readonly percent: number;
  readonly gpus: string;
  readonly who: string;
  /** What it is doing, where that is not serving; null otherwise. */
  readonly state: string | null;
  readonly serviceId: string | null;
  readonly pods: readonly string[];
  /** What the holder does with it; null while that is not known, and for everybody but the project itself. */
  readonly use: string | null;
};

export const bucketWords: Record<Bucket, string> = {
  serving: 'serving',
  warmup: 'warming up',
  startupHold: 'starting',
  unready: 'not ready',
  crashloopHold: 'crash looping',
  drain: 'ending',
  nodeLost: 'node lost',
  system: "the cluster's own",
  idleFree: 'free',
  idleFragment: 'left over of a shared GPU',
  idleStranded: 'free, but CPU or memory of the node is used up',
  idleTail: 'free, and nothing else runs on the node',
  idleBoot: 'not registered yet',
  idleReserved: 'kept free',
  idleClaim: 'claimed by nobody who runs',
  claimHold: 'claimed without a pod',
  unhealthy: 'not allocatable',
  unobserved: 'not seen',
  rounding: 'rounding',
};

const roleWords: Record<CostRole, string> = {
  stable: 'stable',
  canary: 'canary',
  shadow: 'shadow',
  retiring: 'retiring',
  training: 'training',
  batch: 'batch',
  dev: 'without a service',
};

/** Thousandths of a GPU as people say them: 4 GPUs, 0.33 GPU. */
export function gpuText(milliGpu: number): string {
  const text = formatNumber(milliGpu / 1_000, 2);
  return `${text} ${milliGpu > 1_000 ? 'GPUs' : 'GPU'}`;
}

function lookOf({ bucket, holder }: GpuPart): PartLook {
  if (bucket === 'unhealthy' || bucket === 'unobserved') return 'lost';
  switch (holder.kind) {
    case 'nobody':
      return 'free';
    case 'unallocated':
      return 'system';
    case 'otherProject':
      return 'foreign';
    case 'known':
      return holder.role === 'stable' || holder.role === 'canary' ? holder.role : 'work';
  }
}

/** Who holds a part, in words. */
export function whoOf({ bucket, holder }: GpuPart, names: Readonly<Record<string, string>>): string {
  switch (holder.kind) {
    case 'nobody':
      return 'Nobody';
    case 'unallocated':
      return bucket === 'system' ? 'The cluster' : 'Unallocated';
    case 'otherProject':
      return 'Another project';
    case 'known': {
      const { serviceId, revisionId, role, projectId } = holder;
      const version = revisionId === null ? undefined : names[revisionId];
      const place = names[serviceId ?? projectId] ?? 'a service';
      return [place, version, role === null ? undefined : roleWords[role]]
        .filter((word) => word !== undefined)
        .join(' · ');
    }
  }
}

type Words = {
  readonly names: Readonly<Record<string, string>>;
  readonly useOf: (part: GpuPart) => string | null;
};

/** Parts of a node for the bar and for the words beside it; what a rounding left is not worth a word. */
export function prepareParts(
  parts: readonly GpuPart[],
  { capacity }: Pick<GpuTotals, 'capacity'>,
  { names, useOf }: Words,
): PreparedPart[] {
  if (capacity === 0) return [];
  return parts
    .filter(({ bucket }) => bucket !== 'rounding')
    .map((part) => ({
      key: JSON.stringify([part.bucket, part.holder]),
      look: lookOf(part),
      percent: (part.milliGpu / capacity) * 100,
      gpus: gpuText(part.milliGpu),
      who: whoOf(part, names),
      state: part.bucket === 'serving' || part.bucket === 'system' ? null : bucketWords[part.bucket],
      serviceId: part.holder.kind === 'known' ? part.holder.serviceId : null,
      pods: part.podUids.map((uid) => names[uid] ?? uid),
      use: useOf(part),
    }));
}

/** One sentence for a node or for all of a product. */
export function totalsText({ capacity, held, idle, lost }: GpuTotals): string {
  const parts = [`${gpuText(held)} held`, `${gpuText(idle)} free`];
  if (lost > 0) parts.push(`${gpuText(lost)} not usable or not seen`);
  return `${gpuText(capacity)}: ${parts.join(', ')}`;
}
