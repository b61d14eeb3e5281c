/** Requests of both arms in one counted interval; null where none was counted (a pod came or went, or there was none). */
export type ArmInterval = {
  readonly endMs: number;
  readonly intervalMs: number;
  readonly stable: number | null;
  readonly canary: number | null;
};

type Bounds = {
  /** From when the route carried the way back. */
  readonly fromMs: number;
  /** From when no pod of the canary was wanted any more: then nothing of it can be counted; null while there are some. */
  readonly awayMs: number | null;
};

/**
 * Since when stable answers everything, as measured: the begin of the first interval, wholly after the weights moved, in
 * which stable answered requests and the canary none, if that held in every interval behind it, too. A canary that was
 * not counted although it still had pods proves nothing. Null: not measured yet.
 */
export function stableSince(intervals: readonly ArmInterval[], { fromMs, awayMs }: Bounds): number | null {
  let since: number | null = null;
  for (const { endMs, intervalMs, stable, canary } of intervals) {
    const startMs = endMs - intervalMs;
    if (startMs < fromMs) continue;
    if (canary !== null && canary > 0) {
      since = null;
      continue;
    }
    const isAlone = canary === 0 || (awayMs !== null && startMs >= awayMs);
    if (since === null && isAlone && stable !== null && stable > 0) since = startMs;
  }
  return since;
}
