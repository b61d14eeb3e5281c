import type { Dispersion } from './dispersion.ts';
import type { ShareCounts } from './homogeneity.ts';
import { studentTail } from './student.ts';

/** A share may change by one percentage point without harm. */
export const harmlessShare = 0.01;

export type ShareEvidence = {
  /** Current less reference share, -1 to 1. */
  readonly change: number;
  /** Standard error of the change, phi in it. */
  readonly noiseFloor: number;
  /** How likely so much is when the true change is no more than the harmless one, in either direction. */
  readonly p: number;
};

type Sides = { readonly reference: ShareCounts; readonly current: ShareCounts };

/** Half a row on either side (Jeffreys) keeps a share of nothing from looking certain. */
const smoothed = ({ part, whole }: ShareCounts): number => (part + 0.5) / (whole + 1);

const within = (share: number): number => Math.min(1, Math.max(0, share));

/** The shares that fit best when the change is just the harmless one, in the direction that was seen. */
function harmlessShares({ reference, current }: Sides, change: number): [number, number] {
  const move = Math.sign(change) * harmlessShare;
  const all = reference.whole + current.whole;
  const share = within((reference.part + current.part - move * current.whole) / all);
  return [share, within(share + move)];
}

/** The larger of the variance as seen and as it would be without harm: the one is too small falling, the other rising. */
function varianceOf(sides: Sides, change: number): number {
  const of = ([reference, current]: [number, number]) =>
    (reference * (1 - reference)) / sides.reference.whole + (current * (1 - current)) / sides.current.whole;
  const seen = of([smoothed(sides.reference), smoothed(sides.current)]);
  return Math.max(seen, of(harmlessShares(sides, change)));
}

/**
 * How far a share (of nulls, new values, values out of range) has moved, and what speaks for its having moved by more
 * than a percentage point; by Student's t with the degrees of freedom of phi where that was estimated, else the normal.
 * Null when a side has no rows. Source: drift.md §3.5, §9.2.
 */
export function shareEvidence(
  reference: ShareCounts,
  current: ShareCounts,
  { phi, degreesOfFreedom }: Dispersion,
): ShareEvidence | null {
  if (reference.whole === 0 || current.whole === 0) return null;
  const change = current.part / current.whole - reference.part / reference.whole;
  const noiseFloor = Math.sqrt(phi * varianceOf({ reference, current }, change));
  const distance = Math.abs(change);
  const beyond = (margin: number) => studentTail((distance - margin) / noiseFloor, degreesOfFreedom);
  return { change, noiseFloor, p: Math.min(1, beyond(harmlessShare) + beyond(-harmlessShare)) };
}
