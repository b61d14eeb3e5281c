import { exampleScope, exampleStart, observedRevision } from '../../domain/example-rollout.ts';
import {
  type DesiredServing,
  type ObservedServing,
  type ServingAction,
  totalWeight,
  type Weights,
} from '../../domain/serving.ts';

type ModelRevision = {
  owned: boolean;
  canBecomeReady: boolean;
  ready: boolean;
  specDigest: string;
  version: number;
};
type ModelRoute = { exists: boolean; weights: Weights; accepted: boolean };

/**
 * For property tests: the least cluster that can hurt a planner. Revisions may never become ready, lose readiness or be
 * deleted by hand; applies may fail; reads may be old as to what the world did by itself, never as to our own writes.
 * Every write is checked against the safety rules and throws a broken one.
 */
export class ModelledCluster {
  readonly revisions = new Map<number, ModelRevision>();
  route: ModelRoute = { exists: false, weights: {}, accepted: false };
  writes = 0;
  failNextApply = false;
  #stale: ObservedServing | null = null;
  #version = 0;

  /** What a reader sees; a stale read repeats the last look taken before `freeze`. */
  observe(): ObservedServing {
    if (this.#stale !== null) {
      const stale = this.#stale;
      this.#stale = null;
      return stale;
    }
    return this.#look();
  }

  #look(): ObservedServing {
    const revisions = [...this.revisions].map(([number, found]) =>
      observedRevision(number, {
        owned: found.owned,
        specDigest: found.specDigest,
        ready: found.ready,
        readyReplicas: found.ready ? 2 : 0,
      }),
    );
    const { exists, weights, accepted } = this.route;
    const route = { exists, owned: true, requested: weights, accepted, blockers: [], matchesScope: true };
    return { observedAt: exampleStart, fresh: true, revisions, route, fight: null, blockers: [] };
  }

  /** The next read shows the world as it is now, whatever it does until then. */
  freeze(): void {
    this.#stale = this.#look();
  }

  /** Time passes: what can become ready does, the gateway accepts the route. */
  settle(): void {
    for (const revision of this.revisions.values()) if (revision.canBecomeReady) revision.ready = true;
    this.route.accepted = true;
  }

  unready(number: number, forGood: boolean): void {
    const revision = this.revisions.get(number);
    if (revision === undefined) return;
    revision.ready = false;
    revision.canBecomeReady = !forGood;
  }

  /** Somebody deletes a workload by hand. */
  vanish(number: number): void {
    if (this.revisions.get(number)?.owned === true) this.revisions.delete(number);
  }

  endFaults(): void {
    this.failNextApply = false;
    this.#stale = null;
    for (const revision of this.revisions.values()) revision.canBecomeReady = true;
  }

  /** Does one planned write against what the planner saw; throws "unsafe: …" when it breaks a rule, "failed" on a fault. */
  apply(action: ServingAction, seen: ObservedServing): void {
    this.#check(action, seen);
    if (this.failNextApply) {
      this.failNextApply = false;
      throw new Error('failed');
    }
    this.writes += 1;
    // Our own writes are always read back, so a frozen picture from before one is no longer served.
    this.#stale = null;
    this.#version += 1;
    switch (action.kind) {
      case 'applyRevision': {
        const { number, specDigest } = action.revision;
        const before = this.revisions.get(number);
        this.revisions.set(number, {
          owned: true,
          canBecomeReady: before?.canBecomeReady ?? true,
          ready: before?.ready ?? false,
          specDigest,
          version: this.#version,
        });
        return;
      }
      case 'applyRoute':
        this.route = { exists: true, weights: action.weights, accepted: false };
        return;
      case 'scaleFound':
        throw new Error('unsafe: a service of ours has no found workload');
      case 'deleteRevision':
        this.revisions.delete(action.number);
    }
  }

  #check(action: ServingAction, seen: ObservedServing): void {
    const seenReady = (number: number) =>
      seen.revisions.some((found) => found.number === number && found.owned && found.ready);
    switch (action.kind) {
      case 'scaleFound':
        return;
      case 'applyRevision':
        if (this.revisions.get(action.revision.number)?.owned === false)
          throw new Error('unsafe: a foreign object is overwritten');
        return;
      case 'applyRoute': {
        const total = totalWeight(action.weights);
        if (total !== 100 && Object.keys(action.weights).length > 0)
          throw new Error(`unsafe: weights sum to ${total}`);
        for (const [key, weight] of Object.entries(action.weights))
          if (weight > (this.route.weights[Number(key)] ?? 0) && !seenReady(Number(key)))
            throw new Error(`unsafe: traffic moves to unready revision ${key}`);
        return;
      }
      case 'deleteRevision':
        if ((this.route.weights[action.number] ?? 0) > 0)
          throw new Error('unsafe: a revision with traffic is deleted');
        if (this.route.exists && !this.route.accepted && totalWeight(this.route.weights) > 0)
          throw new Error('unsafe: the gateway may still send traffic to what is deleted');
        if (this.revisions.get(action.number)?.owned === false)
          throw new Error('unsafe: a foreign object is deleted');
    }
  }
}

/** A desired state of the example Service. */
export function desiredOf(
  revisions: DesiredServing['revisions'],
  weights: Weights,
  fallbackNumber: number | null,
): DesiredServing {
  return { scope: exampleScope, generation: 1, revisions, weights, fallbackNumber };
}
