/** Where a value stands between the ends of a meter, all as percent of its width. */
export type Meter = {
  readonly from: number;
  readonly to: number;
  readonly limit: number;
  readonly isOver: boolean;
};

const percent = (value: number) => Math.min(100, Math.max(0, 100 * value));

/**
 * An e-value against its limit on a log scale: e = 1 (nothing learnt) stands at a third, the limit at nine tenths; the bar
 * runs from 1 to the value.
 */
export function logMeter(logE: number, logLimit: number): Meter {
  const one = 1 / 3;
  const limit = 0.9;
  const place = one + (logE / logLimit) * (limit - one);
  const at = percent(place);
  return {
    from: Math.min(at, percent(one)),
    to: Math.max(at, percent(one)),
    limit: percent(limit),
    isOver: logE >= logLimit,
  };
}

/** A rail's value against its limit on a plain scale from zero, the limit at nine tenths. */
export function railMeter(value: number, limit: number): Meter {
  const share = limit <= 0 ? (value > 0 ? 1 : 0) : (0.9 * value) / limit;
  return { from: 0, to: percent(share), limit: 90, isOver: value > limit };
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** e from its natural log to three digits; beyond a million as a power of ten, which exp could not hold. */
export function eText(logE: number): string {
  const log10 = logE / Math.LN10;
  if (Math.abs(log10) < 6) {
    const value = Math.exp(logE);
    return value >= 1_000
      ? Math.round(value).toLocaleString('en-US')
      : String(Number(value.toPrecision(value < 0.1 ? 1 : 3)));
  }
  // 9.96 rounds to 10.0, which belongs to the next power.
  const power = Math.floor(log10 + 0.002_18);
  const digits = String(Math.abs(power))
    .split('')
    .map((digit) => superscripts[Number(digit)] ?? digit)
    .join('');
  return `${(10 ** (log10 - power)).toFixed(1)} × 10${power < 0 ? '⁻' : ''}${digits}`;
}
