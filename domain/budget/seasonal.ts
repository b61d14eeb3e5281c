const hourMs = 3_600_000;
const dayMs = 86_400_000;
const hoursOfWeek = 168;
/** Without two weeks there is no second look at any hour of the week. */
const leastHistoryMs = 14 * dayMs;
/** Preferred history; older weeks say less about the next one. */
const mostHistoryMs = 28 * dayMs;
const blockHours = 24;
const paths = 200;

/** What one UTC hour spent, in the unit of the budget. */
export type HourSpend = { readonly hourAt: Date; readonly amount: bigint };

/** A figure with its 80 % interval. */
export type Estimate = { readonly value: bigint; readonly low: bigint; readonly high: bigint };

type Span = { readonly fromAt: Date; readonly toAt: Date };
type Week = { readonly means: readonly number[]; readonly residuals: readonly number[] };

function hourOfWeek(ms: number): number {
  return Math.floor(ms / hourMs) % hoursOfWeek;
}

/** Mean of each hour of the week over the last four weeks, and what was left over it, hour by hour; null under two weeks. */
function weekOf(hours: readonly HourSpend[], before: Date): Week | null {
  const end = Math.floor(before.getTime() / hourMs) * hourMs;
  const start = hours[0]?.hourAt.getTime();
  if (start === undefined || start > end - leastHistoryMs) return null;
  const from = Math.max(start, end - mostHistoryMs);
  const amounts = new Map(hours.map(({ hourAt, amount }) => [hourAt.getTime(), Number(amount)]));
  const spent = Array.from({ length: (end - from) / hourMs }, (_, index) => ({
    hour: hourOfWeek(from + index * hourMs),
    amount: amounts.get(from + index * hourMs) ?? 0,
  }));
  const sums = Array.from({ length: hoursOfWeek }, () => ({ total: 0, count: 0 }));
  for (const { hour, amount } of spent) {
    const sum = sums[hour];
    if (sum === undefined) continue;
    sum.total += amount;
    sum.count += 1;
  }
  const means = sums.map(({ total, count }) => (count === 0 ? 0 : total / count));
  return { means, residuals: spent.map(({ hour, amount }) => amount - (means[hour] ?? 0)) };
}

/** Each coming hour spends the mean of its hour of the week; empty with less than two weeks of history. */
export function seasonalRates(
  hours: readonly HourSpend[],
  { fromAt, toAt }: Span,
): (Span & { perHour: bigint })[] {
  const week = weekOf(hours, fromAt);
  if (week === null) return [];
  return hourSpans({ fromAt, toAt }).map((span) => ({
    ...span,
    perHour: BigInt(Math.round(week.means[hourOfWeek(span.fromAt.getTime())] ?? 0)),
  }));
}

function hourSpans({ fromAt, toAt }: Span): Span[] {
  const spans: Span[] = [];
  for (let from = fromAt.getTime(); from < toAt.getTime(); ) {
    const to = Math.min(toAt.getTime(), (Math.floor(from / hourMs) + 1) * hourMs);
    spans.push({ fromAt: new Date(from), toAt: new Date(to) });
    from = to;
  }
  return spans;
}

/**
 * Hour-of-week means over the rest of the span and an 80 % interval by a block bootstrap of what was left over them (blocks
 * of a day, the same seed gives the same interval); null with less than two weeks of history.
 * Künsch, "The jackknife and the bootstrap for general stationary observations", Annals of Statistics 17 (1989).
 */
export function seasonalEstimate(
  hours: readonly HourSpend[],
  { fromAt, toAt, actual, seed }: Span & { readonly actual: bigint; readonly seed: number },
): Estimate | null {
  const week = weekOf(hours, fromAt);
  if (week === null) return null;
  const spans = hourSpans({ fromAt, toAt });
  const shares = spans.map((span) => (span.toAt.getTime() - span.fromAt.getTime()) / hourMs);
  const mean = spans.reduce(
    (total, span, index) =>
      total + (week.means[hourOfWeek(span.fromAt.getTime())] ?? 0) * (shares[index] ?? 0),
    0,
  );
  const errors = bootstrapped(week.residuals, shares, seed).sort((left, right) => left - right);
  const at = (share: number) => errors[Math.round(share * (errors.length - 1))] ?? 0;
  const reached = (error: number) => actual + BigInt(Math.max(0, Math.round(mean + error)));
  return { value: reached(0), low: reached(at(0.1)), high: reached(at(0.9)) };
}

/** Sums of residuals over as many hours, each path of blocks drawn with replacement. */
function bootstrapped(residuals: readonly number[], shares: readonly number[], seed: number): number[] {
  const random = randomOf(seed);
  const starts = Math.max(1, residuals.length - blockHours + 1);
  return Array.from({ length: paths }, () => {
    let [total, start] = [0, 0];
    for (const [index, share] of shares.entries()) {
      if (index % blockHours === 0) start = Math.floor(random() * starts);
      total += (residuals[start + (index % blockHours)] ?? 0) * share;
    }
    return total;
  });
}

/** mulberry32 (Tommy Ettinger, public domain): uniform in [0, 1), decided by the seed alone. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
