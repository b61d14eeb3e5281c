import type { Fraction } from '../metering/fraction.ts';
import type { GpuSample } from './gpu-look.ts';

/** Use is looked at over this long, or since the pod is there: a shorter time would call every night idle. */
export const useWindowHours = 24;

export type HeldPod = {
  readonly uid: string;
  readonly name: string;
  readonly node: string;
  /** Share of physical GPUs that it holds. */
  readonly gpu: Fraction;
};

/** What a pod did with what it holds; a figure that was not measured is null. */
export type PodUse = {
  readonly podUid: string;
  /** GPUs that it holds, which is what it is billed for. */
  readonly gpus: number;
  /** Mean share of what it holds that was active, 0 to 1. */
  readonly activity: number | null;
  /** Of its fullest GPU, or of its part of a shared one. */
  readonly memoryPeakMib: number | null;
  readonly memoryTotalMib: number | null;
  /** Split by share, because a device that is cut by time is counted as a whole. */
  readonly estimated: boolean;
};

type Figures = Omit<PodUse, 'podUid' | 'gpus'>;

const unmeasured: Figures = {
  activity: null,
  memoryPeakMib: null,
  memoryTotalMib: null,
  estimated: false,
};

const sum = (values: readonly number[]): number => values.reduce((left, right) => left + right, 0);

/** All of a figure, or null as soon as one of them is missing. */
function whole(samples: readonly GpuSample[], key: 'activity' | 'memoryPeakMib' | 'memoryTotalMib') {
  const values = samples.map((sample) => sample[key]).filter((value) => value !== null);
  return values.length === 0 || values.length < samples.length ? null : values;
}

const mean = (values: readonly number[]): number => sum(values) / values.length;

/** Devices that are the pod's alone: the mean of their activity, and the fullest of them. */
function ownFigures(own: readonly GpuSample[]): Figures {
  const activity = whole(own, 'activity');
  const fullest = own
    .filter(({ memoryPeakMib, memoryTotalMib }) => memoryPeakMib !== null && memoryTotalMib !== null)
    .toSorted((left, right) => memoryShare(right) - memoryShare(left))[0];
  const complete = whole(own, 'memoryPeakMib') !== null && whole(own, 'memoryTotalMib') !== null;
  return {
    activity: activity === null ? null : mean(activity),
    memoryPeakMib: complete ? (fullest?.memoryPeakMib ?? null) : null,
    memoryTotalMib: complete ? (fullest?.memoryTotalMib ?? null) : null,
    estimated: false,
  };
}

function memoryShare({ memoryPeakMib, memoryTotalMib }: GpuSample): number {
  return (memoryPeakMib ?? 0) / (memoryTotalMib ?? 1);
}

/**
 * A pod's part of devices that several share: what all of them did, by its share of what is held of them, and at most all
 * that it holds.
 */
function sharedFigures(devices: readonly GpuSample[], share: number, held: number): Figures {
  const activity = whole(devices, 'activity');
  const peak = whole(devices, 'memoryPeakMib');
  const total = whole(devices, 'memoryTotalMib');
  if (held <= 0 || devices.length === 0) return unmeasured;
  const part = total === null ? null : mean(total) * share;
  return {
    activity: activity === null ? null : Math.min(1, sum(activity) / held),
    memoryPeakMib: peak === null || part === null ? null : Math.min(part, (sum(peak) * share) / held),
    memoryTotalMib: part,
    estimated: true,
  };
}

type Node = { readonly unnamed: readonly GpuSample[]; readonly heldOfShared: number };

function figuresOf({ gpu }: HeldPod, own: readonly GpuSample[], { unnamed, heldOfShared }: Node): Figures {
  const share = gpu.n / gpu.d;
  if (gpu.d === 1) return own.length < share ? unmeasured : ownFigures(own);
  if (own.some(({ instance }) => instance)) return ownFigures(own);
  // A device that names its pods counts all of them alike; which others hold it is not to be seen, so it counts as full.
  return own.length > 0 ? sharedFigures(own, share, own.length) : sharedFigures(unnamed, share, heldOfShared);
}

/**
 * Use of each pod from the samples of its namespace's source. `heldOfShared` is what pods hold together of the shared GPUs of
 * a node, by its name, whoever they belong to. A pod with fewer measured devices than it holds counts as not measured.
 */
export function podUses(
  pods: readonly HeldPod[],
  samples: readonly GpuSample[],
  heldOfShared: ReadonlyMap<string, number>,
): PodUse[] {
  const named = Map.groupBy(samples, ({ pod }) => pod ?? '');
  const unnamed = Map.groupBy(
    samples.filter(({ pod, instance }) => pod === null && !instance),
    ({ node }) => node ?? '',
  );
  return pods.map((pod) => ({
    podUid: pod.uid,
    gpus: pod.gpu.n / pod.gpu.d,
    ...figuresOf(pod, named.get(pod.name) ?? [], {
      unnamed: unnamed.get(pod.node) ?? [],
      heldOfShared: heldOfShared.get(pod.node) ?? 0,
    }),
  }));
}

/** Use of some pods together. */
export type UseSum = {
  readonly pods: number;
  readonly measuredPods: number;
  /** GPU-time used ÷ GPU-time held, over the pods that were measured; null when none was. */
  readonly efficiency: number | null;
  /** Of the fullest GPU; null when none was measured. */
  readonly memoryPeak: { readonly mib: number; readonly totalMib: number } | null;
  readonly estimated: boolean;
};

export function sumOfUses(uses: readonly PodUse[]): UseSum {
  const measured = uses.filter(({ activity }) => activity !== null);
  const held = sum(measured.map(({ gpus }) => gpus));
  const used = sum(measured.map(({ gpus, activity }) => gpus * (activity ?? 0)));
  const peaks = uses
    .flatMap(({ memoryPeakMib: mib, memoryTotalMib: totalMib }) =>
      mib === null || totalMib === null || totalMib <= 0 ? [] : [{ mib, totalMib }],
    )
    .toSorted((left, right) => right.mib / right.totalMib - left.mib / left.totalMib);
  return {
    pods: uses.length,
    measuredPods: measured.length,
    efficiency: held > 0 ? used / held : null,
    memoryPeak: peaks[0] ?? null,
    estimated: uses.some(({ estimated }) => estimated),
  };
}
