import { eq } from 'drizzle-orm';
import * as z from 'zod';
import { instanceCurrency, priceEntry } from '../../db/schema/prices.ts';
import { idSchema } from '../../domain/name.ts';
import { isCurrency } from '../../domain/price/money.ts';
import { type NewPrice, priceDraftSchema, priceOf } from '../../domain/price/price-draft.ts';
import { overlapSentence, PriceOverlaps } from '../../domain/price/price-rules.ts';
import { matchText, priceText, validityText } from '../../domain/price/price-words.ts';
import { DomainError } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { currencyOf, priceEntries, storedPrice } from '../rows/price-entries.ts';
import { onlyRow } from '../rows/row-project.ts';
import { insertPrices, lockPriceBook, refuseOtherCurrency } from './write-prices.ts';

/** Sets the currency of every price and amount, once and for all, before the first price. */
export const setCurrency = command(
  {
    permission: 'prices.setCurrency',
    schema: z.object({
      currency: z
        .string()
        .trim()
        .toUpperCase()
        .refine(isCurrency, 'Use a code of ISO 4217, such as USD or EUR.'),
    }),
    project: 'instance',
  },
  async ({ tx, input }) => {
    const { currency } = input;
    const inserted = await tx
      .insert(instanceCurrency)
      .values({ currency })
      .onConflictDoNothing()
      .returning({ currency: instanceCurrency.currency });
    if (inserted.length > 0)
      return {
        result: { currency },
        audit: [
          {
            object: { kind: 'price', id: 'currency', name: currency },
            sentence: `set the currency of prices and amounts to ${currency}`,
            after: { currency },
          },
        ],
      };
    const present = await currencyOf(tx);
    if (present === currency) return { result: { currency }, audit: 'nothingWritten' };
    throw new DomainError({
      code: 'wrongState',
      message: `This instance counts in ${present}; a currency that is set cannot be changed.`,
    });
  },
);

/** What the audit keeps of a row. */
export function kept({ amountNano, ...price }: NewPrice) {
  return { ...price, amountNano: String(amountNano) };
}

/** Adds one row to the price book. */
export const addPrice = command(
  {
    permission: 'prices.add',
    schema: z.object({ currency: z.string().max(10), price: priceDraftSchema }),
    project: 'instance',
  },
  async ({ tx, input, principal, now }) => {
    const currency = await lockPriceBook(tx);
    refuseOtherCurrency(currency, input.currency);
    const price = priceOf(input.price);
    const other = new PriceOverlaps(await priceEntries(tx)).of(price);
    if (other !== null)
      throw new DomainError({
        code: 'conflict',
        message: overlapSentence(other, currency),
        params: { priceEntryId: other.id },
        fix: `End the price of ${matchText(other)} at the moment from which the new one is valid.`,
      });
    const [id = ''] = await insertPrices(tx, [price], { by: principal.id, at: now });
    return {
      result: { priceEntryId: id },
      audit: [
        {
          object: { kind: 'price', id, name: matchText(price) },
          sentence: `added a ${priceText(price, currency)}`,
          after: kept(price),
        },
      ],
    };
  },
);

/** Ends a row at a moment, once: what it priced before stays priced. */
export const endPrice = command(
  {
    permission: 'prices.end',
    schema: z.object({ priceEntryId: idSchema, validTo: z.date() }),
    project: 'instance',
  },
  async ({ tx, input }) => {
    await lockPriceBook(tx);
    const { priceEntryId: id, validTo } = input;
    const row = storedPrice(onlyRow(await tx.select().from(priceEntry).where(eq(priceEntry.id, id))));
    if (row.validTo !== null)
      throw new DomainError({
        code: 'wrongState',
        message: `This price is valid ${validityText(row)}; an end that is set stays.`,
      });
    if (validTo <= row.validFrom)
      throw new DomainError({
        code: 'invalidInput',
        message: `validTo: This price is valid ${validityText(row)}; it ends after it begins.`,
        params: { field: 'validTo' },
      });
    await tx.update(priceEntry).set({ validTo }).where(eq(priceEntry.id, id));
    const name = matchText(row);
    return {
      result: null,
      audit: [
        {
          object: { kind: 'price', id, name },
          sentence: `ended the price of ${name}: valid ${validityText({ ...row, validTo })}`,
          before: { validTo: null },
          after: { validTo },
        },
      ],
    };
  },
);
