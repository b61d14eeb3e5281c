import { countOf, countText, durationText, figureText } from './figure-text.ts';
import { type Refusal, refusal } from './refusal.ts';

const dayMs = 86_400_000;
/** Objectives are held over this long, as weeks, so that every window has the same weekends. */
export const objectivePeriodMs = 28 * dayMs;

/** What a Service promises over 28 days; each part may be missing. */
export type Objectives = {
  schema: 1;
  errors: { targetPercent: number } | null;
  latency: { targetPercent: number; slowerThanMs: number } | null;
};

type ObjectiveKind = 'errors' | 'latency';

/** One promise: which requests are bad, and how many in a million may be. */
export type Objective = {
  readonly kind: ObjectiveKind;
  readonly targetPercent: number;
  /** Only of latency. */
  readonly slowerThanMs: number | null;
  readonly budgetPpm: number;
};

/** Bad requests in a million that the target allows; never 0. */
function budgetPpmOf(targetPercent: number): number {
  return 1_000_000 - Math.round(targetPercent * 10_000);
}

/** The promises that are set, errors first. */
export function objectivesOf({ errors, latency }: Objectives): Objective[] {
  const found: Objective[] = [];
  if (errors !== null)
    found.push({ kind: 'errors', slowerThanMs: null, ...withBudget(errors.targetPercent) });
  if (latency !== null)
    found.push({ kind: 'latency', slowerThanMs: latency.slowerThanMs, ...withBudget(latency.targetPercent) });
  return found;
}

function withBudget(targetPercent: number): Pick<Objective, 'targetPercent' | 'budgetPpm'> {
  return { targetPercent, budgetPpm: budgetPpmOf(targetPercent) };
}

/** Requests of a stretch of time; `coveredMs` is how much of it was measured, the rest is a gap and counts for nothing. */
export type ObjectiveCounts = {
  readonly requests: number;
  readonly bad: number;
  readonly coveredMs: number;
};

export const noCounts: ObjectiveCounts = { requests: 0, bad: 0, coveredMs: 0 };

/** How many times faster than allowed the budget goes: 1 uses it up in exactly the period; null without requests. */
export function burnRate({ requests, bad }: ObjectiveCounts, budgetPpm: number): number | null {
  return requests === 0 ? null : (bad * 1_000_000) / (requests * budgetPpm);
}

export type Attainment = {
  readonly counts: ObjectiveCounts;
  /** Share of good requests; null without requests. */
  readonly goodShare: number | null;
  /** Share of the budget that is left, below 0 when more was used than there is; null without requests. */
  readonly budgetLeft: number | null;
  readonly isMet: boolean | null;
};

/** What was kept of a promise over the counted stretch, and what is left of its budget. */
export function attainment(counts: ObjectiveCounts, { budgetPpm }: Pick<Objective, 'budgetPpm'>): Attainment {
  const used = burnRate(counts, budgetPpm);
  if (used === null) return { counts, goodShare: null, budgetLeft: null, isMet: null };
  return {
    counts,
    goodShare: (counts.requests - counts.bad) / counts.requests,
    budgetLeft: 1 - used,
    isMet: counts.bad * 1_000_000 <= counts.requests * budgetPpm,
  };
}

const hourMs = 3_600_000;
const minuteMs = 60_000;

/** One way to burn: so much of the budget within the long window, still going on in the short one. */
export type BurnPolicy = {
  readonly key: 'fast' | 'steady' | 'slow';
  readonly severity: 'high' | 'low';
  /** Share of the whole budget that burning at the limit uses within the long window. */
  readonly budgetShare: number;
  readonly longMs: number;
  readonly shortMs: number;
};

/**
 * Multiwindow, multi-burn-rate alerts: 2 % of the budget in an hour and 5 % in six hours call somebody, 10 % in three
 * days can wait; the short windows are a twelfth. Source: Google, The Site Reliability Workbook, chapter 5 ("Alerting on
 * SLOs"), table 5-8, whose rates 14.4, 6 and 1 follow from these shares over 30 days.
 */
export const burnPolicies: readonly BurnPolicy[] = [
  { key: 'fast', severity: 'high', budgetShare: 0.02, longMs: hourMs, shortMs: 5 * minuteMs },
  { key: 'steady', severity: 'high', budgetShare: 0.05, longMs: 6 * hourMs, shortMs: 30 * minuteMs },
  { key: 'slow', severity: 'low', budgetShare: 0.1, longMs: 72 * hourMs, shortMs: 6 * hourMs },
];

/** The burn rate from which on a policy alerts: 13.44, 5.6 and 0.93 over 28 days. */
export function burnLimit({ budgetShare, longMs }: BurnPolicy, periodMs = objectivePeriodMs): number {
  return (budgetShare * periodMs) / longMs;
}

