import { sql } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import type { ServiceCatalogue } from '../service-catalogue.ts';

/** What the worker knows of a pod: whose it is, and since when it is there. */
export type SeenPod = { readonly revisionId: string; readonly sinceMs: number };

/** Pods of a service's namespace by name, as far as the worker saw them; of one name the newest. */
export async function seenPods(
  db: Database,
  { clusterId, namespace }: Pick<ServiceCatalogue, 'clusterId' | 'namespace'>,
  names: readonly string[],
): Promise<Map<string, SeenPod>> {
  const { rows } = await db.execute<{ name: string; revision_id: string; since: string }>(sql`
    select distinct on (facts ->> 'name') facts ->> 'name' as name, facts ->> 'revisionId' as revision_id,
      extract(epoch from min(from_at) over (partition by pod_uid)) * 1000 as since
    from pod_interval
    where cluster_id = ${clusterId} and (facts ->> 'name') = any(${sql.param([...names])}::text[])
      and facts ->> 'namespace' = ${namespace} and facts ->> 'revisionId' is not null
    order by facts ->> 'name', from_at desc`);
  return new Map(
    rows.map(({ name, revision_id: revisionId, since }) => [name, { revisionId, sinceMs: Number(since) }]),
  );
}
