import { and, gt, isNull, or, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { nodeInterval } from '../../db/schema/metering.ts';
import { capacityTypes, type NodeFacts } from '../../domain/metering/facts.ts';
import { idSchema } from '../../domain/name.ts';
import { matchingPrices, nodePrice, perHourOf } from '../../domain/price/node-price.ts';
import { priceAge } from '../../domain/price/price-rules.ts';
import { query } from '../query.ts';
import { currencyOf, priceEntries } from '../rows/price-entries.ts';

const factSchema = z
  .string()
  .trim()
  .max(200)
  .nullable()
  .transform((text) => (text === '' ? null : text));

/** What a node of this kind costs at a moment (now without one), and every row that could have said so, the winner first. */
export const resolvePrice = query(
  {
    permission: 'prices.resolve',
    schema: z.object({
      projectId: idSchema,
      instanceType: factSchema,
      region: factSchema,
      gpuProduct: factSchema,
      capacityType: z.enum(capacityTypes),
      physicalGpus: z.int().min(0).max(64),
      at: z.date().optional(),
    }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, input, ctx }) => {
    const now = await ctx.clock(db);
    const at = input.at ?? now;
    const entries = await priceEntries(db, { from: at, to: new Date(at.getTime() + 1) });
    const matches = matchingPrices(input, at, entries).slice(0, 10);
    return {
      currency: await currencyOf(db),
      at,
      price: nodePrice(input, at, entries),
      matches: matches.map((entry) => ({
        ...entry,
        ...priceAge(entry, now),
        perHourNano: perHourOf(entry, input),
      })),
    };
  },
);

const lookBackMs = 30 * 24 * 3_600_000;

/** Kinds of nodes that were seen in the last 30 days and that no row prices, the most nodes first. */
export const unpricedNodes = query(
  { permission: 'prices.unpriced', schema: z.void(), project: 'instance' },
  async ({ db, ctx }) => {
    const now = await ctx.clock(db);
    const since = new Date(now.getTime() - lookBackMs);
    const kinds = await seenKinds(db, since);
    const entries = await priceEntries(db, { from: since, to: new Date(now.getTime() + 1) });
    return kinds
      .filter((kind) => nodePrice(kind, kind.lastAt ?? now, entries) === null)
      .map((kind) => ({ ...kind, lastAt: kind.lastAt ?? now }));
  },
);

type Kind = Pick<NodeFacts, 'instanceType' | 'region' | 'gpuProduct' | 'capacityType' | 'physicalGpus'> & {
  readonly nodes: number;
  readonly firstAt: Date;
  /** Last moment at which one was there; null while one is. */
  readonly lastAt: Date | null;
};

async function seenKinds(db: Queries, since: Date): Promise<Kind[]> {
  const fact = (name: string) => sql<string | null>`${nodeInterval.facts} ->> ${sql.raw(`'${name}'`)}`;
  const rows = await db
    .select({
      instanceType: fact('instanceType'),
      region: fact('region'),
      gpuProduct: fact('gpuProduct'),
      capacityType: sql<NodeFacts['capacityType']>`${nodeInterval.facts} ->> 'capacityType'`,
      physicalGpus: sql<number>`(${nodeInterval.facts} ->> 'physicalGpus')::integer`,
      nodes: sql<number>`count(distinct ${nodeInterval.nodeUid})::integer`,
      firstAt: sql<Date>`min(${nodeInterval.fromAt})`.mapWith(nodeInterval.fromAt),
      isThere: sql<boolean>`bool_or(${nodeInterval.toAt} is null)`,
      // The interval ends before this moment, so the price is looked up a moment earlier.
      lastAt: sql<Date | null>`max(${nodeInterval.toAt}) - interval '1 millisecond'`.mapWith(
        nodeInterval.toAt,
      ),
    })
    .from(nodeInterval)
    .where(and(or(isNull(nodeInterval.toAt), gt(nodeInterval.toAt, since))))
    .groupBy(sql`1, 2, 3, 4, 5`)
    .orderBy(sql`6 desc`)
    .limit(500);
  return rows.map(({ isThere, lastAt, ...row }) => ({ ...row, lastAt: isThere ? null : lastAt }));
}
