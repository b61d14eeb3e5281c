import type { Adoption } from './adoption.ts';
import type { ServiceStatus } from './service-status.ts';
import type { ObservedWorkload, Workload } from './workload.ts';

type Situation = {
  readonly adoption: Adoption;
  readonly observed: ObservedWorkload;
  readonly stableNumber: number | null;
  /** What was known before; shown while the cluster cannot be read. */
  readonly last: ServiceStatus | null;
};

function imageSentence({ images, unknownPodCount, podNames, settled }: Workload): string | null {
  if (images.length > 1)
    return `${images.length} digests run at once; ${settled ? 'its pods disagree' : 'a change is under way'}.`;
  if (podNames.length > 0 && unknownPodCount > 0)
    return `${unknownPodCount} of ${podNames.length} pods do not say which digest they run.`;
  return settled ? null : 'A change is under way.';
}

function stateOf({ desiredReplicas, readyReplicas }: Workload): ServiceStatus['state'] {
  if (desiredReplicas === 0) return 'scaledToZero';
  return readyReplicas >= desiredReplicas ? 'healthy' : 'degraded';
}

function absent({ adoption, observed, stableNumber, last }: Situation): ServiceStatus {
  const { kind, name } = adoption.workload;
  const unread = !observed.fresh;
  const nothing = { images: [], unknownPodCount: 0, desiredReplicas: 0, readyReplicas: 0, gpuCount: 0 };
  const gone = { ...nothing, sentence: `${kind} ${name} does not exist in the cluster any more.` };
  return {
    schema: 1,
    state: unread ? 'unknown' : 'gone',
    synced: !unread,
    activeRolloutId: null,
    stableNumber,
    serving: {
      desired: {},
      requested: {},
      accepted: false,
      fresh: observed.fresh,
      revisions: unread ? (last?.serving.revisions ?? []) : [],
      fight: null,
    },
    blockers: [...observed.blockers],
    watched: unread ? (last?.watched ?? { ...nothing, sentence: null }) : gone,
  };
}

/** The status of one look at a watched service; it is never out of sync, because Fairlead wants nothing of it. */
export function watchedStatus(situation: Situation): ServiceStatus {
  const { observed, stableNumber } = situation;
  const { workload } = observed;
  if (!observed.fresh || workload === null) return absent(situation);
  const { desiredReplicas, readyReplicas, images, unknownPodCount, gpuCount } = workload;
  const state = stateOf(workload);
  const blockers = state === 'degraded' ? workload.blockers : [];
  const zero = 'It is scaled to zero, so nothing serves; whoever manages it decides when it runs again.';
  return {
    schema: 1,
    state,
    synced: true,
    activeRolloutId: null,
    stableNumber,
    serving: {
      desired: {},
      requested: {},
      accepted: workload.route !== null,
      fresh: true,
      revisions:
        stableNumber === null
          ? []
          : [
              {
                number: stableNumber,
                wanted: true,
                ready: readyReplicas > 0,
                readyReplicas,
                desiredReplicas,
                blockers,
              },
            ],
      fight: null,
    },
    blockers,
    watched: {
      images,
      unknownPodCount,
      desiredReplicas,
      readyReplicas,
      gpuCount,
      sentence: state === 'scaledToZero' ? zero : imageSentence(workload),
    },
  };
}
