import type { FactSource, NodeInterval, PodInterval } from '../../domain/metering/facts.ts';
import type { NodePiece } from '../../domain/metering/node-timeline.ts';
import type { PodPiece } from '../../domain/metering/pod-pieces.ts';

/** A time in which nobody watched, in Unix milliseconds. */
export type Gap = { readonly fromMs: number; readonly toMs: number };

type Piece = Pick<NodePiece, 'fromMs' | 'toMs' | 'observed' | 'estimated'>;

/** What lay in a gap was put together from the status afterwards. */
function sourceOf({ fromMs, toMs, observed, estimated }: Piece, gaps: readonly Gap[]): FactSource {
  const inGap = gaps.some((gap) => fromMs < gap.toMs && (toMs === null || toMs > gap.fromMs));
  return inGap || estimated ? 'relist' : observed ? 'observed' : 'watch';
}

function stored(piece: Piece, gaps: readonly Gap[]) {
  return {
    fromAt: new Date(piece.fromMs),
    toAt: piece.toMs === null ? null : new Date(piece.toMs),
    source: sourceOf(piece, gaps),
    estimated: piece.estimated,
  };
}

export function nodeRow(
  of: { clusterId: string; nodeUid: string },
  piece: NodePiece,
  gaps: readonly Gap[],
): NodeInterval {
  return { ...of, facts: piece.facts, ...stored(piece, gaps) };
}

export function podRow(
  of: { clusterId: string; podUid: string; nodeUid: string },
  piece: PodPiece,
  gaps: readonly Gap[],
): PodInterval {
  return { ...of, bucket: piece.bucket, facts: piece.facts, ...stored(piece, gaps) };
}

/** What Prometheus told of a pod in a gap, and whether its end is only when it was seen last. */
export type Filled = { readonly gap: Gap; readonly estimated: boolean };

/** A row of a pod whose end, or whole life, is known from Prometheus only. */
export function backFilled(row: PodInterval, { gap, estimated }: Filled): PodInterval {
  const inGap = row.fromAt.getTime() < gap.toMs && (row.toAt === null || row.toAt.getTime() > gap.fromMs);
  return inGap ? { ...row, source: 'backfill', estimated } : row;
}

type Row = NodeInterval | PodInterval;

/** What has to be written so that the rows of one node or pod are these and no others. */
export type RowChanges<R extends Row> = { readonly put: readonly R[]; readonly drop: readonly R[] };

/** Changes of pods, and then others of the same pods: the later ones stand. */
export function changedThen(
  first: RowChanges<PodInterval>,
  then: RowChanges<PodInterval>,
): RowChanges<PodInterval> {
  const keyOf = ({ podUid, fromAt }: PodInterval): string => `${podUid}/${fromAt.getTime()}`;
  const later = new Set([...then.put, ...then.drop].map(keyOf));
  const kept = first.put.filter((row) => !later.has(keyOf(row)));
  return { put: [...kept, ...then.put], drop: [...first.drop, ...then.drop] };
}

/** The rows of one node or pod as they were written last. */
export class WrittenRows<R extends Row> {
  readonly #rows = new Map<number, { row: R; text: string }>();

  constructor(present: readonly R[] = []) {
    // Read back from the database: to be written again whatever they say.
    for (const row of present) this.#rows.set(row.fromAt.getTime(), { row, text: '' });
  }

  /** What differs from what is written; afterwards the new ones count as written. */
  become(rows: readonly R[]): RowChanges<R> {
    const wanted = new Map(rows.map((row) => [row.fromAt.getTime(), { row, text: JSON.stringify(row) }]));
    const put = [...wanted].filter(([fromMs, { text }]) => this.#rows.get(fromMs)?.text !== text);
    const drop = [...this.#rows].filter(([fromMs]) => !wanted.has(fromMs));
    for (const [fromMs] of drop) this.#rows.delete(fromMs);
    for (const [fromMs, written] of put) this.#rows.set(fromMs, written);
    return { put: put.map(([, { row }]) => row), drop: drop.map(([, { row }]) => row) };
  }
}
