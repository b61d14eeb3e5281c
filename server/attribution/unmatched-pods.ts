import { sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { ledgerEntry } from '../../db/schema/ledger.ts';
import { podInterval } from '../../db/schema/metering.ts';
import { ownedBuckets } from '../../domain/ledger/spend.ts';
import { type PodFacts, podFactsSchema } from '../../domain/metering/facts.ts';
import { openRows } from '../rows/open-hours.ts';

/** A pod that somebody asked for and nobody pays for, with what it held. */
export type UnmatchedPod = {
  readonly clusterId: string;
  readonly podUid: string;
  readonly milliGpuSeconds: bigint;
  readonly loadedNano: bigint;
  readonly facts: PodFacts;
  /** Its namespace belongs to an Environment now, so that no rule will ever serve it. */
  readonly hasEnvironment: boolean;
};

type Sum = Pick<UnmatchedPod, 'clusterId' | 'podUid' | 'milliGpuSeconds' | 'loadedNano'>;

const whole = z.coerce.string().transform((text) => BigInt(text));
const sumSchema = z.object({
  clusterId: z.string(),
  podUid: z.string(),
  milliGpuSeconds: whole,
  loadedNano: whole,
});
const factsRow = z.object({
  clusterId: z.string(),
  podUid: z.string(),
  facts: podFactsSchema,
  hasEnvironment: z.boolean(),
});

/** Pods of the range that are nobody's, from sealed rows and open hours. */
export async function unmatchedPods(
  queries: Queries,
  { from, to }: { from: Date; to: Date },
): Promise<UnmatchedPod[]> {
  const sums = new Map(
    (await sealedPods(queries, { from, to })).map((row) => [`${row.clusterId} ${row.podUid}`, row]),
  );
  const owned: ReadonlySet<string> = new Set(ownedBuckets);
  for (const row of await openRows(queries, { from, to })) {
    if (row.projectId !== null || row.podUid === null || !owned.has(row.bucket)) continue;
    const key = `${row.clusterId} ${row.podUid}`;
    const before = sums.get(key);
    sums.set(key, {
      clusterId: row.clusterId,
      podUid: row.podUid,
      milliGpuSeconds: (before?.milliGpuSeconds ?? 0n) + (row.line === 'gpu' ? row.quantity : 0n),
      loadedNano: (before?.loadedNano ?? 0n) + (row.loadedNano ?? 0n),
    });
  }
  const facts = await factsOf(queries, [...sums.values()]);
  return [...sums].flatMap(([key, sum]) => {
    const found = facts.get(key);
    return found === undefined ? [] : [{ ...sum, ...found }];
  });
}

async function sealedPods(queries: Queries, { from, to }: { from: Date; to: Date }): Promise<Sum[]> {
  const { rows } = await queries.execute(sql`
    select cluster_id as "clusterId", pod_uid as "podUid",
           coalesce(sum(quantity) filter (where line = 'gpu'), 0)::text as "milliGpuSeconds",
           coalesce(sum(loaded_nano), 0)::text as "loadedNano"
    from ${ledgerEntry}
    where hour_at >= ${from.toISOString()}::timestamptz and hour_at < ${to.toISOString()}::timestamptz
      and project_id is null and pod_uid is not null and bucket = any(${sql.param([...ownedBuckets])}::text[])
    group by cluster_id, pod_uid having sum(quantity) <> 0`);
  return rows.map((row) => sumSchema.parse(row));
}

async function factsOf(queries: Queries, pods: readonly Sum[]) {
  const { rows } = await queries.execute(sql`
    select distinct on (pod.cluster_id, pod.pod_uid) pod.cluster_id as "clusterId", pod.pod_uid as "podUid", pod.facts,
           environment.id is not null as "hasEnvironment"
    from ${podInterval} as pod
    left join environment on environment.cluster_id = pod.cluster_id and environment.namespace = pod.facts->>'namespace'
    where pod.pod_uid = any(${sql.param(pods.map(({ podUid }) => podUid))}::text[])
    order by pod.cluster_id, pod.pod_uid, pod.from_at desc`);
  return new Map(
    rows
      .map((row) => factsRow.parse(row))
      .map(({ clusterId, podUid, facts, hasEnvironment }) => [
        `${clusterId} ${podUid}`,
        { facts, hasEnvironment },
      ]),
  );
}
