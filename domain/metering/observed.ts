import type { CapacityType } from './facts.ts';

/** Whole amounts by resource name: cpu in milli-CPU, memory in MiB, everything else in its own unit. */
export type Amounts = Readonly<Record<string, number>>;

/** One run of a container; `finishedAt` null while it runs. */
export type ObservedLife = {
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  /** The kubelet starts the container again after it. */
  readonly again: boolean;
};

/** An app container (init containers and sidecars are not among them). */
export type ObservedContainer = {
  readonly name: string;
  readonly holdsGpu: boolean;
  readonly imageDigest: string | null;
  /** As far as the status tells: the present run and the one before it. */
  readonly lives: readonly ObservedLife[];
};

/** What metering keeps of a pod as the API server showed it; never env. */
export type ObservedPod = {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** Rises with each change of the object. */
  readonly version: number;
  readonly nodeName: string | null;
  /** From the controller upwards; uid is empty where the owner was concluded from a name. */
  readonly owners: readonly { readonly kind: string; readonly name: string; readonly uid: string }[];
  readonly labels: Readonly<Record<string, string>>;
  /** From the owner's id record; null where it has none or cannot be read. */
  readonly revisionId: string | null;
  /** Effective request of the whole pod. */
  readonly request: Amounts;
  /** KAI's annotations; null when the pod carries none. */
  readonly share: {
    readonly fraction: string | null;
    readonly memoryMib: number | null;
    readonly devices: number;
  } | null;
  /** ResourceClaims of its namespace that it uses. */
  readonly claims: readonly string[];
  /** Extended resources that a claim of it serves, so that they are not counted twice. */
  readonly claimedResources: readonly string[];
  readonly createdAt: Date;
  readonly scheduledAt: Date | null;
  /** Why it has no node, in the scheduler's words; left out when it has one or nothing was said. */
  readonly unscheduled?: string;
  readonly readiness: { readonly ready: boolean; readonly at: Date } | null;
  /** `at` is the request to delete plus the grace. */
  readonly deletion: { readonly at: Date; readonly graceSeconds: number } | null;
  /** Succeeded or Failed. */
  readonly ended: boolean;
  readonly containers: readonly ObservedContainer[];
};

export type ObservedNode = {
  readonly uid: string;
  readonly name: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly capacityType: CapacityType;
  readonly capacity: Amounts;
  readonly allocatable: Amounts;
  readonly readiness: { readonly ready: boolean; readonly at: Date } | null;
};

/** A DRA device as its ResourceSlice describes it. */
export type ObservedDevice = {
  readonly name: string;
  /** `gpu`, `mig` or another word of the driver; null when it says none. */
  readonly type: string | null;
  readonly product: string | null;
  readonly profile: string | null;
  readonly memoryMib: number | null;
  readonly capacity: Amounts;
};
export type ObservedSlice = {
  readonly uid: string;
  readonly driver: string;
  readonly pool: string;
  readonly nodeName: string | null;
  readonly devices: readonly ObservedDevice[];
};

export type ObservedClaim = {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** Empty while nothing is allocated. */
  readonly results: readonly {
    readonly driver: string;
    readonly pool: string;
    readonly device: string;
    readonly adminAccess: boolean;
    readonly consumed: Amounts;
  }[];
  /** How many pods hold it. */
  readonly holders: number;
};

/** What claims and slices say, as far as they are served. */
export type ObservedDevices = {
  readonly claims: readonly ObservedClaim[];
  readonly slices: readonly ObservedSlice[];
};
export const noDevices: ObservedDevices = { claims: [], slices: [] };
