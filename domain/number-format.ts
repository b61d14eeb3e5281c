const minus = '−';

/** By digits: to make one takes longer than to format a hundred numbers. */
const plainFormats = new Map<number, Intl.NumberFormat>();

function plainFormat(digits: number): Intl.NumberFormat {
  const found = plainFormats.get(digits);
  if (found !== undefined) return found;
  const made = new Intl.NumberFormat('en-US', { maximumFractionDigits: digits });
  plainFormats.set(digits, made);
  return made;
}

function plain(value: number, digits: number): string {
  const text = plainFormat(digits).format(Math.abs(value));
  return value < 0 && text !== '0' ? `${minus}${text}` : text;
}

export function formatNumber(value: number, digits = 2): string {
  return Number.isFinite(value) ? plain(value, digits) : '–';
}

/** Takes a share between 0 and 1; a small one gets more digits, so that 0.0004 does not read as zero. */
export function formatPercent(share: number, digits?: number): string {
  if (!Number.isFinite(share)) return '–';
  const percent = share * 100;
  const size = Math.abs(percent);
  const wanted = digits ?? (size > 0 && size < 0.1 ? smallDigits(size) : size < 10 ? 2 : 1);
  return `${plain(percent, wanted)} %`;
}

/** Two that count, of a size below a tenth. */
const smallDigits = (size: number) => Math.min(12, Math.ceil(-Math.log10(size)) + 1);

export function formatSigned(value: number, format: (size: number) => string = formatNumber): string {
  if (value === 0) return `±${format(0)}`;
  return `${value > 0 ? '+' : minus}${format(Math.abs(value))}`;
}

/** Milliseconds up to ten seconds, then seconds. */
export function formatMs(valueMs: number): string {
  if (!Number.isFinite(valueMs)) return '–';
  if (Math.abs(valueMs) >= 10_000) return `${plain(valueMs / 1_000, 1)} s`;
  return `${plain(valueMs, Math.abs(valueMs) < 10 ? 1 : 0)} ms`;
}

/** Binary units, as Kubernetes counts memory. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let index = 0;
  while (Math.abs(value) >= 1_024 && index < units.length - 1) {
    value /= 1_024;
    index += 1;
  }
  return `${formatNumber(value, index === 0 ? 0 : 1)} ${units[index]}`;
}
