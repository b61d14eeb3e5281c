import * as z from 'zod';
import { binTotal } from './binning.ts';
import type { ContributionPart } from './contribution.ts';
import { allRows, apartKinds, type Counters, storedCounters } from './counters.ts';
import { type BinnedFeature, wholeSegment } from './feature.ts';
import { fiveMinutesMs } from './window.ts';

const rowCount = z.int().min(0).max(1_000_000_000);
/** Beyond 2^53 a sum is sent as text. */
const sum = z
  .union([z.int(), z.string().regex(/^-?\d{1,19}$/, 'A sum is a whole number.')])
  .transform((value) => BigInt(value));

/** Counts that a sender made where its rows lie: by feature, on the bins of a binning that it has from us. */
export const sentCountsSchema = z.record(
  z.string().max(256),
  z.object({
    counts: z.array(rowCount).max(300),
    sums: z.array(sum).max(300).default([]),
    apart: z.partialRecord(z.enum(apartKinds), rowCount).default({}),
  }),
);
export type SentCounts = z.output<typeof sentCountsSchema>;

type Counted = {
  readonly parts: readonly ContributionPart[];
  /** Rows of the feature that has most. */
  readonly rows: number;
  readonly unknown: readonly string[];
};

type Place = Pick<ContributionPart, 'binningId' | 'revisionId' | 'windowMs' | 'finest'>;

const farthestSum = 2n ** 63n;

/** Sent counts as a contribution, or a sentence why they cannot be of this binning. */
export function contributionOfCounts(
  sent: SentCounts,
  features: readonly BinnedFeature[],
  place: Place,
): Counted | string {
  const byName = new Map(features.map((feature) => [feature.name, feature]));
  const parts: ContributionPart[] = [];
  const unknown: string[] = [];
  let rows = 0;
  for (const [name, { counts, sums, apart }] of Object.entries(sent)) {
    const feature = byName.get(name);
    if (feature === undefined) {
      unknown.push(name);
      continue;
    }
    const counters = storedCounters(
      counts,
      sums,
      apartKinds.map((kind) => apart[kind] ?? 0),
    );
    const wrong = wrongCounters(feature, counters);
    if (wrong !== null) return wrong;
    rows = Math.max(rows, allRows(counters));
    const { featureId } = feature;
    parts.push({ ...place, featureId, segment: wholeSegment, counters });
  }
  return { parts, rows, unknown };
}

function wrongCounters({ name, binning }: BinnedFeature, { counts, sums }: Counters): string | null {
  const bins = binTotal(binning);
  if (counts.length !== bins)
    return `${name} has ${bins} bins in this binning, and ${counts.length} were sent.`;
  const sumsWanted = binning.kind === 'numeric' ? bins : 0;
  if (sums.length !== sumsWanted)
    return `${name} has ${sumsWanted} sums in this binning, and ${sums.length} were sent.`;
  if (sums.some((value) => value >= farthestSum || value < -farthestSum))
    return `A sum of ${name} is too large.`;
  return null;
}

/** Start of the 5 minutes that counts are of, in ms; null when it is no such start. */
export function windowOf(window: string): number | null {
  const ms = Date.parse(window);
  return ms % fiveMinutesMs === 0 ? ms : null;
}
