import type { NodeFacts } from '../metering/facts.ts';

/** loaded: a GPU node's whole price lies on its GPUs. openCost: split as OpenCost splits it. */
export const rateModes = ['loaded', 'openCost'] as const;
export type RateMode = (typeof rateModes)[number];

/** What of a node decides how its price is split. */
export type SplitFacts = Pick<NodeFacts, 'gpuProduct' | 'physicalGpus' | 'milliCpu' | 'memoryMib'>;

/** Shares of a node's price: gpu + cpu + memory = of, exactly, and of is positive. */
export type LineParts = {
  readonly gpu: bigint;
  readonly cpu: bigint;
  readonly memory: bigint;
  readonly of: bigint;
};

/** An exact amount: nano × 1/d. */
export type ExactNano = { readonly n: bigint; readonly d: bigint };

/**
 * OpenCost's defaults (configs/default.json), in millionths of a dollar: per GPU-hour 0.95, vCPU-hour 0.031611, GiB-hour
 * 0.004237. Only their ratios count.
 */
const openCostDefaults = { gpu: 950_000n, cpu: 31_611n, memory: 4_237n } as const;

const milliPerCpu = 1000n;
const mibPerGib = 1024n;

/** A node that has GPUs or whose product says that they will register. */
export const isGpuNode = (facts: SplitFacts): boolean => facts.physicalGpus > 0 || facts.gpuProduct !== null;

/**
 * OpenCost's split (costmodel.go): with P the node's price, ramPrice = P / (G·g/r + C·c/r + M) per GiB, gpuPrice =
 * ramPrice·g/r and cpuPrice = ramPrice·c/r, so that the lines relate as G·g : C·c : M·r. A node that reports neither GPUs
 * nor CPU nor memory lies on its CPU line.
 */
function openCostParts(facts: SplitFacts): LineParts {
  const gpu = BigInt(facts.physicalGpus) * openCostDefaults.gpu * milliPerCpu * mibPerGib;
  const cpu = BigInt(facts.milliCpu) * openCostDefaults.cpu * mibPerGib;
  const memory = BigInt(facts.memoryMib) * openCostDefaults.memory * milliPerCpu;
  const of = gpu + cpu + memory;
  return of === 0n ? { gpu: 0n, cpu: 1n, memory: 0n, of: 1n } : { gpu, cpu, memory, of };
}

/**
 * How a node's price is split over its lines. Loaded: all of it lies on the GPUs of a GPU node, CPU and memory there are
 * 0; a node without GPUs is split CPU to memory as OpenCost does.
 */
export function lineParts(facts: SplitFacts, mode: RateMode): LineParts {
  if (mode === 'loaded' && isGpuNode(facts)) return { gpu: 1n, cpu: 0n, memory: 0n, of: 1n };
  return openCostParts(facts);
}

/** What an hour of a whole line costs of a node that costs `perHourNano`; the three sum to it exactly. */
export function lineRates(
  facts: SplitFacts,
  perHourNano: bigint,
  mode: RateMode,
): { readonly gpu: ExactNano; readonly cpu: ExactNano; readonly memory: ExactNano } {
  const parts = lineParts(facts, mode);
  const rate = (part: bigint): ExactNano => ({ n: perHourNano * part, d: parts.of });
  return { gpu: rate(parts.gpu), cpu: rate(parts.cpu), memory: rate(parts.memory) };
}

/** What an hour of one physical GPU costs; null for a node without any. */
export function gpuRate(facts: SplitFacts, perHourNano: bigint, mode: RateMode): ExactNano | null {
  if (facts.physicalGpus === 0) return null;
  const { n, d } = lineRates(facts, perHourNano, mode).gpu;
  return { n, d: d * BigInt(facts.physicalGpus) };
}
