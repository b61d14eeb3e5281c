import * as z from 'zod';

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Write a time of day such as 22:00.');

/** Whether the runtime knows a zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Hours in which what is of low severity waits; past midnight when the end is before the start. */
export const quietHoursSchema = z
  .object({
    from: clockTime,
    to: clockTime,
    timeZone: z
      .string()
      .max(64)
      .refine(isTimeZone, 'This is no time zone; write one such as Europe/Berlin or UTC.'),
  })
  .refine(({ from, to }) => from !== to, 'Quiet hours begin and end at different times.');
export type QuietHours = z.infer<typeof quietHoursSchema>;

const minuteMs = 60_000;

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** Minutes since midnight at an instant, as a clock on the wall of that zone shows it. */
function wallMinutes(at: Date, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return minutesOf(format.format(at));
}

function isQuietAt({ from, to, timeZone }: QuietHours, at: Date): boolean {
  const now = wallMinutes(at, timeZone);
  const [start, end] = [minutesOf(from), minutesOf(to)];
  return start < end ? now >= start && now < end : now >= start || now < end;
}

/**
 * When the quiet hours end that hold at an instant; null when none hold. Where clocks are put forward over the end, they end
 * at the first minute after it.
 */
export function quietUntil(hours: QuietHours | null, now: Date): Date | null {
  if (hours === null || !isQuietAt(hours, now)) return null;
  let at = Math.floor(now.getTime() / minuteMs) * minuteMs;
  // Jumps over what is surely quiet, then by the minute: a zone may change its clocks within the night.
  const left = (minutesOf(hours.to) - wallMinutes(now, hours.timeZone) + 1_440) % 1_440;
  at += Math.max(0, left - 130) * minuteMs;
  while (isQuietAt(hours, new Date(at))) at += minuteMs;
  return new Date(at);
}
