export type Instant = Date | string | number;
export type Zone = 'utc' | 'local';

export function toMs(at: Instant): number {
  return typeof at === 'number' ? at : new Date(at).getTime();
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const scales: readonly [number, string][] = [
  [365 * day, 'y'],
  [day, 'd'],
  [hour, 'h'],
  [minute, 'min'],
  [1_000, 's'],
];

/** At most two neighbouring units, rounded down: "1 d 4 h", "7 min 12 s", "0 s"; a negative length counts as zero. */
export function formatDuration(durationMs: number): string {
  let rest = Math.max(0, Math.floor(durationMs));
  const parts: string[] = [];
  for (const [size, unit] of scales) {
    const count = Math.floor(rest / size);
    if (count === 0 && parts.length === 0) continue;
    if (count > 0) parts.push(`${count} ${unit}`);
    rest -= count * size;
    if (parts.length === 2 || (parts.length === 1 && count === 0)) break;
  }
  return parts.length === 0 ? '0 s' : parts.join(' ');
}

/** One unit, past or future: "just now", "5 min ago", "in 3 h". */
export function formatRelative(atMs: number, nowMs: number): string {
  const distance = Math.abs(nowMs - atMs);
  if (distance < 10_000) return 'just now';
  const scale = scales.find(([size]) => distance >= size) ?? [1_000, 's'];
  const text = `${Math.floor(distance / scale[0])} ${scale[1]}`;
  return atMs <= nowMs ? `${text} ago` : `in ${text}`;
}

type ExactOptions = { seconds?: boolean | undefined; timeZone?: string | undefined };

const two = (value: number) => String(value).padStart(2, '0');

/** By zone, the reader's own as undefined: to make one takes longer than to write a hundred times. */
const exactFormats = new Map<string | undefined, Intl.DateTimeFormat>();

function exactFormat(timeZone: string | undefined): Intl.DateTimeFormat {
  const found = exactFormats.get(timeZone);
  if (found !== undefined) return found;
  const made = new Intl.DateTimeFormat('en-GB', {
    ...(timeZone === undefined ? {} : { timeZone }),
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  });
  exactFormats.set(timeZone, made);
  return made;
}

/** "2026-11-24 14:02 UTC", or the same in the reader's zone with its short name. */
export function formatExact(atMs: number, zone: Zone, options: ExactOptions = {}): string {
  const date = new Date(atMs);
  if (Number.isNaN(date.getTime())) return 'unknown time';
  if (zone === 'utc') {
    const text = date.toISOString();
    return `${text.slice(0, 10)} ${text.slice(11, options.seconds ? 19 : 16)} UTC`;
  }
  const format = exactFormat(options.timeZone);
  const part = Object.fromEntries(format.formatToParts(date).map(({ type, value }) => [type, value]));
  const seconds = options.seconds ? `:${part['second']}` : '';
  return `${part['year']}-${part['month']}-${part['day']} ${part['hour']}:${part['minute']}${seconds} ${part['timeZoneName']}`;
}

/** "14:02", for axes and tight rows where the date is plain from its neighbours. */
export function formatClock(atMs: number, zone: Zone): string {
  const date = new Date(atMs);
  return zone === 'utc'
    ? `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`
    : `${two(date.getHours())}:${two(date.getMinutes())}`;
}

const dayWords = { day: 'numeric', month: 'short' } as const;
/** Made once: that takes longer than to write all days of an axis. */
const dayFormats: Partial<Record<Zone, Intl.DateTimeFormat>> = {};

/** "24 Nov", for axes that span days. */
export function formatDay(atMs: number, zone: Zone): string {
  const inZone = zone === 'utc' ? { timeZone: 'UTC' } : {};
  dayFormats[zone] ??= new Intl.DateTimeFormat('en-GB', { ...dayWords, ...inZone });
  return dayFormats[zone].format(new Date(atMs));
}

/** "14:02:07" on the day of `nowMs`, "9 Dec, 08:59" on any other. */
export function formatMoment(atMs: number, nowMs: number, zone: Zone): string {
  const isSameDay = formatExact(atMs, zone).slice(0, 10) === formatExact(nowMs, zone).slice(0, 10);
  return isSameDay
    ? formatExact(atMs, zone, { seconds: true }).slice(11, 19)
    : `${formatDay(atMs, zone)}, ${formatClock(atMs, zone)}`;
}
