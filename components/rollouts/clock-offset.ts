/** Differences of this size are travel time of the answer, not another clock. */
const travelMs = 5_000;

/** How far the service's clock runs ahead of this one, in milliseconds; 0 when they agree within five seconds. */
export function clockOffsetMs(serviceNow: Date, answeredAtMs: number): number {
  const offset = serviceNow.getTime() - answeredAtMs;
  return Math.abs(offset) < travelMs ? 0 : offset;
}
