import type {
  ObservedClaim,
  ObservedDevices,
  ObservedNode,
  ObservedPod,
  ObservedSlice,
} from '../../domain/metering/observed.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { meteredClaim, meteredNode, meteredSlice } from './kubernetes-metering-node.ts';
import { meteredPod } from './kubernetes-metering-pod.ts';
import { clusterPath, type KubernetesObject, label, type WatchedKind } from './kubernetes-objects.ts';
import { watchBlocker } from './kubernetes-words.ts';
import { ListWatch, type WatchTimes } from './list-watch.ts';
import type { MeteringFeed, MeteringNews, SeenNode, SeenPod } from './metering-feed.ts';
import type { Change } from './watch-store.ts';

type Options = {
  readonly api: KubernetesApi;
  readonly times: WatchTimes;
  /** The id record of an owner, where it can be read; null otherwise. */
  readonly revisionIdOf: (owner: { namespace: string; name: string }) => string | null;
  readonly onNews: () => void;
};

/** DRA is not served everywhere, and rights may be granted later; asking in vain costs two calls each time. */
const absentRetryMs = 300_000;

type Kept = KubernetesObject & {
  readonly pod?: ObservedPod;
  readonly node?: ObservedNode;
  readonly slice?: ObservedSlice;
  readonly claim?: ObservedClaim;
};
type Heard = { readonly object: Kept; readonly atMs: number; readonly gone: boolean };

/** Of each object only what is metered is kept. */
function kept(object: KubernetesObject, kind: WatchedKind): Kept {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  const metadata = { name, uid, resourceVersion, ...(namespace === undefined ? {} : { namespace }) };
  const [pod, node] = [
    kind === 'Pod' ? meteredPod(object) : null,
    kind === 'Node' ? meteredNode(object) : null,
  ];
  const slice = kind === 'ResourceSlice' ? meteredSlice(object) : null;
  const claim = kind === 'ResourceClaim' ? meteredClaim(object) : null;
  return {
    metadata,
    ...(pod === null ? {} : { pod }),
    ...(node === null ? {} : { node }),
    ...(slice === null ? {} : { slice }),
    ...(claim === null ? {} : { claim }),
  };
}

/**
 * All pods, nodes, claims and slices of a cluster by four watches of its own, whoever made them. Live while pods and nodes
 * are; claims and slices are read where they are served. After every list the next news is whole.
 */
export class KubernetesMetering implements MeteringFeed {
  readonly #options: Options;
  readonly #watches: Readonly<Record<'Pod' | 'Node' | 'ResourceSlice' | 'ResourceClaim', ListWatch>>;
  readonly #running: Promise<unknown>;
  #heard: Heard[] = [];
  #devicesChanged = true;
  /** Lists that had been read when everything was told last; 0 before. */
  #toldLists = 0;
  /** Pods of ours whose owner's record could not be read yet. */
  readonly #unresolved = new Set<string>();

