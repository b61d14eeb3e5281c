import type { CapacityNode, ClusterReading, NodePoolLimit } from './capacity.ts';
import type { PreflightCheck } from './check.ts';
import { unread } from './check-quota.ts';
import type { PodDemand } from './pod-demand.ts';
import { holderWords, type WantedPods } from './pods-to-come.ts';

/** What is left of a node while pods are put on it. */
type Room = { readonly node: CapacityNode; gpus: number; milliCpu: number; memoryMib: number };

const mib = 1_024 ** 2;

/** Product, node selector and taints allow the pod; affinity and topology are not looked at. */
function mayRunOn(node: CapacityNode, demand: PodDemand): boolean {
  const selected = Object.entries(demand.nodeSelector).every(([key, value]) => node.labels[key] === value);
  const tolerated = node.taints
    .filter(({ effect }) => effect !== 'PreferNoSchedule')
    .every((taint) => demand.tolerations.some((toleration) => tolerates(toleration, taint)));
  return selected && tolerated;
}

function tolerates(
  { key, operator, value, effect }: PodDemand['tolerations'][number],
  taint: CapacityNode['taints'][number],
): boolean {
  if (effect !== undefined && effect !== '' && effect !== taint.effect) return false;
  if (operator === 'Exists') return key === undefined || key === '' || key === taint.key;
  return key === taint.key && (value ?? '') === taint.value;
}

function place(rooms: readonly Room[], demand: PodDemand): boolean {
  const milliCpu = Math.ceil((demand.requests['cpu'] ?? 0) * 1_000);
  const memoryMib = Math.ceil((demand.requests['memory'] ?? 0) / mib);
  const room = rooms.find(
    (found) =>
      found.gpus >= demand.gpus &&
      found.milliCpu >= milliCpu &&
      found.memoryMib >= memoryMib &&
      mayRunOn(found.node, demand),
  );
  if (room === undefined) return false;
  room.gpus -= demand.gpus;
  room.milliCpu -= milliCpu;
  room.memoryMib -= memoryMib;
  return true;
}

/** How many of the asked pods find a node after the others: first fit, the pods with the most GPUs first. A heuristic. */
export function placeable(
  nodes: readonly CapacityNode[],
  others: readonly WantedPods[],
  asked: WantedPods,
): number {
  const rooms = nodes.map((node) => ({
    node,
    gpus: node.freeGpus,
    milliCpu: node.freeMilliCpu,
    memoryMib: node.freeMemoryMib,
  }));
  for (const { demand, pods } of others.toSorted((left, right) => right.demand.gpus - left.demand.gpus))
    for (let count = 0; count < pods; count += 1) place(rooms, demand);
  let placed = 0;
  while (placed < asked.pods && place(rooms, asked.demand)) placed += 1;
  return placed;
}

export type ScheduleAsk = {
  readonly asked: WantedPods;
  /** Pods of other reservations, anywhere in the cluster, that do not exist yet; and pending pods of others. */
  readonly others: readonly WantedPods[];
};

/** Whether the pods would find nodes now; short of room where a NodePool may still grow is a warning. */
export function checkSchedulable(reading: ClusterReading, { asked, others }: ScheduleAsk): PreflightCheck[] {
  if (asked.pods === 0 || asked.demand.milliGpu === 0) return [];
  if (asked.demand.gpus === 0) return [partsUnplaced(asked)];
  const { nodes, holders, nodePools } = reading;
  if (nodes.kind === 'unread') return [unread('schedulable', 'Free GPUs', nodes)];
  const wanted = asked.pods * asked.demand.gpus;
  const placed = placeable(nodes.value, others, asked);
  const pool = nodes.value.filter((node) => mayRunOn(node, asked.demand));
  const free = pool.reduce((sum, { freeGpus }) => sum + Math.max(0, freeGpus), 0);
  const total = pool.reduce((sum, { gpus }) => sum + gpus, 0);
  const reserved = others.reduce((sum, { pods, demand }) => sum + pods * demand.gpus, 0);
  const product = asked.demand.product ?? 'GPU';
  const numbers = `${free} of ${total} ${product} free${reserved > 0 ? `, ${reserved} reserved or waited for by others` : ''}, ${wanted} wanted`;
  const grows = growth(nodePools?.kind === 'read' ? nodePools.value : [], asked, asked.pods - placed);
  const who = holders.kind === 'read' ? holderWords(holders.value, asked.namespace) : '';
  const fits = placed >= asked.pods;
  const figures = { free, total, reserved, wanted, pods: asked.pods, placed };
  if (fits)
    return [found('PASS', { sentence: `All ${asked.pods} new pods find a node: ${numbers}.`, figures })];
  const short = `${placed} of ${asked.pods} new pods find a node by first fit: ${numbers}`;
  if (grows !== null)
    return [found('WARN', { sentence: `${short}. NodePool "${grows.name}" may still grow.`, figures })];
  return [
    found('FAIL', {
      sentence: `${short}${who === '' ? '' : `; held by ${who}`}.`,
      figures,
      fix: 'Free GPUs, add a node, or roll out with fewer replicas.',
    }),
  ];
}

/** MIG devices, virtual GPUs and fractions are free or not by how each node is cut, which is not read. */
function partsUnplaced({ demand, pods }: WantedPods): PreflightCheck {
  const milliGpu = pods * demand.milliGpu;
  return found('WARN', {
    sentence: `${pods} new pods ask for parts of GPUs, ${milliGpu / 1_000} GPUs in all; whether a node has such parts free is not looked at.`,
    figures: { pods, milliGpu },
    fix: 'Look at the GPU map for nodes that are cut so.',
  });
}

function found(
  verdict: PreflightCheck['verdict'],
  told: Pick<PreflightCheck, 'sentence' | 'figures'> & { fix?: string },
): PreflightCheck {
  return { kind: 'schedulable', subject: '', verdict, fix: null, ...told };
}

/** A NodePool whose soft limits leave room for what lacks; it may be for other nodes, so it only ever warns. */
function growth(
  pools: readonly NodePoolLimit[],
  { demand }: WantedPods,
  missing: number,
): NodePoolLimit | null {
  const resource = demand.gpuResource;
  if (resource === null) return null;
  return (
    pools.find(({ limits, used }) => {
      const limit = limits[resource];
      return limit === undefined || limit - (used[resource] ?? 0) >= missing * demand.gpus;
    }) ?? null
  );
}

/** Karpenter's limits are soft and say nothing of when a node comes: they only ever warn. */
export function checkNodePools(nodePools: ClusterReading['nodePools'], asked: WantedPods): PreflightCheck[] {
  const resource = asked.demand.gpuResource;
  if (nodePools === null || resource === null || asked.pods === 0) return [];
  if (nodePools.kind === 'unread') return [unread('nodePool', 'NodePool limits', nodePools)];
  const wanted = asked.pods * asked.demand.gpus;
  return nodePools.value.flatMap(({ name, limits, used }) => {
    const limit = limits[resource];
    if (limit === undefined) return [];
    const inUse = used[resource] ?? 0;
    const fits = inUse + wanted <= limit;
    return [
      {
        kind: 'nodePool' as const,
        subject: name,
        verdict: fits ? ('PASS' as const) : ('WARN' as const),
        sentence: `NodePool "${name}" ${fits ? 'may grow enough' : 'may not grow enough'}: ${inUse} of ${limit} ${resource} in use, ${wanted} wanted; the limit is soft.`,
        figures: { limit, used: inUse, wanted },
        fix: null,
      },
    ];
  });
}
