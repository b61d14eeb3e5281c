import type { ObservedContainer, ObservedNode, ObservedPod } from '../../domain/metering/observed.ts';

const minuteMs = 60_000;
const gpusPerNode = 8;

type Day = { readonly fromMs: number; readonly pods: number; readonly namespace: string };

export function nodesOfDay({ fromMs, pods }: Day): ObservedNode[] {
  const capacity = { cpu: 192_000, memory: 2_097_152, 'nvidia.com/gpu': gpusPerNode };
  return Array.from({ length: Math.ceil(pods / gpusPerNode) }, (_, index) => ({
    uid: `node-${index}`,
    name: `node-${index}`,
    version: 1,
    createdAt: new Date(fromMs - 60 * minuteMs),
    labels: {
      'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3',
      'nvidia.com/gpu.count': String(gpusPerNode),
      'node.kubernetes.io/instance-type': 'p5.48xlarge',
    },
    annotations: {},
    capacityType: 'onDemand',
    capacity,
    allocatable: capacity,
    readiness: { ready: true, at: new Date(fromMs - 60 * minuteMs) },
  }));
}

export type PodEvent = { readonly atMs: number; readonly pod: ObservedPod; readonly gone: boolean };

/**
 * Seven looks at each pod over a day, in the order in which they come: bound, started, ready, not ready, ready again, told to
 * end, gone. Pods come and go all through the first and the last hour, one GPU each.
 */
export function eventsOfDay(day: Day): PodEvent[] {
  const events: PodEvent[] = [];
  for (let index = 0; index < day.pods; index += 1) events.push(...eventsOf(index, day));
  return events.sort((left, right) => left.atMs - right.atMs);
}

/** A pod that has been ready for most of the time since the day began. */
export function servingPod(index: number, day: Day): ObservedPod {
  const startedAt = new Date(day.fromMs + minuteMs);
  const readiness = { ready: true, at: new Date(day.fromMs + 4 * minuteMs) };
  return { ...boundPod(index, day), containers: [container(startedAt, null)], readiness };
}

function boundPod(index: number, { fromMs, namespace }: Day): ObservedPod {
  const boundAt = new Date(fromMs);
  return {
    uid: `pod-${index}`,
    namespace,
    name: `scoring-${index}`,
    version: 1,
    nodeName: `node-${Math.floor(index / gpusPerNode)}`,
    owners: [{ kind: 'ReplicaSet', name: `scoring-${index % 100}`, uid: `rs-${index % 100}` }],
    labels: { app: `scoring-${index % 100}` },
    revisionId: null,
    request: { cpu: 24_000, memory: 262_144, 'nvidia.com/gpu': 1 },
    share: null,
    claims: [],
    claimedResources: [],
    createdAt: boundAt,
    scheduledAt: boundAt,
    readiness: null,
    deletion: null,
    ended: false,
    containers: [container(null, null)],
  };
}

function eventsOf(index: number, day: Day): PodEvent[] {
  const fromMs = day.fromMs + (index % 55) * minuteMs;
  const at = (minutes: number): number => fromMs + Math.round(minutes * minuteMs);
  const when = (minutes: number): Date => new Date(at(minutes));
  const running = container(when(1), null);
  const bound = boundPod(index, { ...day, fromMs });
  const serving = { ...bound, containers: [running] };
  const ready = (minutes: number, is = true) => ({ readiness: { ready: is, at: when(minutes) } });
  const again = { ...serving, ...ready(602) };
  const deletion = { at: when(1_381), graceSeconds: 60 };
  const looks: [number, ObservedPod][] = [
    [0, bound],
    [1, serving],
    [4, { ...serving, ...ready(4) }],
    [600, { ...serving, ...ready(600, false) }],
    [602, again],
    [1_380, { ...again, deletion }],
    [1_380.5, { ...again, deletion, containers: [container(when(1), when(1_380.4))] }],
  ];
  return looks.map(([minutes, pod], look) => ({
    atMs: at(minutes),
    pod: { ...pod, version: look + 1 },
    gone: look === looks.length - 1,
  }));
}

function container(startedAt: Date | null, finishedAt: Date | null): ObservedContainer {
  const lives = startedAt === null ? [] : [{ startedAt, finishedAt, again: false }];
  return { name: 'server', holdsGpu: true, imageDigest: null, lives };
}
