import type { WholeHours } from '../rows/revision-use.ts';

const hourMs = 3_600_000;

/** The whole UTC hours that a time touches; the last one ends now when it is not over. */
export function wholeHours(from: Date, until: Date, now: Date): WholeHours {
  const end = Math.ceil(until.getTime() / hourMs) * hourMs;
  return {
    from: new Date(Math.floor(from.getTime() / hourMs) * hourMs),
    to: new Date(Math.min(end, now.getTime())),
  };
}
