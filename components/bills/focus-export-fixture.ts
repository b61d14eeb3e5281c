import { gzipSync } from 'node:zlib';

/** For tests: the columns of FOCUS 1.2, in the order of its appendix. */
const columns = `
  AvailabilityZone BilledCost BillingAccountId BillingAccountName BillingAccountType BillingCurrency
  BillingPeriodEnd BillingPeriodStart CapacityReservationId CapacityReservationStatus ChargeCategory
  ChargeClass ChargeDescription ChargeFrequency ChargePeriodEnd ChargePeriodStart
  CommitmentDiscountCategory CommitmentDiscountId CommitmentDiscountName CommitmentDiscountQuantity
  CommitmentDiscountStatus CommitmentDiscountType CommitmentDiscountUnit ConsumedQuantity ConsumedUnit
  ContractedCost ContractedUnitPrice EffectiveCost InvoiceId InvoiceIssuer ListCost ListUnitPrice
  PricingCategory PricingCurrency PricingCurrencyContractedUnitPrice PricingCurrencyEffectiveCost
  PricingCurrencyListUnitPrice PricingQuantity PricingUnit Provider Publisher RegionId RegionName
  ResourceId ResourceName ResourceType ServiceCategory ServiceName ServiceSubcategory SkuId SkuMeter
  SkuPriceDetails SkuPriceId SubAccountId SubAccountName SubAccountType Tags`
  .trim()
  .split(/\s+/);

type FocusCharge = Readonly<Record<string, string>>;

const usual: FocusCharge = {
  BillingAccountId: '123456789012',
  BillingAccountName: 'Fraud, "Detection"',
  BillingCurrency: 'USD',
  BillingPeriodStart: '2026-10-01T00:00:00Z',
  BillingPeriodEnd: '2026-11-01T00:00:00Z',
  ChargeCategory: 'Usage',
  ChargeFrequency: 'Usage-Based',
  ChargePeriodStart: '2026-10-05T10:00:00Z',
  ChargePeriodEnd: '2026-10-05T11:00:00Z',
  ChargeDescription: 'per hour, on demand\nsecond line with ""quotes"" and a comma, too',
  PricingCategory: 'Standard',
  Provider: 'AWS',
  Publisher: 'AWS',
  RegionId: 'us-east-1',
  ServiceCategory: 'Compute',
  ServiceName: 'Amazon Elastic Compute Cloud',
  Tags: '{"team":"fraud","note":"a, \\"b\\"\\r\\nc"}',
};

const machine = (instanceType: string): FocusCharge => ({
  ResourceType: 'Instance',
  SkuPriceDetails: JSON.stringify({ InstanceType: instanceType, GpuCount: 8, OperatingSystem: 'Linux' }),
});

const commitment = (status: 'Used' | 'Unused'): FocusCharge => ({
  CommitmentDiscountId: 'arn:aws:savingsplans::123456789012:savingsplan/a',
  CommitmentDiscountCategory: 'Spend',
  CommitmentDiscountType: 'Compute Savings Plan',
  CommitmentDiscountStatus: status,
  PricingCategory: 'Committed',
});

/** For tests: one charge of every sort that a month of machines under a savings plan has. */
export const focusCharges: readonly FocusCharge[] = [
  { ...machine('p5.48xlarge'), BilledCost: '55.04', EffectiveCost: '55.04', ListCost: '55.04' },
  { ...machine('p5.48xlarge'), ChargeClass: 'Correction', BilledCost: '-5.04', EffectiveCost: '-5.04' },
  { ...machine('g6.xlarge'), ...commitment('Used'), BilledCost: '0', EffectiveCost: '0.5000000004' },
  { ...commitment('Unused'), BilledCost: '0', EffectiveCost: '1.25' },
  { ChargeCategory: 'Purchase', ChargeFrequency: 'Recurring', BilledCost: '300', EffectiveCost: '0' },
  { ChargeCategory: 'Credit', BilledCost: '-20.5', EffectiveCost: '-20.5', ServiceCategory: 'Other' },
  { ChargeCategory: 'Tax', BilledCost: '12.34', EffectiveCost: '12.34', ServiceCategory: 'Other' },
  { ChargeCategory: 'Adjustment', BilledCost: '1E-2', EffectiveCost: '1E-2', ServiceCategory: 'Other' },
  { ServiceCategory: 'Storage', ServiceName: 'Amazon S3', BilledCost: '7', EffectiveCost: '7' },
  { ServiceCategory: 'Networking', ServiceName: 'Amazon VPC', BilledCost: '3', EffectiveCost: '3' },
  {
    ServiceName: 'Amazon Elastic Kubernetes Service',
    ServiceCategory: 'Compute',
    BilledCost: '0.1',
    EffectiveCost: '0.1',
  },
  {
    ...machine('p5.48xlarge'),
    ChargePeriodStart: '2026-09-30T23:00:00Z',
    BilledCost: '9',
    EffectiveCost: '9',
  },
];

const cell = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

/** For tests: the charges, over and over, as an export writes them: byte order mark, CRLF, quoted line breaks, gzip. */
export function focusExport(charges: readonly FocusCharge[], times: number): Uint8Array<ArrayBuffer> {
  const lines = charges.map((charge) => {
    const row = { ...usual, ...charge };
    return columns.map((name) => cell(row[name] ?? '')).join(',');
  });
  const body = Array.from({ length: times }, () => lines.join('\r\n')).join('\r\n');
  return new Uint8Array(gzipSync(`\u{feff}${columns.join(',')}\r\n${body}\r\n`));
}

/** For tests: how many columns FOCUS 1.2 has. */
export const focusColumnCount = columns.length;
