import type { CapacityType } from '../metering/facts.ts';
import { nanoOf } from './money.ts';
import { any } from './node-price.ts';
import type { NewPrice } from './price-draft.ts';

type Figure = {
  readonly instanceType: string;
  /** What is in it, for people: the instance type alone decides which nodes it prices. */
  readonly gpus: string;
  readonly amount: string;
  readonly capacityType?: CapacityType;
};

export type StarterList = {
  readonly id: 'aws-us-east-1' | 'azure-eastus' | 'gcp-us-central1';
  readonly title: string;
  readonly region: string;
  readonly currency: 'USD';
  /** The day on which the figures were taken, ISO. */
  readonly date: string;
  readonly source: string;
  readonly figures: readonly Figure[];
};

/** Public list prices in USD per node-hour, each as of its date; prices of today may differ. */
export const starterLists: readonly StarterList[] = [
  {
    id: 'aws-us-east-1',
    title: 'AWS, us-east-1',
    region: 'us-east-1',
    currency: 'USD',
    date: '2026-07-20',
    source: 'AWS list prices as published in karpenter-provider-aws',
    figures: [
      { instanceType: 'g4dn.xlarge', gpus: '1 × T4', amount: '0.526' },
      { instanceType: 'g6.xlarge', gpus: '1 × L4', amount: '0.8048' },
      { instanceType: 'g5.xlarge', gpus: '1 × A10G', amount: '1.006' },
      { instanceType: 'g6e.xlarge', gpus: '1 × L40S', amount: '1.861' },
      { instanceType: 'g6e.48xlarge', gpus: '8 × L40S', amount: '30.131' },
      { instanceType: 'p4d.24xlarge', gpus: '8 × A100 40 GB', amount: '21.9576' },
      { instanceType: 'p4de.24xlarge', gpus: '8 × A100 80 GB', amount: '27.447' },
      { instanceType: 'p5.4xlarge', gpus: '1 × H100 80 GB', amount: '6.88' },
      { instanceType: 'p5.48xlarge', gpus: '8 × H100 80 GB', amount: '55.04' },
      { instanceType: 'p5en.48xlarge', gpus: '8 × H200', amount: '63.296' },
    ],
  },
  {
    id: 'azure-eastus',
    title: 'Azure, eastus',
    region: 'eastus',
    currency: 'USD',
    date: '2026-06-18',
    source: 'Azure list prices as published in karpenter-provider-azure',
    figures: [
      { instanceType: 'Standard_NC4as_T4_v3', gpus: '1 × T4', amount: '0.526' },
      { instanceType: 'Standard_ND96asr_v4', gpus: '8 × A100 40 GB', amount: '27.197' },
      { instanceType: 'Standard_NC24ads_A100_v4', gpus: '1 × A100 80 GB', amount: '3.673' },
      { instanceType: 'Standard_NC40ads_H100_v5', gpus: '1 × H100 94 GB NVL', amount: '6.98' },
    ],
  },
  {
    id: 'gcp-us-central1',
    title: 'Google Cloud, us-central1',
    region: 'us-central1',
    currency: 'USD',
    date: '2026-08-03',
    source: 'Google Cloud list prices as published in karpenter-provider-gcp',
    figures: [
      { instanceType: 'g2-standard-4', gpus: '1 × L4', amount: '0.7068' },
      { instanceType: 'g2-standard-4', gpus: '1 × L4', amount: '0.397', capacityType: 'spot' },
      { instanceType: 'a2-highgpu-1g', gpus: '1 × A100 40 GB', amount: '3.673' },
      { instanceType: 'a2-highgpu-1g', gpus: '1 × A100 40 GB', amount: '1.928', capacityType: 'spot' },
      { instanceType: 'a2-ultragpu-1g', gpus: '1 × A100 80 GB', amount: '5.069' },
      { instanceType: 'a2-ultragpu-1g', gpus: '1 × A100 80 GB', amount: '2.76', capacityType: 'spot' },
      { instanceType: 'a3-highgpu-8g', gpus: '8 × H100 80 GB', amount: '88.49' },
      { instanceType: 'a3-highgpu-8g', gpus: '8 × H100 80 GB', amount: '50.61', capacityType: 'spot' },
    ],
  },
];

/** The rows of a list, valid from its date on; each says where its figure comes from. */
export function starterPrices(list: StarterList): NewPrice[] {
  const date = new Date(`${list.date}T00:00:00Z`);
  return list.figures.map(({ instanceType, gpus, amount, capacityType = 'onDemand' }) => {
    const amountNano = nanoOf(amount);
    if (amountNano === null) throw new RangeError(`"${amount}" is no price.`);
    return {
      instanceType,
      region: list.region,
      gpuProduct: any,
      capacityType,
      unit: 'nodeHour',
      amountNano,
      source: 'list',
      sourceNote: `${list.source}, ${list.date} (${gpus})`,
      sourceDate: date,
      validFrom: date,
      validTo: null,
    };
  });
}
