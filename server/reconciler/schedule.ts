import { and, asc, eq, gt, inArray, isNotNull, ne, notInArray, or, type SQL, sql } from 'drizzle-orm';
import type { Database, Queries } from '../../db/client.ts';
import { environment } from '../../db/schema/environments.ts';
import { promotion } from '../../db/schema/promotions.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { service } from '../../db/schema/services.ts';

/** A pass that died with its worker is due again after this. */
const claimMs = 30_000;
const firstBackoffMs = 1_000;
const longestBackoffMs = 60_000;

/** The desired row is the queue: due by its time, or because its intent changed and no failure holds it back. */
function isDue(): SQL | undefined {
  return or(
    sql`${service.nextReconcileAt} <= clock_timestamp()`,
    and(ne(service.generation, service.observedGeneration), eq(service.attempts, 0)),
  );
}

function inCluster(clusterId: string): SQL {
  return sql`${service.environmentId} in (select ${environment.id} from ${environment} where ${environment.clusterId} = ${clusterId})`;
}

/**
 * Claims due services of a cluster that this worker does not work on already, of those the longest due; returns their
 * ids. One statement, because every start waits for it.
 */
export async function claimDue(
  db: Database,
  claim: { clusterId: string; running: ReadonlySet<string>; most: number },
): Promise<string[]> {
  const { running, most } = claim;
  if (most <= 0) return [];
  const free = running.size === 0 ? undefined : notInArray(service.id, [...running]);
  const due = db.$with('due').as(
    db
      .select({ id: service.id })
      .from(service)
      .where(and(isDue(), inCluster(claim.clusterId), free))
      .orderBy(asc(service.nextReconcileAt))
      .limit(most)
      .for('update', { skipLocked: true }),
  );
  const rows = await db
    .with(due)
    .update(service)
    .set({ nextReconcileAt: sql`clock_timestamp() + ${claimMs} * interval '1 millisecond'` })
    .where(inArray(service.id, db.select({ id: due.id }).from(due)))
    // A claim that a crash of the database takes back is made again, so its commit need not wait for the disk.
    .returning({ id: service.id, commit: sql`set_config('synchronous_commit', 'off', true)` });
  return rows.map((row) => row.id);
}

/** After a failed pass: exponential with jitter and a cap; `random` is uniform in [0, 1). Returns the wait in ms. */
export async function backOff(queries: Queries, serviceId: string, random: number): Promise<number> {
  const rows = await queries
    .update(service)
    .set({ attempts: sql`${service.attempts} + 1` })
    .where(eq(service.id, serviceId))
    .returning({ attempts: service.attempts });
  const waitMs = backoffMs(rows[0]?.attempts ?? 1, random);
  await queries
    .update(service)
    .set({ nextReconcileAt: sql`clock_timestamp() + ${waitMs} * interval '1 millisecond'` })
    .where(eq(service.id, serviceId));
  return waitMs;
}

/** Wait after so many failures in a row: doubling from 1 s to at most 60 s, of which half is random. */
export function backoffMs(attempts: number, random: number): number {
  const full = Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.max(0, Math.min(attempts, 16) - 1));
  return Math.round(full * (0.5 + random / 2));
}

/** Makes services due now: one, those of a rollout or promotion, or all of a cluster (a new holder looks at everything). */
export async function makeDue(
  queries: Queries,
  which: { serviceId: string } | { rolloutId: string } | { promotionId: string } | { clusterId: string },
): Promise<void> {
  const where =
    'serviceId' in which
      ? eq(service.id, which.serviceId)
      : 'rolloutId' in which
        ? sql`${service.id} in (select ${rollout.serviceId} from ${rollout} where ${rollout.id} = ${which.rolloutId})`
        : 'promotionId' in which
          ? sql`${service.id} in (select ${promotion.serviceId} from ${promotion} where ${promotion.id} = ${which.promotionId})`
          : inCluster(which.clusterId);
  await queries
    .update(service)
    .set({ nextReconcileAt: sql`clock_timestamp()` })
    .where(
      and(
        where,
        or(sql`${service.nextReconcileAt} is null`, gt(service.nextReconcileAt, sql`clock_timestamp()`)),
      ),
    );
}

/** Milliseconds until the next service of a cluster is due by its time; 0 when one is, null when none has a time. */
export async function untilNextDue(
  queries: Queries,
  { clusterId, running }: { clusterId: string; running: ReadonlySet<string> },
): Promise<number | null> {
  const free = running.size === 0 ? undefined : notInArray(service.id, [...running]);
  const rows = await queries
    .select({
      waitMs: sql<
        string | null
      >`extract(epoch from min(${service.nextReconcileAt}) - clock_timestamp()) * 1000`,
    })
    .from(service)
    .where(and(inCluster(clusterId), isNotNull(service.nextReconcileAt), free));
  const waitMs = rows[0]?.waitMs ?? null;
  return waitMs === null ? null : Math.max(0, Number(waitMs));
}
