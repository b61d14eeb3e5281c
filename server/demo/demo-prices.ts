import { addPrice, setCurrency } from '../prices/commands.ts';
import type { DemoWorld } from './demo-world.ts';

const currency = 'USD';

const rows = [
  { instanceType: 'sandbox.h100x4', capacityType: 'onDemand', amount: '27.52', sourceNote: 'Frame contract' },
  { instanceType: 'sandbox.l4x4', capacityType: 'spot', amount: '1.59', sourceNote: 'Mean of October' },
  { instanceType: 'sandbox.l4x4', capacityType: 'onDemand', amount: '2.83', sourceNote: 'List price' },
  {
    instanceType: 'sandbox.h100x8',
    capacityType: 'reserved',
    amount: '34.4',
    sourceNote: 'One year, paid monthly',
  },
  { instanceType: 'sandbox.cpu', capacityType: 'onDemand', amount: '1.54', sourceNote: 'Frame contract' },
] as const;

/** What the nodes of the sandbox cost from the beginning; by Lena. */
export async function demoPrices({ stage, cast }: DemoWorld): Promise<void> {
  const lena = stage.as(cast.lena);
  await setCurrency(lena, { currency });
  for (const row of rows)
    await addPrice(lena, {
      currency,
      price: { ...row, unit: 'nodeHour', source: 'contract', validFrom: stage.now },
    });
}
