import { formatMs, formatNumber, formatPercent } from '../number-format.ts';

/** `share` values lie between 0 and 1; `psi` is a distance of distributions; `perSecond` counts events; `ms` is a length of time; `times` is a multiple. */
export type ChartUnit = 'count' | 'perSecond' | 'share' | 'ms' | 'gib' | 'gpu' | 'usd' | 'times' | 'psi';

const formats: Record<ChartUnit, (value: number) => string> = {
  count: (value) => formatNumber(value, 1),
  perSecond: (value) => `${formatNumber(value, Math.abs(value) < 10 ? 2 : 1)} /s`,
  share: (value) => formatPercent(value),
  ms: formatMs,
  gib: (value) => `${formatNumber(value, 1)} GiB`,
  gpu: (value) => `${formatNumber(value, 2)} GPU`,
  usd: (value) => `$${formatNumber(value, 2)}`,
  psi: (value) => formatNumber(value, 3),
  times: (value) => `${formatNumber(value, Math.abs(value) < 10 ? 2 : 1)}×`,
};

export function formatUnit(value: number | null | undefined, unit: ChartUnit): string {
  return value === null || value === undefined || !Number.isFinite(value) ? 'no data' : formats[unit](value);
}

/** Axis labels share the digits that the distance between two ticks needs. */
export function formatTick(value: number, unit: ChartUnit, stepSize: number): string {
  const size = unit === 'share' ? stepSize * 100 : stepSize;
  const digits =
    size > 0 ? Math.min(6, Math.max(0, Math.ceil(-Math.log10(size) - 1e-9 + fraction(size)))) : 0;
  if (unit === 'share') return formatPercent(value, digits);
  const text = formatNumber(value, digits);
  if (unit === 'ms') return `${text} ms`;
  if (unit === 'perSecond') return `${text} /s`;
  if (unit === 'times') return `${text}×`;
  return unit === 'usd' ? `$${text}` : text;
}

/** A step of 2.5 needs one digit more than its size says. */
function fraction(size: number): number {
  const lead = size / 10 ** Math.floor(Math.log10(size));
  return Math.abs(lead - Math.round(lead)) > 1e-6 ? 1 : 0;
}
