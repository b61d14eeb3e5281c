import type { CostGrouping } from '../../domain/ledger/cost-group.ts';
import type { Bucket, CostRole } from '../../domain/metering/facts.ts';
import { formatNumber } from '../../domain/number-format.ts';
import { moneyText } from '../../domain/price/money.ts';

export const groupingWords: Record<CostGrouping, string> = {
  project: 'Project',
  environment: 'Environment',
  service: 'Service',
  model: 'Model',
  modelVersion: 'ModelVersion',
  role: 'Role',
  bucket: 'Bucket',
  gpuProduct: 'GPU product',
  capacityType: 'Capacity type',
  node: 'Node',
};

const bucketWords: Record<Bucket, string> = {
  serving: 'Serving',
  warmup: 'Warm-up: running, not ready yet',
  startupHold: 'Start-up: bound, not running yet',
  unready: 'Unready: was ready',
  crashloopHold: 'Crash loop: held between restarts',
  drain: 'Draining',
  nodeLost: 'Node lost',
  system: 'System',
  idleFree: 'Idle: free',
  idleFragment: 'Idle: rest of a shared GPU',
  idleStranded: 'Idle: no CPU or memory left beside it',
  idleTail: 'Idle: node without a GPU pod',
  idleBoot: 'Idle: node starting',
  idleReserved: 'Idle: kept free on purpose',
  idleClaim: 'Idle: claimed without a pod',
  claimHold: 'Claimed without a pod',
  unhealthy: 'Unhealthy',
  unobserved: 'Unobserved: nobody watched',
  rounding: 'Rounding',
};

const roleWords: Record<CostRole, string> = {
  stable: 'Stable',
  canary: 'Canary',
  shadow: 'Shadow',
  retiring: 'Retiring',
  training: 'Training',
  batch: 'Batch',
  dev: 'Development',
};

const capacityWords: Record<string, string> = {
  onDemand: 'On demand',
  spot: 'Spot',
  reserved: 'Reserved',
  owned: 'Owned',
};

const restWords: Partial<Record<CostGrouping, string>> = {
  service: 'Pods of no service',
  model: 'Pods of no model',
  modelVersion: 'Pods of no ModelVersion',
};

export const bucketWord = (bucket: string): string => bucketWords[bucket as Bucket] ?? bucket;
export const roleWord = (role: string): string => roleWords[role as CostRole] ?? role;

/** How a group is called: what has no name of its own by the words of its kind. */
export function groupWord(
  grouping: CostGrouping,
  { group, label }: { group: string; label: string },
): string {
  if (group === '~none') return restWords[grouping] ?? label;
  if (grouping === 'bucket') return bucketWord(label);
  if (grouping === 'role') return roleWord(label);
  return grouping === 'capacityType' ? (capacityWords[label] ?? label) : label;
}

/** GPU-hours of milli-GPU-seconds. */
export const gpuHours = (milliGpuSeconds: bigint): number => Number(milliGpuSeconds) / 3_600_000;

export const gpuHoursText = (milliGpuSeconds: bigint): string => {
  const hours = gpuHours(milliGpuSeconds);
  return formatNumber(hours, hours < 10 ? 2 : 1);
};

/** An amount of money; without a currency nothing has a price. */
export const costText = (nano: bigint, currency: string | null): string =>
  currency === null ? 'no price' : moneyText(nano, currency);

const lineUnits = { gpu: 3_600_000, cpu: 3_600_000, memory: 3_600 * 1_024 };
const lineWords = { gpu: 'GPU-hours', cpu: 'vCPU-hours', memory: 'GiB-hours' };

/** What of a line was held, in the unit that its price is per hour of. */
export function quantityText(line: keyof typeof lineUnits, quantity: bigint): string {
  return `${formatNumber(Number(quantity) / lineUnits[line], 3)} ${lineWords[line]}`;
}
