import type { BillKind } from '../../domain/bill/focus-row.ts';

export const kindWords: Record<BillKind, string> = {
  instance: 'Machines',
  otherCompute: 'Other compute',
  storage: 'Storage',
  network: 'Network',
  controlPlane: 'Cluster control planes',
  unusedCommitment: 'Unused commitments and reservations',
  purchase: 'Purchases, such as upfront fees',
  taxAndCredit: 'Taxes, credits and adjustments',
  other: 'Everything else',
};

/** Why an instance type stands on one side only, or null. */
export function oneSided(row: {
  readonly billNano: bigint | null;
  readonly ledgerNano: bigint | null;
}): string | null {
  if (row.ledgerNano === null) return 'No metered node: machines outside the clusters that Fairlead watches.';
  if (row.billNano === null)
    return 'Not on the bill: owned nodes, another account, or a bill that is missing.';
  return null;
}

/** A difference in percent of the bill, with its sign; null when there is nothing to compare with. */
export function differenceShare(differenceNano: bigint, billNano: bigint | null): number | null {
  if (billNano === null || billNano === 0n) return null;
  return Number((differenceNano * 1_000_000n) / billNano) / 1_000_000;
}
