import { normalTail } from '../../domain/drift/normal.ts';

/** Share of a standard normal below a value. */
export const normalShare = (value: number): number => 1 - normalTail(value);

const [steps, farthest] = [1 << 16, 6];
let table: Float64Array | null = null;

/** Shares at evenly spaced values, from which values are read back; made once. */
function shares(): Float64Array {
  table ??= Float64Array.from({ length: steps + 1 }, (_, at) => normalShare(valueAt(at)));
  return table;
}

const valueAt = (at: number): number => -farthest + (2 * farthest * at) / steps;

/** The value below which a share lies, by straight lines between the values of the table: a distribution of its own, 1e-9 from the normal. */
export function normalQuantile(share: number): number {
  const known = shares();
  let [low, high] = [0, steps];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((known[middle] ?? 1) <= share) low = middle;
    else high = middle;
  }
  const [from, to] = [known[low] ?? 0, known[high] ?? 1];
  const part = to > from ? Math.min(1, Math.max(0, (share - from) / (to - from))) : 0;
  return valueAt(low + part);
}
