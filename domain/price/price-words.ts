import type { CapacityType } from '../metering/facts.ts';
import { decimalOf } from './money.ts';
import { any, type PriceEntry, type PriceSource, type PriceUnit } from './node-price.ts';

export const capacityWords: Record<CapacityType, string> = {
  onDemand: 'on demand',
  spot: 'spot',
  reserved: 'reserved',
  owned: 'owned',
};
/** For a list to choose from; apart from the schema, so that pages leave zod out. */
export const capacityOptions: readonly { readonly value: string; readonly label: string }[] = Object.entries(
  capacityWords,
).map(([value, label]) => ({ value, label }));
export const unitWords: Record<PriceUnit, string> = { nodeHour: 'node-hour', gpuHour: 'GPU-hour' };
export const sourceWords: Record<PriceSource, string> = {
  contract: 'contract',
  import: 'import',
  list: 'list price',
};

/** Whom a row is for: "p5.48xlarge in us-east-1, on demand". */
export function matchText(
  entry: Pick<PriceEntry, 'instanceType' | 'region' | 'gpuProduct' | 'capacityType'>,
): string {
  const { instanceType, region, gpuProduct, capacityType } = entry;
  const what = [
    instanceType === any ? (gpuProduct === any ? 'any node' : '') : instanceType,
    gpuProduct === any ? '' : gpuProduct,
  ].filter((part) => part !== '');
  return `${what.join(' with ')}${region === any ? '' : ` in ${region}`}, ${capacityWords[capacityType]}`;
}

/** A day, or a minute where it is not midnight in UTC. */
function day(at: Date): string {
  const text = at.toISOString();
  return text.endsWith('T00:00:00.000Z')
    ? text.slice(0, 10)
    : `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
}

/** "from 2026-07-20" or "from 2026-07-20 until 2026-08-01", in UTC. */
export function validityText({ validFrom, validTo }: Pick<PriceEntry, 'validFrom' | 'validTo'>): string {
  return `from ${day(validFrom)}${validTo === null ? '' : ` until ${day(validTo)}`}`;
}

/** A row in one line: "list price of p5.48xlarge in us-east-1, on demand: USD 55.04 per node-hour from 2026-07-20". */
export function priceText(entry: Omit<PriceEntry, 'id'>, currency: string): string {
  const amount = `${currency} ${decimalOf(entry.amountNano)} per ${unitWords[entry.unit]}`;
  return `${sourceWords[entry.source]} of ${matchText(entry)}: ${amount} ${validityText(entry)}`;
}
