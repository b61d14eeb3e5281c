const hourMs = 3_600_000;
/** Of an hour, so that scaling it up to the whole one guesses little. */
const leastCovered = 0.9;

/** One whole hour: what pods said that they answered while they were measured, and the logger's events of that hour. */
export type DeliveryHour = {
  readonly requests: number;
  readonly errors: number;
  /** How much of the hour was measured. */
  readonly coveredMs: number;
  readonly cameRequests: number;
  readonly cameResponses: number;
};

export type DeliveryEstimate = {
  readonly hours: number;
  /** What the logger sends; answers only where it was told to leave requests out. */
  readonly side: 'request' | 'response';
  /** Events that there must have been, by what pods answered. */
  readonly expected: number;
  readonly came: number;
  /** At least 0: measured times and those of events are not of one clock. */
  readonly lost: number;
};

/**
 * How many events a logger that never repeats one has lost: requests that pods answered less those it told of, and where it
 * tells of answers only, requests without error, since no other answer is logged (KServe pkg/logger/handler.go). Hours that
 * were measured for less than nine tenths are left out, the others scaled to whole ones. Null when none is left, or nothing
 * was answered in them.
 */
export function deliveryEstimate(hours: readonly DeliveryHour[]): DeliveryEstimate | null {
  const measured = hours.filter(({ coveredMs }) => coveredMs >= leastCovered * hourMs);
  const side = measured.some(({ cameRequests }) => cameRequests > 0) ? 'request' : 'response';
  let [expected, came] = [0, 0];
  for (const hour of measured) {
    const told = side === 'request' ? hour.requests : hour.requests - hour.errors;
    expected += (told * hourMs) / Math.min(hour.coveredMs, hourMs);
    came += side === 'request' ? hour.cameRequests : hour.cameResponses;
  }
  expected = Math.round(expected);
  if (expected === 0) return null;
  return { hours: measured.length, side, expected, came, lost: Math.max(0, expected - came) };
}
