import type { Blocker } from './refusal.ts';
import type { PodTemplate, Scaling } from './service-spec.ts';

/** Weights by revision number; they sum to 100, or the record is empty when nothing serves. */
export type Weights = Readonly<Record<number, number>>;

/** Port of every cluster Service, whatever its containers listen on: the route's backends never change with a revision. */
export const servingPort = 80;

/** Number of the workload that others made and that a take over found, in weights and observed revisions; our own start at 1. */
export const foundNumber = 0;

/** How the routes of others lead to a service that was taken over; recorded before the first write. */
export type AdoptedPath = {
  readonly workload: { readonly name: string; readonly uid: string };
  /** Cluster Services of the workload that the routes name, with the port that its serving container answers on. */
  readonly backends: readonly { readonly name: string; readonly port: number }[];
  /** Labels by which the found workload and its Services select pods: ours must not carry them, or they would be theirs. */
  readonly selectorKeys: readonly string[];
  readonly routes: readonly {
    readonly name: string;
    readonly uid: string;
    /** The backends of each rule that led to the workload, as they were found. */
    readonly rules: readonly {
      readonly index: number;
      readonly backendRefs: readonly Readonly<Record<string, unknown>>[];
    }[];
  }[];
};

/** The found workload's backend in the rules: still there (also with weight 0) · taken out · everything as it was found. */
export type FoundForm = 'kept' | 'removed' | 'restored';

/** Where a Service's objects live and how they are named; objects are `<serviceName>-r<number>`. */
export type ServingScope = {
  readonly projectId: string;
  readonly serviceId: string;
  readonly serviceName: string;
  readonly clusterId: string;
  readonly namespace: string;
  readonly gateway: {
    readonly name: string;
    readonly namespace: string;
    readonly sectionName?: string | undefined;
  };
  readonly hostnames: readonly string[];
  readonly pathPrefix: string;
  readonly port: number;
  /** Only for a service that was taken over: traffic is led by routes of others, of which only weights are edited. */
  readonly adopted?: AdoptedPath | undefined;
};

/** One revision as it should run. */
export type DesiredRevision = {
  readonly number: number;
  readonly revisionId: string;
  readonly modelVersionId: string;
  /** Digest over what runs; stamped on the objects and compared with what is observed. */
  readonly specDigest: string;
  readonly podTemplate: PodTemplate;
  readonly port: number;
  readonly scaling: Scaling;
};

/** Everything the cluster should hold for one Service. */
export type DesiredServing = {
  readonly scope: ServingScope;
  readonly generation: number;
  readonly revisions: readonly DesiredRevision[];
  /** Target split; revisions without an entry get nothing. */
  readonly weights: Weights;
  /** The revision that takes the traffic of an unready one; null before the first is live. */
  readonly fallbackNumber: number | null;
  /** Revisions that are left as they are, while a record of them is taken: neither written nor deleted, and without traffic. */
  readonly untouched?: readonly number[];
  /** A revision that somebody keeps for debugging: it runs beside what serves, and whether it is well is its own affair. */
  readonly debuggedNumber?: number;
  /** What should become of the workload that a take over found; absent for a service that Fairlead made. */
  readonly found?: {
    readonly form: FoundForm;
    /** Replicas that Fairlead owes it; null when its count is not ours to say. */
    readonly replicas: number | null;
  };
};

export type ObservedRevision = {
  readonly number: number;
  /** Carries our labels and our record id; anything else is never touched. */
  readonly owned: boolean;
  readonly specDigest: string | null;
  readonly scaling: Scaling | null;
  /** Workload, cluster Service and (with min/max) autoscaler all exist. */
  readonly complete: boolean;
  readonly desiredReplicas: number;
  readonly readyReplicas: number;
  /** The workload controller has seen the last write. */
  readonly settled: boolean;
  /** Ready endpoints exist, so traffic may be sent. */
  readonly ready: boolean;
  /** What keeps replicas from being ready, in the words of the cluster; filled until all of them are, also while `ready` holds. */
  readonly blockers: readonly Blocker[];
};

export type ObservedRoute = {
  readonly exists: boolean;
  readonly owned: boolean;
  /** Weights in the route's spec; empty when there is none. */
  readonly requested: Weights;
  /** The gateway accepted exactly the present spec. */
  readonly accepted: boolean;
  readonly blockers: readonly Blocker[];
  /** Hostnames, path and parent are the desired ones. */
  readonly matchesScope: boolean;
};

export type Fight = { readonly manager: string; readonly object: string; readonly fields: readonly string[] };

/** What the cluster holds for one Service, from the cache of our own list+watch. */
export type ObservedServing = {
  readonly observedAt: Date;
  /** False while the cache is cold, behind our last write, or the API server is unreachable: nothing may be concluded from absence. */
  readonly fresh: boolean;
  readonly revisions: readonly ObservedRevision[];
  readonly route: ObservedRoute;
  /** The workload that a take over found; absent for a service that Fairlead made. */
  readonly found?: {
    readonly exists: boolean;
    readonly replicas: number;
    readonly form: FoundForm;
  };
  /** Another manager keeps rewriting our fields. */
  readonly fight: Fight | null;
  /** Why nothing can be read (unreachable, unauthorised, missing CRD); empty when it can. */
  readonly blockers: readonly Blocker[];
};

/** The closed set of writes; the executor makes no choice beyond the kind. */
export type ServingAction =
  | { readonly kind: 'applyRevision'; readonly revision: DesiredRevision }
  | { readonly kind: 'applyRoute'; readonly weights: Weights; readonly form?: FoundForm }
  | { readonly kind: 'scaleFound'; readonly replicas: number }
  | { readonly kind: 'deleteRevision'; readonly number: number };

/** Sum of all weights. */
export function totalWeight(weights: Weights): number {
  return Object.values(weights).reduce((sum, weight) => sum + weight, 0);
}

/** Same split; a weight of 0 and no entry are the same. */
export function sameWeights(left: Weights, right: Weights): boolean {
  const numbers = new Set([...Object.keys(left), ...Object.keys(right)].map(Number));
  return [...numbers].every((number) => (left[number] ?? 0) === (right[number] ?? 0));
}
