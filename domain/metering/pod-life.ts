import type { Amounts, ObservedPod } from './observed.ts';

/** A pod as kube-state-metrics told of it while nobody watched the cluster. */
export type PodLife = {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly nodeName: string;
  readonly owner: { readonly kind: string; readonly name: string } | null;
  readonly request: Amounts;
  readonly scheduledAt: Date;
  readonly startedAt: Date | null;
  readonly readyAt: Date | null;
  /** Its completion, else the last moment at which its series was seen. */
  readonly endAt: Date;
  /** The end is the cluster's own word: the pod was over, and its containers said when. */
  readonly endKnown: boolean;
};

/** A time in which nobody watched. */
export type WatchGap = { readonly from: Date; readonly to: Date };

/** The same as a look at it would have shown at its end. */
export function observedOf(life: PodLife): ObservedPod {
  const { uid, namespace, name, nodeName, owner, request, scheduledAt, startedAt, readyAt } = life;
  return {
    uid,
    namespace,
    name,
    version: 0,
    nodeName,
    owners: owner === null ? [] : [{ ...owner, uid: '' }],
    labels: {},
    revisionId: null,
    request,
    share: null,
    claims: [],
    claimedResources: [],
    createdAt: scheduledAt,
    scheduledAt,
    readiness: readyAt === null ? null : { ready: true, at: readyAt },
    deletion: null,
    ended: false,
    containers: [
      {
        name: '',
        holdsGpu: true,
        imageDigest: null,
        lives: startedAt === null ? [] : [{ startedAt, finishedAt: null, again: false }],
      },
    ],
  };
}
