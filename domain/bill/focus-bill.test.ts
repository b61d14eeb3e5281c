import { describe, expect, it } from 'vitest';
import { csvRows } from '../csv.ts';
import { BillError, billNano, FocusBill } from './focus-bill.ts';

const october = { from: new Date('2026-10-01T00:00:00Z'), to: new Date('2026-11-01T00:00:00Z') };
const head =
  'BilledCost,EffectiveCost,BillingCurrency,ChargePeriodStart,ChargeCategory,ServiceCategory,ServiceName,CommitmentDiscountStatus,CapacityReservationStatus,SkuPriceDetails,x_InstanceType,x_UsageType';
const ec2 = 'Amazon Elastic Compute Cloud';

function sumsOf(...lines: string[]) {
  const [first = [], ...rows] = csvRows([head, ...lines].join('\n'));
  const bill = new FocusBill(first, { month: october, currency: 'USD' });
  for (const row of rows) bill.take(row);
  return bill.sums();
}
const usage = (columns: string, cost = '1') => `${cost},${cost},USD,2026-10-03T10:00:00Z,${columns}`;
const kindOf = (columns: string) =>
  sumsOf(usage(columns)).lines.map(({ kind, instanceType }) => [kind, instanceType]);

describe('a charge of a FOCUS bill', () => {
  it.each([
    ['a column of its own', 'Usage,Compute,VMs,,,,Standard_ND96asr_v4,', 'Standard_ND96asr_v4'],
    ['the details of its SKU', 'Usage,Compute,VMs,,,"{""InstanceType"":""p5.48xlarge""}",,', 'p5.48xlarge'],
    ['prefixed details', 'Usage,Compute,VMs,,,"{""F_InstanceType"":""NC24rs_v3""}",,', 'NC24rs_v3'],
    ['a usage type', `Usage,Compute,${ec2},,,,,USE1-BoxUsage:p5.48xlarge`, 'p5.48xlarge'],
    ['a usage type of spot', `Usage,Compute,${ec2},,,,,EUW1-SpotUsage:g6.xlarge`, 'g6.xlarge'],
  ])('has its instance type from %s', (_where, columns, instanceType) => {
    expect(kindOf(columns)).toEqual([['instance', instanceType]]);
  });

  it.each([
    ['an unused commitment', `Usage,Compute,${ec2},Unused,,,p5.48xlarge,`, 'unusedCommitment'],
    ['an unused reservation', `Usage,Compute,${ec2},,Unused,,p5.48xlarge,`, 'unusedCommitment'],
    ['a volume', `Usage,Compute,${ec2},,,,,USE1-EBS:VolumeUsage.gp3`, 'storage'],
    ['a bucket', 'Usage,Storage,Object store,,,,,', 'storage'],
    ['traffic', `Usage,Compute,${ec2},,,,,USE1-DataTransfer-Out-Bytes`, 'network'],
    ['a balancer', 'Usage,Networking,Load Balancer,,,,,', 'network'],
    ['a control plane', 'Usage,Compute,Azure Kubernetes Service,,,,,', 'controlPlane'],
    ['an upfront fee', `Purchase,Compute,${ec2},,,,p5.48xlarge,`, 'purchase'],
    ['a tax', 'Tax,Other,Tax,,,,,', 'taxAndCredit'],
    ['a credit', 'Credit,Other,Credit,,,,,', 'taxAndCredit'],
    ['a function', 'Usage,Compute,Lambda,,,,,', 'otherCompute'],
    ['a database', 'Usage,Databases,Some database,,,,,', 'other'],
  ])('for %s is not metered and has its own kind', (_what, columns, kind) => {
    expect(kindOf(columns)).toEqual([[kind, null]]);
  });
});

describe('a FOCUS bill', () => {
  it('is summed by instance type, billed and effective apart; what lies outside the month is left out and counted', () => {
    const { lines, rows, outside } = sumsOf(
      '0,55.04,USD,2026-10-03T10:00:00Z,Usage,Compute,VMs,Used,,,p5.48xlarge,',
      '10,55.04,USD,2026-10-31T23:00:00Z,Usage,Compute,VMs,,,,p5.48xlarge,',
      '1,1,USD,2026-11-01T00:00:00Z,Usage,Compute,VMs,,,,p5.48xlarge,',
      '1,1,USD,2026-09-30 23:00:00,Usage,Compute,VMs,,,,p5.48xlarge,',
    );
    expect({ rows, outside }).toEqual({ rows: 2, outside: 2 });
    expect(lines).toEqual([
      {
        kind: 'instance',
        instanceType: 'p5.48xlarge',
        rows: 2,
        billedNano: 10_000_000_000n,
        effectiveNano: 110_080_000_000n,
      },
    ]);
  });

  it.each([
    [
      'another currency',
      '1,1,EUR,2026-10-03T10:00:00Z,Usage,,,,,,,',
      'Row 2: it is in EUR, this instance counts in USD',
    ],
    [
      'a cost that is no number',
      'x,1,USD,2026-10-03T10:00:00Z,Usage,,,,,,,',
      'Row 2: BilledCost is no number',
    ],
    ['a time that is none', '1,1,USD,yesterday,Usage,,,,,,,', 'Row 2: ChargePeriodStart is no time'],
  ])('with %s is refused, and the row is named', (_what, line, message) => {
    expect(() => sumsOf(line)).toThrow(message);
  });

  it('without its columns is refused', () => {
    const of = { month: october, currency: 'USD' };
    expect(() => new FocusBill(['BilledCost', 'EffectiveCost'], of)).toThrow(BillError);
  });
});

describe('a number of a bill', () => {
  it.each([
    ['1', 1_000_000_000n],
    ['-0.5', -500_000_000n],
    ['0.0000000005', 1n],
    ['0.0000000004', 0n],
    ['-0.0000000005', -1n],
    ['1.25E-4', 125_000n],
    ['2e3', 2_000_000_000_000n],
  ])('%s is %d nano', (text, nano) => {
    expect(billNano(text)).toBe(nano);
  });
  it.each(['', '1,5', '$1', 'NaN', '1/2'])('"%s" is none', (text) => {
    expect(billNano(text)).toBeNull();
  });
});
