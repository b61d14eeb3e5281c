import { and, asc, eq, inArray } from 'drizzle-orm';
import type { Queries, Transaction } from '../../db/client.ts';
import { capacityReading } from '../../db/schema/capacity.ts';
import { anyProduct } from '../../domain/envelope/envelope.ts';
import { type ClusterReading, freshForMs, type NamespaceReading } from '../../domain/preflight/capacity.ts';
import { clusterReadingSchema, namespaceReadingSchema } from '../../domain/preflight/capacity-schema.ts';

type Place = { readonly clusterId: string; readonly namespace: string };

export const clusterSubject = 'cluster';
export const namespaceSubject = (namespace: string) => `namespace:${namespace}`;
export const waitingSubject = 'waiting';
const poolSubject = (product: string) => `pool:${product}`;

/** What was last seen of a namespace and its cluster. */
export type Room = {
  readonly cluster: ClusterReading;
  readonly namespace: NamespaceReading;
  /** On the cluster's clock. */
  readonly observedAt: Date;
};

/** The last look at the room of a cluster and a namespace; null when either was never looked at. */
export async function roomOf(queries: Queries, { clusterId, namespace }: Place): Promise<Room | null> {
  const rows = await queries
    .select()
    .from(capacityReading)
    .where(
      and(
        eq(capacityReading.clusterId, clusterId),
        inArray(capacityReading.subject, [clusterSubject, namespaceSubject(namespace)]),
      ),
    );
  const of = (subject: string) => rows.find((row) => row.subject === subject);
  const [whole, place] = [of(clusterSubject), of(namespaceSubject(namespace))];
  if (!whole?.observedAt || !place?.observedAt) return null;
  return {
    cluster: clusterReadingSchema.parse(whole.reading),
    namespace: namespaceReadingSchema.parse(place.reading),
    observedAt: whole.observedAt < place.observedAt ? whole.observedAt : place.observedAt,
  };
}

/** Whether a look is recent enough to decide on; one from the future is of a clock that was set back. */
export function isFresh({ observedAt }: Pick<Room, 'observedAt'>, now: Date): boolean {
  return Math.abs(now.getTime() - observedAt.getTime()) <= freshForMs;
}

/**
 * Lets one start at a time count the room of a namespace and of a GPU product in a cluster. Pods that take any product
 * keep out those of every product, those of one product only each other and the former. Locked in the order of subjects.
 */
export async function lockRoom(
  tx: Transaction,
  { clusterId, namespace, products }: Place & { readonly products: readonly string[] },
): Promise<void> {
  const pools = [...new Set([anyProduct, ...products])].map(poolSubject);
  const subjects = [namespaceSubject(namespace), ...pools].sort();
  await tx
    .insert(capacityReading)
    .values(subjects.map((subject) => ({ clusterId, subject })))
    .onConflictDoNothing();
  for (const subject of subjects) {
    const shared = subject === poolSubject(anyProduct) && !products.includes(anyProduct);
    await tx
      .select({ subject: capacityReading.subject })
      .from(capacityReading)
      .where(and(eq(capacityReading.clusterId, clusterId), eq(capacityReading.subject, subject)))
      .orderBy(asc(capacityReading.subject))
      .for(shared ? 'share' : 'update');
  }
}
