import type { CapacityType } from '../../domain/metering/facts.ts';
import { any, type PriceSource, type PriceUnit } from '../../domain/price/node-price.ts';
import { amountProblem } from '../../domain/price/price-rules.ts';

/** A row of the price book as its form holds it: all texts, dates as days in UTC. */
export type PriceForm = {
  readonly instanceType: string;
  readonly region: string;
  readonly gpuProduct: string;
  readonly capacityType: CapacityType;
  readonly unit: PriceUnit;
  readonly amount: string;
  readonly source: PriceSource;
  readonly sourceNote: string;
  readonly sourceDate: string;
  readonly validFrom: string;
  readonly validTo: string;
};

export const emptyPrice: PriceForm = {
  instanceType: '',
  region: '',
  gpuProduct: '',
  capacityType: 'onDemand',
  unit: 'nodeHour',
  amount: '',
  source: 'contract',
  sourceNote: '',
  sourceDate: '',
  validFrom: '',
  validTo: '',
};

/** The first moment of a day in UTC, null for none. */
export function dayOf(text: string): Date | null {
  if (text === '') return null;
  const at = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(at.getTime()) ? null : at;
}

/** Why it cannot be sent yet, or undefined; the server judges the rest. */
export function missingPart(form: PriceForm): string | undefined {
  const isForAll = [form.instanceType, form.gpuProduct].every((text) => text.trim() === '');
  if (isForAll) return 'Name the instance type or the GPU product; * is any.';
  if (form.amount.trim() === '') return 'Say what an hour costs.';
  const problem = amountProblem(form.amount);
  if (problem !== null) return problem;
  return dayOf(form.validFrom) === null ? 'Say from which day on it is valid.' : undefined;
}

/** What is sent to the server; only call it when nothing is missing. */
export function priceInput(form: PriceForm) {
  const { sourceDate, validFrom, validTo, instanceType, region, gpuProduct, ...rest } = form;
  return {
    ...rest,
    instanceType: instanceType.trim() || any,
    region: region.trim() || any,
    gpuProduct: gpuProduct.trim() || any,
    sourceDate: dayOf(sourceDate),
    validFrom: dayOf(validFrom) ?? new Date(Number.NaN),
    validTo: dayOf(validTo),
  };
}
