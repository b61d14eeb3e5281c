import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { cluster, clusterRequest } from '../../db/schema/environments.ts';
import type { TakeOverPlan } from '../../domain/take-over-plan.ts';
import type { Discovery } from '../../domain/workload.ts';
import { newId } from '../../server/id.ts';

/** A Kubernetes cluster whose token no worker can open, so that the test itself says what a worker found there. */
export async function addUnopenedCluster(db: Database): Promise<string> {
  const id = newId();
  await db.insert(cluster).values({
    id,
    name: `cluster-${id.slice(-8)}`,
    kind: 'kubernetes',
    credential: 'token',
    serverUrl: 'https://127.0.0.1:1',
    caPem: 'none',
    sealedToken: 'none',
    createdAt: new Date(),
  });
  return id;
}

/** Answers every open look at a cluster as its worker would; the returned function ends it. */
export function answerLooks(
  db: Database,
  clusterId: string,
  found: Discovery | TakeOverPlan,
): () => Promise<void> {
  let ended = false;
  const run = async (): Promise<void> => {
    while (!ended) {
      await db
        .update(clusterRequest)
        .set({ answer: found, answeredAt: sql`clock_timestamp()` })
        .where(and(eq(clusterRequest.clusterId, clusterId), isNull(clusterRequest.answeredAt)));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const running = run();
  return async () => {
    ended = true;
    await running;
  };
}
