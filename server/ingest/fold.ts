import { sql } from 'drizzle-orm';
import { type Database, type Transaction, transaction } from '../../db/client.ts';
import { unpackContribution } from '../../domain/drift/contribution.ts';
import { notifyChange } from '../audit/append.ts';
import { addParts, type CounterScope } from './add-parts.ts';

/** Of one transaction; what is left goes with the next. */
const mostBatches = 500;
const mostBytes = 8 * 1024 * 1024;

type Batch = { id: string; contribution: Uint8Array };

/** Serialises all that changes the counters of a service; held until the end of the transaction. */
export async function lockCounters(tx: Transaction, serviceId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${counterLock(serviceId)}, 0))`);
}

const counterLock = (serviceId: string): string => `fairlead drift counters ${serviceId}`;

/** Services with batches that are not in the counters yet. */
export async function unfoldedServices(db: Database): Promise<CounterScope[]> {
  const { rows } = await db.execute<{ project_id: string; service_id: string }>(sql`
    select distinct project_id, service_id from ingest_batch where folded_at is null`);
  return rows.map((row) => ({ projectId: row.project_id, serviceId: row.service_id }));
}

/**
 * Adds the oldest waiting batches of a service to its counters and marks them folded, in one transaction that only one
 * worker can have: a batch is added once, whatever is killed when. Answers how many; 0 while another worker is at it.
 */
export async function foldService(db: Database, scope: CounterScope): Promise<number> {
  return await transaction(db, async (tx) => {
    const { rows: locks } = await tx.execute<{ taken: boolean }>(
      sql`select pg_try_advisory_xact_lock(hashtextextended(${counterLock(scope.serviceId)}, 0)) as taken`,
    );
    if (locks[0]?.taken !== true) return 0;
    const batches = await waitingBatches(tx, scope);
    if (batches.length === 0) return 0;
    await addParts(tx, scope, {
      parts: batches.flatMap(({ contribution }) => unpackContribution(contribution)),
    });
    await tx.execute(sql`
      update ingest_batch set folded_at = clock_timestamp()
      where id = any(${sql.param(batches.map(({ id }) => id))}::uuid[])`);
    await notifyChange(tx, { projectId: scope.projectId, topic: 'drift', id: scope.serviceId });
    return batches.length;
  });
}

async function waitingBatches(tx: Transaction, { serviceId }: CounterScope): Promise<Batch[]> {
  const { rows } = await tx.execute<Batch>(sql`
    select id, contribution from ingest_batch where id in (
      select id from (
        select id, sum(length(contribution)) over (order by received_at, id) - length(contribution) as before
        from (
          select id, received_at, contribution from ingest_batch
          where service_id = ${serviceId} and folded_at is null
          order by received_at, id limit ${mostBatches}) as oldest) as waiting
      where before < ${mostBytes})
    order by received_at, id
    for update`);
  return rows;
}
