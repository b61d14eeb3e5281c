import {
  type ClusterEvent,
  type ContainerState,
  mergedEvents,
  type Pod,
  type PodContainer,
  type PodQuestion,
  type Termination,
} from '../../../domain/pod.ts';
import { backOffMs, type ContainerLife, containerLives } from '../../../domain/sandbox/container-life.ts';
import { isReady, type SandboxPod } from '../../../domain/sandbox/pod.ts';
import type { SandboxBehaviours } from '../../../domain/sandbox/stored-behaviour.ts';
import {
  defaultClusterBehaviour,
  defaultModelVersionBehaviour,
  type ModelVersionBehaviour,
  valueAt,
} from '../../../domain/sandbox.ts';
import { label } from '../kubernetes-objects.ts';
import { revisionNumber } from '../manifests.ts';
import { unschedulableSentence } from './scheduling.ts';
import type { StoredObject, WorkloadObject } from './stored-object.ts';

/** One sandbox as it was told to be, at one instant. */
export type PodView = {
  readonly objects: readonly StoredObject[];
  readonly behaviours: SandboxBehaviours;
  readonly now: Date;
};

const iso = (ms: number): string => new Date(ms).toISOString();
/** As long as Kubernetes keeps its Events. */
const keptMs = 3_600_000;

/** The workloads of a service's revisions in the sandbox; only the one of a number when it is given. */
export function workloadsOf({ objects }: Pick<PodView, 'objects'>, question: PodQuestion): WorkloadObject[] {
  return objects.filter((object): object is WorkloadObject => {
    if (object.kind !== 'workload' || object.namespace !== question.namespace) return false;
    const number = revisionNumber(question, object.name);
    return (
      object.serviceId === question.serviceId &&
      number !== null &&
      (question.revisionNumber === undefined || question.revisionNumber === number)
    );
  });
}

function terminationOf({ startMs, endMs, exitCode }: ContainerLife): Termination {
  return {
    exitCode: exitCode ?? 0,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    signal: null,
    startedAt: iso(startMs),
    finishedAt: iso(endMs),
    message: '',
  };
}

type Seen = {
  readonly pod: SandboxPod;
  readonly fault: ModelVersionBehaviour['fault'];
  readonly lives: readonly ContainerLife[];
  readonly ready: boolean;
  readonly image: string;
};

function seen(pod: SandboxPod, workload: WorkloadObject, { behaviours, now }: PodView): Seen {
  const told = behaviours.modelVersions.get(pod.modelVersionId) ?? [];
  const atMs = now.getTime();
  return {
    pod,
    fault: valueAt(told, atMs, defaultModelVersionBehaviour).fault,
    lives: containerLives(pod, told, atMs),
    ready: isReady(pod, told, atMs),
    image: workload.body.revision.podTemplate.spec.containers[0]?.image ?? '',
  };
}

