import { eq, inArray } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { cluster, environment } from '../../db/schema/environments.ts';

/** Where something runs; `clusterKind: sandbox` must be shown as a simulation. */
export type EnvironmentRef = {
  readonly id: string;
  readonly name: string;
  readonly production: boolean;
  readonly clusterId: string;
  readonly clusterName: string;
  readonly clusterKind: 'sandbox' | 'kubernetes';
  readonly namespace: string;
};

export const environmentRefColumns = {
  id: environment.id,
  name: environment.name,
  production: environment.production,
  clusterId: environment.clusterId,
  clusterName: cluster.name,
  clusterKind: cluster.kind,
  namespace: environment.namespace,
};

/** Looks up environments by id in one round trip; the returned function throws for an id that was not asked for. */
export async function environmentRefs(
  queries: Queries,
  ids: Iterable<string>,
): Promise<(id: string) => EnvironmentRef> {
  const wanted = [...new Set(ids)];
  const rows =
    wanted.length === 0
      ? []
      : await queries
          .select(environmentRefColumns)
          .from(environment)
          .innerJoin(cluster, eq(cluster.id, environment.clusterId))
          .where(inArray(environment.id, wanted));
  const byId = new Map(rows.map((row) => [row.id, row]));
  return (id) => {
    const found = byId.get(id);
    if (found === undefined) throw new Error(`Environment ${id} was not loaded.`);
    return found;
  };
}
