import {
  type BillKind,
  billKindOf,
  type FocusColumn,
  type FocusRow,
  focusColumns,
  instanceTypeOf,
  neededColumns,
  sortingColumns,
} from './focus-row.ts';

/** What a bill charges for one instance type, or for one kind of what is not metered. */
export type BillLine = {
  readonly kind: BillKind;
  /** As the bill writes it; null unless the kind is `instance`. */
  readonly instanceType: string | null;
  readonly rows: number;
  readonly billedNano: bigint;
  readonly effectiveNano: bigint;
};

export type BillSums = {
  readonly lines: readonly BillLine[];
  /** Charges of the month. */
  readonly rows: number;
  /** Charges of other times, which are left out. */
  readonly outside: number;
};

/** Why a file cannot be taken, as a sentence. */
export class BillError extends Error {
  override readonly name = 'BillError';
}

const maxKinds = 2_000;
const maxRemembered = 20_000;

/**
 * Nano of a bill's number, rounded half away from zero at the ninth digit (a bill has more digits than a ledger); reads an
 * exponent, which exports of doubles have although FOCUS forbids it. Null for anything else.
 */
export function billNano(text: string): bigint | null {
  const found = /^(-?)(\d{1,18})(?:\.(\d{1,40}))?(?:[eE]([+-]?\d{1,2}))?$/.exec(text.trim());
  if (found === null) return null;
  const [, sign, whole = '', part = '', exponent = '0'] = found;
  const digits = BigInt(whole + part);
  const shift = 9 - part.length + Number(exponent);
  const size = shift >= 0 ? digits * 10n ** BigInt(shift) : rounded(digits, 10n ** BigInt(-shift));
  return sign === '-' ? -size : size;
}

const rounded = (value: bigint, by: bigint): bigint => (2n * value + by) / (2n * by);

type Sum = { kind: BillKind; instanceType: string | null; rows: number; billed: bigint; effective: bigint };

/** Sums the rows of a FOCUS file, one by one, for one calendar month (UTC) and currency. Throws BillError. */
export class FocusBill {
  readonly #columns: readonly (readonly [FocusColumn, number])[];
  readonly #month: { readonly from: Date; readonly to: Date };
  readonly #currency: string;
  readonly #sums = new Map<string, Sum>();
  /** Rows repeat what they are for and when, so that is worked out once. */
  readonly #sorts = new Map<string, Pick<Sum, 'kind' | 'instanceType'>>();
  readonly #times = new Map<string, number>();
  #row = 1;
  #taken = 0;
  #outside = 0;

  constructor(
    head: readonly string[],
    of: { readonly month: { readonly from: Date; readonly to: Date }; readonly currency: string },
  ) {
    const places = focusColumns.map(
      (name) => [name, head.findIndex((cell) => cell.trim() === name)] as const,
    );
    const missing = neededColumns.find((name) => places.some(([each, place]) => each === name && place < 0));
    if (missing !== undefined)
      throw new BillError(`The column ${missing} is missing. Export the bill in FOCUS 1.0 or later, as CSV.`);
    this.#columns = places.filter(([, place]) => place >= 0);
    this.#month = of.month;
    this.#currency = of.currency;
  }

  take(cells: readonly string[]): void {
    this.#row += 1;
    const row: Partial<Record<FocusColumn, string>> = {};
    for (const [name, place] of this.#columns) row[name] = cells[place] ?? '';
    const startsAt = this.#timeOf(row.ChargePeriodStart ?? '');
    if (Number.isNaN(startsAt)) throw this.#bad('ChargePeriodStart is no time');
    if (startsAt < this.#month.from.getTime() || startsAt >= this.#month.to.getTime()) this.#outside += 1;
    else this.#add(row);
  }

  sums(): BillSums {
    const lines = [...this.#sums.values()].map(
      ({ billed, effective, ...sum }): BillLine => ({
        ...sum,
        billedNano: billed,
        effectiveNano: effective,
      }),
    );
    return { lines, rows: this.#taken, outside: this.#outside };
  }

  #add(row: FocusRow): void {
    if (row.BillingCurrency !== this.#currency)
      throw this.#bad(`it is in ${row.BillingCurrency}, this instance counts in ${this.#currency}`);
    const billed = billNano(row.BilledCost ?? '');
    const effective = billNano(row.EffectiveCost ?? '');
    if (billed === null) throw this.#bad('BilledCost is no number');
    if (effective === null) throw this.#bad('EffectiveCost is no number');
    const { kind, instanceType } = this.#sortOf(row);
    const key = `${kind} ${instanceType ?? ''}`;
    const sum = this.#sums.get(key) ?? { kind, instanceType, rows: 0, billed: 0n, effective: 0n };
    if (sum.rows === 0 && this.#sums.size >= maxKinds)
      throw new BillError(`The file has more than ${maxKinds} instance types; that is no bill of machines.`);
    sum.rows += 1;
    sum.billed += billed;
    sum.effective += effective;
    this.#sums.set(key, sum);
    this.#taken += 1;
  }

  #sortOf(row: FocusRow): Pick<Sum, 'kind' | 'instanceType'> {
    const key = sortingColumns.map((name) => row[name]).join('\n');
    const known = this.#sorts.get(key);
    if (known !== undefined) return known;
    const kind = billKindOf(row);
    const sort = { kind, instanceType: kind === 'instance' ? instanceTypeOf(row) : null };
    if (this.#sorts.size < maxRemembered) this.#sorts.set(key, sort);
    return sort;
  }

  #timeOf(text: string): number {
    const known = this.#times.get(text);
    if (known !== undefined) return known;
    const at = instantOf(text);
    if (this.#times.size < maxRemembered) this.#times.set(text, at);
    return at;
  }

  #bad(what: string): BillError {
    return new BillError(`Row ${this.#row}: ${what}. Nothing of the file was taken.`);
  }
}

/** FOCUS writes 2026-10-01T00:00:00Z; some exports leave out the T or the Z and mean UTC. */
function instantOf(text: string): number {
  const found = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?)?\s*(?:Z|UTC|\+00:?00)?$/.exec(
    text.trim(),
  );
  return found === null ? Number.NaN : Date.parse(`${found[1]}T${found[2] ?? '00:00:00'}Z`);
}
