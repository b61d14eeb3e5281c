const units: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  min: 60_000,
  m: 60_000,
  s: 1_000,
};

/** Milliseconds of "1 h 20 min", "90s", "10m" or "0"; null for anything else. */
export function parseDuration(text: string): number | null {
  const trimmed = text.trim().toLowerCase();
  if (trimmed === '0') return 0;
  if (!/^(\d+(\.\d+)?\s*(d|h|min|m|s)\s*)+$/.test(trimmed)) return null;
  let sum = 0;
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)\s*(d|h|min|m|s)/g))
    sum += Number(amount) * (units[unit ?? ''] ?? 0);
  return Math.round(sum);
}

/** The shortest exact text that parses back to the same: "1 h 20 min", "45 s"; parts below a second are kept as a fraction. */
export function durationInput(ms: number): string {
  if (ms === 0) return '0 s';
  const parts: string[] = [];
  let rest = ms;
  for (const unit of ['d', 'h', 'min'] as const) {
    const size = units[unit] ?? 1;
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count} ${unit}`);
    rest -= count * size;
  }
  if (rest > 0) parts.push(`${rest / 1_000} s`);
  return parts.join(' ');
}
