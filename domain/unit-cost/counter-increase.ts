/** A raw counter of one pod at one moment. */
export type PodCounter = { readonly pod: string; readonly atMs: number; readonly value: number };

/**
 * How much counters grew over their samples, each pod by itself and every fall clamped to 0 before pods are summed: summed
 * first, a pod that restarts or goes would swallow what the others counted. A pod's first sample is where it begins, so the
 * result is a lower bound, never a guess. Empty case: 0.
 */
export function counterIncrease(samples: readonly PodCounter[]): number {
  let increase = 0;
  for (const own of Map.groupBy(samples, ({ pod }) => pod).values()) {
    const ordered = own.toSorted((left, right) => left.atMs - right.atMs);
    for (const [place, { value }] of ordered.entries()) {
      const before = ordered[place - 1];
      if (before !== undefined) increase += Math.max(0, value - before.value);
    }
  }
  return increase;
}
