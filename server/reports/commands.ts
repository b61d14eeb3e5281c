import { eq } from 'drizzle-orm';
import * as z from 'zod';
import { reportSchedule } from '../../db/schema/reports.ts';
import { idSchema } from '../../domain/name.ts';
import { reportScheduleSchema } from '../../domain/report.ts';
import { weekdays } from '../../domain/weekday.ts';
import { command } from '../command.ts';
import { newId } from '../id.ts';
import { emitNotice } from '../notice.ts';
import { weekBefore, weekReport } from './week-report.ts';

const project = (_tx: unknown, input: { projectId: string }) => input.projectId;

/** When the weekly report goes out; null ends it. Nothing is sent for a moment before it was set. */
export const setReports = command(
  {
    permission: 'reports.set',
    schema: z.object({ projectId: idSchema, schedule: reportScheduleSchema.nullable() }),
    project,
  },
  async ({ tx, input: { schedule }, principal, projectId, now }) => {
    const own = eq(reportSchedule.projectId, projectId);
    const [before] = await tx.select().from(reportSchedule).where(own).for('update');
    if (schedule === null) await tx.delete(reportSchedule).where(own);
    else {
      const row = { ...schedule, setAt: now, setBy: principal.id };
      await tx
        .insert(reportSchedule)
        .values({ projectId, ...row })
        .onConflictDoUpdate({ target: reportSchedule.projectId, set: row });
    }
    return {
      result: null,
      audit: [
        {
          object: { kind: 'project', id: projectId, name: 'weekly report' },
          sentence:
            schedule === null
              ? 'ended the weekly report'
              : `set the weekly report to ${weekdays[schedule.weekday - 1]}, ${schedule.hour}:00 ${schedule.timeZone}`,
          before: before === undefined ? null : reportScheduleSchema.parse(before),
          after: schedule,
        },
      ],
    };
  },
);

/** Sends the report of the last seven days to every channel that tells weekly reports. */
export const sendReportNow = command(
  { permission: 'reports.sendNow', schema: z.object({ projectId: idSchema }), project },
  async ({ tx, projectId, now, ctx }) => {
    const id = newId();
    await emitNotice(
      tx,
      {
        id,
        projectId,
        notice: await weekReport(tx, projectId, weekBefore(now)),
        object: { kind: 'project', id: projectId },
        serviceId: null,
        dedupKey: `report:${id}`,
      },
      { now, origin: ctx.origin },
    );
    return {
      result: { noticeId: id },
      audit: [
        {
          object: { kind: 'project', id: projectId, name: 'weekly report' },
          sentence: 'sent the weekly report now',
          related: [{ kind: 'notice', id }],
        },
      ],
    };
  },
);
