import type { ObservedDevices, ObservedNode, ObservedPod } from '../../domain/metering/observed.ts';

/** One look at an object: how long ago it was received, and whether the object was gone then. */
type Seen = { readonly ageMs: number; readonly gone: boolean };
export type SeenPod = Seen & { readonly pod: ObservedPod };
export type SeenNode = Seen & { readonly node: ObservedNode };

export type MeteringNews = {
  /** Whether all pods and nodes of the cluster are seen right now. */
  readonly state: 'starting' | 'live' | 'broken';
  /** Why they are not; null unless broken. */
  readonly sentence: string | null;
  /** Everything that there is was told since the last news: what is missing has vanished unseen. */
  readonly whole: boolean;
  /** When this was read on the source's own clock; null where the database's is to be asked. */
  readonly readAt: Date | null;
  /** Since when nothing was missed, where the source keeps history; null where it sees only what happens. */
  readonly seenFrom: Date | null;
  /** In the order in which it was received. */
  readonly nodes: readonly SeenNode[];
  readonly pods: readonly SeenPod[];
  /** All claims and slices; null when nothing of them changed. */
  readonly devices: ObservedDevices | null;
};

/** A stream of what metering needs of a cluster, read by whoever holds its lease. */
export interface MeteringFeed {
  /** What was heard since the last call; the first one begins with all that there is. Throws only when the source itself fails. */
  take(): Promise<MeteringNews>;
  close(): Promise<void>;
}

/** Opens the stream; `onNews` is called when there is something to take. */
export type OpenMetering = (onNews: () => void) => MeteringFeed;
