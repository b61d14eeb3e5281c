import { eq } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { cluster } from '../../db/schema/environments.ts';
import { clusterFindingsSchema, rightsMissing } from '../../domain/cluster-check.ts';
import { writeRights } from '../../domain/cluster-rights.ts';
import { namespacesSchema } from '../../domain/namespace-access.ts';
import { DomainError } from '../../domain/refusal.ts';

/**
 * Throws rightsMissing, with every verb, where the cluster's token is known to be for reading only: by the last check list,
 * or by what its manifest was printed for. What nobody looked at is not refused; the worker will say it.
 */
export async function refuseReadOnlyNamespace(
  queries: Queries,
  { clusterId, namespace }: { clusterId: string; namespace: string },
): Promise<void> {
  const rows = await queries
    .select({ capabilities: cluster.capabilities, namespaces: cluster.namespaces })
    .from(cluster)
    .where(eq(cluster.id, clusterId));
  const found = rows[0];
  if (found === undefined) return;
  const findings = clusterFindingsSchema.safeParse(found.capabilities);
  const row = findings.data?.checks.find(({ id }) => id === `manage:${namespace}`);
  if (row?.state === 'met') return;
  const all = writeRights.flatMap((right) => right.verbs.map((verb) => ({ right, verb })));
  const refused = rightsMissing(namespace, all);
  if (row !== undefined)
    throw new DomainError({ ...refused, message: `Nothing can be managed in ${namespace}: ${row.detail}.` });
  const told = namespacesSchema.parse(found.namespaces).find(({ name }) => name === namespace);
  if (told?.access === 'watch') throw new DomainError(refused);
}
