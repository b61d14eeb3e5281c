import { and, asc, eq, gt, inArray, isNotNull, ne, or, type SQL, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { prepared, type ValueOf } from '../../db/prepared.ts';
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

type Free = { readonly clusterId: string; readonly running: readonly string[] };

/** Services of a cluster that this worker does not work on already. */
function isFree(value: ValueOf<Free>): SQL {
  const inIt = sql`select ${environment.id} from ${environment} where ${environment.clusterId} = ${value('clusterId')}`;
  return sql`(${service.environmentId} in (${inIt}) and ${service.id} <> all(${value('running')}::uuid[]))`;
}

const claimed = prepared((queries, value: ValueOf<Free & { readonly most: number }>) => {
  const due = queries.$with('due').as(
    queries
      .select({ id: service.id })
      .from(service)
      .where(and(isDue(), isFree(value)))
      .orderBy(asc(service.nextReconcileAt))
      .limit(value('most'))
      .for('update', { skipLocked: true }),
  );
  return (
    queries
      .with(due)
      .update(service)
      .set({ nextReconcileAt: sql`clock_timestamp() + ${claimMs} * interval '1 millisecond'` })
      .where(inArray(service.id, queries.select({ id: due.id }).from(due)))
      // A claim that a crash of the database takes back is made again, so its commit need not wait for the disk.
      .returning({ id: service.id, commit: sql`set_config('synchronous_commit', 'off', true)` })
  );
});

/**
 * Claims due services of a cluster that this worker does not work on already, of those the longest due; returns their
 * ids. One statement, because every start waits for it.
 */
export async function claimDue(
  queries: Queries,
  { clusterId, running, most }: { clusterId: string; running: ReadonlySet<string>; most: number },
): Promise<string[]> {
  if (most <= 0) return [];
  const rows = await claimed(queries, { clusterId, running: [...running], most });
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

const nextDue = prepared((queries, value: ValueOf<Free>) =>
  queries
    .select({
      waitMs: sql<
        string | null
      >`extract(epoch from min(${service.nextReconcileAt}) - clock_timestamp()) * 1000`,
    })
    .from(service)
    .where(and(isNotNull(service.nextReconcileAt), isFree(value))),
);

/** Milliseconds until the next service of a cluster is due by its time; 0 when one is, null when none has a time. */
export async function untilNextDue(
  queries: Queries,
  { clusterId, running }: { clusterId: string; running: ReadonlySet<string> },
): Promise<number | null> {
  const rows = await nextDue(queries, { clusterId, running: [...running] });
  const waitMs = rows[0]?.waitMs ?? null;
  return waitMs === null ? null : Math.max(0, Number(waitMs));
}
