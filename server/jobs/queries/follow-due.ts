import { and, eq, isNull, sql } from 'drizzle-orm';
import { type Database, type Queries, type Transaction, transaction } from '../../../db/client.ts';
import { driftAlert } from '../../../db/schema/drift.ts';
import { service } from '../../../db/schema/services.ts';
import { alertFactsSchema, type QueryFacts, spanOfFact } from '../../../domain/drift/alert-facts.ts';
import { afterWindow, noAlertYet, usualPersistence } from '../../../domain/drift/alert-spans.ts';
import { queryVerdict } from '../../../domain/queries/patterns.ts';
import type { AuditDraft } from '../../audit/append.ts';
import { databaseClock } from '../../clock.ts';
import { log } from '../../log.ts';
import type { When } from '../../notice.ts';
import { queryHours } from '../../rows/query-hours.ts';
import { auditOpened, clearAlert, openAlert } from '../drift/alert-rows.ts';
import { repeat } from '../repeat.ts';

const lookEveryMs = 300_000;
const hourMs = 3_600_000;
/** An hour is judged once what its last batches carried is there. */
const settledMs = 900_000;
/** Windows that opening and clearing look at. */
const judgedHours = 6;

type Options = { readonly now?: Date; readonly origin?: 'live' | 'demo' };

/**
 * Judges the last whole hours of every service whose clients are known, and opens and clears its alert: two unusual hours
 * of three, two calm ones of three. Level, not edge: a second look changes nothing.
 */
export async function followQueryPatterns(db: Database, options: Options = {}): Promise<void> {
  const when = { now: options.now ?? (await databaseClock(db)), origin: options.origin ?? 'live' };
  for (const serviceId of await activeServices(db, when.now))
    try {
      await transaction(db, (tx) => followService(tx, serviceId, when));
    } catch (error) {
      log.error({ error, serviceId }, 'Query patterns could not be judged; it is tried again.');
    }
}

/** Those whose clients asked lately, and those whose alert still lasts. */
async function activeServices(db: Queries, now: Date): Promise<string[]> {
  const since = new Date(now.getTime() - judgedHours * hourMs).toISOString();
  const { rows } = await db.execute<{ service_id: string }>(sql`
    select distinct service_id from query_pattern where hour_start >= ${since}::timestamptz
    union select service_id from drift_alert where kind = 'queryPattern' and cleared_at is null`);
  return rows.map((row) => row.service_id);
}

async function followService(tx: Transaction, serviceId: string, when: When): Promise<void> {
  const [of] = await tx
    .select({ projectId: service.projectId })
    .from(service)
    .where(eq(service.id, serviceId))
    .for('no key update');
  if (of === undefined) return;
  const lastMs = Math.floor((when.now.getTime() - settledMs) / hourMs) * hourMs;
  const hours = await queryHours(tx, serviceId, { untilMs: lastMs });
  const [open] = await tx
    .select()
    .from(driftAlert)
    .where(
      and(
        eq(driftAlert.serviceId, serviceId),
        eq(driftAlert.kind, 'queryPattern'),
        isNull(driftAlert.clearedAt),
      ),
    );
  const known = alertFactsSchema.safeParse(open?.facts).data;
  const before = known?.of === 'queries' ? known : null;
  const judged = hours
    .map((hour, index) => ({
      hour,
      endMs: hour.startMs + hourMs,
      ...queryVerdict(hour, hours.slice(0, index)),
    }))
    .filter(({ endMs }) => endMs > lastMs - judgedHours * hourMs && endMs > (before?.openedMs ?? 0));
  const last = await lastClearedMs(tx, serviceId);
  let course = {
    ...noAlertYet,
    latest: before === null ? last : spanOfFact(before),
  };
  for (const { endMs, verdict } of judged) course = afterWindow(course, { endMs, verdict }, usualPersistence);
  const span = course.latest;
  const drafts: AuditDraft[] = [];
  if (open !== undefined && before !== null && span?.clearedMs != null)
    drafts.push(
      await clearAlert(tx, open, { facts: { ...before, clearedMs: span.clearedMs }, now: when.now }),
    );
  const opening = judged.find(({ endMs }) => endMs === span?.openedMs);
  if (open === undefined && span !== null && span.clearedMs === null && opening !== undefined) {
    const facts: QueryFacts = {
      schema: 1,
      of: 'queries',
      ...spanOfFact(span),
      busiestRows: opening.hour.busiestRows,
      usualBusiest: opening.usualBusiest ?? 0,
      share: opening.share,
      usualShare: opening.usualShare,
    };
    const { projectId } = of;
    const fromAt = new Date(span.driftedMs - hourMs);
    const alert = { projectId, serviceId, kind: 'queryPattern', referenceId: null, facts, fromAt } as const;
    drafts.push(await openAlert(tx, alert, when));
  }
  await auditOpened(tx, of.projectId, { drafts, ...when });
}

/** The alert before, whose rest keeps the next one away. */
async function lastClearedMs(tx: Transaction, serviceId: string) {
  const { rows } = await tx.execute<{ facts: unknown }>(sql`
    select facts from drift_alert where service_id = ${serviceId} and kind = 'queryPattern' and cleared_at is not null
    order by cleared_at desc limit 1`);
  const facts = alertFactsSchema.safeParse(rows[0]?.facts).data;
  return facts?.of === 'queries' ? spanOfFact(facts) : null;
}

/** Judges until `close`. */
export function startQueryPatterns(db: Database): { close(): Promise<void> } {
  return repeat({
    everyMs: lookEveryMs,
    run: () => followQueryPatterns(db),
    failed: 'Query patterns could not be judged; it is tried again.',
  });
}
