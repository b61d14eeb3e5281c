import type { ObservedLife, ObservedNode, ObservedPod } from '../../../domain/metering/observed.ts';
import { containerLives } from '../../../domain/sandbox/container-life.ts';
import { type JobRun, jobTimes } from '../../../domain/sandbox/job-run.ts';
import { type Presence, readySpans } from '../../../domain/sandbox/pod.ts';
import {
  type ClusterBehaviour,
  defaultClusterBehaviour,
  type ModelVersionBehaviour,
  sandboxGpuProducts,
  type Timeline,
  valueAt,
} from '../../../domain/sandbox.ts';
import { cpuNodeName, gpuNodeName, jobNodeName } from './scheduling.ts';

type Told = Timeline<ModelVersionBehaviour>;

function livesOf(presence: Presence, told: Told, atMs: number): ObservedLife[] {
  return containerLives(presence.pod, told, atMs).map(({ startMs, endMs }) => ({
    startedAt: new Date(startMs),
    finishedAt: endMs > atMs ? null : new Date(endMs),
    again: true,
  }));
}

/** The last change of readiness up to an instant. */
function readinessAt({ pod, endMs }: Presence, told: Told, atMs: number): ObservedPod['readiness'] {
  const spans = readySpans(pod, told, endMs);
  const edges = spans.flatMap((span) => [
    { ready: true, atMs: span.startMs },
    { ready: false, atMs: span.endMs },
  ]);
  const last = edges.findLast((edge) => edge.atMs <= atMs && edge.atMs < endMs);
  return last === undefined ? null : { ready: last.ready, at: new Date(last.atMs) };
}

/** A pod of a service as the API server would have shown it at an instant; null for one from before metering. */
export function observedPod(
  serviceId: string,
  presence: Presence,
  { told, atMs, unscheduled }: { told: Told; atMs: number; unscheduled: string },
): ObservedPod | null {
  const { pod } = presence;
  const { placed } = pod;
  if (placed === undefined) return null;
  const { workload, namespace, labels, revisionId, request, imageDigest } = placed;
  const set = pod.name.replace(/-[^-]+$/, '');
  const lives = livesOf(presence, told, atMs);
  return {
    uid: `${serviceId}/${pod.name}/${pod.createdAtMs}`,
    namespace,
    name: pod.name,
    version: atMs,
    nodeName: pod.node,
    owners: [
      { kind: 'ReplicaSet', name: set, uid: `${serviceId}/${set}` },
      { kind: 'Deployment', name: workload, uid: `${serviceId}/${workload}` },
    ],
    labels,
    revisionId,
    request,
    share: null,
    claims: [],
    claimedResources: [],
    createdAt: new Date(pod.createdAtMs),
    scheduledAt: pod.scheduledAtMs === null ? null : new Date(pod.scheduledAtMs),
    ...(pod.node === null ? { unscheduled } : {}),
    readiness: readinessAt(presence, told, atMs),
    deletion: null,
    ended: false,
    containers: [
      {
        name: 'server',
        holdsGpu: pod.gpuCount > 0,
        imageDigest: lives.length === 0 ? null : imageDigest,
        lives,
      },
    ],
  };
}

/** Instants after `fromMs`, up to and with `untilMs`, at which something of a pod changed. */
export function podEdges(
  presence: Presence,
  told: Told,
  { fromMs, untilMs }: { fromMs: number; untilMs: number },
): number[] {
  const { pod, endMs } = presence;
  const until = Math.min(untilMs, endMs);
  const lives = containerLives(pod, told, until).flatMap(({ startMs, endMs: finishMs }) => [
    startMs,
    finishMs,
  ]);
  const spans = readySpans(pod, told, endMs).flatMap(({ startMs, endMs: end }) => [startMs, end]);
  const all = [pod.createdAtMs, pod.scheduledAtMs ?? pod.createdAtMs, ...lives, ...spans, endMs];
  const within = all.filter((atMs) => atMs > fromMs && atMs <= until);
  return [...new Set(within)].toSorted((left, right) => left - right);
}

/** The first instant after another at which a pod will change by itself; null when it will not. */
export function nextPodEdge(presence: Presence, told: Told, afterMs: number): number | null {
  const [next] = podEdges(presence, told, { fromMs: afterMs, untilMs: afterMs + 600_000 });
  return next ?? null;
}

const gpuNodeAmounts = { cpu: 64_000, memory: 524_288 };
const cpuNodeAmounts = { cpu: 32_000, memory: 131_072 };

function observedNode(
  name: string,
  createdMs: number,
  given: Pick<ObservedNode, 'labels' | 'capacity' | 'version' | 'capacityType'>,
): ObservedNode {
  return {
    // A node that comes back is another one.
    uid: `${name}/${createdMs}`,
    name,
    createdAt: new Date(createdMs),
    annotations: {},
    allocatable: given.capacity,
    readiness: { ready: true, at: new Date(createdMs) },
    ...given,
    labels: {
      'topology.kubernetes.io/region': 'sandbox-1',
      'topology.kubernetes.io/zone': 'sandbox-1a',
      ...given.labels,
    },
  };
}

/** "NVIDIA-H100-80GB-HBM3" as "h100". */
function shortName(product: string): string {
  return (product.split('-')[1] ?? product).toLowerCase();
}

