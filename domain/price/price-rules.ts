import { nanoOf } from './money.ts';
import type { PriceEntry } from './node-price.ts';
import { priceText } from './price-words.ts';

/** Why a text is no price, as a sentence, or null. */
export function amountProblem(text: string): string | null {
  const tidied = text.trim();
  if (nanoOf(tidied) !== null) return null;
  if (/^-\d/.test(tidied)) return 'A price is not negative.';
  if (/^\d+\.\d{10,}$/.test(tidied)) return 'A price is at most nine digits behind the point.';
  if (/^\d{16,}/.test(tidied)) return 'A price is at most 15 digits before the point.';
  return 'Write the price as a plain decimal with a point, such as 55.04.';
}

/** Why rows of this validity cannot be, or null. */
export function validityProblem({
  validFrom,
  validTo,
}: Pick<PriceEntry, 'validFrom' | 'validTo'>): string | null {
  return validTo !== null && validTo <= validFrom ? 'A price ends after it begins.' : null;
}

type Dated = Omit<PriceEntry, 'id'>;

const matchOf = (entry: Dated): string =>
  JSON.stringify([
    entry.instanceType,
    entry.region,
    entry.gpuProduct,
    entry.capacityType,
    entry.unit,
    entry.source,
  ]);

function touches(left: Dated, right: Dated): boolean {
  const leftEndsFirst = left.validTo !== null && left.validTo <= right.validFrom;
  const rightEndsFirst = right.validTo !== null && right.validTo <= left.validFrom;
  return !leftEndsFirst && !rightEndsFirst;
}

/** Same row for the same time at the same amount: adding it again would change nothing. */
export function isSamePrice(left: Dated, right: Dated): boolean {
  return (
    matchOf(left) === matchOf(right) &&
    left.amountNano === right.amountNano &&
    left.validFrom.getTime() === right.validFrom.getTime() &&
    (left.validTo?.getTime() ?? null) === (right.validTo?.getTime() ?? null)
  );
}

/** Finds, for a row, the one among those given so far that would be valid at the same time for the same nodes. */
export class PriceOverlaps<Row extends Dated> {
  readonly #rows = new Map<string, Row[]>();

  constructor(rows: readonly Row[] = []) {
    for (const row of rows) this.add(row);
  }

  add(row: Row): void {
    const same = this.#rows.get(matchOf(row));
    if (same === undefined) this.#rows.set(matchOf(row), [row]);
    else same.push(row);
  }

  of(row: Dated): Row | null {
    return this.#rows.get(matchOf(row))?.find((other) => touches(other, row)) ?? null;
  }
}

/** What to say when a row would be valid together with another. */
export function overlapSentence(other: Dated, currency: string): string {
  return `It would be valid together with another row: ${priceText(other, currency)}. End that one first, or begin when it ends.`;
}

const day = 24 * 3_600_000;

/** How old a figure may get before it is doubted; a contract holds for as long as it is valid. */
function staleAfterMs({ source, capacityType }: Pick<PriceEntry, 'source' | 'capacityType'>): number | null {
  if (source === 'contract') return null;
  return capacityType === 'spot' ? day : 30 * day;
}

export type PriceAge = {
  /** Since the figure was true at its source; null where no date was given. */
  readonly ageMs: number | null;
  readonly isStale: boolean;
};

/** Age of a row's figure: a spot price is stale after a day, any other after 30 days, a contract never, an undated one always. */
export function priceAge(
  entry: Pick<PriceEntry, 'source' | 'capacityType'> & { readonly sourceDate: Date | null },
  now: Date,
): PriceAge {
  const limit = staleAfterMs(entry);
  const ageMs = entry.sourceDate === null ? null : Math.max(0, now.getTime() - entry.sourceDate.getTime());
  return { ageMs, isStale: limit !== null && (ageMs === null || ageMs > limit) };
}
