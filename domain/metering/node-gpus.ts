import { add, compare, type Fraction, fraction, multiply, nothing } from './fraction.ts';
import { type GpuProduct, gpuProductOf, migWeight, productName } from './gpu-product.ts';
import type { Amounts, ObservedDevices, ObservedNode, ObservedSlice } from './observed.ts';

export type UnitShare = { readonly share: Fraction; readonly estimated: boolean };

/** What the GPUs of a node are and how its resources divide them. */
export type NodeGpus = {
  /** Null for a node without GPUs. */
  readonly product: string | null;
  readonly known: GpuProduct | null;
  /** Physical GPUs, however they are shared. */
  readonly physical: number;
  /** Memory of one physical GPU; null where nothing says it. */
  readonly memoryMib: number | null;
  /** Share of a physical GPU that one unit of a resource is. */
  readonly units: ReadonlyMap<string, UnitShare>;
  /** Its devices are published as ResourceSlices. */
  readonly sliced: boolean;
  /** Capacity that is not allocatable, as physical GPUs. */
  readonly unhealthy: Fraction;
};

const nvidia = 'nvidia.com/gpu';
const wholeNames = [nvidia, 'nvidia.com/gpu.shared', 'amd.com/gpu', 'gpu.intel.com/i915', 'gpu.intel.com/xe'];
const awsShares = 'k8s.amazonaws.com/vgpu';
/** Shares that AWS' virtual GPU plugin makes of a GPU unless it is told otherwise. */
const awsSharesPerGpu = 10;
const migName = /^nvidia\.com\/mig-(.+?)(?:\.shared)?$/;

function count(text: string | undefined): number | null {
  return text !== undefined && /^[0-9]{1,6}$/.test(text) ? Number(text) : null;
}

type Node = Pick<ObservedNode, 'name' | 'labels' | 'annotations' | 'capacity' | 'allocatable'>;

/** HAMi writes the devices of a node as an annotation, because it multiplies the resource. */
function hamiDevices(annotations: Readonly<Record<string, string>>): number | null {
  const listed = annotations['hami.io/node-nvidia-register'];
  return listed === undefined ? null : new Set(listed.match(/GPU-[0-9a-f-]+/gi)).size || null;
}

/** Whole devices; where a driver publishes only MIG devices, as many GPUs as they fill. */
function gpusIn(slices: readonly ObservedSlice[]): number {
  const devices = slices.flatMap((slice) => slice.devices);
  const whole = devices.filter(({ type }) => type === 'gpu').length;
  if (whole > 0) return whole;
  const filled = devices.reduce((sum, { profile, product }) => {
    const mig = profile === null ? null : migWeight(profile, gpuProductOf(product ?? ''));
    return sum + (mig === null ? 0 : mig.weight.n / mig.weight.d);
  }, 0);
  return Math.max(0, Math.ceil(filled - 1e-9));
}

function physicalGpus(node: Node, of: { slices: readonly ObservedSlice[]; perGpu: number | null }): number {
  const { labels, capacity, annotations } = node;
  const listed = hamiDevices(annotations);
  if (listed !== null) return listed;
  const counted = count(labels['nvidia.com/gpu.count']);
  // With one MIG profile for all, the label counts MIG devices.
  if (counted !== null) return of.perGpu === null ? counted : Math.ceil(counted / of.perGpu);
  const replicas = Math.max(1, count(labels['nvidia.com/gpu.replicas']) ?? 1);
  const units = wholeNames.reduce((sum, name) => sum + (capacity[name] ?? 0), 0);
  const perUnit = replicas * (of.perGpu ?? 1);
  const whole = Math.ceil(units / perUnit) + Math.ceil((capacity[awsShares] ?? 0) / awsSharesPerGpu);
  const weights = migUnits(node, gpuProductOf(labels['nvidia.com/gpu.product'] ?? '')).reduce(
    (sum, { amount, share }) => sum + (amount * share.n) / share.d,
    0,
  );
  return whole + Math.ceil(weights - 1e-9) || gpusIn(of.slices);
}

function migUnits({ labels, capacity }: Node, known: GpuProduct | null) {
  return Object.entries(capacity).flatMap(([name, amount]) => {
    const profile = migName.exec(name)?.[1];
    const mig = profile === undefined ? null : migWeight(profile, known);
    if (mig === null || amount <= 0) return [];
    const replicas = Math.max(1, count(labels[`nvidia.com/mig-${profile}.replicas`]) ?? 1);
    const share = multiply(mig.weight, fraction(1, replicas));
    return [{ name, amount, share, estimated: mig.estimated }];
  });
}

