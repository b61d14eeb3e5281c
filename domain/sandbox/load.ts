import {
  defaultModelVersionBehaviour,
  defaultServiceBehaviour,
  type ModelVersionBehaviour,
  type ServiceBehaviour,
  type Timeline,
  valueAt,
} from '../sandbox.ts';
import type { Weights } from '../serving.ts';
import { totalWeight } from '../serving.ts';
import { outcomeShares } from './latency.ts';
import { type PodStay, podStays, type SandboxPod, type Span } from './pod.ts';

/** All that the metrics of one service follow from, beside time. */
export type SandboxHistory = {
  readonly seed: number;
  readonly namespace: string;
  readonly weights: Timeline<Weights>;
  readonly pods: Timeline<readonly SandboxPod[]>;
  readonly service: Timeline<ServiceBehaviour>;
  readonly modelVersions: ReadonlyMap<string, Timeline<ModelVersionBehaviour>>;
};

const dayMs = 86_400_000;
const swing = 0.15;

/** Mean of the daily shape times the length, from the start of a UTC day; busiest at 14:00. */
function shaped(ms: number): number {
  const days = Math.floor(ms / dayMs);
  const angle = (2 * Math.PI * (ms - days * dayMs)) / dayMs - (2 * Math.PI * 8) / 24;
  return ms - ((swing * dayMs) / (2 * Math.PI)) * Math.cos(angle);
}

/** Expected requests between two instants at a daily mean rate; a mild wave over the day, never negative. */
export function expectedRequests(span: Span, requestsPerSecond: number): number {
  return Math.max(0, (shaped(span.endMs) - shaped(span.startMs)) * (requestsPerSecond / 1_000));
}

/** A span in which nothing that shapes the load of a pod changes. */
type Piece = Span & {
  /** Expected requests per second of the day's mean that reach this pod. */
  readonly rate: number;
  readonly shares: readonly number[];
  /** Expected requests of each outcome from the pod's start to the start of this piece. */
  readonly before: readonly number[];
};

/** One pod's load over one stay. */
export type PodLoad = { readonly stay: PodStay; readonly pieces: readonly Piece[] };

function breakpoints(history: SandboxHistory, stays: readonly PodStay[]): number[] {
  const points = new Set<number>();
  for (const { atMs } of [...history.weights, ...history.service]) points.add(atMs);
  for (const timeline of history.modelVersions.values()) for (const { atMs } of timeline) points.add(atMs);
  for (const stay of stays) points.add(stay.startMs).add(stay.endMs);
  return [...points].sort((left, right) => left - right);
}

/** Share of the service's requests that one ready pod gets: its revision's weight, evenly over the revision's ready pods. */
function shareOfPod(history: SandboxHistory, peers: readonly PodStay[], of: { stay: PodStay; atMs: number }) {
  const weights = valueAt<Weights>(history.weights, of.atMs, {});
  const total = totalWeight(weights);
  const number = of.stay.pod.revisionNumber;
  const weight = weights[number] ?? 0;
  if (total <= 0 || weight <= 0) return 0;
  let ready = 0;
  for (const { startMs, endMs } of peers) if (startMs <= of.atMs && of.atMs < endMs) ready += 1;
  return weight / total / ready;
}

function loadOf(history: SandboxHistory, peers: readonly PodStay[], of: { stay: PodStay; points: number[] }) {
  const { stay } = of;
  const behaviour = history.modelVersions.get(stay.pod.modelVersionId) ?? [];
  const points = of.points.filter((point) => point >= stay.startMs && point < stay.endMs);
  const pieces: Piece[] = [];
  let before: readonly number[] = outcomeShares(defaultModelVersionBehaviour).map(() => 0);
  for (const [index, startMs] of points.entries()) {
    const endMs = points[index + 1] ?? stay.endMs;
    const service = valueAt(history.service, startMs, defaultServiceBehaviour);
    const rate = service.requestsPerSecond * shareOfPod(history, peers, { stay, atMs: startMs });
    const shares = outcomeShares(valueAt(behaviour, startMs, defaultModelVersionBehaviour));
    const piece = { startMs, endMs, rate, shares, before };
    pieces.push(piece);
    if (endMs < Number.POSITIVE_INFINITY) before = expectedOutcomes(piece, endMs);
  }
  return { stay, pieces };
}

function expectedOutcomes(piece: Piece, atMs: number): number[] {
  const expected = expectedRequests({ startMs: piece.startMs, endMs: atMs }, piece.rate);
  return piece.shares.map((share, index) => (piece.before[index] ?? 0) + share * expected);
}

/** The loads of all pods that were ready at any of the given instants. */
export function podLoads(history: SandboxHistory, instantsMs: readonly number[]): PodLoad[] {
  const stays = podStays(history.pods, history.modelVersions);
  const points = breakpoints(history, stays);
  return stays
    .filter((stay) => instantsMs.some((instant) => stay.startMs <= instant && instant < stay.endMs))
    .map((stay) => {
      const peers = stays.filter(({ pod }) => pod.revisionNumber === stay.pod.revisionNumber);
      return loadOf(history, peers, { stay, points });
    });
}

/** Expected requests by outcome from the start of the stay to an instant within it; null outside of it. */
export function expectedAt(load: PodLoad, atMs: number): number[] | null {
  const piece = load.pieces.findLast(({ startMs }) => startMs <= atMs);
  return piece === undefined || atMs >= load.stay.endMs ? null : expectedOutcomes(piece, atMs);
}
