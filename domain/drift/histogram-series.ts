import { type Bucket, bucketIncrease } from './histogram-buckets.ts';

/** What one series of a histogram held at an instant, since it began. */
export type SeriesLook = {
  /** Tells the series from every other one, always alike. */
  readonly series: string;
  readonly atMs: number;
  readonly buckets: readonly Bucket[];
};

/** The last look at each series whose increase was counted. */
export type CountedLooks = ReadonlyMap<string, SeriesLook>;

/** A series that was not seen for so long is forgotten: what it then held is no increase of a window any more. */
export const forgottenMs = 86_400_000;

export type Increases<Look extends SeriesLook> = {
  readonly increases: readonly { readonly look: Look; readonly buckets: readonly Bucket[] }[];
  readonly counted: CountedLooks;
};

/**
 * What all series counted since the looks that were counted before, whatever looks were missed in between, so that every
 * increase counts once. A series that was never seen tells nothing but where it stands, unless `beganSince` it: then all that
 * it holds is new.
 */
export function seriesIncreases<Look extends SeriesLook>(
  before: CountedLooks,
  looks: readonly Look[],
  beganSince: (look: Look) => boolean,
): Increases<Look> {
  const counted = new Map(before);
  const increases = looks.flatMap((look) => {
    const last = counted.get(look.series);
    counted.set(look.series, { series: look.series, atMs: look.atMs, buckets: look.buckets });
    if (last === undefined && !beganSince(look)) return [];
    const buckets = bucketIncrease(last?.buckets ?? [], look.buckets).filter(({ count }) => count > 0);
    return buckets.length === 0 ? [] : [{ look, buckets }];
  });
  const newestMs = Math.max(...looks.map(({ atMs }) => atMs));
  for (const [series, { atMs }] of counted) if (atMs < newestMs - forgottenMs) counted.delete(series);
  return { increases, counted };
}
