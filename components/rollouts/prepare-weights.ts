import type { RolloutStatus } from '../../domain/rollout-status.ts';
import type { SegmentRole } from '../ui/weight-bar.tsx';

export type WeightSegment = {
  readonly key: string;
  readonly label: string;
  readonly percent: number;
  readonly role: SegmentRole;
};

export type Arms = { readonly stable: number | null; readonly canary: number | null };

function roleOf(number: number, { stable, canary }: Arms): SegmentRole {
  if (number === stable) return 'stable';
  return number === canary ? 'canary' : 'other';
}

/** Shares by revision number as segments, lowest revision first; revisions without a share are left out. */
export function weightSegments(weights: Readonly<Record<string, number>>, arms: Arms): WeightSegment[] {
  return Object.entries(weights)
    .filter(([, percent]) => percent > 0)
    .map(([number, percent]) => ({
      key: number,
      // What a take over found has no revision number of its own.
      label: number === '0' ? 'Found pods' : `Revision ${number}`,
      percent,
      role: roleOf(Number(number), arms),
    }))
    .sort((left, right) => Number(left.key) - Number(right.key));
}

/** The measured split as percent by revision; empty without requests. */
export function measuredWeights(measured: RolloutStatus['measured'], arms: Arms): Record<string, number> {
  const total = measured.nCanary + measured.nStable;
  if (total === 0) return {};
  const weights: Record<string, number> = {};
  if (arms.canary !== null) weights[arms.canary] = (100 * measured.nCanary) / total;
  if (arms.stable !== null) weights[arms.stable] = (100 * measured.nStable) / total;
  return weights;
}
