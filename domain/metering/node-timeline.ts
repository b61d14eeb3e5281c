import { canonicalJson } from '../canonical-json.ts';
import type { NodeFacts } from './facts.ts';
import { add, fraction, nothing } from './fraction.ts';
import { unheldGpus } from './gpu-share.ts';
import { asksForGpus, type NodeGpus } from './node-gpus.ts';
import type { ObservedDevices, ObservedNode } from './observed.ts';
import type { OpenSpan } from './pod-timeline.ts';

const zoneLabel = 'topology.kubernetes.io/zone';
const regionLabel = 'topology.kubernetes.io/region';
const typeLabel = 'node.kubernetes.io/instance-type';

/** What a node is by one look at it. */
export function nodeFactsOf(node: ObservedNode, gpus: NodeGpus, devices: ObservedDevices): NodeFacts {
  const { labels, capacity } = node;
  const { product, physical, unhealthy } = gpus;
  const claims = unheldGpus(node.name, gpus, devices);
  const claimedGpus = claims.reduce((total, { gpu }) => add(total, gpu), nothing);
  return {
    schema: 1,
    name: node.name,
    instanceType: labels[typeLabel] ?? null,
    region: labels[regionLabel] ?? null,
    zone: labels[zoneLabel] ?? null,
    capacityType: node.capacityType,
    gpuProduct: product,
    physicalGpus: physical,
    unhealthyGpus: unhealthy,
    ...(claims.length > 0 ? { claimedGpus, claims } : {}),
    gpusRegistered: physical === 0 || asksForGpus(capacity) || gpus.sliced,
    milliCpu: Math.floor(capacity.cpu ?? 0),
    memoryMib: Math.floor(capacity.memory ?? 0),
  };
}

/** Facts from an instant on, in Unix milliseconds. */
export type FactsFrom<Facts> = { readonly atMs: number; readonly facts: Facts };

export type NodeHistory = {
  /** From the API, or where metering of the cluster begins. */
  readonly fromMs: number;
  /** Rising; the first holds from the beginning. Never empty. */
  readonly facts: readonly FactsFrom<NodeFacts>[];
  readonly gone: { readonly atMs: number; readonly estimated: boolean } | null;
};

export type NodePiece = OpenSpan & {
  readonly facts: NodeFacts;
  readonly observed: boolean;
  readonly estimated: boolean;
};

/** A node whose GPUs do not register within this time of its creation was not waiting for them. */
const longestBootMs = 3_600_000;

export const sameFacts = (left: unknown, right: unknown): boolean =>
  canonicalJson(left) === canonicalJson(right);

/**
 * GPUs that are registered later were there from the node's beginning, and are booting until then; GPUs that are no longer
 * registered are still there, and unhealthy.
 */
function settled({ fromMs, facts }: NodeHistory): FactsFrom<NodeFacts>[] {
  const first = facts.findIndex(({ facts: each }) => each.physicalGpus > 0 && each.gpusRegistered);
  const found = facts[first];
  if (found === undefined) return [...facts];
  const booted = found.atMs - fromMs <= longestBootMs;
  return facts.map(({ atMs, facts: each }, index) => {
    const lacks = each.physicalGpus === 0 || !each.gpusRegistered;
    const { gpuProduct, physicalGpus } = found.facts;
    if (index < first)
      return booted
        ? {
            atMs,
            facts: { ...each, gpuProduct, physicalGpus, unhealthyGpus: nothing, gpusRegistered: false },
          }
        : { atMs, facts: each };
    if (!lacks) return { atMs, facts: each };
    const unhealthyGpus = fraction(physicalGpus);
    return { atMs, facts: { ...each, gpuProduct, physicalGpus, unhealthyGpus, gpusRegistered: true } };
  });
}

/** The intervals of a node: a new one with every change of its facts, from its beginning to its end, without gaps. */
export function nodePieces(history: NodeHistory): NodePiece[] {
  const { fromMs, gone } = history;
  const endMs = gone?.atMs ?? null;
  const pieces: NodePiece[] = [];
  for (const [index, { atMs, facts }] of settled(history).entries()) {
    const start = index === 0 ? fromMs : Math.max(atMs, fromMs);
    if (endMs !== null && start >= endMs) break;
    const last = pieces.at(-1);
    if (last !== undefined && sameFacts(last.facts, facts)) continue;
    if (last !== undefined) pieces[pieces.length - 1] = { ...last, toMs: start, observed: true };
    if (last !== undefined && last.fromMs === start) pieces.pop();
    pieces.push({
      fromMs: start,
      toMs: endMs,
      facts,
      observed: index > 0 || gone !== null,
      estimated: false,
    });
  }
  const last = pieces.at(-1);
  if (last !== undefined && gone?.estimated === true)
    pieces[pieces.length - 1] = { ...last, estimated: true };
  return pieces;
}

/** What was heard of a node being ready, by instant of the change. */
export type NodeReadiness = ReadonlyMap<number, { readonly ready: boolean; readonly version: number }>;

/** With one more look; the same one again changes nothing. */
export function withReadiness(known: NodeReadiness, node: ObservedNode): NodeReadiness {
  if (node.readiness === null) return known;
  const atMs = node.readiness.at.getTime();
  const present = known.get(atMs);
  if (present !== undefined && present.version >= node.version) return known;
  return new Map(known).set(atMs, { ready: node.readiness.ready, version: node.version });
}

/** A kubelet that has just registered says for a moment that it is not ready yet. */
const registeringMs = 60_000;

/** When a node that had been ready did not answer, rising; a node that was not ready yet is booting, not lost. */
export function lostSpans(readiness: NodeReadiness, createdMs: number): OpenSpan[] {
  const rising = [...readiness].toSorted(([left], [right]) => left - right);
  const firstReadyMs = rising.find(([, { ready }]) => ready)?.[0] ?? Number.POSITIVE_INFINITY;
  return rising.flatMap(([atMs, { ready }], index) => {
    const booting = atMs <= createdMs + registeringMs && atMs < firstReadyMs;
    return ready || booting ? [] : [{ fromMs: atMs, toMs: rising[index + 1]?.[0] ?? null }];
  });
}
