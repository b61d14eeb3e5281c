import type { Bucket } from '../metering/facts.ts';
import { isGpuNode } from '../price/rates.ts';
import type { LineShare, NodeHour, NodePiece, PodPiece } from './node-hour.ts';
import { type LedgerOwner, nobody } from './owner.ts';

type Who = {
  readonly podUid: string | null;
  readonly bucket: Bucket;
  readonly owner: LedgerOwner;
  readonly estimated: boolean;
};

type Sweep = {
  readonly piece: NodePiece;
  readonly hour: NodeHour;
  readonly unitsPerGpu: bigint;
  readonly add: (who: Who, share: LineShare) => void;
};

/** Less than this of a line is left: no pod that uses a GPU could start beside the others. */
const leastFree = { milliCpu: 1000n, memoryMib: 1024n };

type Free = { gpu: bigint; cpu: bigint; memory: bigint };

/**
 * Gives each instant of a node's piece to pods and, what they leave, to the node's own buckets; returns what did not fit, in
 * units of a GPU × ms. Between two edges nothing changes, so each stretch is counted once.
 */
export function sweepPiece(sweep: Sweep): bigint {
  const { piece, hour } = sweep;
  const pods = hour.pods.filter(({ fromMs, toMs }) => fromMs < piece.toMs && toMs > piece.fromMs).sort(byAge);
  const edges = edgesOf(piece, [...pods, ...hour.watched]);
  let faults = 0n;
  for (const [index, fromMs] of edges.entries()) {
    const toMs = edges[index + 1];
    if (toMs === undefined) break;
    const active = pods.filter((pod) => pod.fromMs <= fromMs && pod.toMs > fromMs);
    const watched = hour.watched.some((seen) => seen.fromMs <= fromMs && seen.toMs > fromMs);
    faults += stretch(sweep, { active, watched, ms: BigInt(toMs - fromMs) });
  }
  return faults;
}

function byAge(left: PodPiece, right: PodPiece): number {
  if (left.boundMs !== right.boundMs) return left.boundMs - right.boundMs;
  return left.podUid < right.podUid ? -1 : Number(left.podUid > right.podUid);
}

function edgesOf(piece: NodePiece, parts: readonly { fromMs: number; toMs: number }[]): number[] {
  const edges = new Set([piece.fromMs, piece.toMs]);
  for (const { fromMs, toMs } of parts) {
    if (fromMs > piece.fromMs && fromMs < piece.toMs) edges.add(fromMs);
    if (toMs > piece.fromMs && toMs < piece.toMs) edges.add(toMs);
  }
  return [...edges].sort((left, right) => left - right);
}

type Stretch = { readonly active: readonly PodPiece[]; readonly watched: boolean; readonly ms: bigint };

function stretch({ piece, unitsPerGpu, add }: Sweep, { active, watched, ms }: Stretch): bigint {
  const { facts } = piece;
  const capacity = {
    gpu: BigInt(facts.physicalGpus) * unitsPerGpu,
    cpu: BigInt(facts.milliCpu),
    memory: BigInt(facts.memoryMib),
  };
  const share = {
    gpu: (units: bigint): LineShare => ({
      line: 'gpu',
      units,
      capacity: capacity.gpu,
      perUnit: unitsPerGpu,
      ms,
    }),
    cpu: (units: bigint): LineShare => ({ line: 'cpu', units, capacity: capacity.cpu, perUnit: 1000n, ms }),
    memory: (units: bigint): LineShare => ({
      line: 'memory',
      units,
      capacity: capacity.memory,
      perUnit: 1000n,
      ms,
    }),
  };
  const free: Free = { ...capacity };
  let faults = 0n;
  for (const pod of active) {
    const { holds } = pod;
    const wanted = (BigInt(holds.gpu.n) * unitsPerGpu) / BigInt(holds.gpu.d);
    const gpu = least(wanted, free.gpu);
    const cpu = least(BigInt(holds.milliCpu), free.cpu);
    const memory = least(BigInt(holds.memoryMib), free.memory);
    faults += (wanted - gpu) * ms;
    free.gpu -= gpu;
    free.cpu -= cpu;
    free.memory -= memory;
    if (gpu > 0n) add(pod, share.gpu(gpu));
    if (cpu > 0n) add(pod, share.cpu(cpu));
    if (memory > 0n) add(pod, share.memory(memory));
  }
  const left = leftGpus(piece, { free, unitsPerGpu, watched, busy: free.gpu < capacity.gpu });
  for (const [bucket, units] of left) {
    const kept =
      bucket === 'idleClaim' ? charged(piece, { units, unitsPerGpu, add, share: share.gpu }) : units;
    if (kept > 0n || units === 0n) add(nodesOwn(bucket), share.gpu(kept));
  }
  const rest = otherBucket(piece, watched);
  if (free.cpu > 0n || capacity.cpu === 0n) add(nodesOwn(rest), share.cpu(free.cpu));
  if (free.memory > 0n || capacity.memory === 0n) add(nodesOwn(rest), share.memory(free.memory));
  return faults;
}

