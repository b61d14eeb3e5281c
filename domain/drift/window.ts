export const fiveMinutesMs = 300_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/** A range of whole windows of one length, from inclusive to exclusive, in ms since 1970 UTC. */
export type Stretch = {
  readonly windowMs: number;
  readonly fromMs: number;
  readonly toMs: number;
};

/**
 * The fewest stretches of 5 minutes, hours and days (UTC) that cover a range and nothing else; its ends are moved
 * outward to 5 minutes. Empty for an empty range. The longest windows stand in the middle, so at most five.
 */
export function coarsestStretches(fromMs: number, toMs: number): Stretch[] {
  const from = Math.floor(fromMs / fiveMinutesMs) * fiveMinutesMs;
  const to = Math.ceil(toMs / fiveMinutesMs) * fiveMinutesMs;
  return stretchesOf(from, to, [dayMs, hourMs, fiveMinutesMs]);
}

function stretchesOf(fromMs: number, toMs: number, [windowMs, ...finer]: readonly number[]): Stretch[] {
  if (windowMs === undefined || fromMs >= toMs) return [];
  const first = Math.ceil(fromMs / windowMs) * windowMs;
  const last = Math.floor(toMs / windowMs) * windowMs;
  if (first >= last) return stretchesOf(fromMs, toMs, finer);
  return [
    ...stretchesOf(fromMs, first, finer),
    { windowMs, fromMs: first, toMs: last },
    ...stretchesOf(last, toMs, finer),
  ];
}
