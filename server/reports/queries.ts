import { and, desc, eq, isNull } from 'drizzle-orm';
import * as z from 'zod';
import { channel, notice } from '../../db/schema/notices.ts';
import { reportSchedule } from '../../db/schema/reports.ts';
import { channelRulesSchema, channelTargetSchema, keepsOpen } from '../../domain/channel.ts';
import { idSchema } from '../../domain/name.ts';
import { noticeSentence } from '../../domain/notice-text.ts';
import { nextDue, reportScheduleSchema } from '../../domain/report.ts';
import { query } from '../query.ts';
import { viewerRefusal } from '../rows/viewer-refusal.ts';
import { reportHtml } from './report-html.ts';
import { reportPictures } from './report-pictures.ts';
import { weekBefore, weekReport } from './week-report.ts';

const input = z.object({ projectId: idSchema });
const project = (_db: unknown, { projectId }: z.output<typeof input>) => projectId;

/** The schedule, when it is due next, the channels that tell it, and the last one that went out. */
export const getReports = query(
  { permission: 'reports.get', schema: input, project },
  async ({ db, projectId, principal, ctx }) => {
    const [row] = await db.select().from(reportSchedule).where(eq(reportSchedule.projectId, projectId));
    const schedule = row === undefined ? null : reportScheduleSchema.parse(row);
    const channels = await db
      .select({
        id: channel.id,
        name: channel.name,
        kind: channel.kind,
        target: channel.target,
        rules: channel.rules,
      })
      .from(channel)
      .where(and(eq(channel.projectId, projectId), eq(channel.enabled, true), isNull(channel.removedAt)))
      .orderBy(channel.name)
      .limit(200);
    const [last] = await db
      .select({ id: notice.id, beganAt: notice.beganAt })
      .from(notice)
      .where(and(eq(notice.projectId, projectId), eq(notice.kind, 'weeklyReport')))
      .orderBy(desc(notice.beganAt))
      .limit(1);
    const viewer = { principal, projectId };
    return {
      schedule,
      nextAt: schedule === null ? null : nextDue(schedule, await ctx.clock(db)),
      channels: channels.filter(tellsReports).map(({ id, name, kind }) => ({ id, name, kind })),
      last: last ?? null,
      refusals: {
        set: viewerRefusal(viewer, 'reports.set'),
        sendNow: viewerRefusal(viewer, 'reports.sendNow'),
      },
    };
  },
);

function tellsReports(row: { target: unknown; rules: unknown }): boolean {
  const target = channelTargetSchema.parse(row.target);
  const { severity, muted } = channelRulesSchema.parse(row.rules);
  const hasReceiver = target.kind !== 'smtp' || target.to.length > 0;
  return severity === 'all' && !muted.includes('weeklyReport') && hasReceiver && !keepsOpen(target);
}

/** The report of the last seven days as it would go out now, with its pictures inside. */
export const previewReport = query(
  { permission: 'reports.preview', schema: input, project },
  async ({ db, projectId, ctx }) => {
    const week = weekBefore(await ctx.clock(db));
    const report = await weekReport(db, projectId, week);
    const pictures = (await reportPictures(db, projectId, week)).map(({ png, ...picture }) => ({
      ...picture,
      src: `data:image/png;base64,${png.toString('base64')}`,
    }));
    return { subject: noticeSentence(report), html: reportHtml(report, { pictures, link: null }) };
  },
);
