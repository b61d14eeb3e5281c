import * as z from 'zod';
import { isTimeZone } from './quiet-hours.ts';
import { weekdays } from './weekday.ts';

/** When a project's weekly report goes out, on the clock of a zone; 1 is Monday. */
export const reportScheduleSchema = z.object({
  weekday: z.int().min(1).max(7),
  hour: z.int().min(0).max(23),
  timeZone: z
    .string()
    .max(64)
    .refine(isTimeZone, 'This is no time zone; write one such as Europe/Berlin or UTC.'),
});
export type ReportSchedule = z.infer<typeof reportScheduleSchema>;

const stepMs = 15 * 60_000;
const hourMs = 3_600_000;
const weekMs = 7 * 86_400_000;

/** Time since the last due moment as a clock on the wall of the zone shows it. */
function sinceDue({ weekday, hour, timeZone }: ReportSchedule): (atMs: number) => number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const due = ((weekday - 1) * 24 + hour) * hourMs;
  return (atMs) => {
    const part = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
    const day = weekdays.findIndex((name) => name === part['weekday']);
    const wall = (day * 24 + Number(part['hour'])) * hourMs + Number(part['minute']) * 60_000;
    return (wall - due + weekMs) % weekMs;
  };
}

/**
 * The newest due moment at or before `now`. An hour that a zone leaves out is due at the first moment after it, and one that
 * it has twice is due the first time.
 */
export function latestDue(schedule: ReportSchedule, now: Date): Date {
  const since = sinceDue(schedule);
  let at = Math.floor(now.getTime() / stepMs) * stepMs;
  // Jumps to just after the moment, as far as no clock can have been put: then by the quarter of an hour.
  at -= Math.floor(Math.max(0, since(at) - 3 * hourMs) / stepMs) * stepMs;
  for (;;) {
    if (since(at) + 2 * hourMs < since(at - stepMs)) return new Date(at);
    at -= stepMs;
  }
}

/** The first due moment after `now`. */
export function nextDue(schedule: ReportSchedule, now: Date): Date {
  const latest = latestDue(schedule, now);
  // Wherever clocks are put, the next one lies six to eight days after the last.
  return latestDue(schedule, new Date(latest.getTime() + weekMs + 3 * hourMs));
}

/** The ISO week that a report of this moment belongs to, as 2026-W48: one report goes out in each. */
export function reportWeek(due: Date, timeZone: string): string {
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone }).format(due);
  const date = new Date(`${day}T00:00:00Z`);
  // The week belongs to the year of its Thursday (ISO 8601).
  date.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
  const year = date.getUTCFullYear();
  const week = Math.ceil(((date.getTime() - Date.UTC(year, 0, 1)) / 86_400_000 + 1) / 7);
  return `${year}-W${String(week).padStart(2, '0')}`;
}
