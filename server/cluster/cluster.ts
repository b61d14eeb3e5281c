import type { WorkloadRef } from '../../domain/adoption.ts';
import type { ClusterCheck } from '../../domain/cluster-check.ts';
import type { NamespaceAccess } from '../../domain/cluster-rights.ts';
import type { FreezePod } from '../../domain/freeze/freeze-quota.ts';
import type { ClusterEvent, LogQuestion, LogReading, Pod, PodQuestion } from '../../domain/pod.ts';
import type { ClusterCapacity } from '../../domain/preflight/capacity.ts';
import type { Blocker } from '../../domain/refusal.ts';
import type { WorkStatus } from '../../domain/retrain/work-status.ts';
import type { TokenClaims } from '../../domain/service-account-token.ts';
import type { DesiredServing, ObservedServing, ServingAction, ServingScope } from '../../domain/serving.ts';
import type { TakeOverPlan, TakeOverQuestion } from '../../domain/take-over-plan.ts';
import type { Discovery, ObservedWorkload } from '../../domain/workload.ts';
import type { OpenMetering } from './metering-feed.ts';

/** What a cluster offers, probed at run time; a false one carries its sentence in `blockers`. */
export type ClusterCapabilities = {
  readonly reachable: boolean;
  readonly version: string | null;
  readonly gatewayApi: boolean;
  readonly autoscaling: boolean;
  readonly gpuProducts: readonly string[];
  readonly blockers: readonly Blocker[];
  /** Row by row what was asked and found; rows behind the first failure of the connection are left out. */
  readonly checks: readonly ClusterCheck[];
};

/** An object of ours in a namespace that tells other Fairleads who writes there. */
export type NamespaceClaim = {
  /** Instance id of the Fairlead that claims it. */
  readonly holder: string;
  readonly renewedAt: Date | null;
  readonly resourceVersion: string;
};

/** What only a real API server has: a token of ours, an identity, and claims; throws DomainError with its words. */
export type KubernetesAccess = {
  /** Of the token in use; null for another form, and for a mounted token, which renews itself. */
  claims(): Promise<TokenClaims | null>;
  /** Whether the token may be renewed by its own service account. */
  mayRenew(): Promise<boolean>;
  /** A new token of the same service account for about the same time; the old one stays valid until its end. */
  newToken(): Promise<string>;
  /** Later calls carry this token; open watches stay open. */
  useToken(token: string): void;
  /** uid of kube-system; null without the right to read it. */
  uid(): Promise<string | null>;
  /** Null when nobody claims the namespace. */
  claimOf(namespace: string): Promise<NamespaceClaim | null>;
  /** Claims, renews or takes over; based on what was read (null: on there being none). Throws conflict when it changed since. */
  writeClaim(
    namespace: string,
    change: { holder: string; now: Date; base: NamespaceClaim | null },
  ): Promise<void>;
};

/** What is seen of a namespace that is frozen or may be. */
export type FreezeLook = {
  /** All that are not over, whoever made them. */
  readonly pods: readonly FreezePod[];
  /** The quota under our name, and who keeps it when that is not us; null when there is none, or it may not be read. */
  readonly quota: { readonly hard: Readonly<Record<string, number>>; readonly owner: string | null } | null;
};

/** The one quota by which a namespace is frozen, by reads and writes of its own; each throws DomainError. */
export type Freezing = {
  look(namespace: string): Promise<FreezeLook>;
  /** What the token may not do for it, as kubectl names it. */
  lackingRights(namespace: string): Promise<readonly string[]>;
  /** Never takes a field from another manager; pods are admitted by it once it resolves. */
  writeQuota(namespace: string, hard: Readonly<Record<string, number>>, epoch: number): Promise<void>;
  /** Does nothing when there is none, or it is not ours. */
  removeQuota(namespace: string, epoch: number): Promise<void>;
};

/** One object that runs a training. */
export type WorkPlace = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
};

/** A training as it is applied: a Job, or another kind that the cluster serves. */
export type WorkObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: unknown;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>> | undefined;
  };
};

