import { and, asc, eq, gt, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { ledgerEntry, ledgerProgress } from '../../db/schema/ledger.ts';
import { nodeInterval, podInterval } from '../../db/schema/metering.ts';
import { priceEntry } from '../../db/schema/prices.ts';
import { podFactsSchema } from '../../domain/metering/facts.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import {
  type CostFilter,
  groupSql,
  instantOf,
  isAsked,
  isRange,
  projectSql,
  rangeFields,
  rangeSentence,
} from '../rows/cost-filter.ts';
import { openRows } from '../rows/open-hours.ts';
import { currencyOf } from '../rows/price-entries.ts';
import { notFound } from '../rows/row-project.ts';

type Asked = CostFilter & {
  readonly group: string;
  readonly podUid: string | null;
  readonly nodeUid: string;
};

const whole = z.coerce.string().transform((text) => BigInt(text));
const lineSchema = z.object({
  bucket: z.string(),
  line: z.enum(['gpu', 'cpu', 'memory']),
  role: z.string().nullable(),
  priceEntryId: z.string().nullable(),
  estimated: z.boolean(),
  quantity: whole,
  loadedNano: whole.nullable(),
  openCostNano: whole.nullable(),
  isSealed: z.boolean(),
});
type CostLine = z.infer<typeof lineSchema>;

/** The rows of the ledger that sum to a pod's amount, its intervals of that time, and the price rows they rest on. */
async function answer(db: Queries, asked: Asked) {
  const lines = [...(await sealedLines(db, asked)), ...(await openLines(db, asked))];
  if (lines.length === 0) throw notFound();
  const priceIds = lines.flatMap(({ priceEntryId }) => (priceEntryId === null ? [] : [priceEntryId]));
  return {
    currency: await currencyOf(db),
    lines,
    intervals: asked.podUid === null ? [] : await intervalsOf(db, asked, asked.podUid),
    /** Before this the intervals are not kept any more, and part of what was asked lies before it; else null. */
    factsFrom: asked.podUid === null ? null : await factsGone(db, asked),
    prices: await pricesOf(db, [...new Set(priceIds)]),
  };
}

async function sealedLines(db: Queries, asked: Asked): Promise<CostLine[]> {
  const pod = asked.podUid === null ? sql`pod_uid is null` : sql`pod_uid = ${asked.podUid}`;
  const { rows } = await db.execute(sql`
    select bucket, line, role, price_entry_id as "priceEntryId", estimated, sum(quantity)::text as quantity,
           sum(loaded_nano)::text as "loadedNano", sum(open_cost_nano)::text as "openCostNano", true as "isSealed"
    from ${ledgerEntry}
    where hour_at >= ${instantOf(asked.from)} and hour_at < ${instantOf(asked.to)} and ${projectSql(asked)}
      and ${groupSql(asked.groupBy)} = ${asked.group} and node_uid = ${asked.nodeUid} and ${pod}
    group by bucket, line, role, price_entry_id, estimated
    having sum(quantity) <> 0 or sum(loaded_nano) <> 0 or sum(open_cost_nano) <> 0
    order by line desc, bucket, role`);
  return rows.map((row) => lineSchema.parse(row));
}

async function openLines(db: Queries, asked: Asked): Promise<CostLine[]> {
  const sums = new Map<string, CostLine>();
  const added = (left: bigint | null | undefined, right: bigint | null) =>
    right === null ? (left ?? null) : (left ?? 0n) + right;
  for (const row of await openRows(db, asked)) {
    if (row.podUid !== asked.podUid || row.nodeUid !== asked.nodeUid || !isAsked(row, asked, asked.group))
      continue;
    const { bucket, line, role, priceEntryId, estimated } = row;
    const key = JSON.stringify([bucket, line, role, priceEntryId, estimated]);
    const sum = sums.get(key);
    sums.set(key, {
      bucket,
      line,
      role,
      priceEntryId,
      estimated,
      quantity: (sum?.quantity ?? 0n) + row.quantity,
      loadedNano: added(sum?.loadedNano, row.loadedNano),
      openCostNano: added(sum?.openCostNano, row.openCostNano),
      isSealed: false,
    });
  }
  return [...sums.values()];
}

async function intervalsOf(db: Queries, { from, to, nodeUid }: Asked, podUid: string) {
  const rows = await db
    .select()
    .from(podInterval)
    .where(
      and(
        eq(podInterval.podUid, podUid),
        eq(podInterval.nodeUid, nodeUid),
        lt(podInterval.fromAt, to),
        or(isNull(podInterval.toAt), gt(podInterval.toAt, from)),
      ),
    )
    .orderBy(asc(podInterval.fromAt))
    .limit(500);
  return rows.map(({ fromAt, toAt, bucket, source, estimated, facts }) => {
    const { gpu, milliCpu, memoryMib, owners } = podFactsSchema.parse(facts);
    return { fromAt, toAt, bucket, source, estimated, gpu, milliCpu, memoryMib, owners };
  });
}

async function factsGone(db: Queries, { from, nodeUid }: Asked): Promise<Date | null> {
  const [row] = await db
    .select({ factsFrom: ledgerProgress.factsFrom })
    .from(ledgerProgress)
    .innerJoin(nodeInterval, eq(nodeInterval.clusterId, ledgerProgress.clusterId))
    .where(eq(nodeInterval.nodeUid, nodeUid))
    .limit(1);
  const factsFrom = row?.factsFrom ?? null;
  return factsFrom !== null && from < factsFrom ? factsFrom : null;
}

async function pricesOf(db: Queries, ids: readonly string[]) {
  if (ids.length === 0) return [];
  const rows = await db
    .select()
    .from(priceEntry)
    .where(inArray(priceEntry.id, [...ids]));
  return rows.map(({ id, instanceType, gpuProduct, capacityType, unit, amountNano, source, sourceNote }) => ({
    id,
    instanceType,
    gpuProduct,
    capacityType,
    unit,
    amountNano: BigInt(amountNano),
    source,
    sourceNote,
  }));
}

const podFields = {
  group: z.string().min(1).max(300),
  podUid: z.string().max(100).nullable(),
  nodeUid: z.string().min(1).max(300),
};

export const getCostPod = query(
  {
    permission: 'costs.pod',
    schema: z
      .object({
        projectId: idSchema,
        ...rangeFields,
        groupBy: rangeFields.groupBy.exclude(['node', 'project']),
        ...podFields,
      })
      .refine(isRange, rangeSentence),
    project: (_db, input) => input.projectId,
  },
  async ({ db, input, projectId }) => await answer(db, { ...input, projectId }),
);

export const getInstanceCostPod = query(
  {
    permission: 'instanceCosts.pod',
    schema: z.object({ ...rangeFields, ...podFields }).refine(isRange, rangeSentence),
    project: 'instance',
  },
  async ({ db, input }) => await answer(db, { ...input, projectId: null }),
);
