export type PictureSize = { width: number; height: number; scale: number };

const limits = {
  width: [200, 2_000, 'pixels wide'],
  height: [100, 1_200, 'pixels high'],
  scale: [1, 3, 'times its size'],
} as const;

/** Why a picture of this size is not drawn, as a sentence; null when it is. A scale may be a fraction, pixels may not. */
export function pictureSizeProblem(size: PictureSize): string | null {
  for (const key of ['width', 'height', 'scale'] as const) {
    const [least, most, words] = limits[key];
    const value = size[key];
    const isWhole = key === 'scale' || Number.isInteger(value);
    if (!isWhole || !(value >= least && value <= most)) {
      return `A picture is ${least} to ${most} ${words}: choose a ${key} within.`;
    }
  }
  return null;
}
