import { and, gt, isNull, or } from 'drizzle-orm';
import * as z from 'zod';
import { nodeInterval } from '../../db/schema/metering.ts';
import { nodeFactsSchema } from '../../domain/metering/facts.ts';
import { nodeCostPieces, spotSaving } from '../../domain/price/spot-saving.ts';
import { query } from '../query.ts';
import { currencyOf, priceEntries } from '../rows/price-entries.ts';

const days = 30;

/** Share of spot in what all metered nodes cost in the last 30 days, and what it saved against on demand. */
export const readSpot = query(
  { permission: 'prices.spot', schema: z.void(), project: 'instance' },
  async ({ db, ctx }) => {
    const now = await ctx.clock(db);
    const since = new Date(now.getTime() - days * 24 * 3_600_000);
    const rows = await db
      .select({ fromAt: nodeInterval.fromAt, toAt: nodeInterval.toAt, facts: nodeInterval.facts })
      .from(nodeInterval)
      .where(and(or(isNull(nodeInterval.toAt), gt(nodeInterval.toAt, since))));
    const entries = await priceEntries(db, { from: since, to: now });
    const times = rows.map(({ fromAt, toAt, facts }) => ({
      fromAt: fromAt < since ? since : fromAt,
      toAt: toAt === null || toAt > now ? now : toAt,
      facts: nodeFactsSchema.parse(facts),
    }));
    return {
      currency: await currencyOf(db),
      days,
      ...spotSaving(nodeCostPieces(times, entries), entries),
    };
  },
);
