import { asc, eq, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { cluster } from '../../db/schema/environments.ts';
import { project } from '../../db/schema/identity.ts';
import { attributionRule, ledgerDaySum } from '../../db/schema/ledger.ts';
import { matches } from '../../domain/ledger/attribution.ts';
import { proposedProject, topOwner } from '../../domain/ledger/unallocated.ts';
import { query } from '../query.ts';
import { currencyOf } from '../rows/price-entries.ts';
import { principalRefs } from '../rows/principal-refs.ts';
import { ruleMatchFields } from './rule-fields.ts';
import { type UnmatchedPod, unmatchedPods } from './unmatched-pods.ts';

const dayMs = 86_400_000;
const shownDays = 30;
const mostOwners = 100;

/** The last thirty days up to and with today, UTC. */
function lastDays(now: Date): { from: Date; to: Date } {
  const to = new Date(Math.floor(now.getTime() / dayMs) * dayMs + dayMs);
  return { from: new Date(to.getTime() - shownDays * dayMs), to };
}

/** Owners of the last thirty days that nobody pays for, the largest first, each with the rule that would take it. */
export const listUnallocated = query(
  { permission: 'attribution.unallocated', schema: z.void(), project: 'instance' },
  async ({ db, ctx }) => {
    const range = lastDays(await ctx.clock(db));
    const projects = await db.select().from(project).orderBy(asc(project.name));
    const clusters = new Map((await db.select().from(cluster)).map(({ id, name }) => [id, name]));
    const groups = Map.groupBy(await unmatchedPods(db, range), (pod) =>
      JSON.stringify([pod.clusterId, pod.facts.namespace, topOwner(pod.facts)]),
    );
    const owners = [...groups.values()]
      .flatMap((pods) => {
        const first = pods[0];
        if (first === undefined) return [];
        const { clusterId, facts, hasEnvironment } = first;
        return [
          {
            clusterId,
            clusterName: clusters.get(clusterId) ?? clusterId,
            namespace: facts.namespace,
            owner: topOwner(facts),
            hasEnvironment,
            pods: pods.length,
            ...sumOf(pods),
            proposedProjectId: proposedProject(facts, projects),
          },
        ];
      })
      .sort(
        (left, right) =>
          Number(right.milliGpuSeconds - left.milliGpuSeconds) || Number(right.loadedNano - left.loadedNano),
      );
    return {
      range,
      currency: await currencyOf(db),
      total: sumOf([...groups.values()].flat()),
      owners: owners.slice(0, mostOwners),
      more: Math.max(0, owners.length - mostOwners),
      projects: projects.map(({ id, name }) => ({ id, name })),
    };
  },
);

function sumOf(pods: readonly UnmatchedPod[]): { milliGpuSeconds: bigint; loadedNano: bigint } {
  return {
    milliGpuSeconds: pods.reduce((sum, pod) => sum + pod.milliGpuSeconds, 0n),
    loadedNano: pods.reduce((sum, pod) => sum + pod.loadedNano, 0n),
  };
}

/** What a rule would move in the last thirty days: what is unallocated and what its project pays, before and after. */
export const previewRule = query(
  { permission: 'attribution.preview', schema: z.object(ruleMatchFields), project: 'instance' },
  async ({ db, input, ctx }) => {
    const { from, to } = lastDays(await ctx.clock(db));
    const since = new Date(
      Math.max(from.getTime(), Math.ceil(input.validFrom.getTime() / 3_600_000) * 3_600_000),
    );
    const pods = since < to ? await unmatchedPods(db, { from: since, to }) : [];
    const moved = pods.filter(
      ({ clusterId, facts, hasEnvironment }) =>
        !hasEnvironment &&
        (input.clusterId === null || input.clusterId === clusterId) &&
        matches(input, facts),
    );
    const unallocated = sumOf(await unmatchedPods(db, { from, to }));
    const own = await paidBy(db, input.projectId, { from, to });
    const change = sumOf(moved);
    return {
      currency: await currencyOf(db),
      pods: moved.length,
      moved: change,
      unallocated: { before: unallocated, after: plus(unallocated, change, -1n) },
      project: { before: own, after: plus(own, change, 1n) },
    };
  },
);

type Amounts = { milliGpuSeconds: bigint; loadedNano: bigint };
const plus = (left: Amounts, right: Amounts, times: bigint): Amounts => ({
  milliGpuSeconds: left.milliGpuSeconds + times * right.milliGpuSeconds,
  loadedNano: left.loadedNano + times * right.loadedNano,
});

/** Sealed days of the project; its open hours are the same before and after. */
async function paidBy(
  db: Queries,
  projectId: string,
  { from, to }: { from: Date; to: Date },
): Promise<Amounts> {
  const { rows } = await db.execute<{ gpu: string; loaded: string }>(sql`
    select coalesce(sum(quantity) filter (where line = 'gpu'), 0)::text as gpu, coalesce(sum(loaded_nano), 0)::text as loaded
    from ${ledgerDaySum}
    where project_id = ${projectId} and day_at >= ${from.toISOString()}::timestamptz and day_at < ${to.toISOString()}::timestamptz`);
  return { milliGpuSeconds: BigInt(rows[0]?.gpu ?? '0'), loadedNano: BigInt(rows[0]?.loaded ?? '0') };
}

/** All rules, those that were ended too, by number. */
export const listRules = query(
  { permission: 'attribution.rules', schema: z.void(), project: 'instance' },
  async ({ db }) => {
    const rows = await db
      .select({ rule: attributionRule, projectName: project.name, clusterName: cluster.name })
      .from(attributionRule)
      .innerJoin(project, eq(project.id, attributionRule.projectId))
      .leftJoin(cluster, eq(cluster.id, attributionRule.clusterId))
      .orderBy(asc(attributionRule.number));
    const personOf = await principalRefs(
      db,
      rows.map(({ rule }) => rule.createdBy),
    );
    return rows.map(({ rule, projectName, clusterName }) => ({
      ...rule,
      projectName,
      clusterName,
      createdBy: personOf(rule.createdBy),
    }));
  },
);
