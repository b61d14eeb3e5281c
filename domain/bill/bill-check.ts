import type { BillLine } from './focus-bill.ts';
import { type BillKind, billKinds, instanceKey } from './focus-row.ts';

/** Which cost of the bill is compared: as invoiced, or with commitments spread over what used them. */
export type BillBasis = 'effective' | 'billed';

/** What the ledger has for one instance type in the month. */
export type LedgerOfType = {
  /** Null where nodes carried no such label. */
  readonly instanceType: string | null;
  readonly amountNano: bigint;
  readonly nodes: number;
  /** Whether some of its time had no price. */
  readonly hasUnpriced: boolean;
};

export type BillCheckRow = {
  readonly instanceType: string | null;
  /** Null where the bill has no such type. */
  readonly billNano: bigint | null;
  /** Null where no node of the type was metered: machines outside the clusters, or of clusters that are not watched. */
  readonly ledgerNano: bigint | null;
  /** Ledger less bill. */
  readonly differenceNano: bigint;
  readonly nodes: number;
  readonly hasUnpriced: boolean;
};

export type BillCheck = {
  /** By instance type, the largest difference first. */
  readonly rows: readonly BillCheckRow[];
  /** What Fairlead does not meter, by kind; kinds without charges are left out. */
  readonly notMetered: readonly { readonly kind: BillKind; readonly amountNano: bigint }[];
  readonly billNano: bigint;
  readonly ledgerNano: bigint;
  /** Ledger less bill over instance types that both have. */
  readonly bothDifferenceNano: bigint;
};

const size = (value: bigint): bigint => (value < 0n ? -value : value);

/**
 * A month's bill against the ledger. Every charge is in exactly one row or one kind that is not metered, so that rows and
 * kinds sum to the bill, and the rows' ledger amounts to the ledger.
 */
export function checkBill(
  lines: readonly BillLine[],
  ledger: readonly LedgerOfType[],
  basis: BillBasis,
): BillCheck {
  const amountOf = (line: BillLine) => (basis === 'billed' ? line.billedNano : line.effectiveNano);
  const rows = new Map<string, BillCheckRow>();
  const rowOf = (instanceType: string | null): readonly [string, BillCheckRow] => {
    const key = instanceType === null ? '' : instanceKey(instanceType);
    const none = { billNano: null, ledgerNano: null, differenceNano: 0n, nodes: 0, hasUnpriced: false };
    return [key, rows.get(key) ?? { instanceType, ...none }];
  };
  for (const type of ledger) {
    const [key, row] = rowOf(type.instanceType);
    rows.set(key, {
      ...row,
      ledgerNano: (row.ledgerNano ?? 0n) + type.amountNano,
      nodes: row.nodes + type.nodes,
      hasUnpriced: row.hasUnpriced || type.hasUnpriced,
    });
  }
  for (const line of lines.filter(({ kind }) => kind === 'instance')) {
    const [key, row] = rowOf(line.instanceType);
    rows.set(key, { ...row, billNano: (row.billNano ?? 0n) + amountOf(line) });
  }
  const compared = [...rows.values()].map((row) => ({
    ...row,
    differenceNano: (row.ledgerNano ?? 0n) - (row.billNano ?? 0n),
  }));
  compared.sort((left, right) => Number(size(right.differenceNano) - size(left.differenceNano)));
  return {
    rows: compared,
    notMetered: notMetered(lines, amountOf),
    billNano: lines.reduce((sum, line) => sum + amountOf(line), 0n),
    ledgerNano: ledger.reduce((sum, type) => sum + type.amountNano, 0n),
    bothDifferenceNano: compared
      .filter(({ billNano, ledgerNano }) => billNano !== null && ledgerNano !== null)
      .reduce((sum, { differenceNano }) => sum + differenceNano, 0n),
  };
}

function notMetered(lines: readonly BillLine[], amountOf: (line: BillLine) => bigint) {
  return billKinds
    .filter((kind) => kind !== 'instance')
    .flatMap((kind) => {
      const own = lines.filter((line) => line.kind === kind);
      return own.length === 0
        ? []
        : [{ kind, amountNano: own.reduce((sum, line) => sum + amountOf(line), 0n) }];
    });
}
