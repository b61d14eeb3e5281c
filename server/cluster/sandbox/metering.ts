import { and, eq, gt, lte } from 'drizzle-orm';
import { type Database, transaction } from '../../../db/client.ts';
import { sandboxSplit } from '../../../db/schema/sandbox.ts';
import { noDevices } from '../../../domain/metering/observed.ts';
import { jobTimes } from '../../../domain/sandbox/job-run.ts';
import { type Presence, presences, type SandboxPod, splitSchema } from '../../../domain/sandbox/pod.ts';
import type { SandboxBehaviours } from '../../../domain/sandbox/stored-behaviour.ts';
import { defaultClusterBehaviour, valueAt } from '../../../domain/sandbox.ts';
import type { MeteringFeed, MeteringNews, SeenNode, SeenPod } from '../metering-feed.ts';
import { jobEdges, nextPodEdge, nodeChanges, observedJob, observedPod, podEdges } from './metering-world.ts';
import { unschedulableSentence } from './scheduling.ts';
import { unreachable } from './unreachable.ts';
import { behavioursOf } from './world-store.ts';

export type SandboxMeteringOptions = {
  readonly db: Database;
  readonly clusterId: string;
  readonly clock: () => Promise<Date>;
};

/** A write is stored a moment after the instant that it carries, so the last minute is read again each time. */
const readAgainMs = 60_000;
const longestWaitMs = 60_000;

type Service = Map<number, readonly SandboxPod[]>;

