import type { LedgerRow } from './ledger/node-hour.ts';
import type { LedgerOwner } from './ledger/owner.ts';
import type { Bucket, CostRole } from './metering/facts.ts';

/** Who holds a part of a node's GPUs, as far as the reader may know. */
type GpuHolder =
  | {
      readonly kind: 'known';
      readonly projectId: string;
      readonly serviceId: string | null;
      readonly revisionId: string | null;
      readonly role: CostRole | null;
    }
  /** Of a project that is not the reader's. */
  | { readonly kind: 'otherProject' }
  /** A pod that no project answers for: the cluster's own, or one that nothing gives to anybody. */
  | { readonly kind: 'unallocated' }
  /** No pod: idle, broken or not seen. */
  | { readonly kind: 'nobody' };

/** A part of a node at one instant, in thousandths of a GPU. */
export type GpuPart = {
  readonly bucket: Bucket;
  readonly holder: GpuHolder;
  readonly milliGpu: number;
  readonly podUids: readonly string[];
};

/** Which projects the reader may see into; null for all. */
export type Visible = ReadonlySet<string> | null;

const bucketOrder: readonly Bucket[] = [
  'serving',
  'warmup',
  'startupHold',
  'unready',
  'crashloopHold',
  'drain',
  'nodeLost',
  'system',
  'claimHold',
  'idleReserved',
  'idleClaim',
  'idleFragment',
  'idleStranded',
  'idleFree',
  'idleTail',
  'idleBoot',
  'unobserved',
  'unhealthy',
  'rounding',
];

/**
 * Parts of a node from the ledger rows of one second, so that they add up as the ledger does: in milli-GPU, of the same
 * holder and bucket together, pods first. Pods of others are named by nothing, not even their number. Lines of CPU and
 * memory are left out; a node without GPUs has no part.
 */
export function gpuParts(rowsOfOneSecond: readonly LedgerRow[], visible: Visible): GpuPart[] {
  const parts = new Map<string, { part: GpuPart; milli: bigint; pods: Set<string> }>();
  for (const row of rowsOfOneSecond) {
    if (row.line !== 'gpu' || row.quantity === 0n) continue;
    const holder = holderOf(row, visible);
    const key = JSON.stringify([row.bucket, holder]);
    const known = parts.get(key) ?? {
      part: { bucket: row.bucket, holder, milliGpu: 0, podUids: [] },
      milli: 0n,
      pods: new Set<string>(),
    };
    known.milli += row.quantity;
    if (row.podUid !== null && holder.kind === 'known') known.pods.add(row.podUid);
    parts.set(key, known);
  }
  return [...parts.values()]
    .map(({ part, milli, pods }) => ({ ...part, milliGpu: Number(milli), podUids: [...pods].sort() }))
    .sort(
      (left, right) =>
        bucketOrder.indexOf(left.bucket) - bucketOrder.indexOf(right.bucket) ||
        right.milliGpu - left.milliGpu,
    );
}

function holderOf(row: LedgerOwner & Pick<LedgerRow, 'podUid'>, visible: Visible): GpuHolder {
  const { projectId, serviceId, revisionId, role } = row;
  // A claim has an owner without a pod.
  if (row.podUid === null && projectId === null) return { kind: 'nobody' };
  if (projectId === null) return { kind: 'unallocated' };
  if (visible !== null && !visible.has(projectId)) return { kind: 'otherProject' };
  return { kind: 'known', projectId, serviceId, revisionId, role };
}

/** Of some nodes together, in milli-GPU: what pods hold, what is idle, and what is broken or not seen. */
export type GpuTotals = {
  readonly capacity: number;
  readonly held: number;
  readonly idle: number;
  readonly lost: number;
};

/** Sums of parts; capacity is their sum, because a node's parts add up to it. */
export function gpuTotals(parts: readonly GpuPart[]): GpuTotals {
  let [held, idle, lost] = [0, 0, 0];
  for (const { bucket, milliGpu } of parts)
    if (bucket === 'unhealthy' || bucket === 'unobserved') lost += milliGpu;
    else if (bucket.startsWith('idle') || bucket === 'rounding') idle += milliGpu;
    else held += milliGpu;
  return { capacity: held + idle + lost, held, idle, lost };
}
