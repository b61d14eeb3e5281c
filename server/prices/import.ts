import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { type PriceProblem, readPriceCsv } from '../../domain/price/price-csv.ts';
import type { NewPrice } from '../../domain/price/price-draft.ts';
import { isSamePrice, overlapSentence, PriceOverlaps } from '../../domain/price/price-rules.ts';
import { starterLists, starterPrices } from '../../domain/price/starter-list.ts';
import { DomainError } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { query } from '../query.ts';
import { currencyOf, priceEntries } from '../rows/price-entries.ts';
import { kept } from './commands.ts';
import { insertPrices, lockPriceBook, refuseOtherCurrency } from './write-prices.ts';

const csvSchema = z
  .string()
  .max(1_000_000, 'The file is larger than a megabyte; import it in parts.')
  .refine((text) => text.trim() !== '', 'The file is empty.');

type Judged = {
  /** Rows that would be added. */
  readonly fresh: readonly NewPrice[];
  /** How many rows are in the book already, exactly so. */
  readonly present: number;
  readonly problems: readonly PriceProblem[];
};

/** Which rows of a file are new, which are there, and which cannot be taken beside the book and each other. */
async function judge(db: Queries, csv: string, currency: string): Promise<Judged> {
  const read = readPriceCsv(csv, currency);
  const overlaps = new PriceOverlaps<NewPrice>(await priceEntries(db));
  const fresh: NewPrice[] = [];
  const problems: PriceProblem[] = [...read.problems];
  let present = 0;
  for (const { row, price } of read.rows) {
    const other = overlaps.of(price);
    if (other === null) {
      fresh.push(price);
      overlaps.add(price);
    } else if (isSamePrice(other, price)) present += 1;
    else problems.push({ row, message: overlapSentence(other, currency) });
  }
  problems.sort((left, right) => (left.row ?? 0) - (right.row ?? 0));
  return { fresh, present, problems };
}

/** What an import of this file would do; nothing is written. */
export const previewImport = query(
  { permission: 'prices.preview', schema: z.object({ csv: csvSchema }), project: 'instance' },
  async ({ db, input }) => {
    const currency = await currencyOf(db);
    if (currency === null)
      throw new DomainError({
        code: 'wrongState',
        message: 'This instance has no currency yet.',
        fix: 'Set the currency on the price book first; it cannot be changed later.',
      });
    const { fresh, present, problems } = await judge(db, input.csv, currency);
    return {
      fresh: fresh.length,
      present,
      problems: problems.length,
      /** The first of each, for the screen. */
      rows: fresh.slice(0, 20),
      sentences: problems.slice(0, 50),
    };
  },
);

/** Takes every row of a file or none: one that cannot be taken refuses the whole. Rows that are there already are left alone. */
export const importPrices = command(
  {
    permission: 'prices.import',
    schema: z.object({ csv: csvSchema, fileName: z.string().trim().min(1).max(200) }),
    project: 'instance',
  },
  async ({ tx, input, principal, now }) => {
    const currency = await lockPriceBook(tx);
    const { fresh, present, problems } = await judge(tx, input.csv, currency);
    const [first] = problems;
    if (first !== undefined)
      throw new DomainError({
        code: 'invalidInput',
        message: `${first.row === null ? '' : `Row ${first.row}: `}${first.message}`,
        params: { field: 'csv', problems: problems.length },
        fix: 'Correct the rows and import the file again; nothing of it was taken.',
      });
    const result = { added: fresh.length, present };
    if (fresh.length === 0) return { result, audit: 'nothingWritten' };
    const [id = ''] = await insertPrices(tx, fresh, { by: principal.id, at: now });
    return {
      result,
      audit: [
        {
          object: { kind: 'price', id, name: input.fileName },
          sentence: `imported ${fresh.length} ${fresh.length === 1 ? 'price' : 'prices'} from ${input.fileName}`,
          after: fresh.map(kept),
        },
      ],
    };
  },
);

/** Adds those prices of a dated public list for whose nodes no list price is valid yet. */
export const addStarterList = command(
  {
    permission: 'prices.addStarterList',
    schema: z.object({ listId: z.enum(starterLists.map(({ id }) => id)) }),
    project: 'instance',
  },
  async ({ tx, input, principal, now }) => {
    const list = starterLists.find(({ id }) => id === input.listId);
    if (list === undefined) throw new Error(`There is no starter list ${input.listId}.`);
    const currency = await lockPriceBook(tx);
    refuseOtherCurrency(currency, list.currency);
    const overlaps = new PriceOverlaps<NewPrice>(await priceEntries(tx));
    const prices = starterPrices(list);
    const fresh = prices.filter((price) => overlaps.of(price) === null);
    const result = { added: fresh.length, present: prices.length - fresh.length };
    if (fresh.length === 0) return { result, audit: 'nothingWritten' };
    const [id = ''] = await insertPrices(tx, fresh, { by: principal.id, at: now });
    return {
      result,
      audit: [
        {
          object: { kind: 'price', id, name: list.title },
          sentence: `added ${fresh.length} list prices of ${list.title}, as of ${list.date}`,
          after: fresh.map(kept),
        },
      ],
    };
  },
);
