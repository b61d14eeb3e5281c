import type { NodeInterval, PodInterval } from '../../domain/metering/facts.ts';
import { noDevices, type ObservedDevices } from '../../domain/metering/observed.ts';
import { isMetered } from '../../domain/metering/pod-facts.ts';
import { observedOf, type PodLife } from '../../domain/metering/pod-life.ts';
import type { MeteringNews, SeenNode, SeenPod } from '../cluster/metering-feed.ts';
import type { Gap, RowChanges } from './interval-rows.ts';
import { KnownNode } from './node-book.ts';
import { KnownPod } from './pod-book.ts';

/** What is stored of a cluster when metering of it begins or goes on. */
export type Stored = {
  readonly nodes: readonly NodeInterval[];
  readonly pods: readonly PodInterval[];
  /** The last moment at which somebody watched; null when nobody ever did. */
  readonly seenUntil: Date | null;
};

export type BookChanges = {
  readonly nodes: RowChanges<NodeInterval>;
  readonly pods: RowChanges<PodInterval>;
};

/** A deletion may be told twice; after this long it is not. */
const finishedKeptMs = 600_000;

/**
 * Nodes and pods of one cluster as they were heard of, and the rows that follow from it. Whatever is told twice, late or in
 * another order gives the same rows; what is not there any more after a new list ended when it was seen last, estimated.
 */
export class MeteringBook {
  readonly #clusterId: string;
  readonly #nodes = new Map<string, KnownNode>();
  readonly #nodeUids = new Map<string, string[]>();
  readonly #pods = new Map<string, KnownPod>();
  /** Uids by name of the node, so that an event costs as much as what it is about. */
  readonly #podsOn = new Map<string, Set<string>>();
  readonly #openNodes: Map<string, NodeInterval>;
  readonly #openPods: Map<string, PodInterval>;
  readonly #gaps: Gap[] = [];
  #devices: ObservedDevices = noDevices;
  #seenMs: number | null;
  #floorMs: number | null;

  constructor(clusterId: string, { nodes, pods, seenUntil }: Stored) {
    this.#clusterId = clusterId;
    this.#openNodes = new Map(nodes.map((row) => [row.nodeUid, row]));
    this.#openPods = new Map(pods.map((row) => [row.podUid, row]));
    this.#seenMs = seenUntil?.getTime() ?? null;
    this.#floorMs = this.#seenMs;
  }

