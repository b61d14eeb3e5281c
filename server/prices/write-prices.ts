import type { Transaction } from '../../db/client.ts';
import { instanceCurrency, priceEntry } from '../../db/schema/prices.ts';
import type { NewPrice } from '../../domain/price/price-draft.ts';
import { DomainError } from '../../domain/refusal.ts';
import { newId } from '../id.ts';

/**
 * The currency that the row may be written in. Its lock lets one writer at a time into the price book, so that what was
 * found not to overlap still does not when it is stored; the exclusion constraint stands behind it.
 */
export async function lockPriceBook(tx: Transaction): Promise<string> {
  const rows = await tx.select({ currency: instanceCurrency.currency }).from(instanceCurrency).for('update');
  const found = rows[0];
  if (found !== undefined) return found.currency;
  throw new DomainError({
    code: 'wrongState',
    message: 'This instance has no currency yet.',
    fix: 'Set the currency on the price book first; it cannot be changed later.',
  });
}

/** Throws when a price is in another currency than the instance's. */
export function refuseOtherCurrency(currency: string, asked: string): void {
  if (asked === currency) return;
  throw new DomainError({
    code: 'invalidInput',
    message: `currency: This instance counts in ${currency}, the price is in ${asked}.`,
    params: { field: 'currency' },
    fix: `Convert the price to ${currency} first.`,
  });
}

const batchSize = 500;

/** Stores rows whose overlaps were looked for under the lock; returns their ids in the same order. */
export async function insertPrices(
  tx: Transaction,
  prices: readonly NewPrice[],
  made: { readonly by: string; readonly at: Date },
): Promise<string[]> {
  const rows = prices.map((price) => ({
    ...price,
    id: newId(),
    amountNano: String(price.amountNano),
    createdAt: made.at,
    createdBy: made.by,
  }));
  for (let from = 0; from < rows.length; from += batchSize)
    await tx.insert(priceEntry).values(rows.slice(from, from + batchSize));
  return rows.map(({ id }) => id);
}
