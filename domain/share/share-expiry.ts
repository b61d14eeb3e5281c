export const dayMs = 86_400_000;
export const longestPictureDays = 30;
/** Ends that the dialog offers, in days. */
export const expiryPresets = [1, 7, 30, 90, 365] as const;
export const usualExpiryDays = 90;
const warnMs = 14 * dayMs;

/** Whether somebody should be told that what people look at ends soon. */
export function endsSoon(
  { status, expiresAt }: { readonly status: string; readonly expiresAt: Date },
  nowMs: number,
): boolean {
  const left = expiresAt.getTime() - nowMs;
  return status === 'active' && left > 0 && left <= warnMs;
}
