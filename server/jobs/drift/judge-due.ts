import { and, asc, desc, eq, lt } from 'drizzle-orm';
import { type Database, type Transaction, transaction } from '../../../db/client.ts';
import { driftMonitor, driftWindow } from '../../../db/schema/drift.ts';
import { rememberedWindows } from '../../../domain/drift/alert-spans.ts';
import { type MonitorSettings, windowVerdictsSchema } from '../../../domain/drift/monitor-schema.ts';
import { type Span, windowAt } from '../../../domain/drift/window-clock.ts';
import { type AuditDraft, notifyChange } from '../../audit/append.ts';
import { databaseClock } from '../../clock.ts';
import { log } from '../../log.ts';
import type { When } from '../../notice.ts';
import { knownAlerts } from '../../rows/known-drift-alerts.ts';
import { type Monitored, type MonitorRow, monitoredService } from '../../rows/monitored-service.ts';
import { isOfLength } from '../../rows/window-length.ts';
import { repeat } from '../repeat.ts';
import { activateRebases, judgedAsBeforeMs } from './activate-rebases.ts';
import { auditOpened } from './alert-rows.ts';
import { followFeatures } from './follow-features.ts';
import { followSlowDrift } from './follow-slow.ts';
import { followTraffic } from './follow-traffic.ts';
import { type JudgedWindow, judgeAndStore } from './judge-window.ts';
import { addMonitors } from './new-monitors.ts';
import { reviseStale } from './revise-stale.ts';
import { isSettled } from './settled.ts';
import { wakeAlerts } from './wake-alerts.ts';

const lookEveryMs = 10_000;
/** A worker that was away catches up so far back; live rows older than that are refused as well. */
const catchUpMs = 7 * 86_400_000;
/** Of one monitor and look: the others wait their turn. */
const mostWindows = 50;

type Options = { readonly now?: Date; readonly origin?: 'live' | 'demo' };

/** Judges every window that is over and settled, a transaction per monitor; answers how many windows it judged. */
export async function judgeDrift(db: Database, options: Options = {}): Promise<number> {
  const when = { now: options.now ?? (await databaseClock(db)), origin: options.origin ?? 'live' };
  await transaction(db, (tx) => addMonitors(tx, when));
  await transaction(db, (tx) => wakeAlerts(tx, when));
  await transaction(db, (tx) => activateRebases(tx, when));
  const monitors = await db
    .select({
      id: driftMonitor.id,
      windowLength: driftMonitor.windowLength,
      judgedUntil: driftMonitor.judgedUntil,
      staleFrom: driftMonitor.staleFrom,
    })
    .from(driftMonitor)
    .orderBy(asc(driftMonitor.judgedUntil));
  let judged = 0;
  for (const { id, windowLength, judgedUntil, staleFrom } of monitors) {
    if (staleFrom === null && !mayBeDue({ windowLength, judgedUntil }, when.now)) continue;
    try {
      judged += await transaction(db, (tx) => judgeMonitor(tx, id, when));
    } catch (error) {
      log.error({ error, monitor: id }, 'Windows of a monitor could not be judged; it is tried again.');
    }
  }
  return judged;
}

const shortest = { fiveMinutes: 300_000, hour: 3_600_000, day: 23 * 3_600_000, week: 167 * 3_600_000 };

/** Cheap, before anything is read: no window is shorter. */
function mayBeDue(
  { windowLength, judgedUntil }: Pick<MonitorRow, 'windowLength' | 'judgedUntil'>,
  now: Date,
) {
  return judgedUntil === null || now.getTime() - judgedUntil.getTime() >= shortest[windowLength];
}

async function judgeMonitor(tx: Transaction, monitorId: string, when: When): Promise<number> {
  const [monitor] = await tx
    .select()
    .from(driftMonitor)
    .where(eq(driftMonitor.id, monitorId))
    .for('no key update', { skipLocked: true });
  if (monitor === undefined) return 0;
  const monitored = await monitoredService(tx, monitor, when.now);
  if (monitored === null) return 0;
  const revised = await reviseStale(tx, monitored, when.now);
  const recent = await lastWindows(tx, monitored);
  const drafts: AuditDraft[] = revised > 0 ? await followAlerts(tx, monitored, { recent, ...when }) : [];
  let judged = 0;
  const asBeforeMs = await judgedAsBeforeMs(tx, monitor.serviceId);
  for (let span = firstSpan(monitored, when.now); judged < mostWindows; span = after(monitored, span)) {
    const asked = { serviceId: monitor.serviceId, endMs: span.toMs, now: when.now };
    if (span.fromMs >= asBeforeMs) break;
    if (!(await isSettled(tx, asked))) break;
    recent.push(await judgeAndStore(tx, monitored, { span, now: when.now }));
    drafts.push(...(await followAlerts(tx, monitored, { recent, ...when })));
    judged += 1;
    const judgedUntil = new Date(span.toMs);
    await tx.update(driftMonitor).set({ judgedUntil }).where(eq(driftMonitor.id, monitorId));
  }
  drafts.push(...(await followSlowDrift(tx, monitored, when)));
  const { projectId } = monitor;
  if (judged + revised > 0) await notifyChange(tx, { projectId, topic: 'driftMonitor', id: monitorId });
  await auditOpened(tx, projectId, { drafts, ...when });
  return judged;
}

const after = ({ clock }: Monitored, { toMs }: Span): Span => windowAt(clock, toMs);

/** The window after the last one that was judged. */
function firstSpan({ monitor, clock }: Monitored, now: Date): Span {
  const lastMs = monitor.judgedUntil?.getTime() ?? now.getTime();
  return windowAt(clock, Math.max(lastMs, now.getTime() - catchUpMs));
}

/** Persistence looks at some of the last windows, CUSUM at more. */
const lookedAt = ({ persistence }: MonitorSettings): number => Math.max(persistence.of, rememberedWindows);

/** As many of the last windows as alerts look at, in ascending order. */
async function lastWindows(tx: Transaction, { monitor, settings }: Monitored): Promise<JudgedWindow[]> {
  const { judgedUntil, windowLength } = monitor;
  if (judgedUntil === null) return [];
  const rows = await tx
    .select()
    .from(driftWindow)
    .where(
      and(
        eq(driftWindow.monitorId, monitor.id),
        lt(driftWindow.windowStart, judgedUntil),
        isOfLength(windowLength),
      ),
    )
    .orderBy(desc(driftWindow.windowStart))
    .limit(lookedAt(settings));
  return rows.reverse().map((row) => ({
    ...windowVerdictsSchema.parse(row.verdicts),
    span: { fromMs: row.windowStart.getTime(), toMs: row.windowEnd.getTime() },
    rows: row.rows,
    revision: row.revision,
  }));
}

async function followAlerts(
  tx: Transaction,
  monitored: Monitored,
  { recent, ...when }: When & { recent: readonly JudgedWindow[] },
): Promise<AuditDraft[]> {
  const last = recent.slice(-lookedAt(monitored.settings));
  const drafts = [
    ...(await followFeatures(tx, monitored, { recent: last, ...when })),
    ...(await followTraffic(tx, monitored, { recent: last, ...when })),
  ];
  // The next window is judged with what this one has opened or cleared.
  monitored.alerts = await knownAlerts(tx, monitored.monitor.serviceId, when.now);
  return drafts;
}

/** Judges until `close`. */
export function startDrift(db: Database): { close(): Promise<void> } {
  return repeat({
    everyMs: lookEveryMs,
    run: () => judgeDrift(db),
    failed: 'Drift could not be looked for; it is tried again.',
  });
}
