import type { NodeFacts, NodeInterval } from '../../domain/metering/facts.ts';
import { type NodeGpus, nodeGpus } from '../../domain/metering/node-gpus.ts';
import {
  type FactsFrom,
  lostSpans,
  type NodeReadiness,
  nodeFactsOf,
  nodePieces,
  withReadiness,
} from '../../domain/metering/node-timeline.ts';
import type { ObservedDevices, ObservedNode } from '../../domain/metering/observed.ts';
import { withFacts } from '../../domain/metering/pod-pieces.ts';
import type { OpenSpan } from '../../domain/metering/pod-timeline.ts';
import { type Gap, nodeRow, type RowChanges, WrittenRows } from './interval-rows.ts';

/** One node as far as it was heard of. */
export class KnownNode {
  readonly uid: string;
  readonly name: string;
  readonly #fromMs: number;
  readonly #resumed: boolean;
  readonly #written: WrittenRows<NodeInterval>;
  #facts: FactsFrom<NodeFacts>[] = [];
  #readiness: NodeReadiness = new Map();
  #node: ObservedNode | null = null;
  #gpus: NodeGpus | null = null;
  #gone: { atMs: number; estimated: boolean } | null = null;

  constructor(
    { uid, name }: { uid: string; name: string },
    from: { floorMs: number; open: NodeInterval | undefined },
  ) {
    const { open, floorMs } = from;
    this.uid = uid;
    this.name = name;
    this.#fromMs = open?.fromAt.getTime() ?? floorMs;
    this.#resumed = open !== undefined;
    this.#written = new WrittenRows(open === undefined ? [] : [open]);
    if (open !== undefined) this.#facts = [{ atMs: this.#fromMs, facts: open.facts }];
  }

  get gpus(): NodeGpus | null {
    return this.#gpus;
  }

  get gone(): { readonly atMs: number; readonly estimated: boolean } | null {
    return this.#gone;
  }

  /** Whether a pod that was bound at an instant can have been on this one and not on a later node of the name. */
  held(boundMs: number): boolean {
    return this.#gone === null || this.#gone.atMs > boundMs;
  }

  lost(): OpenSpan[] {
    return lostSpans(this.#readiness, this.#node?.createdAt.getTime() ?? this.#fromMs);
  }

  see(node: ObservedNode, at: { seenMs: number; devices: ObservedDevices }): void {
    this.#readiness = withReadiness(this.#readiness, node);
    if (this.#node !== null && node.version <= this.#node.version) return;
    this.#node = node;
    this.describe(at);
  }

  /** Works its facts out anew, since claims or slices changed. */
  describe({ seenMs, devices }: { seenMs: number; devices: ObservedDevices }): void {
    if (this.#node === null) return;
    this.#gpus = nodeGpus(this.#node, devices);
    this.#facts = withFacts(this.#facts, {
      atMs: seenMs,
      facts: nodeFactsOf(this.#node, this.#gpus, devices),
    });
  }

  end(gone: { atMs: number; estimated: boolean }): void {
    if (this.#gone === null || gone.atMs < this.#gone.atMs) this.#gone = gone;
  }

  rows(clusterId: string, gaps: readonly Gap[]): RowChanges<NodeInterval> {
    const createdMs = this.#resumed ? this.#fromMs : (this.#node?.createdAt.getTime() ?? this.#fromMs);
    const fromMs = Math.max(this.#fromMs, createdMs);
    const pieces = nodePieces({ fromMs, facts: this.#facts, gone: this.#gone });
    return this.#written.become(
      pieces.map((piece) => nodeRow({ clusterId, nodeUid: this.uid }, piece, gaps)),
    );
  }
}