  constructor(options: Options) {
    this.#options = options;
    const devices = (): void => {
      this.#devicesChanged = true;
    };
    const objects = (changes: readonly Change[]): void => this.#hear(changes);
    this.#watches = {
      Pod: this.#watch('Pod', objects),
      Node: this.#watch('Node', objects),
      ResourceSlice: this.#watch('ResourceSlice', devices),
      ResourceClaim: this.#watch('ResourceClaim', devices),
    };
    this.#running = Promise.all(Object.values(this.#watches).map((watch) => watch.run()));
  }

  async take(): Promise<MeteringNews> {
    const { Pod, Node } = this.#watches;
    const broken = [Node, Pod].find(({ state }) => state.kind === 'broken');
    if (Pod.state.kind !== 'live' || Node.state.kind !== 'live') {
      this.#toldLists = 0;
      // What was deleted is not listed again, and its last state says when it ended.
      this.#heard = this.#heard.filter(({ gone }) => gone);
      return silent(broken === undefined ? 'starting' : 'broken', this.#sentence(broken));
    }
    const lists = Pod.counts.lists + Node.counts.lists;
    const whole = lists !== this.#toldLists;
    this.#toldLists = lists;
    const nowMs = performance.now();
    const heard = this.#heard;
    this.#heard = [];
    const listed = [...Node.store.all(), ...Pod.store.all()].map((object) => ({
      object,
      atMs: nowMs,
      gone: false,
    }));
    const all: Heard[] = whole ? [...heard.filter(({ gone }) => gone), ...listed] : heard;
    const devices = this.#devicesChanged ? this.#devices() : null;
    this.#devicesChanged = false;
    const nodes = all.flatMap(({ object: { node }, atMs, gone }): SeenNode[] =>
      node === undefined ? [] : [{ node, ageMs: nowMs - atMs, gone }],
    );
    const pods = all.flatMap(({ object: { pod }, atMs, gone }): SeenPod[] =>
      pod === undefined ? [] : [{ pod: this.#resolved(pod), ageMs: nowMs - atMs, gone }],
    );
    const late = this.#resolvedLate(new Set(pods.map(({ pod }) => pod.uid)));
    return { ...silent('live', null), whole, nodes, pods: [...pods, ...late], devices };
  }

  async close(): Promise<void> {
    for (const watch of Object.values(this.#watches)) watch.stop();
    await this.#running;
  }

  #watch(
    kind: 'Pod' | 'Node' | 'ResourceSlice' | 'ResourceClaim',
    onChanges: (changes: readonly Change[]) => void,
  ) {
    const { api, times, onNews } = this.#options;
    return new ListWatch({
      api,
      kind,
      namespace: '',
      path: clusterPath(kind),
      keyOf: ({ metadata }) => metadata.uid,
      times: { ...times, absentRetryMs },
      trim: kept,
      selector: '',
      onChanges: (changes) => {
        onChanges(changes);
        if (changes.length > 0) onNews();
      },
      onContact: () => undefined,
    });
  }

  #hear(changes: readonly Change[]): void {
    const atMs = performance.now();
    for (const { after, last } of changes) {
      if (after !== null) this.#heard.push({ object: after, atMs, gone: false });
      // One that a list lacks is concluded from the list being whole.
      else if (last !== undefined) this.#heard.push({ object: last, atMs, gone: true });
    }
  }

  #devices(): ObservedDevices {
    const { ResourceSlice, ResourceClaim } = this.#watches;
    return {
      slices: ResourceSlice.store.all().flatMap(({ slice }: Kept) => slice ?? []),
      claims: ResourceClaim.store.all().flatMap(({ claim }: Kept) => claim ?? []),
    };
  }

  #resolved(pod: ObservedPod): ObservedPod {
    if (pod.labels[label.service] === undefined) return pod;
    const owner = pod.owners.find(({ kind }) => kind === 'Deployment');
    const { namespace } = pod;
    const revisionId =
      owner === undefined ? null : this.#options.revisionIdOf({ namespace, name: owner.name });
    if (revisionId === null) this.#unresolved.add(pod.uid);
    else this.#unresolved.delete(pod.uid);
    return { ...pod, revisionId };
  }

  /** Pods whose owner has become readable since. */
  #resolvedLate(told: ReadonlySet<string>): SeenPod[] {
    return [...this.#unresolved].flatMap((uid) => {
      if (told.has(uid)) return [];
      const { pod }: Kept = this.#watches.Pod.store.get(uid) ?? {
        metadata: { name: '', uid, resourceVersion: '' },
      };
      if (pod === undefined) {
        this.#unresolved.delete(uid);
        return [];
      }
      const resolved = this.#resolved(pod);
      return resolved.revisionId === null ? [] : [{ pod: resolved, ageMs: 0, gone: false }];
    });
  }

  #sentence(broken: ListWatch | undefined): string | null {
    if (broken?.state.kind !== 'broken') return null;
    const kind = broken === this.#watches.Node ? 'Node' : 'Pod';
    const { serverUrl } = this.#options.api;
    return watchBlocker(broken.state.error, { kind, namespace: 'all namespaces', serverUrl }).message;
  }
}

function silent(state: MeteringNews['state'], sentence: string | null): MeteringNews {
  return {
    state,
    sentence,
    whole: false,
    readAt: null,
    seenFrom: null,
    nodes: [],
    pods: [],
    devices: null,
  };
}
