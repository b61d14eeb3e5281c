/** A whole number with thousands separators: 12,400. */
export function countText(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** A share 0..1 as per cent with at most two significant decimals: 1.2 %, 0.04 %. */
export function shareText(share: number): string {
  const percent = share * 100;
  const digits = percent === 0 || percent >= 10 ? 0 : percent >= 1 ? 1 : 2;
  return `${Number(percent.toFixed(digits))} %`;
}

/** A plain figure to three significant digits. */
export function figureText(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

const units = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
  { name: 's', ms: 1_000 },
] as const;

/** A duration in its one or two largest units: "1 h 20 min", "45 s"; below a second "0 s". */
export function durationText(ms: number): string {
  const parts: string[] = [];
  let left = Math.max(0, Math.round(ms / 1_000) * 1_000);
  for (const unit of units) {
    const count = Math.floor(left / unit.ms);
    if (count > 0 && parts.length < 2) parts.push(`${count} ${unit.name}`);
    left -= count * unit.ms;
  }
  return parts.length === 0 ? '0 s' : parts.join(' ');
}

/** "1 pod", "3 pods". */
export function countOf(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}
