/** now: every check passes · at: they do then · untimed: behind something that ends when somebody says so · never: not at this size. */
export type FitDate =
  | { readonly kind: 'now' }
  | { readonly kind: 'at'; readonly at: Date }
  | { readonly kind: 'untimed' }
  | { readonly kind: 'never'; readonly lookedUntil: Date };

type Question = {
  readonly now: Date;
  /** When anything may come free, in any order; see `turningPoints` and the longest durations of running plans. */
  readonly candidates: readonly Date[];
  readonly lookUntil: Date;
  /** Whether every check passes at that time; with `untimedReleased`, as if untimed pauses had ended by then. */
  readonly fits: (at: Date, untimedReleased: boolean) => boolean;
};

/** The first time at which a rollout of this size fits. */
export function fitDate({ now, candidates, lookUntil, fits }: Question): FitDate {
  if (fits(now, false)) return { kind: 'now' };
  const times = [...new Set(candidates.map((at) => at.getTime()))]
    .filter((ms) => ms > now.getTime() && ms <= lookUntil.getTime())
    .sort((left, right) => left - right)
    .map((ms) => new Date(ms));
  const found = times.find((at) => fits(at, false));
  if (found !== undefined) return { kind: 'at', at: found };
  if ([now, ...times].some((at) => fits(at, true))) return { kind: 'untimed' };
  return { kind: 'never', lookedUntil: lookUntil };
}

/** The date as a sentence; `dateText` writes an instant for the reader. */
export function fitSentence(date: FitDate, dateText: (at: Date) => string): string {
  switch (date.kind) {
    case 'now':
      return 'It fits now.';
    case 'at':
      return `It fits from ${dateText(date.at)}.`;
    case 'untimed':
      return 'It waits behind a rollout that is paused without an end, so there is no date.';
    case 'never':
      return `It does not fit at this size, as far as can be told until ${dateText(date.lookedUntil)}.`;
  }
}