  /** Takes what was heard up to now; `nowMs` is the cluster's clock. */
  apply(news: MeteringNews, nowMs: number): BookChanges {
    if (news.whole) this.#beginAnew(news, nowMs);
    if (news.devices !== null) this.#devices = news.devices;
    const touchedNodes = this.#seeNodes(news, nowMs);
    const touched = this.#seePods(news, nowMs);
    if (news.whole) this.#vanish(news, { touched, touchedNodes });
    for (const name of touchedNodes) for (const uid of this.#podsOn.get(name) ?? []) touched.add(uid);
    if (news.devices !== null)
      for (const { uid, pod } of this.#pods.values()) if ((pod?.claims.length ?? 0) > 0) touched.add(uid);
    for (const uid of touched) {
      const pod = this.#pods.get(uid);
      const node = pod === undefined ? null : this.#nodeOf(pod);
      if (pod !== undefined && node !== null) this.#settle(pod, node, nowMs);
    }
    const changes = { nodes: this.#nodeRows(touchedNodes), pods: this.#podRows(touched) };
    this.#forget(nowMs);
    if (news.state === 'live') this.#seenMs = nowMs;
    return changes;
  }

  /** The last time in which nobody watched; null when there was none. */
  get lastGap(): Gap | null {
    return this.#gaps.at(-1) ?? null;
  }

  /** Pods that lived in a gap as Prometheus tells of them; who is there now, or whose end was seen, is left as it is. */
  fill(lives: readonly PodLife[], gap: Gap): BookChanges {
    const touched = new Set<string>();
    for (const life of lives) {
      const endMs = Math.min(gap.toMs, life.endAt.getTime());
      const known = this.#pods.get(life.uid);
      if (endMs <= gap.fromMs || this.#openPods.has(life.uid)) continue;
      if (known === undefined) {
        if (!this.#nodeUids.has(life.nodeName) || !isMetered(life)) continue;
        const added = new KnownPod(life.uid, { floorMs: gap.fromMs, open: undefined });
        added.see(observedOf(life), { seenMs: endMs, gone: false });
        this.#pods.set(life.uid, added);
        this.#place(added);
        const node = this.#nodeOf(added);
        if (node !== null) added.describe(node, { seenMs: endMs, devices: this.#devices });
        added.fill(endMs, { gap, estimated: !life.endKnown });
      } else if (known.vanished) known.fill(Math.max(endMs, gap.fromMs), { gap, estimated: !life.endKnown });
      else continue;
      touched.add(life.uid);
    }
    return { nodes: { put: [], drop: [] }, pods: this.#podRows(touched) };
  }

  #beginAnew({ seenFrom }: MeteringNews, nowMs: number): void {
    const seenMs = this.#seenMs;
    if (seenFrom === null && seenMs !== null) this.#gaps.push({ fromMs: seenMs, toMs: nowMs });
    this.#floorMs = seenMs ?? seenFrom?.getTime() ?? nowMs;
  }

  #known({ node }: SeenNode): KnownNode {
    const present = this.#nodes.get(node.uid);
    if (present !== undefined) return present;
    const open = this.#openNodes.get(node.uid);
    const added = new KnownNode(node, { floorMs: this.#floorMs ?? 0, open });
    this.#openNodes.delete(node.uid);
    this.#nodes.set(node.uid, added);
    this.#nodeUids.set(node.name, [...(this.#nodeUids.get(node.name) ?? []), node.uid]);
    return added;
  }

  #seeNodes({ nodes, devices }: MeteringNews, nowMs: number): Set<string> {
    const touched = new Set<string>();
    for (const seen of nodes) {
      const known = this.#known(seen);
      const seenMs = nowMs - seen.ageMs;
      known.see(seen.node, { seenMs, devices: this.#devices });
      if (seen.gone) known.end({ atMs: seenMs, estimated: false });
      touched.add(known.name);
    }
    if (devices === null) return touched;
    for (const known of this.#nodes.values()) {
      known.describe({ seenMs: nowMs, devices });
      touched.add(known.name);
    }
    return touched;
  }

  #seePods({ pods }: MeteringNews, nowMs: number): Set<string> {
    const touched = new Set<string>();
    for (const { pod, ageMs, gone } of pods) {
      if (!isMetered(pod)) continue;
      const known = this.#knownPod(pod.uid);
      const seenMs = nowMs - ageMs;
      known.see(pod, { seenMs, gone });
      this.#place(known);
      const node = this.#nodeOf(known);
      if (node !== null) known.describe(node, { seenMs, devices: this.#devices });
      touched.add(pod.uid);
    }
    return touched;
  }

  #knownPod(uid: SeenPod['pod']['uid']): KnownPod {
    const present = this.#pods.get(uid);
    if (present !== undefined) return present;
    const added = new KnownPod(uid, { floorMs: this.#floorMs ?? 0, open: this.#openPods.get(uid) });
    this.#openPods.delete(uid);
    this.#pods.set(uid, added);
    return added;
  }

  #place({ uid, nodeName }: KnownPod): void {
    if (nodeName === null) return;
    const present = this.#podsOn.get(nodeName);
    if (present === undefined) this.#podsOn.set(nodeName, new Set([uid]));
    else present.add(uid);
  }

  #remove({ uid, nodeName }: KnownPod): void {
    this.#pods.delete(uid);
    const left = nodeName === null ? undefined : this.#podsOn.get(nodeName);
    left?.delete(uid);
    if (nodeName !== null && left?.size === 0) this.#podsOn.delete(nodeName);
  }

  /** The node that a pod was bound to: of several of one name, the one that was there then. */
  #nodeOf(pod: KnownPod): KnownNode | null {
    const uids = pod.nodeName === null ? [] : (this.#nodeUids.get(pod.nodeName) ?? []);
    const nodes = uids.flatMap((uid) => this.#nodes.get(uid) ?? []);
    return nodes.find((node) => node.held(pod.boundMs)) ?? nodes.at(-1) ?? null;
  }

  #settle(pod: KnownPod, node: KnownNode, nowMs: number): void {
    pod.describe(node, { seenMs: nowMs, devices: this.#devices });
    if (node.gone !== null) pod.end(node.gone.atMs, node.gone.estimated);
  }

  /** A complete list lacks what it lacks: these ended when they were seen last, as far as anybody knows. */
  #vanish(
    news: MeteringNews,
    { touched, touchedNodes }: { touched: Set<string>; touchedNodes: Set<string> },
  ): void {
    const listed = new Set([
      ...news.nodes.map(({ node }) => node.uid),
      ...news.pods.map(({ pod }) => pod.uid),
    ]);
    const lastMs = this.#seenMs ?? this.#floorMs ?? 0;
    for (const node of this.#nodes.values())
      if (!listed.has(node.uid) && node.gone === null) {
        node.end({ atMs: lastMs, estimated: true });
        touchedNodes.add(node.name);
      }
    for (const pod of this.#pods.values())
      if (!listed.has(pod.uid) && pod.finishedMs === null) {
        pod.end(lastMs, true);
        touched.add(pod.uid);
      }
    for (const [uid, row] of this.#openNodes) {
      const known = new KnownNode({ uid, name: row.facts.name }, { floorMs: lastMs, open: row });
      known.end({ atMs: Math.max(lastMs, row.fromAt.getTime() + 1), estimated: true });
      this.#nodes.set(uid, known);
      touchedNodes.add(known.name);
    }
    for (const [uid, row] of this.#openPods) {
      const known = new KnownPod(uid, { floorMs: lastMs, open: row });
      known.end(lastMs, true);
      this.#pods.set(uid, known);
      touched.add(uid);
    }
    this.#openNodes.clear();
    this.#openPods.clear();
  }

  #nodeRows(names: ReadonlySet<string>): RowChanges<NodeInterval> {
    const all = [...this.#nodes.values()].filter(({ name }) => names.has(name));
    return joined(all.map((node) => node.rows(this.#clusterId, this.#gaps)));
  }

  #podRows(uids: ReadonlySet<string>): RowChanges<PodInterval> {
    const changes = [...uids].flatMap((uid) => {
      const pod = this.#pods.get(uid);
      if (pod === undefined) return [];
      const node = this.#nodeOf(pod);
      if (node !== null) return [pod.rows(this.#clusterId, node, this.#gaps)];
      return [pod.closedRow()];
    });
    return joined(changes);
  }

  #forget(nowMs: number): void {
    // What ended in a gap may still be told of by Prometheus.
    const since = this.lastGap?.toMs ?? 0;
    for (const pod of this.#pods.values())
      if (pod.finishedMs !== null && Math.max(pod.finishedMs, since) < nowMs - finishedKeptMs)
        this.#remove(pod);
    for (const { uid, name, gone } of this.#nodes.values())
      if (gone !== null && Math.max(gone.atMs, since) < nowMs - finishedKeptMs) {
        this.#nodes.delete(uid);
        this.#nodeUids.set(
          name,
          (this.#nodeUids.get(name) ?? []).filter((other) => other !== uid),
        );
      }
  }
}

function joined<Row extends NodeInterval | PodInterval>(all: readonly RowChanges<Row>[]): RowChanges<Row> {
  return { put: all.flatMap(({ put }) => put), drop: all.flatMap(({ drop }) => drop) };
}
