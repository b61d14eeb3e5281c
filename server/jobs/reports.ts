import { and, eq } from 'drizzle-orm';
import { type Database, transaction } from '../../db/client.ts';
import { notice as noticeTable } from '../../db/schema/notices.ts';
import { reportSchedule } from '../../db/schema/reports.ts';
import { systemPrincipal } from '../../domain/principal.ts';
import { latestDue, reportScheduleSchema, reportWeek } from '../../domain/report.ts';
import { appendAudit } from '../audit/append.ts';
import { databaseClock } from '../clock.ts';
import { log } from '../log.ts';
import { emitNotice } from '../notice.ts';
import { weekBefore, weekReport } from '../reports/week-report.ts';
import { repeat } from './repeat.ts';

const everyMs = 60_000;
/** A report that no worker could send for so long is left out: the next one tells of its own week. */
const latestMs = 2 * 86_400_000;

/**
 * Writes the weekly reports that are due into the outbox, one per project and week however many workers look and wherever one
 * of them ends; answers how many. What goes out, and whether it may be a repeat, is the courier's.
 */
export async function sendDueReports(db: Database, at?: Date): Promise<number> {
  const now = at ?? (await databaseClock(db));
  let sent = 0;
  for (const row of await db.select().from(reportSchedule)) {
    const schedule = reportScheduleSchema.parse(row);
    const due = latestDue(schedule, now);
    if (due <= row.setAt || now.getTime() - due.getTime() > latestMs) continue;
    const key = { projectId: row.projectId, dedupKey: `report:${reportWeek(due, schedule.timeZone)}` };
    const done = await sendReport(db, { ...key, due, now }).catch((error: unknown) => {
      log.error(
        { error, projectId: row.projectId },
        'A weekly report could not be written; it is tried again.',
      );
      return false;
    });
    if (done) sent += 1;
  }
  return sent;
}

type Due = { readonly projectId: string; readonly dedupKey: string; readonly due: Date; readonly now: Date };

async function sendReport(db: Database, { projectId, dedupKey, due, now }: Due): Promise<boolean> {
  const [open] = await db
    .select({ id: noticeTable.id })
    .from(noticeTable)
    .where(and(eq(noticeTable.projectId, projectId), eq(noticeTable.openKey, dedupKey)));
  if (open !== undefined) return false;
  const week = weekBefore(due);
  const notice = await weekReport(db, projectId, week);
  const object = { kind: 'project', id: projectId } as const;
  const draft = { projectId, notice, object, serviceId: null, dedupKey };
  const when = { now, origin: 'live' } as const;
  return await transaction(db, async (tx) => {
    const id = await emitNotice(tx, draft, when);
    if (id === null) return false;
    await appendAudit(tx, {
      projectId,
      actor: systemPrincipal,
      action: 'reports.send',
      ...when,
      drafts: [
        {
          object: { ...object, name: 'weekly report' },
          sentence: `sent the weekly report of ${week.from.toISOString().slice(0, 10)} to ${due.toISOString().slice(0, 10)}`,
          after: week,
          related: [{ kind: 'notice', id }],
        },
      ],
    });
    return true;
  });
}

/** Looks every minute until `close`. */
export function startReports(db: Database): { close(): Promise<void> } {
  return repeat({
    everyMs,
    run: () => sendDueReports(db),
    failed: 'The weekly reports could not be looked at; they are looked at again.',
  });
}