/** The sandbox's nodes and pods out of its own stored history: nothing of it is ever missed, whenever it is read. */
export class SandboxMetering implements MeteringFeed {
  readonly #options: SandboxMeteringOptions;
  readonly #onNews: () => void;
  /** Pods of each service by the instant from which they were there. */
  readonly #services = new Map<string, Service>();
  readonly #presencesOf = new Map<string, Presence[]>();
  #toldMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: SandboxMeteringOptions, onNews: () => void) {
    this.#options = options;
    this.#onNews = onNews;
  }

  async take(): Promise<MeteringNews> {
    const now = await this.#options.clock();
    const { behaviours, changed } = await this.#read(now);
    const { fault } = valueAt(behaviours.cluster, now.getTime(), defaultClusterBehaviour);
    if (fault === 'unreachable') return broken(unreachable().message, now);
    const first = this.#toldMs === Number.NEGATIVE_INFINITY;
    const beginMs = this.#beginMs(behaviours);
    const pods = this.#pods(behaviours, { nowMs: now.getTime(), changed });
    const nodes = beginMs === null ? [] : this.#nodes(behaviours, { nowMs: now.getTime(), beginMs });
    this.#toldMs = now.getTime();
    const seenFrom = new Date(beginMs ?? now.getTime());
    const devices = first ? noDevices : null;
    return { state: 'live', sentence: null, whole: first, readAt: now, seenFrom, nodes, pods, devices };
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** What was written since the last look; answers the services of which something was. */
  async #read(now: Date): Promise<{ behaviours: SandboxBehaviours; changed: ReadonlySet<string> }> {
    const { db, clusterId } = this.#options;
    const since = new Date(Math.max(0, this.#toldMs - readAgainMs));
    const { rows, behaviours } = await transaction(
      db,
      async (tx) => ({
        behaviours: await behavioursOf(tx, { clusterId, until: now }),
        rows: await tx
          .select()
          .from(sandboxSplit)
          .where(
            and(
              eq(sandboxSplit.clusterId, clusterId),
              gt(sandboxSplit.fromAt, since),
              lte(sandboxSplit.fromAt, now),
            ),
          ),
      }),
      { isolation: 'repeatable read', readOnly: true },
    );
    const changed = new Set<string>();
    for (const { serviceId, fromAt, split } of rows) {
      const { pods } = splitSchema.parse(split);
      if (pods === undefined) continue;
      const known = this.#services.get(serviceId) ?? new Map<number, readonly SandboxPod[]>();
      this.#services.set(serviceId, known.set(fromAt.getTime(), pods));
      this.#presencesOf.delete(serviceId);
      changed.add(serviceId);
    }
    return { behaviours, changed };
  }

  #presences(serviceId: string): Presence[] {
    const present = this.#presencesOf.get(serviceId);
    if (present !== undefined) return present;
    const known = [...(this.#services.get(serviceId) ?? [])].toSorted(([left], [right]) => left - right);
    const found = presences(known.map(([atMs, value]) => ({ atMs, value })));
    this.#presencesOf.set(serviceId, found);
    return found;
  }

  /** The first thing that ever happened; before it there is nothing to meter. */
  #beginMs({ cluster }: SandboxBehaviours): number | null {
    const firsts = [...this.#services.values()].flatMap((known) => [...known.keys()]);
    const all = [...firsts, ...cluster.map(({ atMs }) => atMs)];
    return all.length === 0 ? null : all.reduce((left, right) => Math.min(left, right));
  }

  #pods(behaviours: SandboxBehaviours, of: { nowMs: number; changed: ReadonlySet<string> }): SeenPod[] {
    const { nowMs, changed } = of;
    const seen: SeenPod[] = [];
    let nextMs = nowMs + longestWaitMs;
    const unscheduled = unschedulableSentence(valueAt(behaviours.cluster, nowMs, defaultClusterBehaviour));
    for (const serviceId of this.#services.keys())
      for (const presence of this.#presences(serviceId)) {
        // What was written late may lie before the last look.
        const fromMs = this.#toldMs - (changed.has(serviceId) ? readAgainMs : 0);
        if (presence.endMs <= fromMs) continue;
        const told = behaviours.modelVersions.get(presence.pod.modelVersionId) ?? [];
        for (const atMs of podEdges(presence, told, { fromMs, untilMs: nowMs })) {
          const pod = observedPod(serviceId, presence, { told, atMs, unscheduled });
          if (pod !== null) seen.push({ pod, ageMs: nowMs - atMs, gone: atMs >= presence.endMs });
        }
        nextMs = Math.min(nextMs, nextPodEdge(presence, told, nowMs) ?? nextMs);
      }
    const { jobs = [] } = valueAt(behaviours.cluster, nowMs, defaultClusterBehaviour);
    for (const run of jobs) {
      for (const atMs of jobEdges(run, { fromMs: this.#toldMs - readAgainMs, untilMs: nowMs })) {
        const isGone = run.endMs !== null && atMs === jobTimes(run).goneMs;
        seen.push({ pod: observedJob(run, atMs), ageMs: nowMs - atMs, gone: isGone });
      }
      const [next] = jobEdges(run, { fromMs: nowMs, untilMs: nextMs });
      nextMs = next ?? nextMs;
    }
    this.#wakeIn(nextMs - nowMs);
    return seen.toSorted((left, right) => right.ageMs - left.ageMs);
  }

  #nodes(behaviours: SandboxBehaviours, of: { nowMs: number; beginMs: number }): SeenNode[] {
    const { nowMs, beginMs } = of;
    const all = [...this.#services.keys()].flatMap((serviceId) => this.#presences(serviceId));
    return nodeChanges(behaviours.cluster, { beginMs, presences: all, untilMs: nowMs })
      .filter(({ atMs }) => atMs > this.#toldMs - readAgainMs)
      .map(({ node, atMs, gone }) => ({ node, ageMs: nowMs - atMs, gone }));
  }

  /** Pods become ready by time alone. */
  #wakeIn(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onNews, Math.max(50, ms)).unref();
  }
}

function broken(sentence: string, readAt: Date): MeteringNews {
  const nothing = { whole: false, seenFrom: null, nodes: [], pods: [], devices: null };
  return { ...nothing, state: 'broken', sentence, readAt };
}
