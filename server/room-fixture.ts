import { sql } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { capacityReading } from '../db/schema/capacity.ts';
import type { ClusterReading, NamespaceReading } from '../domain/preflight/capacity.ts';
import { exampleCluster, exampleNamespace } from '../domain/preflight/example-capacity.ts';
import { clusterSubject, namespaceSubject } from './rows/room.ts';

type Seen = {
  readonly clusterId: string;
  readonly namespaces: readonly string[];
  readonly now: Date;
  readonly cluster?: Partial<ClusterReading>;
  readonly namespace?: Partial<NamespaceReading>;
};

/** For tests: what a worker would have stored after a look at a cluster with two nodes of four free GPUs and no quota. */
export async function seeRoom(queries: Queries, seen: Seen): Promise<void> {
  const { clusterId, namespaces, now: observedAt } = seen;
  const reading = exampleNamespace(seen.namespace);
  await queries
    .insert(capacityReading)
    .values([
      { clusterId, subject: clusterSubject, observedAt, reading: exampleCluster(seen.cluster) },
      ...namespaces.map((name) => ({ clusterId, subject: namespaceSubject(name), observedAt, reading })),
    ])
    .onConflictDoUpdate({
      target: [capacityReading.clusterId, capacityReading.subject],
      set: { observedAt: sql`excluded.observed_at`, reading: sql`excluded.reading` },
    });
}
