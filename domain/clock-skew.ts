/** Clocks of two machines that differ by at most this are taken for equal. */
export const clockToleranceSeconds = 60;

const plural = (count: number, unit: string) => `${count} ${unit}${count === 1 ? '' : 's'}`;

function spanText(seconds: number): string {
  if (seconds < 120) return plural(seconds, 'second');
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? plural(minutes, 'minute') : plural(Math.round(minutes / 60), 'hour');
}

/** To the second, in UTC: `2026-01-01T12:00:00Z`. */
export function instantText(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, 'Z');
}

type Clocks = {
  /** Who issued what is judged. */
  readonly whose: string;
  readonly theirs: Date;
  readonly ours: Date;
};

/** Seconds by which their clock is ahead of ours; negative when it is behind. */
export function skewSeconds({ theirs, ours }: Pick<Clocks, 'theirs' | 'ours'>): number {
  return Math.round((theirs.getTime() - ours.getTime()) / 1000);
}

/** Names the difference and both clocks: what somebody needs to set the wrong one. */
export function clockSkewSentence(clocks: Clocks): string {
  const seconds = skewSeconds(clocks);
  const { whose, theirs, ours } = clocks;
  return `The clock of ${whose} says ${instantText(theirs)}, Fairlead's says ${instantText(ours)}: ${spanText(Math.abs(seconds))} ${seconds < 0 ? 'behind' : 'ahead'}, and at most ${clockToleranceSeconds} seconds are taken.`;
}
