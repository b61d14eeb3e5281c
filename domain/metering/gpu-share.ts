import { add, compare, type Fraction, fraction, multiply, nothing } from './fraction.ts';
import { gpuProductOf, migWeight } from './gpu-product.ts';
import { type NodeGpus, unitShare } from './node-gpus.ts';
import type { ObservedClaim, ObservedDevice, ObservedDevices, ObservedPod } from './observed.ts';

export type GpuShare = { readonly gpu: Fraction; readonly estimated: boolean };

const one = fraction(1);
const none: GpuShare = { gpu: nothing, estimated: false };

function sum(shares: readonly GpuShare[]): GpuShare {
  return shares.reduce(
    (total, share) => ({ gpu: add(total.gpu, share.gpu), estimated: total.estimated || share.estimated }),
    none,
  );
}

const atMostOne = (share: Fraction): Fraction => (compare(share, one) > 0 ? one : share);

/** "0.25" as 1/4; null for what is no decimal between 0 and 1. */
function decimalFraction(text: string): Fraction | null {
  const [, whole = '0', digits = ''] = /^(\d*)(?:\.(\d{1,6}))?$/.exec(text.trim()) ?? [];
  const d = 10 ** digits.length;
  const n = Number(whole || '0') * d + Number(digits || '0');
  return n > 0 && n <= d ? fraction(n, d) : null;
}

/** KAI's annotations: a fraction or an amount of memory, on one device or several. */
function kaiShare({ share }: Pick<ObservedPod, 'share'>, gpus: NodeGpus): GpuShare | null {
  if (share === null) return null;
  const devices = fraction(share.devices);
  const part = share.fraction === null ? null : decimalFraction(share.fraction);
  if (part !== null) return { gpu: multiply(part, devices), estimated: false };
  if (share.memoryMib === null) return null;
  if (gpus.memoryMib === null) return { gpu: devices, estimated: true };
  return {
    gpu: multiply(atMostOne(fraction(share.memoryMib, gpus.memoryMib)), devices),
    estimated: false,
  };
}

/** HAMi: n × the larger of cores and memory; n whole GPUs where neither is asked for. Null where HAMi's resources are not used. */
function hamiShare({ request }: Pick<ObservedPod, 'request'>, gpus: NodeGpus): GpuShare | null {
  const cores = request['nvidia.com/gpucores'] ?? 0;
  const memory = request['nvidia.com/gpumem'] ?? 0;
  const percentage = request['nvidia.com/gpumem-percentage'] ?? 0;
  if (cores <= 0 && memory <= 0 && percentage <= 0) return null;
  const devices = fraction(request['nvidia.com/gpu'] ?? 1);
  const unknown = memory > 0 && gpus.memoryMib === null;
  const parts = [
    fraction(Math.ceil(cores), 100),
    fraction(Math.ceil(percentage), 100),
    memory > 0 && gpus.memoryMib !== null ? fraction(Math.ceil(memory), gpus.memoryMib) : nothing,
    unknown ? one : nothing,
  ].map(atMostOne);
  const most = parts.reduce((left, right) => (compare(left, right) >= 0 ? left : right));
  return { gpu: multiply(most, devices), estimated: unknown };
}

function resourceShare(pod: Pick<ObservedPod, 'request' | 'claimedResources'>, gpus: NodeGpus): GpuShare {
  return sum(
    Object.entries(pod.request).flatMap(([name, amount]) => {
      if (pod.claimedResources.includes(name) || amount <= 0) return [];
      const unit = unitShare(name, gpus);
      if (unit === null) return [];
      return [{ gpu: multiply(unit.share, fraction(Math.ceil(amount))), estimated: unit.estimated }];
    }),
  );
}

type Result = ObservedClaim['results'][number];

function consumedShare(consumed: Result['consumed'], { capacity }: ObservedDevice): Fraction | null {
  const parts = Object.entries(consumed).flatMap(([name, amount]) => {
    const whole = capacity[name] ?? 0;
    return whole > 0 ? [atMostOne(fraction(Math.ceil(amount), Math.ceil(whole)))] : [];
  });
  return parts.length === 0
    ? null
    : parts.reduce((left, right) => (compare(left, right) >= 0 ? left : right));
}

function deviceShare(result: Result, { slices }: ObservedDevices, gpus: NodeGpus): GpuShare {
  if (result.adminAccess) return none;
  const slice = slices.filter(({ driver, pool }) => driver === result.driver && pool === result.pool);
  const device = slice.flatMap(({ devices }) => devices).find(({ name }) => name === result.device);
  // Network cards and the like are claimed in the same way.
  if (!/gpu/i.test(result.driver) && device?.type !== 'gpu' && device?.type !== 'mig') return none;
  if (device === undefined) return { gpu: one, estimated: true };
  const consumed = consumedShare(result.consumed, device);
  const part = consumed ?? one;
  if (device.type !== 'mig') return { gpu: part, estimated: false };
  const known = device.product === null ? gpus.known : gpuProductOf(device.product);
  const mig = device.profile === null ? null : migWeight(device.profile, known);
  return mig === null
    ? { gpu: part, estimated: true }
    : { gpu: multiply(mig.weight, part), estimated: mig.estimated };
}

/** By namespace: GPUs of a node that claims hold although no pod does; they are set aside, and nobody uses them. */
export function unheldGpus(
  nodeName: string,
  gpus: NodeGpus,
  devices: ObservedDevices,
): { readonly namespace: string; readonly gpu: Fraction }[] {
  const pools = new Set(
    devices.slices
      .filter((slice) => slice.nodeName === nodeName)
      .map(({ driver, pool }) => `${driver}/${pool}`),
  );
  const unheld = devices.claims.filter(
    ({ holders, results }) =>
      holders === 0 && results.some(({ driver, pool }) => pools.has(`${driver}/${pool}`)),
  );
  return [...Map.groupBy(unheld, ({ namespace }) => namespace)]
    .map(([namespace, claims]) => ({
      namespace,
      gpu: sum(claims.map((claim) => claimShare(claim, devices, gpus))).gpu,
    }))
    .filter(({ gpu }) => gpu.n > 0)
    .sort((left, right) => (left.namespace < right.namespace ? -1 : 1));
}

/** Share of physical GPUs that a claim holds, split over nobody yet. */
function claimShare(claim: ObservedClaim, devices: ObservedDevices, gpus: NodeGpus): GpuShare {
  return sum(claim.results.map((result) => deviceShare(result, devices, gpus)));
}

/**
 * Exact share of physical GPUs that a bound pod holds: whole GPUs, time slices, MPS, MIG (single and mixed), HAMi, KAI
 * fractions, AWS' virtual GPUs and DRA claims, of which a shared one is split evenly. Estimated where it rests on an assumption.
 */
export function podGpuShare(
  pod: Pick<ObservedPod, 'namespace' | 'request' | 'share' | 'claims' | 'claimedResources'>,
  gpus: NodeGpus,
  devices: ObservedDevices,
): GpuShare {
  const named = new Set(pod.claims);
  const claims =
    named.size === 0
      ? []
      : devices.claims.filter((claim) => claim.namespace === pod.namespace && named.has(claim.name));
  const claimed = claims.map((claim) => {
    const { gpu, estimated } = claimShare(claim, devices, gpus);
    return { gpu: multiply(gpu, fraction(1, Math.max(1, claim.holders))), estimated };
  });
  const held = kaiShare(pod, gpus) ?? hamiShare(pod, gpus) ?? resourceShare(pod, gpus);
  return sum([held, ...claimed]);
}
