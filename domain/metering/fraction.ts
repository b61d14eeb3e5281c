/** An exact fraction of a GPU: numerator and denominator, reduced, denominator positive. */
export type Fraction = { readonly n: number; readonly d: number };

export const nothing: Fraction = { n: 0, d: 1 };

const gcd = (left: number, right: number): number => (right === 0 ? left : gcd(right, left % right));

/** The reduced fraction of two whole numbers; throws RangeError when one is not whole or the denominator is not positive. */
export function fraction(n: number, d = 1): Fraction {
  if (!Number.isSafeInteger(n) || !Number.isSafeInteger(d) || d <= 0)
    throw new RangeError(`${n}/${d} is no fraction of whole numbers.`);
  const common = gcd(Math.abs(n), d);
  return common === 0 ? nothing : { n: n / common, d: d / common };
}

export const add = (left: Fraction, right: Fraction): Fraction =>
  fraction(left.n * right.d + right.n * left.d, left.d * right.d);

export const multiply = (left: Fraction, right: Fraction): Fraction =>
  fraction(left.n * right.n, left.d * right.d);

/** Negative, zero or positive as the left is less than, equal to or greater than the right. */
export const compare = (left: Fraction, right: Fraction): number => left.n * right.d - right.n * left.d;
