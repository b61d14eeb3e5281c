import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { cluster } from '../../db/schema/environments.ts';
import { ledgerProgress } from '../../db/schema/ledger.ts';
import { nodeInterval, podInterval, watchInterval } from '../../db/schema/metering.ts';
import type { PodFacts } from '../../domain/metering/facts.ts';
import { newId } from '../../server/id.ts';
import { exampleNode } from '../../server/ledger-fixture.ts';

const hourMs = 3_600_000;
/** With what ran on them this makes about as many day sums as the reference measured, 217,000 (reference/gpu-budgets.md §0.1). */
const nodes = 100;
const podsPerNode = 8;
/** As many as are open at the most between two seals. */
const openHours = 2;

type Range = { readonly from: Date; readonly to: Date };

/** A cluster of a hundred nodes with eight pods each: its day sums over the range, and the intervals of its open hours. */
export async function fillLedger(db: Database, range: Range): Promise<{ rows: number; openPods: number }> {
  const clusterId = newId();
  const createdAt = new Date();
  await db
    .insert(cluster)
    .values({ id: clusterId, name: `bench-${clusterId}`, kind: 'kubernetes', credential: 'none', createdAt });
  const rows = await daySums(db, clusterId, range);
  await openIntervals(db, clusterId);
  await db.execute(sql`vacuum analyze`);
  return { rows, openPods: nodes * podsPerNode };
}

/** Six owners of ten projects, idle and system on each node and day, each with its three lines. */
async function daySums(db: Database, clusterId: string, { from, to }: Range): Promise<number> {
  const id = (text: string) => sql.raw(`case when owner < 6 then md5(${text})::uuid end`);
  const { rowCount } = await db.execute(sql`
    insert into ledger_day_sum (id, day_at, posted_month, cluster_id, node_uid, bucket, line, project_id, model_id,
      model_version_id, role, gpu_product, capacity_type, quantity, loaded_nano, open_cost_nano, unpriced, estimated_quantity)
    select gen_random_uuid(), day, date_trunc('month', day, 'UTC'), ${clusterId}::uuid, 'node-' || node,
           case when owner < 6 then (array['serving', 'warmup', 'drain'])[owner % 3 + 1]
                when owner = 6 then 'idleFree' else 'system' end,
           line, ${id(`'project' || (node + owner) % 10`)}, ${id(`'model' || (node * 7 + owner) % 100`)},
           ${id(`'version' || (node * 31 + owner) % 400`)},
           case when owner < 6 then (array['stable', 'canary', 'retiring'])[owner % 3 + 1] end,
           'product-' || node % 4, 'onDemand', 1000000 + node * owner, 1000000000 + node, 300000000 + owner, 0, 0
    from generate_series(${from.toISOString()}::timestamptz, ${to.toISOString()}::timestamptz - interval '1 day', interval '1 day') as day,
         generate_series(1, ${nodes}::int) as node, generate_series(0, 7) as owner,
         unnest(array['gpu', 'cpu', 'memory']) as line`);
  return rowCount ?? 0;
}

async function openIntervals(db: Database, clusterId: string): Promise<void> {
  const sealedUntil = new Date(Math.floor(Date.now() / hourMs) * hourMs - (openHours - 1) * hourMs);
  const lasting = {
    clusterId,
    fromAt: new Date(sealedUntil.getTime() - hourMs),
    toAt: null,
    source: 'watch',
    estimated: false,
  } as const;
  const uids = Array.from({ length: nodes }, (_, index) => `node-${index + 1}`);
  await db
    .insert(nodeInterval)
    .values(uids.map((nodeUid) => ({ ...lasting, nodeUid, facts: { ...exampleNode, name: nodeUid } })));
  const facts = (name: string): PodFacts => ({
    schema: 1,
    namespace: 'bench',
    name,
    owners: [{ kind: 'ReplicaSet', name: 'bench-1', uid: 'u' }],
    labels: { app: name },
    revisionId: null,
    imageDigests: [],
    gpu: { n: 1, d: 1 },
    gpuEstimated: false,
    milliCpu: 8_000,
    memoryMib: 65_536,
    runId: null,
  });
  const pods = uids.flatMap((nodeUid) =>
    Array.from({ length: podsPerNode }, (_, index) => ({ nodeUid, podUid: `${nodeUid}-${index}` })),
  );
  await db
    .insert(podInterval)
    .values(
      pods.map((pod) => ({ ...lasting, ...pod, bucket: 'serving' as const, facts: facts(pod.podUid) })),
    );
  await db.insert(watchInterval).values({ clusterId, fromAt: lasting.fromAt, seenUntil: new Date() });
  await db.insert(ledgerProgress).values({ clusterId, sealedUntil });
}
