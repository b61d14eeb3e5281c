import { durationText } from '../figure-text.ts';
import { formatMs, formatNumber, formatPercent } from '../number-format.ts';

const formats = {
  count: (value: number) => formatNumber(value, 1),
  perSecond: (value: number) => `${formatNumber(value, Math.abs(value) < 10 ? 2 : 1)} /s`,
  share: (value: number) => formatPercent(value),
  ms: (value: number) => (Math.abs(value) < 2 * 60_000 ? formatMs(value) : durationText(value)),
  gib: (value: number) => `${formatNumber(value, 1)} GiB`,
  gpu: (value: number) => `${formatNumber(value, 2)} GPU`,
  gpuHours: (value: number) => `${formatNumber(value, 1)} GPU-h`,
  psi: (value: number) => formatNumber(value, 3),
  times: (value: number) => `${formatNumber(value, Math.abs(value) < 10 ? 2 : 1)}×`,
};

/**
 * `share` values lie between 0 and 1; `psi` is a distance of distributions; `perSecond` counts events; `ms` is a length of
 * time; `times` is a multiple; `money EUR` is an amount of that currency of ISO 4217.
 */
export type ChartUnit = keyof typeof formats | `money ${string}`;

export function formatUnit(value: number | null | undefined, unit: ChartUnit): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return 'no data';
  return isMoney(unit) ? money(value, unit) : formats[unit](value);
}

const isMoney = (unit: ChartUnit): unit is `money ${string}` => unit.startsWith('money ');

function money(value: number, unit: `money ${string}`, digits?: number): string {
  const fixed = digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat('en', { style: 'currency', currency: unit.slice(6), ...fixed }).format(value);
}

const lengths = [
  { ms: 86_400_000, word: 'd', fromMs: 2 * 86_400_000 },
  { ms: 3_600_000, word: 'h', fromMs: 2 * 3_600_000 },
  { ms: 60_000, word: 'min', fromMs: 2 * 60_000 },
  { ms: 1_000, word: 's', fromMs: 10_000 },
] as const;

/** How much one of what an axis up to `top` counts by is: a length of time is counted by the largest unit of which there are two. */
export function axisScale(unit: ChartUnit, top: number): number {
  return unit === 'ms' ? (lengths.find(({ fromMs }) => top >= fromMs)?.ms ?? 1) : 1;
}

type Axis = {
  /** Distance of two ticks. */
  readonly step: number;
  /** As `axisScale` gives it. */
  readonly scale?: number | undefined;
};

/** From this distance of two ticks on an axis counts in millions and more, or its labels leave the lines no room. */
const compactFrom = 1_000_000;
const compact = { notation: 'compact', maximumFractionDigits: 2 } as const;

/** Axis labels share the digits that the distance between two ticks needs. */
export function formatTick(value: number, unit: ChartUnit, { step, scale = 1 }: Axis): string {
  const size = (unit === 'share' ? step * 100 : step) / scale;
  const digits =
    size > 0 ? Math.min(6, Math.max(0, Math.ceil(-Math.log10(size) - 1e-9 + fraction(size)))) : 0;
  if (isMoney(unit))
    return size < compactFrom
      ? money(value, unit, digits)
      : new Intl.NumberFormat('en', { ...compact, style: 'currency', currency: unit.slice(6) }).format(value);
  if (unit === 'share') return formatPercent(value, digits);
  const text =
    size < compactFrom
      ? formatNumber(value / scale, digits)
      : new Intl.NumberFormat('en', compact).format(value / scale).replace('-', '−');
  if (unit === 'ms') return `${text} ${lengths.find(({ ms }) => ms === scale)?.word ?? 'ms'}`;
  if (unit === 'perSecond') return `${text} /s`;
  return unit === 'times' ? `${text}×` : text;
}

/** A step of 2.5 needs one digit more than its size says. */
function fraction(size: number): number {
  const lead = size / 10 ** Math.floor(Math.log10(size));
  return Math.abs(lead - Math.round(lead)) > 1e-6 ? 1 : 0;
}