type Charging = Pick<Sweep, 'unitsPerGpu' | 'add'> & {
  /** What claims without a pod hold of the node. */
  readonly units: bigint;
  readonly share: (units: bigint) => LineShare;
};

/** Gives claims without a pod to whoever claimed them; answers what nobody answers for. */
function charged({ claims = [] }: NodePiece, { units, unitsPerGpu, add, share }: Charging): bigint {
  let left = units;
  for (const claim of claims) {
    const part = least((BigInt(claim.gpu.n) * unitsPerGpu) / BigInt(claim.gpu.d), left);
    left -= part;
    if (part > 0n) add(claimant(claim), share(part));
  }
  return left;
}

type Claim = NonNullable<NodePiece['claims']>[number];
const claimants = new WeakMap<Claim, Who>();

/** One object for as long as the claim lasts. */
function claimant(claim: Claim): Who {
  const who = claimants.get(claim) ?? {
    podUid: null,
    bucket: 'claimHold' as const,
    owner: claim.owner,
    estimated: false,
  };
  claimants.set(claim, who);
  return who;
}

const known = new Map<Bucket, Who>();

/** What nobody holds, in one of the node's own buckets. */
function nodesOwn(bucket: Bucket): Who {
  const who = known.get(bucket) ?? { podUid: null, bucket, owner: nobody, estimated: false };
  known.set(bucket, who);
  return who;
}

const least = (left: bigint, right: bigint): bigint => (left < right ? left : right);

function otherBucket({ facts }: NodePiece, watched: boolean): Bucket {
  if (!facts.gpusRegistered) return 'idleBoot';
  return watched ? 'idleFree' : 'unobserved';
}

type Left = {
  readonly free: Free;
  readonly unitsPerGpu: bigint;
  readonly watched: boolean;
  readonly busy: boolean;
};

/** Why the GPUs that no pod holds are idle; a line without GPUs has one part of nothing, which carries its price. */
function leftGpus({ facts }: NodePiece, { free, unitsPerGpu, watched, busy }: Left): [Bucket, bigint][] {
  if (!isGpuNode(facts)) return [];
  if (facts.physicalGpus === 0) return [[facts.gpusRegistered ? 'unhealthy' : 'idleBoot', 0n]];
  if (free.gpu === 0n) return [];
  if (!facts.gpusRegistered) return [['idleBoot', free.gpu]];
  const broken = (BigInt(facts.unhealthyGpus.n) * unitsPerGpu) / BigInt(facts.unhealthyGpus.d);
  const unhealthy = least(broken, free.gpu);
  const unheld = facts.claimedGpus ?? { n: 0, d: 1 };
  const working = free.gpu - unhealthy;
  // Whether a claim is held by a pod is known only while all pods are seen.
  const claimed = watched ? least((BigInt(unheld.n) * unitsPerGpu) / BigInt(unheld.d), working) : 0n;
  const healthy = working - claimed;
  const fragment = healthy % unitsPerGpu;
  const exhausted = free.cpu < leastFree.milliCpu || free.memory < leastFree.memoryMib;
  const parts: [Bucket, bigint][] = watched
    ? [
        ['idleClaim', claimed],
        ['idleFragment', busy ? fragment : 0n],
        [busy ? (exhausted ? 'idleStranded' : 'idleFree') : 'idleTail', busy ? healthy - fragment : healthy],
      ]
    : [['unobserved', healthy]];
  return [['unhealthy', unhealthy] satisfies [Bucket, bigint], ...parts].filter(([, units]) => units > 0n);
}
