import type { Bucket, NodeFacts, PodBucket, PodFacts } from '../metering/facts.ts';
import { type LineParts, lineParts } from '../price/rates.ts';
import { commonDenominator, ExactSum } from './exact.ts';
import { sweepPiece } from './node-sweep.ts';
import { type LedgerOwner, nobody, ownerKey } from './owner.ts';

export const ledgerLines = ['gpu', 'cpu', 'memory'] as const;
type LedgerLine = (typeof ledgerLines)[number];

/** A node over [fromMs, toMs), during which neither its facts nor its price change; null is unpriced. */
export type NodePiece = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly facts: NodeFacts;
  readonly price: { readonly entryId: string; readonly perHourNano: bigint } | null;
  readonly estimated: boolean;
  /** Whose the claims without a pod are, as far as somebody answers for their namespaces; absent without any. */
  readonly claims?: readonly { readonly owner: LedgerOwner; readonly gpu: PodFacts['gpu'] }[];
};

/** A pod over [fromMs, toMs), during which neither what it holds, its bucket nor its owner changes. */
export type PodPiece = {
  readonly podUid: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly bucket: PodBucket | 'idleReserved';
  readonly holds: Pick<PodFacts, 'gpu' | 'milliCpu' | 'memoryMib'>;
  /** Since when it is bound: what does not fit is cut from the pods that were bound last. */
  readonly boundMs: number;
  readonly owner: LedgerOwner;
  readonly estimated: boolean;
};

/** All that decides the rows of one node and UTC hour; pieces may reach beyond the hour. */
export type NodeHour = {
  readonly fromMs: number;
  /** End of the hour, or now while it lasts. */
  readonly toMs: number;
  readonly node: readonly NodePiece[];
  readonly pods: readonly PodPiece[];
  /** While all pods were seen. */
  readonly watched: readonly { readonly fromMs: number; readonly toMs: number }[];
};

export type LedgerRow = LedgerOwner & {
  readonly podUid: string | null;
  readonly bucket: Bucket;
  readonly line: LedgerLine;
  readonly gpuProduct: string | null;
  readonly capacityType: NodeFacts['capacityType'];
  /** Milli-GPU-seconds, milli-CPU-seconds or MiB-seconds by line. */
  readonly quantity: bigint;
  readonly loadedNano: bigint | null;
  readonly openCostNano: bigint | null;
  readonly priceEntryId: string | null;
  readonly estimated: boolean;
};

export type NodeHourRows = {
  readonly rows: readonly LedgerRow[];
  /** Milli-GPU-seconds of pods beyond what the node has: cut, never negative idle. */
  readonly faults: bigint;
};

type Cell = {
  readonly owner: LedgerOwner;
  readonly row: Omit<LedgerRow, 'quantity' | 'loadedNano' | 'openCostNano'>;
  readonly quantity: ExactSum;
  readonly loaded: ExactSum;
  readonly openCost: ExactSum;
};

type Added = Pick<LedgerRow, 'podUid' | 'bucket' | 'estimated'> & { readonly owner: LedgerOwner };

/** What of a line somebody had for `ms`: `units` of `capacity`, of which `perUnit` are one milli-unit-second per ms. */
export type LineShare = {
  readonly line: LedgerLine;
  readonly units: bigint;
  readonly capacity: bigint;
  readonly perUnit: bigint;
  readonly ms: bigint;
};

const hourMs = 3_600_000n;

/**
 * Rows of one node and hour. A row is the floor of its exact sum and what is left lies on `rounding`, so that per rate mode
 * the amounts sum to floor(price of the node over the hour) and per line the quantities to floor(capacity over the hour),
 * and no owner's row depends on another's as long as requests fit the node. Splitting or reordering pieces changes
 * nothing. Empty when the node was not there.
 */
export function nodeHourRows(hour: NodeHour): NodeHourRows {
  const sums = new Sums(hour);
  let faults = 0n;
  const pieces = hour.node
    .map((piece) => clipped(piece, hour))
    .filter((piece) => piece.fromMs < piece.toMs)
    .sort((left, right) => left.fromMs - right.fromMs);
  for (const piece of pieces) {
    sums.begin(piece);
    faults += sweepPiece({
      piece,
      hour,
      unitsPerGpu: sums.unitsPerGpu,
      add: (who, share) => sums.add(who, share),
    });
  }
  return { rows: sums.rows(pieces.at(-1)), faults: faults / sums.unitsPerGpu };
}

function clipped<Piece extends { readonly fromMs: number; readonly toMs: number }>(
  piece: Piece,
  { fromMs, toMs }: NodeHour,
): Piece {
  return { ...piece, fromMs: Math.max(piece.fromMs, fromMs), toMs: Math.min(piece.toMs, toMs) };
}

class Sums {
  /** GPUs are counted in the common denominator of all shares. */
  readonly unitsPerGpu: bigint;
  /** By pod; null for what nobody holds. */
  readonly #cells = new Map<string | null, Cell[]>();
  /** Cells of the present piece, so that each stretch of the same holder finds them without their key. */
  #known = new Map<Added, Map<LedgerLine, Cell>>();
  readonly #capacity = { gpu: new ExactSum(), cpu: new ExactSum(), memory: new ExactSum() };
  readonly #price = new ExactSum();
  #priced = false;
  #piece: NodePiece | null = null;
  #parts: { loaded: LineParts; openCost: LineParts } | null = null;

