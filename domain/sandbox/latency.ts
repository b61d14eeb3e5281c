import type { ModelVersionBehaviour } from '../sandbox.ts';

/** Upper bounds of the sandbox's latency histogram, in milliseconds; slower requests are in none. */
export const latencyBoundsMs = [50, 100, 250, 500, 1_000, 2_500] as const;

const steepness = 3.5;
const slowFactor = 10;

function shareWithin(boundMs: number, medianMs: number): number {
  return 1 / (1 + (medianMs / boundMs) ** steepness);
}

/** Shares of requests by latency class, one more than there are bounds; log-logistic around two medians; they sum to 1. */
function latencyShares(behaviour: ModelVersionBehaviour): number[] {
  const { latencyMs, slowShare } = behaviour;
  const within = latencyBoundsMs.map(
    (bound) =>
      (1 - slowShare) * shareWithin(bound, latencyMs) +
      slowShare * shareWithin(bound, latencyMs * slowFactor),
  );
  return [...within, 1].map((share, index) => share - (within[index - 1] ?? 0));
}

/** Shares of requests by outcome: the latency classes of answered ones, then those of failed ones; they sum to 1. */
export function outcomeShares(behaviour: ModelVersionBehaviour): number[] {
  const latency = latencyShares(behaviour);
  return [
    ...latency.map((share) => share * (1 - behaviour.errorShare)),
    ...latency.map((share) => share * behaviour.errorShare),
  ];
}
