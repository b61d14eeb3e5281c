import { and, eq, isNotNull, sql } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { clusterRequest } from '../db/schema/environments.ts';
import { DomainError } from '../domain/refusal.ts';
import { changeChannel } from './audit/append.ts';
import { newId } from './id.ts';

const waitMs = 10_000;
const lookEveryMs = 100;

/** Asks the worker that may reach the cluster and waits at most 10 s for its answer; web holds no cluster credentials. */
export async function askWorker(
  db: Queries,
  request: {
    clusterId: string | null;
    kind: 'probe' | 'dryRun' | 'trial' | 'discover' | 'metricsProbe' | 'takeOver' | 'pods' | 'gpuUse';
    payload: unknown;
    id?: string;
  },
): Promise<unknown> {
  const { id = newId() } = request;
  await db.insert(clusterRequest).values({ ...request, id, requestedAt: sql`clock_timestamp()` });
  await db.execute(
    sql`select pg_notify(${changeChannel}, ${JSON.stringify({ projectId: null, topic: 'cluster', id: request.clusterId ?? id })})`,
  );
  for (let waited = 0; waited < waitMs; waited += lookEveryMs) {
    const rows = await db
      .select({ answer: clusterRequest.answer })
      .from(clusterRequest)
      .where(and(eq(clusterRequest.id, id), isNotNull(clusterRequest.answeredAt)));
    const answered = rows[0];
    if (answered !== undefined) return answered.answer;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  throw new DomainError({
    code: 'workerSilent',
    message: 'The worker did not answer within 10 seconds.',
    fix: 'See whether a worker runs and reaches the cluster, then try again.',
  });
}

/** Deletes a question with its answer, when it is large and of this moment only. */
export async function forgetAnswer(db: Queries, id: string): Promise<void> {
  await db.delete(clusterRequest).where(eq(clusterRequest.id, id));
}
