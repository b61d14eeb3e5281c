import type { GpuSample } from '../gpu-use/gpu-look.ts';
import { defaultModelVersionBehaviour, type ModelVersionBehaviour, valueAt } from '../sandbox.ts';
import { expectedAt, type PodLoad, podLoads, type SandboxHistory } from './load.ts';
import { randomKey, randomUnit } from './random.ts';

/** Mean of latencies around a median, of which some are drawn around ten times it. */
function meanSeconds({ latencyMs, slowShare }: ModelVersionBehaviour): number {
  return (latencyMs * (1 + 9 * slowShare)) / 1_000;
}

const sum = (values: readonly number[]): number => values.reduce((left, right) => left + right, 0);

/** Probability that at least one request is under way: 1 − e^(−λS), by M/G/∞ with Poisson arrivals. */
function activityOf(load: PodLoad, behaviour: ModelVersionBehaviour, span: { fromMs: number; atMs: number }) {
  const fromMs = Math.max(span.fromMs, load.stay.startMs);
  if (span.atMs <= fromMs) return 0;
  const [before, after] = [expectedAt(load, fromMs), expectedAt(load, span.atMs)];
  const perSecond = ((sum(after ?? []) - sum(before ?? [])) * 1_000) / (span.atMs - fromMs);
  return 1 - Math.exp(-Math.max(0, perSecond) * meanSeconds(behaviour));
}

type Asked = {
  readonly fromMs: number;
  readonly atMs: number;
  /** Memory of a GPU of a node, by its name; null where it is not known. */
  readonly memoryMibOf: (node: string) => number | null;
};

/** What DCGM would say of the GPUs of a service's ready pods: activity from their traffic, memory from their ModelVersion. Pure. */
export function sandboxGpuSamples(
  history: SandboxHistory,
  { fromMs, atMs, memoryMibOf }: Asked,
): GpuSample[] {
  return podLoads(history, [atMs]).flatMap((load): GpuSample[] => {
    const { pod } = load.stay;
    const { node } = pod;
    if (node === null) return [];
    const told = history.modelVersions.get(pod.modelVersionId) ?? [];
    const behaviour = valueAt(told, atMs, defaultModelVersionBehaviour);
    const totalMib = memoryMibOf(node);
    return Array.from({ length: pod.gpuCount }, (_, index) => {
      const wave = randomUnit(randomKey(`${history.seed}/${pod.name}/gpu`), index) * 0.02;
      const share = Math.min(1, behaviour.gpuMemoryShare + wave);
      return {
        node,
        pod: pod.name,
        device: `GPU-${pod.name}-${index}`,
        instance: false,
        activity: activityOf(load, behaviour, { fromMs, atMs }),
        memoryPeakMib: totalMib === null ? null : Math.round(totalMib * share),
        memoryTotalMib: totalMib,
      };
    });
  });
}
