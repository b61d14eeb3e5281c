import { nodePrice, type PricedFacts, type PriceEntry, priceChanges } from './node-price.ts';

/** What a node cost over a time in which neither its facts nor any price changed. */
export type NodeCostPiece = {
  readonly facts: PricedFacts;
  readonly at: Date;
  /** What was charged for it; null without a price. */
  readonly amountNano: bigint | null;
  readonly hours: { readonly n: bigint; readonly d: bigint };
};

export type SpotSaving = {
  /** Amount of spot nodes, and of all nodes that have a price. */
  readonly spotNano: bigint;
  readonly allNano: bigint;
  /** Of the amount, 0 to 1; null where nothing has a price. */
  readonly spotShare: number | null;
  /** What the same nodes would have cost on demand at the same time, less what they cost; only of those with both prices. */
  readonly savedNano: bigint;
  /** Spot amount whose on-demand price nobody knows: it is in no saving. */
  readonly notComparedNano: bigint;
};

/** Share of spot in what nodes cost, and what it saved against the on-demand price of the same node at the same time. */
export function spotSaving(pieces: readonly NodeCostPiece[], entries: readonly PriceEntry[]): SpotSaving {
  let [spotNano, allNano, savedNano, notComparedNano] = [0n, 0n, 0n, 0n];
  for (const { facts, at, amountNano, hours } of pieces) {
    if (amountNano === null) continue;
    allNano += amountNano;
    if (facts.capacityType !== 'spot') continue;
    spotNano += amountNano;
    const onDemand = nodePrice({ ...facts, capacityType: 'onDemand' }, at, entries);
    if (onDemand === null) notComparedNano += amountNano;
    else savedNano += (onDemand.perHourNano * hours.n) / hours.d - amountNano;
  }
  const spotShare = allNano === 0n ? null : Number((spotNano * 10_000n) / allNano) / 10_000;
  return { spotNano, allNano, spotShare, savedNano, notComparedNano };
}

/** Facts of a node over [fromAt, toAt). */
type NodeTime = { readonly fromAt: Date; readonly toAt: Date; readonly facts: PricedFacts };

const hourMs = 3_600_000n;

/** What nodes cost over their times, cut where any price begins or ends; amounts are the floor of a piece. */
export function nodeCostPieces(times: readonly NodeTime[], entries: readonly PriceEntry[]): NodeCostPiece[] {
  return times.flatMap(({ fromAt, toAt, facts }) => {
    if (fromAt >= toAt) return [];
    const edges = [fromAt, ...priceChanges(entries, fromAt, toAt), toAt];
    return edges.slice(0, -1).map((at, place): NodeCostPiece => {
      const lengthMs = (edges[place + 1] ?? toAt).getTime() - at.getTime();
      const hours = { n: BigInt(lengthMs), d: hourMs };
      const price = nodePrice(facts, at, entries);
      return {
        facts,
        at,
        hours,
        amountNano: price === null ? null : (price.perHourNano * hours.n) / hours.d,
      };
    });
  });
}