/** Trainings, by reads and writes of their own; each throws DomainError. */
export type Work = {
  /** Creates the object; one of the same training that is there already stays as it is, one of somebody else is refused. */
  apply(object: WorkObject, epoch: number): Promise<void>;
  /** How far it is; null when it is not there. */
  look(place: WorkPlace): Promise<WorkStatus | null>;
};

/** Fence of one write: the lease epoch that the holder had when it decided. */
export type WriteFence = { readonly epoch: number; readonly generation: number };

export type WatchedWorkload = {
  readonly serviceId: string;
  readonly namespace: string;
  readonly ref: Pick<WorkloadRef, 'kind' | 'name'>;
};

/**
 * The only way to touch a cluster. Implementations: the sandbox and the Kubernetes adapter with its gateway driver.
 * Every method is bounded in time; failures are DomainErrors with the cluster's own words, never guesses.
 */
export interface Cluster {
  readonly clusterId: string;
  /** Absent on a cluster that has neither token nor claims: the sandbox. */
  readonly access?: KubernetesAccess;
  /** Reads our own list+watch cache; never throws for an unreachable cluster but says so in `blockers` with `fresh: false`. */
  observe(scope: ServingScope): Promise<ObservedServing>;
  /** Carries out exactly one action, object by object in an order whose every prefix is safe; throws DomainError (conflict, fight, dryRunRefused, clusterUnreachable …) and never retries by itself. */
  apply(scope: ServingScope, action: ServingAction, fence: WriteFence): Promise<void>;
  /** Told that a revision is about to be written, so that what the first write has to ask is asked meanwhile; a hint. */
  foresee?(scope: ServingScope, revisionNumber: number): void;
  /** Server-side dry run of all objects of the desired state; resolves to what the API server refused, empty when it took all. */
  dryRun(desired: DesiredServing): Promise<readonly Blocker[]>;
  /** The objects that apply would write, for "what will change" (YAML diff); pure. */
  manifests(desired: DesiredServing): readonly Record<string, unknown>[];
  /** What runs in a namespace that Fairlead did not make; waits a moment for a first reading, and says what cannot be read. */
  discover(namespace: string): Promise<Omit<Discovery, 'rates'>>;
  /** One workload of a watched service from the shared watches: no call of its own, and its changes come through onChange. */
  observeWorkload(watched: WatchedWorkload): Promise<ObservedWorkload>;
  /** Pods as they are now, by a read of its own: nothing is kept or watched for it. `truncated`: there are more. */
  pods(question: PodQuestion): Promise<{ readonly pods: readonly Pod[]; readonly truncated: boolean }>;
  /** What the cluster said of these pods, their ReplicaSets and Deployments, merged and newest first; read as `pods` is. */
  events(question: PodQuestion): Promise<{
    readonly events: readonly ClusterEvent[];
    readonly truncated: boolean;
  }>;
  /** The last lines of a container, newest kept when there are more bytes than asked for; throws DomainError for one that has none. */
  readLog(question: LogQuestion, limits: { readonly mostBytes: number }): Promise<LogReading>;
  /** Batches of lines as the container writes them, until it ends or the signal aborts; throws as `readLog` does. */
  followLog(question: LogQuestion, signal: AbortSignal): AsyncIterable<readonly string[]>;
  /** What taking a workload over would touch, checked by the API server's dry run; writes nothing, and what stands against it is part of the answer. */
  planTakeOver(question: TakeOverQuestion): Promise<TakeOverPlan>;
  /** What the cluster has room for now, by reads of its own; throws DomainError or what the connection throws. */
  capacity?(namespaces: readonly string[]): Promise<ClusterCapacity>;
  /** Asks for the rights of these namespaces, too. */
  probe(namespaces: readonly NamespaceAccess[]): Promise<ClusterCapabilities>;
  /** Calls back with a service id when something of it changed; the returned function ends it. A hint, never the truth. */
  onChange(listener: (serviceId: string) => void): () => void;
  readonly freezing?: Freezing;
  readonly work?: Work;
  /** What metering reads: all pods and nodes of the cluster, whoever made them. */
  readonly metering?: OpenMetering;
  close(): Promise<void>;
}