function waiting({ fault, lives, image, pod }: Seen, name: string): ContainerState {
  if (fault === 'imagePull')
    return { kind: 'waiting', reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` };
  if (fault !== 'crashLoop' || lives.length === 0)
    return { kind: 'waiting', reason: pod.scheduledAtMs === null ? '' : 'ContainerCreating', message: '' };
  const seconds = backOffMs(lives.length - 1) / 1_000;
  const message = `back-off ${seconds}s restarting failed container=${name} pod=${pod.name}`;
  return { kind: 'waiting', reason: 'CrashLoopBackOff', message };
}

/** The first container serves and has the runs; the others run as long as the pod has a node. */
function containerOf(
  view: Seen,
  declared: { name: string; image?: string | undefined },
  first: boolean,
): PodContainer {
  const { lives, ready, pod } = view;
  const running = lives.at(-1)?.exitCode === null ? lives.at(-1) : undefined;
  const ended = lives.findLast(({ exitCode }) => exitCode !== null);
  const since = first ? running?.startMs : pod.scheduledAtMs;
  return {
    name: declared.name,
    image: declared.image ?? '',
    init: false,
    ready: first ? ready : pod.scheduledAtMs !== null,
    restarts: first ? Math.max(0, lives.length - 1) : 0,
    state:
      since === undefined || since === null
        ? waiting(view, declared.name)
        : { kind: 'running', startedAt: iso(since) },
    lastTermination: first && ended !== undefined ? terminationOf(ended) : null,
  };
}

function podOf(view: Seen, workload: WorkloadObject, { behaviours, now }: PodView): Pod {
  const { pod, ready } = view;
  const { revision } = workload.body;
  const { containers } = revision.podTemplate.spec;
  const capacity = valueAt(behaviours.cluster, now.getTime(), defaultClusterBehaviour);
  return {
    name: pod.name,
    // Unique among the pods of a sandbox, and as constant as the pod.
    uid: `${workload.uid}/${pod.name}`,
    revisionNumber: pod.revisionNumber,
    phase: view.lives.length === 0 ? 'Pending' : 'Running',
    ready,
    restarts: Math.max(0, view.lives.length - 1),
    node: pod.node,
    gpuCount: pod.gpuCount,
    createdAt: iso(pod.createdAtMs),
    deletingAt: null,
    problem: pod.scheduledAtMs === null ? unschedulableSentence(capacity) : null,
    labels: {
      [label.project]: workload.projectId,
      [label.revision]: String(pod.revisionNumber),
      [label.modelVersion]: pod.modelVersionId,
    },
    containers: containers.map((container, index) => containerOf(view, container, index === 0)),
  };
}

/** A service's pods in the sandbox; pure. */
export function podsIn(view: PodView, question: PodQuestion): Pod[] {
  return workloadsOf(view, question).flatMap((workload) =>
    workload.body.pods.map((pod) => podOf(seen(pod, workload, view), workload, view)),
  );
}

type Told = Pick<ClusterEvent, 'type' | 'reason' | 'message' | 'source'>;

/** Nothing for what has not happened: an Event needs at least one instant. */
function happened(of: { kind: string; name: string }, told: Told, atMs: readonly number[]): ClusterEvent[] {
  const [first] = atMs;
  const last = atMs.at(-1);
  if (first === undefined || last === undefined) return [];
  return [{ ...of, ...told, count: atMs.length, firstAt: iso(first), lastAt: iso(last) }];
}

function podEvents({ pod, lives, fault, image, ready }: Seen, view: PodView): ClusterEvent[] {
  const of = { kind: 'Pod', name: pod.name };
  const nowMs = view.now.getTime();
  const capacity = valueAt(view.behaviours.cluster, nowMs, defaultClusterBehaviour);
  const normal = (reason: string, message: string, source = 'kubelet'): Told => ({
    type: 'Normal',
    reason,
    message,
    source,
  });
  const warning = (reason: string, message: string, source = 'kubelet'): Told => ({
    ...normal(reason, message, source),
    type: 'Warning',
  });
  if (pod.scheduledAtMs === null)
    return happened(of, warning('FailedScheduling', unschedulableSentence(capacity), 'default-scheduler'), [
      pod.createdAtMs,
    ]);
  const starts = lives.map(({ startMs }) => startMs);
  const crashes = lives.filter(({ exitCode }) => exitCode === 1).map(({ endMs }) => endMs);
  const latest = lives.at(-1);
  const unready = fault === 'neverReady' && !ready && latest !== undefined;
  const probes = unready ? [Math.max(latest.startMs + 10_000, nowMs - (nowMs % 10_000))] : [];
  return [
    ...happened(
      of,
      normal('Scheduled', `Successfully assigned ${pod.name} to ${pod.node ?? ''}`, 'default-scheduler'),
      [pod.scheduledAtMs],
    ),
    ...happened(of, normal('Pulled', `Successfully pulled image "${image}"`), starts.slice(0, 1)),
    ...happened(of, normal('Started', 'Container started'), starts),
    ...happened(of, warning('BackOff', 'Back-off restarting failed container'), crashes),
    ...happened(
      of,
      warning('Failed', `Failed to pull image "${image}": not found`),
      fault === 'imagePull' ? [nowMs] : [],
    ),
    ...happened(
      of,
      warning('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503'),
      probes,
    ),
  ];
}

function workloadEvents(workload: WorkloadObject): ClusterEvent[] {
  const { pods } = workload.body;
  const set = { kind: 'ReplicaSet', name: pods[0]?.name.replace(/-[^-]+$/, '') ?? workload.name };
  const scaled = `Scaled up replica set ${set.name} to ${pods.length}`;
  return [
    ...happened(
      { kind: 'Deployment', name: workload.name },
      { type: 'Normal', reason: 'ScalingReplicaSet', message: scaled, source: 'deployment-controller' },
      pods.length === 0 ? [] : [workload.createdAt.getTime()],
    ),
    ...pods.flatMap((pod) =>
      happened(
        set,
        {
          type: 'Normal',
          reason: 'SuccessfulCreate',
          message: `Created pod: ${pod.name}`,
          source: 'replicaset-controller',
        },
        [pod.createdAtMs],
      ),
    ),
  ];
}

/** What the sandbox says of a service's pods and workloads within the last hour; pure. */
export function eventsIn(view: PodView, question: PodQuestion): ClusterEvent[] {
  const oldest = iso(view.now.getTime() - keptMs);
  const events = workloadsOf(view, question).flatMap((workload) => [
    ...workloadEvents(workload),
    ...workload.body.pods.flatMap((pod) => podEvents(seen(pod, workload, view), view)),
  ]);
  return mergedEvents(events.filter(({ lastAt }) => (lastAt ?? '') >= oldest));
}
