import { and, asc, gt, isNull, lt, or } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { instanceCurrency, priceEntry } from '../../db/schema/prices.ts';
import type { PriceEntry } from '../../domain/price/node-price.ts';
import type { NewPrice } from '../../domain/price/price-draft.ts';

export type StoredPrice = PriceEntry & Pick<NewPrice, 'sourceNote' | 'sourceDate'>;

/** A row with its amount as the rules take it. */
export function storedPrice({ amountNano, ...row }: typeof priceEntry.$inferSelect) {
  return { ...row, amountNano: BigInt(amountNano) };
}

/** Every row of the price book that is valid at some moment of [from, to); without a window, all of them. */
export async function priceEntries(
  queries: Queries,
  window?: { readonly from: Date; readonly to: Date },
): Promise<StoredPrice[]> {
  const inside =
    window === undefined
      ? undefined
      : and(
          lt(priceEntry.validFrom, window.to),
          or(isNull(priceEntry.validTo), gt(priceEntry.validTo, window.from)),
        );
  const rows = await queries.select().from(priceEntry).where(inside).orderBy(asc(priceEntry.id));
  return rows.map(storedPrice);
}

/** ISO 4217 code of every amount of this instance; null until it is set. */
export async function currencyOf(queries: Queries): Promise<string | null> {
  const rows = await queries.select({ currency: instanceCurrency.currency }).from(instanceCurrency);
  return rows[0]?.currency ?? null;
}
