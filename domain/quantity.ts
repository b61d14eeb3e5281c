// Kubernetes' resource.Quantity: a decimal with a binary, decimal or exponent suffix.
const quantityPattern = /^([+-]?)(\d+\.?\d*|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;
const binary: Readonly<Record<string, number>> = { Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6 };
const decimal: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};

/** A Kubernetes quantity as a number; null when it is none. */
export function quantity(text: string | number): number | null {
  const [, sign, digits = '', suffix = ''] = quantityPattern.exec(String(text)) ?? [];
  if (digits === '') return null;
  const amount = Number(digits) * (sign === '-' ? -1 : 1);
  if (suffix in binary) return amount * 1_024 ** (binary[suffix] ?? 0);
  if (suffix in decimal) return amount * 10 ** (decimal[suffix] ?? 0);
  return suffix === '' ? amount : amount * 10 ** Number(suffix.slice(1));
}
