import { sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { ledgerEntry } from '../../db/schema/ledger.ts';
import { nodeInterval, podInterval } from '../../db/schema/metering.ts';
import type { PlacedRow } from '../../domain/ledger/open-spend.ts';
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

/** What one pod, or nobody, had of one node. */
type PodCost = {
  readonly podUid: string | null;
  readonly nodeUid: string;
  readonly milliGpuSeconds: bigint;
  readonly loadedNano: bigint;
  readonly openCostNano: bigint;
};

const mostPods = 200;
const whole = z.coerce.string().transform((text) => BigInt(text));
const rowSchema = z.object({
  podUid: z.string().nullable(),
  nodeUid: z.string(),
  milliGpuSeconds: whole,
  loadedNano: whole,
  openCostNano: whole,
});

/** The pods whose rows sum to the amount of a group, the most expensive first; what is beyond two hundred is one sum. */
async function answer(db: Queries, filter: CostFilter, group: string) {
  const pods = [...(await podSums(db, filter, group)).values()].sort((left, right) =>
    left.loadedNano === right.loadedNano
      ? Number(right.milliGpuSeconds - left.milliGpuSeconds)
      : right.loadedNano > left.loadedNano
        ? 1
        : -1,
  );
  const shown = pods.slice(0, mostPods);
  const rest = pods.slice(mostPods);
  const sum = (key: 'milliGpuSeconds' | 'loadedNano' | 'openCostNano') =>
    rest.reduce((total, pod) => total + pod[key], 0n);
  return {
    currency: await currencyOf(db),
    pods: await named(db, shown),
    rest: {
      count: rest.length,
      milliGpuSeconds: sum('milliGpuSeconds'),
      loadedNano: sum('loadedNano'),
      openCostNano: sum('openCostNano'),
    },
  };
}

async function podSums(db: Queries, filter: CostFilter, group: string): Promise<Map<string, PodCost>> {
  const { rows } = await db.execute(sql`
    select pod_uid as "podUid", node_uid as "nodeUid",
           coalesce(sum(quantity) filter (where line = 'gpu'), 0)::text as "milliGpuSeconds",
           coalesce(sum(loaded_nano), 0)::text as "loadedNano", coalesce(sum(open_cost_nano), 0)::text as "openCostNano"
    from ${ledgerEntry}
    where hour_at >= ${instantOf(filter.from)} and hour_at < ${instantOf(filter.to)} and ${projectSql(filter)}
      and ${groupSql(filter.groupBy)} = ${group}
    group by pod_uid, node_uid`);
  const sums = new Map<string, PodCost>();
  for (const row of rows.map((each) => rowSchema.parse(each))) sums.set(keyOf(row), row);
  for (const row of await openRows(db, filter)) {
    if (!isAsked(row, filter, group)) continue;
    sums.set(keyOf(row), plus(sums.get(keyOf(row)), row));
  }
  return sums;
}

const keyOf = ({ podUid, nodeUid }: Pick<PodCost, 'podUid' | 'nodeUid'>) => `${podUid ?? ''} ${nodeUid}`;

function plus(sum: PodCost | undefined, row: PlacedRow): PodCost {
  return {
    podUid: row.podUid,
    nodeUid: row.nodeUid,
    milliGpuSeconds: (sum?.milliGpuSeconds ?? 0n) + (row.line === 'gpu' ? row.quantity : 0n),
    loadedNano: (sum?.loadedNano ?? 0n) + (row.loadedNano ?? 0n),
    openCostNano: (sum?.openCostNano ?? 0n) + (row.openCostNano ?? 0n),
  };
}

async function named(db: Queries, pods: readonly PodCost[]) {
  const namesBy = async (query: ReturnType<typeof sql>) =>
    new Map(
      (await db.execute<{ uid: string; name: string }>(query)).rows.map(({ uid, name }) => [uid, name]),
    );
  const podUids = sql.param(pods.flatMap(({ podUid }) => (podUid === null ? [] : [podUid])));
  const podNames = await namesBy(sql`
    select distinct on (pod_uid) pod_uid as uid, facts->>'namespace' || '/' || (facts->>'name') as name
    from ${podInterval} where pod_uid = any(${podUids}::text[])`);
  const nodeNames = await namesBy(sql`
    select distinct on (node_uid) node_uid as uid, facts->>'name' as name
    from ${nodeInterval} where node_uid = any(${sql.param(pods.map(({ nodeUid }) => nodeUid))}::text[])`);
  return pods.map((pod) => ({
    ...pod,
    podName: pod.podUid === null ? null : (podNames.get(pod.podUid) ?? pod.podUid),
    nodeName: nodeNames.get(pod.nodeUid) ?? pod.nodeUid,
  }));
}

const groupSchema = z.string().min(1).max(300);

export const listCostPods = query(
  {
    permission: 'costs.pods',
    schema: z
      .object({
        projectId: idSchema,
        ...rangeFields,
        groupBy: rangeFields.groupBy.exclude(['node', 'project']),
        group: groupSchema,
      })
      .refine(isRange, rangeSentence),
    project: (_db, input) => input.projectId,
  },
  async ({ db, input, projectId }) => await answer(db, { ...input, projectId }, input.group),
);

export const listInstanceCostPods = query(
  {
    permission: 'instanceCosts.pods',
    schema: z.object({ ...rangeFields, group: groupSchema }).refine(isRange, rangeSentence),
    project: 'instance',
  },
  async ({ db, input }) => await answer(db, { ...input, projectId: null }, input.group),
);
