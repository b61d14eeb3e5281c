import type { Band } from './time-grid.ts';

type Scale = (value: number) => number;
type Line = { readonly at: readonly number[]; readonly values: readonly (number | null)[] };
type Area = { readonly at: readonly number[]; readonly bands: readonly (Band | null)[] };
/** Steps `from` up to, but without, `to`. */
type Stretch = { readonly from: number; readonly to: number };
export type Scales = { readonly x: Scale; readonly y: Scale };

/** Half the length of what is drawn of a point between two gaps, which has no line to a neighbour; pixels. */
const lone = 2;

/** A hundredth of a pixel is enough. */
export const px = (value: number) => Math.round(value * 100) / 100;

const hundredths = Array.from({ length: 100 }, (_, part) =>
  part === 0 ? '' : `.${String(part).padStart(2, '0').replace(/0$/, '')}`,
);

/** `px` as text from two whole numbers: most of drawing a long line is the writing of its digits, and this takes a third. */
function pxText(value: number): string {
  const parts = Math.round(value * 100);
  if (parts < 0) return String(parts / 100);
  const whole = Math.floor(parts / 100);
  return `${whole}${hundredths[parts - whole * 100] ?? ''}`;
}

/** The line through the points `from` up to `to`, broken at gaps; a point between two gaps is a short stroke. Empty of none. */
export function linePath({ at, values }: Line, { x, y }: Scales, { from, to }: Stretch): string {
  let path = '';
  let isDown = false;
  for (let index = from; index < to; index += 1) {
    const value = values[index] ?? null;
    if (value === null) {
      isDown = false;
      continue;
    }
    const [across, down] = [x(at[index] ?? 0), pxText(y(value))];
    const isLone = !isDown && (index + 1 >= to || (values[index + 1] ?? null) === null);
    path += isLone
      ? `M${pxText(across - lone)},${down}h${2 * lone}`
      : `${isDown ? 'L' : 'M'}${pxText(across)},${down}`;
    isDown = true;
  }
  return path;
}

/** The area between the lower and upper ends, a closed shape for each stretch without gaps. Empty of none. */
export function bandPath({ at, bands }: Area, scales: Scales): string {
  let path = '';
  let begin = 0;
  for (let index = 0; index <= at.length; index += 1) {
    if ((bands[index] ?? null) !== null) continue;
    if (index > begin) path += bandShape({ at, bands }, scales, { from: begin, to: index });
    begin = index + 1;
  }
  return path;
}

function bandShape({ at, bands }: Area, { x, y }: Scales, { from, to }: Stretch): string {
  let upper = '';
  let lower = '';
  for (let index = from; index < to; index += 1) {
    const [low, high] = bands[index] ?? [0, 0];
    const across = x(at[index] ?? 0);
    if (to - from === 1)
      return `M${pxText(across - lone)},${pxText(y(high))}h${2 * lone}V${pxText(y(low))}h${-2 * lone}Z`;
    upper += `${index === from ? 'M' : 'L'}${pxText(across)},${pxText(y(high))}`;
    lower = `L${pxText(across)},${pxText(y(low))}${lower}`;
  }
  return `${upper}${lower}Z`;
}
