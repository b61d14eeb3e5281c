import { sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';

/** A service remembers this many; a sender of ever new names must not fill the table. */
const mostUnknown = 100;
const longestName = 256;

type Seen = {
  readonly projectId: string;
  readonly serviceId: string;
  readonly names: readonly string[];
  readonly at: Date;
};

/** Remembers columns that were sent but that no feature takes, for the Connect page to ask about; the first 100 by service. */
export async function noteUnknownColumns(
  queries: Queries,
  { projectId, serviceId, names, at }: Seen,
): Promise<void> {
  const fitting = [...new Set(names)].filter((name) => name.length <= longestName).toSorted();
  if (fitting.length === 0) return;
  await queries.execute(sql`
    insert into drift_unknown_column as seen (project_id, service_id, name, first_seen_at, last_seen_at)
    select ${projectId}, ${serviceId}, sent.name, ${at.toISOString()}::timestamptz, ${at.toISOString()}::timestamptz
    from unnest(${sql.param(fitting)}::text[]) as sent(name)
    where not exists (
        select from drift_feature f
        where f.service_id = ${serviceId} and (f.name = sent.name or sent.name = any(f.aliases)))
    order by sent.name
    limit greatest(0, ${mostUnknown} - (select count(*) from drift_unknown_column u
      where u.service_id = ${serviceId} and u.name <> all(${sql.param(fitting)}::text[])))
    on conflict (service_id, name) do update set last_seen_at = greatest(seen.last_seen_at, excluded.last_seen_at)`);
}
