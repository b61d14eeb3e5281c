import type {
  DesiredRevision,
  ObservedRevision,
  ObservedServing,
  ServingAction,
  Weights,
} from '../serving.ts';

type IdealRevision = { readonly desired: DesiredRevision; readonly readyAtMs: number };

/** A cluster where everything goes well: a revision is ready after the same time, and a route is accepted at once. */
export class IdealCluster {
  readonly revisions = new Map<number, IdealRevision>();
  readonly #startupMs: number;
  #weights: Weights | null = null;

  constructor(startupMs: number) {
    this.#startupMs = startupMs;
  }

  /** A revision that has been serving all along. */
  serves(desired: DesiredRevision, nowMs: number): void {
    this.revisions.set(desired.number, { desired, readyAtMs: nowMs });
    this.#weights = { [desired.number]: 100 };
  }

  apply(action: ServingAction, nowMs: number): void {
    switch (action.kind) {
      case 'applyRevision': {
        const { revision } = action;
        const readyAtMs = this.revisions.get(revision.number)?.readyAtMs ?? nowMs + this.#startupMs;
        this.revisions.set(revision.number, { desired: revision, readyAtMs });
        return;
      }
      case 'applyRoute':
        this.#weights = action.weights;
        return;
      case 'deleteRevision':
        this.revisions.delete(action.number);
        return;
      case 'scaleFound':
        return;
    }
  }

  observe(nowMs: number): ObservedServing {
    return {
      observedAt: new Date(nowMs),
      fresh: true,
      revisions: [...this.revisions.values()].map((revision) => observed(revision, nowMs)),
      route: {
        exists: this.#weights !== null,
        owned: true,
        requested: this.#weights ?? {},
        accepted: true,
        blockers: [],
        matchesScope: true,
      },
      fight: null,
      blockers: [],
    };
  }

  /** When something changes by itself next; null when nothing does. */
  nextChangeMs(nowMs: number): number | null {
    const times = [...this.revisions.values()].map(({ readyAtMs }) => readyAtMs).filter((at) => at > nowMs);
    return times.length === 0 ? null : Math.min(...times);
  }
}

function observed({ desired, readyAtMs }: IdealRevision, nowMs: number): ObservedRevision {
  const replicas = desired.scaling.kind === 'fixed' ? desired.scaling.replicas : desired.scaling.maxReplicas;
  const ready = nowMs >= readyAtMs;
  return {
    number: desired.number,
    owned: true,
    specDigest: desired.specDigest,
    scaling: desired.scaling,
    complete: true,
    desiredReplicas: replicas,
    readyReplicas: ready ? replicas : 0,
    settled: true,
    ready,
    blockers: [],
  };
}
