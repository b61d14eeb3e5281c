/**
 * The counts that `trials` draws with chance `share` keep to but for one case in two million (5 standard deviations),
 * inclusive; with no trials it is [0, 0].
 */
export function binomialBand(trials: number, share: number): { low: number; high: number } {
  const mean = trials * share;
  const width = 5 * Math.sqrt(trials * share * (1 - share));
  return { low: Math.max(0, Math.floor(mean - width)), high: Math.min(trials, Math.ceil(mean + width)) };
}
