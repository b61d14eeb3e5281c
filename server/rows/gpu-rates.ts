import { and, eq, isNull } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { nodeInterval } from '../../db/schema/metering.ts';
import { anyProduct } from '../../domain/envelope/envelope.ts';
import { type NodeFacts, nodeFactsSchema } from '../../domain/metering/facts.ts';
import type { GpuRates } from '../../domain/preflight/money-of.ts';
import { nodePrice } from '../../domain/price/node-price.ts';
import { type ExactNano, gpuRate, type RateMode } from '../../domain/price/rates.ts';
import { priceEntries, type StoredPrice } from './price-entries.ts';

export type GpuPrices = {
  readonly rateOf: (mode: RateMode) => GpuRates;
  /** The rows that price the products now, for how old they are. */
  readonly entries: readonly { readonly product: string; readonly entry: StoredPrice }[];
};

type Asked = { readonly clusterId: string; readonly products: readonly string[]; readonly now: Date };

/**
 * What an hour of each GPU product costs in a cluster now: the dearest of the nodes that are there, or the price of an
 * on-demand GPU where none is. `anyProduct` costs what the dearest of all does.
 */
export async function gpuPrices(queries: Queries, { clusterId, products, now }: Asked): Promise<GpuPrices> {
  const entries = await priceEntries(queries, { from: now, to: new Date(now.getTime() + 1) });
  const nodes = await presentNodes(queries, clusterId);
  const known = products.map((product) => {
    const own = nodes.filter(({ gpuProduct }) => product === anyProduct || gpuProduct === product);
    return { product, facts: own.length > 0 ? own : [assumedNode(product)] };
  });
  return {
    rateOf: (mode) =>
      Object.fromEntries(
        known.map(({ product, facts }) => [product, dearest(facts, { entries, mode, now })]),
      ),
    entries: known.flatMap(({ product, facts }) =>
      facts.flatMap((fact) => {
        const id = nodePrice(fact, now, entries)?.entryId;
        const entry = entries.find((row) => row.id === id);
        return entry === undefined ? [] : [{ product, entry }];
      }),
    ),
  };
}

async function presentNodes(queries: Queries, clusterId: string): Promise<NodeFacts[]> {
  const rows = await queries
    .select({ facts: nodeInterval.facts })
    .from(nodeInterval)
    .where(and(eq(nodeInterval.clusterId, clusterId), isNull(nodeInterval.toAt)));
  return rows.map(({ facts }) => nodeFactsSchema.parse(facts)).filter(({ physicalGpus }) => physicalGpus > 0);
}

/** One GPU of the product, bought on demand anywhere. */
function assumedNode(product: string): NodeFacts {
  return {
    schema: 1,
    name: '',
    instanceType: null,
    region: null,
    zone: null,
    capacityType: 'onDemand',
    gpuProduct: product === anyProduct ? null : product,
    physicalGpus: 1,
    unhealthyGpus: { n: 0, d: 1 },
    gpusRegistered: true,
    milliCpu: 0,
    memoryMib: 0,
  };
}

type Priced = { readonly entries: readonly StoredPrice[]; readonly mode: RateMode; readonly now: Date };

/** Null as soon as one of the nodes has no price: the pods may land there. */
function dearest(facts: readonly NodeFacts[], { entries, mode, now }: Priced): ExactNano | null {
  let most: ExactNano | null = null;
  for (const fact of facts) {
    const price = nodePrice(fact, now, entries);
    const rate = price === null ? null : gpuRate(fact, price.perHourNano, mode);
    if (rate === null) return null;
    if (most === null || rate.n * most.d > most.n * rate.d) most = rate;
  }
  return most;
}
