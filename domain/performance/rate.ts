/** A share of rows with what it may as well be, 95 in 100 times; all 0 to 1. */
export type Rate = { readonly value: number; readonly low: number; readonly high: number };

/** Of a normal, 95 in 100. */
export const deviations = 1.959963984540054;

const within = (share: number): number => Math.min(1, Math.max(0, share));

/** A value with a normal interval, kept between 0 and 1. */
export const rateOf = (value: number, deviation: number): Rate => ({
  value,
  low: within(value - deviations * deviation),
  high: within(value + deviations * deviation),
});

/**
 * Share of rows with Wilson's interval, rows being worth 1/phi each. Null when there are no rows. Source: Wilson 1927.
 */
export function shareRate(part: number, whole: number, phi = 1): Rate | null {
  if (whole === 0) return null;
  const [rows, share] = [whole / phi, part / whole];
  const square = deviations ** 2;
  const middle = (share + square / (2 * rows)) / (1 + square / rows);
  const half =
    (deviations / (1 + square / rows)) * Math.sqrt((share * (1 - share)) / rows + square / (4 * rows ** 2));
  return { value: share, low: within(middle - half), high: within(middle + half) };
}
