import { asc, desc, eq, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { ledgerDaySum } from '../../db/schema/ledger.ts';
import { nodeInterval } from '../../db/schema/metering.ts';
import { billFile } from '../../db/schema/prices.ts';
import { checkBill, type LedgerOfType } from '../../domain/bill/bill-check.ts';
import { billLinesSchema, linesOf } from '../../domain/bill/bill-lines.ts';
import { monthBefore, monthText } from '../../domain/bill/month.ts';
import { query } from '../query.ts';
import { currencyOf } from '../rows/price-entries.ts';
import { principalRefs } from '../rows/principal-refs.ts';
import { viewerRefusal } from '../rows/viewer-refusal.ts';
import { firstOf, monthSchema } from './commands.ts';

/** A month's bills together against the ledger of that month; the last month with a bill unless one is asked for. */
export const checkBills = query(
  {
    permission: 'bills.check',
    schema: z.object({
      month: monthSchema.optional(),
      basis: z.enum(['effective', 'billed']).default('effective'),
    }),
    project: 'instance',
  },
  async ({ db, input, principal, ctx }) => {
    const now = await ctx.clock(db);
    const months = await db
      .selectDistinct({ monthAt: billFile.monthAt })
      .from(billFile)
      .orderBy(desc(billFile.monthAt))
      .limit(36);
    const month = input.month ?? (months[0] === undefined ? monthBefore(now) : monthText(months[0].monthAt));
    const files = await db
      .select()
      .from(billFile)
      .where(eq(billFile.monthAt, firstOf(month)))
      .orderBy(asc(billFile.fileName));
    const personOf = await principalRefs(
      db,
      files.map(({ importedBy }) => importedBy),
    );
    const lines = files.flatMap((file) => linesOf(billLinesSchema.parse(file.lines)));
    return {
      currency: await currencyOf(db),
      month,
      basis: input.basis,
      months: months.map(({ monthAt }) => monthText(monthAt)),
      files: files.map(({ id, fileName, rows, outside, importedAt, importedBy }) => ({
        id,
        fileName,
        rows,
        outside,
        importedAt,
        importedBy: personOf(importedBy),
      })),
      check: files.length === 0 ? null : checkBill(lines, await ledgerByType(db, month), input.basis),
      refusals: { write: viewerRefusal({ principal, projectId: '' }, 'bills.import') },
    };
  },
);

/** The ledger's sums of a month by the instance type that each node had last. */
async function ledgerByType(db: Queries, month: string): Promise<LedgerOfType[]> {
  const from = firstOf(month);
  const to = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1));
  const { rows } = await db.execute<{
    instance_type: string | null;
    amount: string;
    nodes: number;
    unpriced: boolean;
  }>(sql`
    with sums as (
      select cluster_id, node_uid, sum(loaded_nano) as amount, bool_or(unpriced > 0) as unpriced
      from ${ledgerDaySum}
      where day_at >= ${from.toISOString()}::timestamptz and day_at < ${to.toISOString()}::timestamptz
      group by cluster_id, node_uid)
    select seen.instance_type, sum(amount)::text as amount, count(*)::integer as nodes, bool_or(unpriced) as unpriced
    from sums left join lateral (
      select facts ->> 'instanceType' as instance_type from ${nodeInterval} as node
      where node.cluster_id = sums.cluster_id and node.node_uid = sums.node_uid
      order by from_at desc limit 1) as seen on true
    group by seen.instance_type`);
  return rows.map((row) => ({
    instanceType: row.instance_type,
    amountNano: BigInt(row.amount),
    nodes: row.nodes,
    hasUnpriced: row.unpriced,
  }));
}
