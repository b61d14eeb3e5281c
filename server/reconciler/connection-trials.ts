import { and, asc, eq, isNull, ne, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Database } from '../../db/client.ts';
import { clusterRequest } from '../../db/schema/environments.ts';
import { namespaceAccessSchema } from '../../domain/namespace-access.ts';
import { DomainError } from '../../domain/refusal.ts';
import type { Cluster, ClusterCapabilities } from '../cluster/cluster.ts';
import { connectKubernetesCluster } from '../cluster/connect.ts';
import { openToken } from '../cluster/seal.ts';
import { staleSeconds, unusable } from './cluster-requests.ts';

const trialSchema = z.object({
  schema: z.literal(1),
  namespaces: z.array(namespaceAccessSchema),
  connection: z.discriminatedUnion('credential', [
    z.object({ credential: z.literal('inCluster') }),
    z.object({
      credential: z.literal('token'),
      serverUrl: z.string(),
      caPem: z.string(),
      sealedToken: z.string(),
    }),
  ]),
});

/**
 * Answers the open trials of connections that are not stored: the token is sealed to the worker's key and the request's
 * id, and is forgotten with the answer. Several workers may answer; the first answer stays.
 */
export async function answerTrials(db: Database, workerPrivateKey: string | null): Promise<void> {
  const trial = and(eq(clusterRequest.kind, 'trial'), isNull(clusterRequest.answeredAt));
  const age = sql`clock_timestamp() - ${clusterRequest.requestedAt}`;
  const open = await db
    .select()
    .from(clusterRequest)
    .where(and(trial, sql`${age} < ${staleSeconds} * interval '1 second'`))
    .orderBy(asc(clusterRequest.requestedAt))
    .limit(20);
  const answers = open.map(async ({ id, payload }) => {
    const answer = await tried(payload, { id, workerPrivateKey }).catch(unusable);
    await db
      .update(clusterRequest)
      .set({ answer, payload: {}, answeredAt: sql`clock_timestamp()` })
      .where(and(eq(clusterRequest.id, id), isNull(clusterRequest.answeredAt)));
  });
  await Promise.all(answers);
  await db
    .update(clusterRequest)
    .set({ payload: {} })
    .where(and(trial, sql`${age} >= ${staleSeconds} * interval '1 second'`, ne(clusterRequest.payload, {})));
}

async function tried(
  payload: unknown,
  { id, workerPrivateKey }: { id: string; workerPrivateKey: string | null },
): Promise<ClusterCapabilities> {
  const { namespaces, connection } = trialSchema.parse(payload);
  const cluster = await connectTrial(connection, id, workerPrivateKey);
  try {
    return await cluster.probe(namespaces);
  } finally {
    await cluster.close();
  }
}

async function connectTrial(
  connection: z.output<typeof trialSchema>['connection'],
  id: string,
  workerPrivateKey: string | null,
): Promise<Cluster> {
  if (connection.credential === 'inCluster')
    return await connectKubernetesCluster({ clusterId: id, credential: 'inCluster' });
  if (workerPrivateKey === null)
    throw new DomainError({
      code: 'clusterUnauthorized',
      message: 'This worker has no private key, so it cannot open the token.',
      fix: 'Start the worker with WORKER_PRIVATE_KEY.',
    });
  const { serverUrl, caPem, sealedToken } = connection;
  const token = openToken(workerPrivateKey, sealedToken, id);
  return await connectKubernetesCluster({ clusterId: id, credential: 'token', serverUrl, caPem, token });
}
