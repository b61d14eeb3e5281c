import { and, asc, count, desc, gt, ilike, isNull, lte, or, type SQL, sql } from 'drizzle-orm';
import * as z from 'zod';
import { priceEntry } from '../../db/schema/prices.ts';
import { idSchema } from '../../domain/name.ts';
import { priceCsv } from '../../domain/price/price-csv.ts';
import { priceAge } from '../../domain/price/price-rules.ts';
import { query } from '../query.ts';
import { containing, offsetOf, pageOf, pageSchema, searchSchema } from '../rows/paging.ts';
import { currencyOf, priceEntries, storedPrice } from '../rows/price-entries.ts';
import { viewerRefusal } from '../rows/viewer-refusal.ts';

/** Which rows are shown: those that price something now, those that begin later, those that ended, or all. */
const filterSchema = z.enum(['current', 'coming', 'ended', 'all']).default('current');

function valid(filter: z.output<typeof filterSchema>, now: Date): SQL | undefined {
  const begun = lte(priceEntry.validFrom, now);
  switch (filter) {
    case 'current':
      return and(begun, or(isNull(priceEntry.validTo), gt(priceEntry.validTo, now)));
    case 'coming':
      return gt(priceEntry.validFrom, now);
    case 'ended':
      return lte(priceEntry.validTo, now);
    case 'all':
      return undefined;
  }
}

/** The price book by instance type, contracts first; every member may read it. */
export const listPrices = query(
  {
    permission: 'prices.list',
    schema: pageSchema.extend({ projectId: idSchema, filter: filterSchema, search: searchSchema }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, input, principal, projectId, ctx }) => {
    const now = await ctx.clock(db);
    const pattern = containing(input.search ?? '');
    const where = and(
      valid(input.filter, now),
      input.search === undefined || input.search === ''
        ? undefined
        : or(
            ilike(priceEntry.instanceType, pattern),
            ilike(priceEntry.region, pattern),
            ilike(priceEntry.gpuProduct, pattern),
            ilike(priceEntry.sourceNote, pattern),
          ),
    );
    const counted = await db.select({ total: count() }).from(priceEntry).where(where);
    const rows = await db
      .select()
      .from(priceEntry)
      .where(where)
      .orderBy(
        asc(priceEntry.instanceType),
        asc(priceEntry.gpuProduct),
        asc(priceEntry.region),
        sql`array_position(array['contract', 'import', 'list'], ${priceEntry.source})`,
        asc(priceEntry.capacityType),
        desc(priceEntry.validFrom),
        asc(priceEntry.id),
      )
      .limit(input.pageSize)
      .offset(offsetOf(input));
    const refusal = (permission: 'prices.add' | 'prices.unpriced') =>
      viewerRefusal({ principal, projectId }, permission);
    return {
      currency: await currencyOf(db),
      now,
      page: pageOf(input, {
        rows: rows.map((row) => {
          const price = storedPrice(row);
          return { ...price, ...priceAge(price, now) };
        }),
        total: counted[0]?.total ?? 0,
      }),
      /** Whoever may add a price may do all that an instance admin may here. */
      refusals: { write: refusal('prices.add'), unpriced: refusal('prices.unpriced') },
    };
  },
);

/** The whole price book as CSV, as `prices.import` takes it. */
export const exportPrices = query(
  {
    permission: 'prices.export',
    schema: z.object({ projectId: idSchema }),
    project: (_db, input) => input.projectId,
  },
  async ({ db }) => {
    const prices = await priceEntries(db);
    return { csv: priceCsv(prices, (await currencyOf(db)) ?? '') };
  },
);