/** Weights on one GPU may sum to more than one (3g + 4g): then all are divided by their sum over the node's MIG GPUs. */
function scaled(units: ReturnType<typeof migUnits>, migGpus: number): [string, UnitShare][] {
  const sum = units.reduce(
    (total, { amount, share }) => add(total, multiply(share, fraction(amount))),
    nothing,
  );
  const over = migGpus > 0 && compare(sum, fraction(migGpus)) > 0;
  const scale = over ? multiply(fraction(migGpus), { n: sum.d, d: sum.n }) : fraction(1);
  return units.map(({ name, share, estimated }) => [name, { share: multiply(share, scale), estimated }]);
}

function unhealthyGpus({ capacity, allocatable }: Node, units: ReadonlyMap<string, UnitShare>): Fraction {
  let sum = nothing;
  for (const [name, { share }] of units) {
    const missing = (capacity[name] ?? 0) - (allocatable[name] ?? 0);
    if (missing > 0) sum = add(sum, multiply(share, fraction(missing)));
  }
  return sum;
}

/** What a node says of its GPUs by labels, capacity, HAMi's annotation and, where these are silent, its ResourceSlices. */
export function nodeGpus(node: Node, { slices }: Pick<ObservedDevices, 'slices'>): NodeGpus {
  const { labels, capacity } = node;
  const own = slices.filter(({ nodeName }) => nodeName === node.name);
  const described = own.flatMap(({ devices }) => devices).find(({ product }) => product !== null);
  const label = labels['nvidia.com/gpu.product'] ?? described?.product ?? null;
  const known = label === null ? null : gpuProductOf(label);
  const profile =
    labels['nvidia.com/mig.strategy'] === 'single' ? /-MIG-(.+)$/.exec(label ?? '')?.[1] : undefined;
  const single = profile === undefined ? null : migWeight(profile, known);
  const physical = physicalGpus(node, { slices: own, perGpu: single?.perGpu ?? null });
  const replicas = Math.max(1, count(labels['nvidia.com/gpu.replicas']) ?? 1);
  const units = new Map<string, UnitShare>();
  const whole = single === null ? fraction(1) : single.weight;
  for (const name of wholeNames)
    units.set(name, { share: multiply(whole, fraction(1, replicas)), estimated: single?.estimated ?? false });
  const shares = capacity[awsShares] ?? 0;
  units.set(awsShares, {
    share: shares > 0 && physical > 0 ? fraction(physical, shares) : fraction(1, awsSharesPerGpu),
    estimated: shares <= 0 || physical <= 0,
  });
  const uncut =
    hamiDevices(node.annotations) === null ? Math.ceil((capacity[nvidia] ?? 0) / replicas) : physical;
  for (const [name, unit] of scaled(migUnits(node, known), physical - uncut)) units.set(name, unit);
  const memory = count(labels['nvidia.com/gpu.memory']);
  const memoryMib = single === null ? (memory ?? described?.memoryMib ?? null) : null;
  const isHami = hamiDevices(node.annotations) !== null;
  const unhealthy = isHami ? nothing : unhealthyGpus(node, units);
  const none = physical === 0;
  return {
    product: none ? null : label === null ? 'unknown' : productName(label),
    known,
    physical,
    memoryMib,
    units,
    sliced: gpusIn(own) > 0,
    unhealthy: compare(unhealthy, fraction(physical)) > 0 ? fraction(physical) : unhealthy,
  };
}

/** The resources of a request that are GPUs, with what one unit is; a resource that the node does not describe counts as on its own. */
export function unitShare(name: string, gpus: NodeGpus): UnitShare | null {
  const present = gpus.units.get(name);
  if (present !== undefined) return present;
  const profile = migName.exec(name)?.[1];
  const mig = profile === undefined ? null : migWeight(profile, gpus.known);
  return mig === null ? null : { share: mig.weight, estimated: true };
}

/** Whether a pod with this request holds GPUs by resources. */
export function asksForGpus(request: Amounts): boolean {
  return gpuUnits(request) > 0;
}

/** Units of GPU resources in a request, whole or shares as they are. */
export function gpuUnits(request: Amounts): number {
  return Object.entries(request).reduce(
    (sum, [name, amount]) =>
      wholeNames.includes(name) || name === awsShares || migName.test(name) ? sum + Math.max(0, amount) : sum,
    0,
  );
}
