import type { CapacityType, NodeFacts } from '../metering/facts.ts';

/** In the order in which they win: a contract over an import over a list. */
export const priceSources = ['contract', 'import', 'list'] as const;
export type PriceSource = (typeof priceSources)[number];

export const priceUnits = ['nodeHour', 'gpuHour'] as const;
export type PriceUnit = (typeof priceUnits)[number];

/** In a match column: any value, also none. */
export const any = '*';

/** A row of the price book as the resolution reads it, valid over [validFrom, validTo). */
export type PriceEntry = {
  readonly id: string;
  readonly instanceType: string;
  readonly region: string;
  readonly gpuProduct: string;
  readonly capacityType: CapacityType;
  readonly unit: PriceUnit;
  readonly amountNano: bigint;
  readonly source: PriceSource;
  readonly validFrom: Date;
  readonly validTo: Date | null;
};

/** What of a node decides its price. */
export type PricedFacts = Pick<
  NodeFacts,
  'instanceType' | 'region' | 'gpuProduct' | 'capacityType' | 'physicalGpus'
>;

export type NodePrice = {
  readonly entryId: string;
  /** Nano of the currency for an hour of the whole node. */
  readonly perHourNano: bigint;
  readonly unit: PriceUnit;
};

const fits = (asked: string, value: string | null): boolean => asked === any || asked === value;

function applies(entry: PriceEntry, facts: PricedFacts, at: Date): boolean {
  return (
    entry.capacityType === facts.capacityType &&
    entry.validFrom <= at &&
    (entry.validTo === null || at < entry.validTo) &&
    fits(entry.instanceType, facts.instanceType) &&
    fits(entry.region, facts.region) &&
    fits(entry.gpuProduct, facts.gpuProduct) &&
    (entry.unit === 'nodeHour' || facts.physicalGpus > 0)
  );
}

const exactness = (value: string): number => (value === any ? 1 : 0);

/** Lower wins, first difference decides. */
function rank(entry: PriceEntry): readonly number[] {
  return [
    priceSources.indexOf(entry.source),
    exactness(entry.instanceType),
    exactness(entry.gpuProduct),
    exactness(entry.region),
    priceUnits.indexOf(entry.unit),
  ];
}

function order(left: PriceEntry, right: PriceEntry): number {
  const others = rank(right);
  for (const [place, value] of rank(left).entries()) {
    const difference = value - (others[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.id < right.id ? -1 : Number(left.id > right.id);
}

/** Every row that prices the node at the moment, the one that wins first. */
export function matchingPrices<Entry extends PriceEntry>(
  facts: PricedFacts,
  at: Date,
  entries: readonly Entry[],
): Entry[] {
  return entries.filter((entry) => applies(entry, facts, at)).sort(order);
}

export function perHourOf(entry: PriceEntry, facts: PricedFacts): bigint {
  return entry.unit === 'nodeHour' ? entry.amountNano : entry.amountNano * BigInt(facts.physicalGpus);
}

/**
 * What an hour of a node costs at a moment, null when no row says: unpriced is never 0. A row matches when its capacity
 * type is the node's and instance type, region and GPU product are the node's or "*". Of several, the source decides first
 * (contract, import, list); then an exact instance type beats "*", then an exact product, then an exact region, then a
 * price per node beats one per GPU. A price per GPU counts every physical GPU, unhealthy ones too, and says nothing of a
 * node without any.
 */
export function nodePrice(facts: PricedFacts, at: Date, entries: readonly PriceEntry[]): NodePrice | null {
  const won = matchingPrices(facts, at, entries)[0];
  if (won === undefined) return null;
  return { entryId: won.id, perHourNano: perHourOf(won, facts), unit: won.unit };
}

/** The moments inside (from, to) at which any row begins or ends, ascending: between two of them no price changes. */
export function priceChanges(entries: readonly PriceEntry[], from: Date, to: Date): Date[] {
  const moments = entries
    .flatMap((entry) => [entry.validFrom, entry.validTo])
    .filter((moment): moment is Date => moment !== null && from < moment && moment < to)
    .map((moment) => moment.getTime());
  return [...new Set(moments)].sort((left, right) => left - right).map((moment) => new Date(moment));
}
