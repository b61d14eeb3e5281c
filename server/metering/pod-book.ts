import type { PodFacts, PodInterval } from '../../domain/metering/facts.ts';
import type { FactsFrom } from '../../domain/metering/node-timeline.ts';
import type { ObservedDevices, ObservedPod } from '../../domain/metering/observed.ts';
import { isSystemPod, podFactsOf } from '../../domain/metering/pod-facts.ts';
import {
  marksOf,
  marksOfOpen,
  type PodMark,
  type PodMarks,
  withMarks,
} from '../../domain/metering/pod-marks.ts';
import { podPieces, withPodFacts } from '../../domain/metering/pod-pieces.ts';
import { backFilled, type Filled, type Gap, podRow, type RowChanges, WrittenRows } from './interval-rows.ts';
import type { KnownNode } from './node-book.ts';

type Beginning = { readonly floorMs: number; readonly open: PodInterval | undefined };

/** One pod as far as it was heard of. */
export class KnownPod {
  readonly uid: string;
  readonly #fromMs: number;
  readonly #written: WrittenRows<PodInterval>;
  readonly #open: PodInterval | undefined;
  #marks: PodMarks = new Map();
  #facts: FactsFrom<PodFacts>[] = [];
  #pod: ObservedPod | null = null;
  #filled: Filled | null = null;
  /** When its last row was closed and its object gone; null before. */
  finishedMs: number | null = null;

  constructor(uid: string, { floorMs, open }: Beginning) {
    this.uid = uid;
    this.#open = open;
    this.#fromMs = open?.fromAt.getTime() ?? floorMs;
    this.#written = new WrittenRows(open === undefined ? [] : [open]);
    if (open !== undefined) this.#facts = [{ atMs: this.#fromMs, facts: open.facts }];
  }

  get pod(): ObservedPod | null {
    return this.#pod;
  }

  /** Nobody saw its end. */
  get vanished(): boolean {
    return [...this.#marks.values()].some((mark) => mark.kind === 'end' && mark.estimated);
  }

  get nodeName(): string | null {
    return this.#pod?.nodeName ?? null;
  }

  get boundMs(): number {
    return this.#marks.get('bound')?.atMs ?? this.#fromMs;
  }

  see(pod: ObservedPod, { seenMs, gone }: { seenMs: number; gone: boolean }): void {
    const first = this.#pod === null;
    this.#marks = withMarks(this.#marks, marksOf(pod, { seenMs, gone }));
    if (first && this.#open !== undefined)
      this.#marks = withMarks(
        this.#marks,
        marksOfOpen(pod, { bucket: this.#open.bucket, fromMs: this.#fromMs }),
      );
    // It was over before anybody watched again, or its interval would be open.
    if (first && this.#open === undefined && pod.ended && this.boundMs < this.#fromMs)
      this.#marks = withMarks(this.#marks, [
        { kind: 'end', atMs: this.#fromMs, observed: true, estimated: false },
      ]);
    if (gone) this.finishedMs = seenMs;
    if (first || pod.version >= (this.#pod?.version ?? 0)) this.#pod = pod;
  }

  /** Works its facts out anew: the pod, its node or its claims changed. */
  describe(node: KnownNode, { seenMs, devices }: { seenMs: number; devices: ObservedDevices }): void {
    if (this.#pod === null || node.gpus === null) return;
    this.#facts = withPodFacts(this.#facts, {
      atMs: seenMs,
      facts: podFactsOf(this.#pod, node.gpus, devices),
    });
  }

  /** Ends it by what is known of others: its node is gone, or it vanished while nobody watched. */
  end(atMs: number, estimated: boolean): void {
    const mark: PodMark = { kind: 'end', atMs, observed: true, estimated };
    this.#marks = withMarks(this.#marks, [mark]);
    this.finishedMs ??= atMs;
  }

  /** What Prometheus told of it: it ended then, not when it was seen last. */
  fill(endMs: number, filled: Filled): void {
    const marks = new Map(this.#marks);
    for (const [key, mark] of marks) if (mark.kind === 'end' && mark.estimated) marks.delete(key);
    this.#marks = withMarks(marks, [
      { kind: 'end', atMs: endMs, observed: true, estimated: filled.estimated },
    ]);
    this.#filled = filled;
    this.finishedMs = endMs;
  }

  rows(clusterId: string, node: KnownNode, gaps: readonly Gap[]): RowChanges<PodInterval> {
    if (this.#facts.length === 0 || this.#pod === null) return { put: [], drop: [] };
    const around = { system: isSystemPod(this.#pod), lost: node.lost() };
    const pieces = podPieces({ fromMs: this.#fromMs, marks: this.#marks, facts: this.#facts }, around);
    const of = { clusterId, podUid: this.uid, nodeUid: node.uid };
    const filled = this.#filled;
    const rows = pieces.map((piece) => podRow(of, piece, gaps));
    return this.#written.become(filled === null ? rows : rows.map((row) => backFilled(row, filled)));
  }

  /** Of a pod that was not listed again: its open interval ends when it was seen last. */
  closedRow(): RowChanges<PodInterval> {
    if (this.#open === undefined || this.#pod !== null || this.finishedMs === null)
      return { put: [], drop: [] };
    const toAt = new Date(Math.max(this.finishedMs, this.#fromMs + 1));
    const source = this.#filled === null ? 'relist' : 'backfill';
    return this.#written.become([
      { ...this.#open, toAt, source, estimated: this.#filled?.estimated ?? true },
    ]);
  }
}
