import { sql } from 'drizzle-orm';
import { type Database, type Transaction, transaction } from '../../db/client.ts';
import { databaseClock } from '../clock.ts';

type Tallies = {
  readonly projectId: string;
  readonly serviceId: string;
  readonly source: string;
  readonly at: Date;
  readonly kind: 'rejectedRow' | 'lostRow' | 'unjoinedRow';
  readonly rows: ReadonlyMap<string, number>;
};

/** Adds rows that were not counted to what is known of them. */
export async function addTallies(tx: Transaction, tallies: Tallies): Promise<void> {
  const { projectId, serviceId, source, kind } = tallies;
  const at = tallies.at.toISOString();
  const names = [...tallies.rows.keys()].toSorted();
  await tx.execute(sql`
    insert into ingest_tally as known (project_id, service_id, kind, name, rows, first_at, last_at, source)
    select ${projectId}, ${serviceId}, ${kind}, name, rows, ${at}::timestamptz, ${at}::timestamptz, ${source}
    from unnest(${sql.param(names)}::text[], ${sql.param(names.map((name) => tallies.rows.get(name)))}::bigint[]) as sent(name, rows)
    order by name
    on conflict (service_id, kind, name) do update set
      rows = known.rows + excluded.rows, last_at = greatest(known.last_at, excluded.last_at), source = excluded.source`);
}

/** Tallies what was lost on the way to the counters. */
export async function noteLost(
  db: Database,
  { serviceId, ...lost }: Pick<Tallies, 'serviceId' | 'source' | 'rows'>,
): Promise<void> {
  await transaction(db, async (tx) => {
    const { rows } = await tx.execute<{ project_id: string }>(
      sql`select project_id from service where id = ${serviceId}`,
    );
    const projectId = rows[0]?.project_id;
    if (projectId === undefined) return;
    await addTallies(tx, { ...lost, projectId, serviceId, at: await databaseClock(tx), kind: 'lostRow' });
  });
}
