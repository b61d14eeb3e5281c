import type { CostGrouping } from '../../domain/ledger/cost-group.ts';
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
