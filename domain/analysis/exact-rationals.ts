/** Exact C(n, k) as an integer, for tests that check the floating-point statistics against whole numbers. */
function exactChoose(n: number, k: number): bigint {
  if (k < 0 || k > n) return 0n;
  let value = 1n;
  for (let i = 1; i <= Math.min(k, n - k); i += 1) value = (value * BigInt(n - i + 1)) / BigInt(i);
  return value;
}

/** ln of a positive integer of any size. */
export function logOfInteger(value: bigint): number {
  const digits = value.toString(16);
  const leading = digits.slice(0, 16);
  return Math.log(Number(BigInt(`0x${leading}`))) + (digits.length - leading.length) * Math.log(16);
}

export type Table = { readonly nCanary: number; readonly nStable: number; readonly bad: number };

/** denominator^bad times the sum over k of C(nCanary, k) C(nStable, bad - k) (numerator/denominator)^k, exactly. */
export function exactNormaliser(
  { nCanary, nStable, bad }: Table,
  numerator: bigint,
  denominator = 1n,
): bigint {
  let sum = 0n;
  for (let k = 0; k <= bad; k += 1) {
    const ways = exactChoose(nCanary, k) * exactChoose(nStable, bad - k);
    if (ways > 0n) sum += ways * numerator ** BigInt(k) * denominator ** BigInt(bad - k);
  }
  return sum;
}

/** P(X canary = k) given the margins under equal odds, as a float of an exact ratio. */
export function centralProbability(table: Table, k: number): number {
  const ways = exactChoose(table.nCanary, k) * exactChoose(table.nStable, table.bad - k);
  if (ways === 0n) return 0;
  return Math.exp(logOfInteger(ways) - logOfInteger(exactChoose(table.nCanary + table.nStable, table.bad)));
}