  constructor({ node, pods }: NodeHour) {
    this.unitsPerGpu = commonDenominator([
      ...pods.map(({ holds }) => holds.gpu.d),
      ...node.map(({ facts }) => facts.unhealthyGpus.d),
      ...node.map(({ facts }) => facts.claimedGpus?.d ?? 1),
      ...node.flatMap(({ claims = [] }) => claims.map(({ gpu }) => gpu.d)),
    ]);
  }

  begin(piece: NodePiece): void {
    this.#piece = piece;
    this.#known = new Map();
    this.#parts = { loaded: lineParts(piece.facts, 'loaded'), openCost: lineParts(piece.facts, 'openCost') };
    const ms = BigInt(piece.toMs - piece.fromMs);
    const { physicalGpus, milliCpu, memoryMib } = piece.facts;
    this.#capacity.gpu.add(BigInt(physicalGpus) * ms, 1n);
    this.#capacity.cpu.add(BigInt(milliCpu) * ms, 1000n);
    this.#capacity.memory.add(BigInt(memoryMib) * ms, 1000n);
    if (piece.price === null) return;
    this.#priced = true;
    this.#price.add(piece.price.perHourNano * ms, hourMs);
  }

  /** `who` is one object for as long as it holds something of the piece. */
  add(who: Added, { line, units, capacity, perUnit, ms }: LineShare): void {
    const piece = this.#piece;
    const parts = this.#parts;
    if (piece === null || parts === null) return;
    const cell = this.#cellOf(who, line, piece);
    cell.quantity.add(units * ms, perUnit);
    if (piece.price === null) return;
    // A line without capacity has one share: the whole of it.
    const [of, all] = capacity === 0n ? [1n, 1n] : [units, capacity];
    const cost = piece.price.perHourNano * ms * of;
    cell.loaded.add(cost * parts.loaded[line], hourMs * parts.loaded.of * all);
    cell.openCost.add(cost * parts.openCost[line], hourMs * parts.openCost.of * all);
  }

  #cellOf(who: Added, line: LedgerLine, piece: NodePiece): Cell {
    let lines = this.#known.get(who);
    if (lines === undefined) {
      lines = new Map();
      this.#known.set(who, lines);
    }
    let cell = lines.get(line);
    if (cell === undefined) {
      cell = this.#present(who, line, piece) ?? this.#added(who, line, piece);
      lines.set(line, cell);
    }
    return cell;
  }

  /** Of the few cells of a pod, the one of the same row. */
  #present(who: Added, line: LedgerLine, piece: NodePiece): Cell | undefined {
    const { gpuProduct, capacityType } = piece.facts;
    const priceEntryId = piece.price?.entryId ?? null;
    const estimated = who.estimated || piece.estimated;
    return this.#cells
      .get(who.podUid)
      ?.find(
        ({ row, owner }) =>
          row.line === line &&
          row.bucket === who.bucket &&
          row.estimated === estimated &&
          row.priceEntryId === priceEntryId &&
          row.gpuProduct === gpuProduct &&
          row.capacityType === capacityType &&
          (owner === who.owner || ownerKey(owner) === ownerKey(who.owner)),
      );
  }

  #added({ podUid, bucket, owner, estimated }: Added, line: LedgerLine, piece: NodePiece): Cell {
    const { gpuProduct, capacityType } = piece.facts;
    const priceEntryId = piece.price?.entryId ?? null;
    const marked = estimated || piece.estimated;
    // First, what is copied as a whole: V8 copies it by its shape then, and key by key otherwise.
    const row = {
      ...owner,
      podUid,
      bucket,
      line,
      gpuProduct,
      capacityType,
      priceEntryId,
      estimated: marked,
    };
    const cell = { row, owner, quantity: new ExactSum(), loaded: new ExactSum(), openCost: new ExactSum() };
    const cells = this.#cells.get(podUid);
    if (cells === undefined) this.#cells.set(podUid, [cell]);
    else cells.push(cell);
    return cell;
  }

  rows(last: NodePiece | undefined): LedgerRow[] {
    if (last === undefined) return [];
    const rows = [...this.#cells.values()]
      .flat()
      .map(({ row, quantity, loaded, openCost }) => ({
        ...row,
        quantity: quantity.floor(),
        loadedNano: row.priceEntryId === null ? null : loaded.floor(),
        openCostNano: row.priceEntryId === null ? null : openCost.floor(),
      }))
      .filter((row) => row.quantity > 0n || (row.loadedNano ?? 0n) > 0n || (row.openCostNano ?? 0n) > 0n);
    return [...rows, ...this.#rests(rows, last)];
  }

  #rests(rows: readonly LedgerRow[], last: NodePiece): LedgerRow[] {
    const main = last.facts.physicalGpus > 0 || last.facts.gpuProduct !== null ? 'gpu' : 'cpu';
    const price = this.#price.floor();
    return ledgerLines.flatMap((line) => {
      const own = rows.filter((row) => row.line === line);
      const quantity = this.#capacity[line].floor() - own.reduce((sum, row) => sum + row.quantity, 0n);
      const rest = (of: 'loadedNano' | 'openCostNano') =>
        line === main ? price - rows.reduce((sum, row) => sum + (row[of] ?? 0n), 0n) : 0n;
      const [loadedNano, openCostNano] = [rest('loadedNano'), rest('openCostNano')];
      if (quantity === 0n && loadedNano === 0n && openCostNano === 0n) return [];
      const { gpuProduct, capacityType } = last.facts;
      const amounts = this.#priced ? { loadedNano, openCostNano } : { loadedNano: null, openCostNano: null };
      const fixed = { podUid: null, bucket: 'rounding', priceEntryId: null, estimated: false } as const;
      return [{ ...nobody, ...fixed, line, gpuProduct, capacityType, quantity, ...amounts }];
    });
  }
}
