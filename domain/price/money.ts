/** A billionth of the currency's unit: what every stored amount counts. */
const nanoPerUnit = 1_000_000_000n;

const decimal = /^(\d{1,15})(?:\.(\d+))?$/;

/**
 * Nano of a plain decimal such as "55.04", exactly; null for a sign, an exponent, a separator of thousands, more than 15
 * digits before the point, or a part finer than a nano (zeros behind it are fine).
 */
export function nanoOf(text: string): bigint | null {
  const found = decimal.exec(text.trim());
  if (found === null) return null;
  const part = (found[2] ?? '').replace(/0+$/, '');
  if (part.length > 9) return null;
  return BigInt(found[1] ?? '0') * nanoPerUnit + BigInt(part.padEnd(9, '0'));
}

/** The shortest exact decimal of an amount: "55.04" for 55,040,000,000 nano; `nanoOf` reads it back. */
export function decimalOf(nano: bigint): string {
  const sign = nano < 0n ? '-' : '';
  const size = nano < 0n ? -nano : nano;
  const part = String(size % nanoPerUnit)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${sign}${size / nanoPerUnit}${part === '' ? '' : `.${part}`}`;
}

/** An amount for people, in the currency's own digits; `maximumDigits` shows more of a small one. No float is involved. */
export function moneyText(nano: bigint, currency: string, maximumDigits?: number): string {
  const usual = new Intl.NumberFormat('en', { style: 'currency', currency });
  const { minimumFractionDigits: least = 0 } = usual.resolvedOptions();
  const format =
    maximumDigits === undefined || maximumDigits <= least
      ? usual
      : new Intl.NumberFormat('en', { style: 'currency', currency, maximumFractionDigits: maximumDigits });
  return format.format(decimalOf(nano) as `${number}`);
}

/** Whether a code is a currency of ISO 4217 that this runtime knows. */
export function isCurrency(code: string): boolean {
  return Intl.supportedValuesOf('currency').includes(code);
}
