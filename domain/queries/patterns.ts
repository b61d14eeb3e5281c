import * as z from 'zod';
import type { Votable } from '../drift/alert-spans.ts';

/** Keys of an hour that are kept, by rows. */
export const keptKeys = 50;

/** An HMAC that our client has made: nothing that looks like a key itself is taken. */
const keySchema = z
  .string()
  .regex(/^[0-9a-f]{32}$/, 'A client key is 32 hex digits of an HMAC made where the rows are.');

/** What clients asked in an hour since the batch before: rows by hashed key, and how many repeated an input of that client. */
export const sentQueriesSchema = z.strictObject({
  hour: z.iso.datetime({ offset: true }),
  keys: z
    .array(
      z
        .strictObject({
          key: keySchema,
          rows: z.int().min(1).max(1_000_000_000),
          /** Rows that had an input to compare, and those that repeated one. */
          compared: z.int().min(0).max(1_000_000_000),
          repeated: z.int().min(0).max(1_000_000_000),
        })
        .refine(
          ({ rows, compared, repeated }) => repeated <= compared && compared <= rows,
          'repeated, compared and rows must not fall below each other.',
        ),
    )
    .max(keptKeys, `At most ${keptKeys} keys by batch.`),
});
export type SentQueries = z.output<typeof sentQueriesSchema>;

/** One whole hour: its busiest client, and what all kept clients repeated. */
export type QueryHour = {
  readonly startMs: number;
  readonly clients: number;
  readonly busiestRows: number;
  readonly compared: number;
  readonly repeated: number;
};

/** Hours with clients that make an hour usual: a day of them. */
export const fewestHours = 24;
const fewestCompared = 200;
const factor = 3;
/** As a share: what repeats this much more, or less, than usual is another way of asking. */
const sharePoints = 0.3;
const leastRows = 100;

const median = (values: readonly number[]): number => {
  const ascending = values.toSorted((left, right) => left - right);
  const middle = (ascending.length - 1) / 2;
  return ((ascending[Math.floor(middle)] ?? 0) + (ascending[Math.ceil(middle)] ?? 0)) / 2;
};

const shareOf = ({ compared, repeated }: QueryHour): number | null =>
  compared < fewestCompared ? null : repeated / compared;

export type QueryVerdict = {
  readonly verdict: Votable;
  /** What its hours before had; null where they are too few. */
  readonly usualBusiest: number | null;
  readonly usualShare: number | null;
  readonly share: number | null;
};

/**
 * Whether an hour's clients ask unlike those of the hours before it (at most a week): the busiest one three times as much
 * as usual and 100 rows at least, or inputs repeat by 30 points more or less of 200 compared rows. Not enough data before
 * a day of such hours is there. Medians, so that one scraper does not become the usual.
 */
export function queryVerdict(hour: QueryHour, before: readonly QueryHour[]): QueryVerdict {
  const share = shareOf(hour);
  if (before.length < fewestHours)
    return { verdict: { verdict: 'insufficientData' }, usualBusiest: null, usualShare: null, share };
  const usualBusiest = median(before.map(({ busiestRows }) => busiestRows));
  const shares = before.map(shareOf).filter((one) => one !== null);
  const usualShare = shares.length < fewestHours ? null : median(shares);
  const busy =
    hour.busiestRows < leastRows ? 0 : hour.busiestRows / Math.max(usualBusiest, leastRows / factor) / factor;
  const repeats = share === null || usualShare === null ? 0 : Math.abs(share - usualShare) / sharePoints;
  const effect = Math.max(busy, repeats);
  return {
    verdict: { verdict: effect >= 1 ? 'drifted' : 'steady', effect, limit: 1 },
    usualBusiest,
    usualShare,
    share,
  };
}
