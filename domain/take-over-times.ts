/** Percent of the traffic that goes to our pods, step by step. */
export const shiftPercents = [10, 50, 100] as const;
/** How long a split stays accepted before the next; gateways apply one within milliseconds, connections live on. */
export const stepHoldMs = 8_000;
/** How long our pods stay after the routes lead elsewhere, for requests that are still on their way. */
export const drainMs = 15_000;
