function gcd(left: bigint, right: bigint): bigint {
  let [a, b] = [left, right];
  while (b !== 0n) [a, b] = [b, a % b];
  return a < 0n ? -a : a;
}

/** Least common multiple of positive whole numbers; 1 for none. */
export function commonDenominator(denominators: Iterable<number>): bigint {
  let common = 1n;
  for (const each of new Set(denominators)) common = (common / gcd(common, BigInt(each))) * BigInt(each);
  return common;
}

/** A sum of fractions that never rounds; 0 when nothing was added. */
export class ExactSum {
  #n = 0n;
  #d = 1n;

  /** Adds n/d; d is positive. */
  add(n: bigint, d: bigint): void {
    if (n === 0n) return;
    if (this.#n === 0n) {
      this.#n = n;
      this.#d = d;
      return;
    }
    if (d === this.#d) {
      this.#n += n;
      return;
    }
    const common = (this.#d / gcd(this.#d, d)) * d;
    this.#n = this.#n * (common / this.#d) + n * (common / d);
    this.#d = common;
  }

  /** The largest whole number that is not greater; for sums that are not negative. */
  floor(): bigint {
    return this.#n / this.#d;
  }
}
