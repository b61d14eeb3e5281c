import type { Database } from '../../db/client.ts';
import type { cluster as clusterTable } from '../../db/schema/environments.ts';
import { DomainError } from '../../domain/refusal.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { connectKubernetesCluster } from '../cluster/connect.ts';
import { createSandboxCluster } from '../cluster/sandbox.ts';
import { openToken } from '../cluster/seal.ts';
import { clusterClock } from './cluster-clock.ts';

type ClusterRow = typeof clusterTable.$inferSelect;

/** The port of a registered cluster; throws DomainError or SealError when its credential cannot be used. */
export async function openCluster(
  db: Database,
  row: ClusterRow,
  workerPrivateKey: string | null,
): Promise<Cluster> {
  const clusterId = row.id;
  if (row.kind === 'sandbox') {
    const clock = clusterClock(row);
    return createSandboxCluster({ db, clusterId, clock: () => clock(db) });
  }
  if (row.credential === 'inCluster')
    return await connectKubernetesCluster({ clusterId, credential: 'inCluster' });
  const { serverUrl, caPem, sealedToken } = row;
  if (serverUrl === null || caPem === null || sealedToken === null || workerPrivateKey === null)
    throw new DomainError({
      code: 'clusterUnauthorized',
      message: `The cluster "${row.name}" has no complete credential that this worker can open.`,
      fix: 'Store its server URL, CA and token again.',
    });
  const token = openToken(workerPrivateKey, sealedToken, clusterId);
  return await connectKubernetesCluster({ clusterId, credential: 'token', serverUrl, caPem, token });
}