function gpuNode(
  index: number,
  behaviour: ClusterBehaviour,
  of: { createdMs: number; atMs: number },
): ObservedNode {
  const products = behaviour.gpuProducts ?? sandboxGpuProducts;
  const product = products[index % products.length] ?? sandboxGpuProducts[0];
  const gpus = behaviour.gpusPerNode;
  const capacity = { ...gpuNodeAmounts, 'nvidia.com/gpu': gpus };
  return observedNode(gpuNodeName(index), of.createdMs, {
    version: of.atMs,
    // The first product is bought on demand, the others are spot, so that both are there to be seen.
    capacityType: index % products.length === 0 ? 'onDemand' : 'spot',
    capacity,
    labels: {
      'node.kubernetes.io/instance-type': `sandbox.${shortName(product)}x${gpus}`,
      'nvidia.com/gpu.product': product,
      'nvidia.com/gpu.count': String(gpus),
    },
  });
}

function cpuNode(of: { createdMs: number; atMs: number }): ObservedNode {
  return observedNode(cpuNodeName, of.createdMs, {
    version: of.atMs,
    capacityType: 'onDemand',
    capacity: cpuNodeAmounts,
    labels: { 'node.kubernetes.io/instance-type': 'sandbox.cpu' },
  });
}

const jobGpus = 8;

/** Where everything runs that no Service asked for: as large as the runs need, and paid for in advance. */
function jobNode(of: { createdMs: number; atMs: number }): ObservedNode {
  const [product] = sandboxGpuProducts;
  return observedNode(jobNodeName, of.createdMs, {
    version: of.atMs,
    capacityType: 'reserved',
    capacity: { ...gpuNodeAmounts, 'nvidia.com/gpu': jobGpus },
    labels: {
      'node.kubernetes.io/instance-type': `sandbox.${shortName(product)}x${jobGpus}`,
      'nvidia.com/gpu.product': product,
      'nvidia.com/gpu.count': String(jobGpus),
    },
  });
}

/** Instants within (fromMs, untilMs] at which a run's pod changed. */
export function jobEdges(run: JobRun, { fromMs, untilMs }: { fromMs: number; untilMs: number }): number[] {
  const { startMs, runsMs, endedMs, goneMs } = jobTimes(run);
  return [startMs, runsMs, endedMs, goneMs].filter(
    (atMs): atMs is number => atMs !== null && atMs > fromMs && atMs <= untilMs,
  );
}

/** A run's pod as the API server would have shown it at an instant. */
export function observedJob(run: JobRun, atMs: number): ObservedPod {
  const { name, namespace, kind, runId, gpuCount } = run;
  const { startMs, runsMs, endedMs } = jobTimes(run);
  const ended = endedMs !== null && endedMs <= atMs;
  const ready = runsMs <= atMs;
  const started = new Date(runsMs);
  const life = { startedAt: started, finishedAt: ended ? new Date(endedMs) : null, again: false };
  return {
    uid: `jobs/${namespace}/${name}/${startMs}`,
    namespace,
    name: `${name}-0`,
    version: atMs,
    nodeName: jobNodeName,
    owners: [{ kind, name, uid: `jobs/${namespace}/${name}` }],
    labels: runId === null ? {} : { 'fairlead.dev/run-id': runId },
    revisionId: null,
    request: { cpu: 8_000 * gpuCount, memory: 65_536 * gpuCount, 'nvidia.com/gpu': gpuCount },
    share: null,
    claims: [],
    claimedResources: [],
    createdAt: new Date(startMs),
    scheduledAt: new Date(startMs),
    readiness: ready ? { ready: !ended, at: ended ? new Date(endedMs) : started } : null,
    deletion: null,
    ended,
    containers: [{ name: 'main', holdsGpu: true, imageDigest: null, lives: ready ? [life] : [] }],
  };
}

export type NodeChange = { readonly node: ObservedNode; readonly atMs: number; readonly gone: boolean };

/**
 * The nodes of the sandbox from its beginning: what they are when the cluster is told something else, and when one of them
 * goes. A node that is taken away stays until its last pod has gone.
 */
export function nodeChanges(
  told: Timeline<ClusterBehaviour>,
  { beginMs, presences, untilMs }: { beginMs: number; presences: readonly Presence[]; untilMs: number },
): NodeChange[] {
  const steps = [
    { atMs: beginMs, value: valueAt(told, beginMs, defaultClusterBehaviour) },
    ...told.filter(({ atMs }) => atMs > beginMs && atMs <= untilMs),
  ];
  const changes: NodeChange[] = [
    { node: cpuNode({ createdMs: beginMs, atMs: beginMs }), atMs: beginMs, gone: false },
  ];
  if (steps.some(({ value }) => (value.jobs ?? []).length > 0))
    changes.push({ node: jobNode({ createdMs: beginMs, atMs: beginMs }), atMs: beginMs, gone: false });
  const created = new Map<number, number>();
  let before = 0;
  for (const [step, { atMs, value }] of steps.entries()) {
    for (let index = 0; index < value.gpuNodes; index += 1) {
      if (!created.has(index)) created.set(index, atMs);
      const createdMs = created.get(index) ?? atMs;
      changes.push({ node: gpuNode(index, value, { createdMs, atMs }), atMs, gone: false });
    }
    for (let index = value.gpuNodes; index < before; index += 1) {
      const name = gpuNodeName(index);
      const last = Math.max(
        atMs,
        ...presences.filter(({ pod }) => pod.node === name).map(({ endMs }) => endMs),
      );
      const backMs = steps.slice(step + 1).find((later) => later.value.gpuNodes > index)?.atMs;
      if (last > untilMs || (backMs !== undefined && backMs <= last)) continue;
      const createdMs = created.get(index) ?? atMs;
      const kept = { ...(steps[step - 1]?.value ?? value), gpuNodes: before };
      changes.push({ node: gpuNode(index, kept, { createdMs, atMs: last }), atMs: last, gone: true });
      created.delete(index);
    }
    before = value.gpuNodes;
  }
  return changes.toSorted((left, right) => left.atMs - right.atMs);
}
