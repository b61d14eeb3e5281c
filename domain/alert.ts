/** An alert that is on: since when, and since when what it warns of has been quiet again. */
export type AlertState = { readonly startedAt: Date; readonly calmSince: Date | null };

/** What was seen now; `unknown` (nothing measured, too few requests) neither starts nor ends an alert. */
export type AlertSighting = 'bad' | 'calm' | 'unknown';

export type AlertStep = { readonly state: AlertState | null; readonly told: 'started' | 'ended' | null };

/**
 * The alert after one look, so that it is told once when it starts and once when it is over: what flaps within `calmMs`
 * is one alert. Looking twice at the same changes nothing.
 */
export function followAlert(
  state: AlertState | null,
  seen: AlertSighting,
  { now, calmMs }: { now: Date; calmMs: number },
): AlertStep {
  if (state === null)
    return seen === 'bad'
      ? { state: { startedAt: now, calmSince: null }, told: 'started' }
      : { state: null, told: null };
  if (seen === 'unknown') return { state, told: null };
  if (seen === 'bad') return { state: { ...state, calmSince: null }, told: null };
  const calmSince = state.calmSince ?? now;
  return now.getTime() - calmSince.getTime() >= calmMs
    ? { state: null, told: 'ended' }
    : { state: { ...state, calmSince }, told: null };
}