/** After how long a constant share of bad requests raises the policy's alert, from no bad ones before; null when it never does. */
export function detectionMs(
  policy: BurnPolicy,
  at: { badShare: number; budgetPpm: number; periodMs?: number },
): number | null {
  const limitShare = burnLimit(policy, at.periodMs) * (at.budgetPpm / 1_000_000);
  return at.badShare < limitShare ? null : (policy.longMs * limitShare) / at.badShare;
}

/** One failure of three requests is no burn: so many bad ones there must be before anybody is called. */
const fewestBad = 10;

/** burning · calm · tooFew: above the limit, but on too few bad requests to tell · unmeasured: more gap than measure, or no request. */
type BurnVerdict = 'burning' | 'calm' | 'tooFew' | 'unmeasured';

export type BurnJudgement = {
  readonly policy: BurnPolicy;
  readonly limit: number;
  readonly long: ObjectiveCounts;
  readonly longRate: number | null;
  readonly shortRate: number | null;
  readonly verdict: BurnVerdict;
};

type BurnWindows = { readonly long: ObjectiveCounts; readonly short: ObjectiveCounts };

/**
 * Judges one policy: burning when both windows are at its limit and the long one holds at least ten bad requests. A long
 * window of which less than half was measured, or in which nobody asked anything, is unmeasured: it says nothing.
 */
export function judgeBurn(
  policy: BurnPolicy,
  { long, short }: BurnWindows,
  { budgetPpm }: Pick<Objective, 'budgetPpm'>,
): BurnJudgement {
  const limit = burnLimit(policy);
  const longRate = burnRate(long, budgetPpm);
  const shortRate = burnRate(short, budgetPpm);
  const judged = { policy, limit, long, longRate, shortRate };
  if (longRate === null || shortRate === null || long.coveredMs * 2 < policy.longMs)
    return { ...judged, verdict: 'unmeasured' };
  if (longRate < limit || shortRate < limit) return { ...judged, verdict: 'calm' };
  return { ...judged, verdict: long.bad < fewestBad ? 'tooFew' : 'burning' };
}

/** "22×", "0.4×". */
export function rateText(rate: number | null): string {
  return rate === null ? 'no figure' : `${figureText(rate)}×`;
}

/** "99.9 % without errors", "99 % within 250 ms". */
export function promiseText({ kind, targetPercent, slowerThanMs }: Objective): string {
  return kind === 'errors'
    ? `${targetPercent} % without errors`
    : `${targetPercent} % within ${slowerThanMs ?? 0} ms`;
}

function badText({ kind, slowerThanMs }: Objective): string {
  return kind === 'errors' ? 'had errors' : `took longer than ${slowerThanMs ?? 0} ms`;
}

/** What a policy sees, with its figures, for people. */
export function burnSentence(objective: Objective, judgement: BurnJudgement): string {
  const { policy, long, longRate, shortRate, limit } = judgement;
  const [over, lately] = [durationText(policy.longMs), durationText(policy.shortMs)];
  const seen = `${countText(long.bad)} of ${countOf(long.requests, 'request')} in ${over} ${badText(objective)}`;
  switch (judgement.verdict) {
    case 'burning':
      return `Its budget (${promiseText(objective)}) burns at ${rateText(longRate)} over ${over} and ${rateText(shortRate)} over ${lately}, alerting from ${rateText(limit)}: ${seen}. At that rate 28 days of budget last ${durationText(objectivePeriodMs / Math.max(longRate ?? 1, 1e-9))}.`;
    case 'tooFew':
      return `Too few bad requests to judge (${promiseText(objective)}): ${seen}; from ${fewestBad} on it counts.`;
    case 'calm':
      return `Its budget (${promiseText(objective)}) burns at ${rateText(longRate)} over ${over} and ${rateText(shortRate)} over ${lately}; it alerts from ${rateText(limit)} in both.`;
    case 'unmeasured':
      return long.coveredMs * 2 < policy.longMs
        ? `Not judged (${promiseText(objective)}): only ${durationText(long.coveredMs)} of ${over} were measured.`
        : `Not judged (${promiseText(objective)}): nobody asked anything.`;
  }
}

/** Why a latency promise cannot be kept count of, or null: only at a boundary of the buckets is it known who was slower. */
export function boundaryRefusal(slowerThanMs: number, known: readonly number[]): Refusal | null {
  if (known.includes(slowerThanMs)) return null;
  if (known.length === 0)
    return refusal({
      code: 'invalidInput',
      message:
        'latency: no latency has been measured for this service or another of its environment yet, so the boundaries of its buckets are not known.',
      params: { field: 'latency', boundaries: '' },
      fix: 'Set the promise about errors first: once requests are measured, the boundaries are known. A metric profile without a duration metric has none.',
    });
  return refusal({
    code: 'invalidInput',
    message: `latency: no bucket of its metrics ends at ${slowerThanMs} ms, so it cannot be counted who was slower. The boundaries are ${known.join(', ')} ms.`,
    params: { field: 'latency', boundaries: known.join(', ') },
    fix: 'Choose one of these boundaries.',
  });
}
