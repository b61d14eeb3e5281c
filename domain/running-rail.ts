import { countOf, durationText, figureText, shareText } from './figure-text.ts';
import type { MetricBar } from './metric-series.ts';
import type { Rail } from './rollout-plan.ts';

/** What was measured of the revision that serves, for its rails. */
export type RailEvidence = {
  /** In rising order, the last hour at most. */
  readonly bars: readonly MetricBar[];
  /** Of `query` rails, by check id: the value, or why there is none. */
  readonly queries: ReadonlyMap<string, { readonly value: number | null; readonly problem: string | null }>;
  /** A sentence when the source could not be read. */
  readonly sourceProblem: string | null;
};

/** A rail's verdict on a revision that takes all traffic; noEvidence neither rolls back nor alerts. */
export type RailResult = {
  readonly checkId: string;
  readonly verdict: 'pass' | 'fail' | 'noEvidence';
  readonly sentence: string;
  readonly value: number | null;
  readonly limit: number;
  readonly requests: number;
  readonly bad: number;
  /** From the beginning of the oldest interval that counts to the end of the newest; 0 without any. */
  readonly spanMs: number;
};

const minuteMs = 60_000;
/** A rail looks at this much, and back to where it has its minimum number of requests, but never further than the longest. */
const usualSpanMs = 5 * minuteMs;
export const longestRailSpanMs = 60 * minuteMs;
const staleAfterMs = 2 * minuteMs;

type Counts = { requests: number; bad: number; fromMs: number; endMs: number };

type At = {
  readonly now: Date;
  /** Nothing before counts: when all traffic became this revision's. */
  readonly since: Date | null;
};

function badOf(rail: Rail, bar: MetricBar): number | null {
  if (rail.of !== 'slow') return bar.errors;
  const within = bar.buckets[String(rail.slowerThanMs ?? 0)];
  return within === undefined ? null : bar.requests - within;
}

/** Counts of the newest intervals; null when none can be counted. */
function countsOf(rail: Rail, bars: readonly MetricBar[], { now, since }: At): Counts | null {
  const nowMs = now.getTime();
  const oldestMs = Math.max(nowMs - longestRailSpanMs, since?.getTime() ?? 0);
  const counts: Counts = { requests: 0, bad: 0, fromMs: 0, endMs: 0 };
  for (const bar of bars.toReversed()) {
    const fromMs = bar.endMs - bar.intervalMs;
    const enough = counts.requests >= rail.minimumSamples;
    if (fromMs < oldestMs || (enough && bar.endMs <= nowMs - usualSpanMs)) break;
    const bad = rail.of === 'query' ? 0 : badOf(rail, bar);
    if (bad === null) continue;
    counts.requests += bar.requests;
    counts.bad += bad;
    counts.fromMs = fromMs;
    if (counts.endMs === 0) counts.endMs = bar.endMs;
  }
  return counts.endMs === 0 ? null : counts;
}

/**
 * Judges one rail on the revision that takes all traffic: on its newest five minutes, or as far back within an hour as
 * its minimum number of requests needs. Nothing measured for two minutes, or too few requests, is noEvidence.
 */
export function judgeRunningRail(rail: Rail, evidence: RailEvidence, at: At): RailResult {
  const counts = countsOf(rail, evidence.bars, at);
  const { requests, bad } = counts ?? { requests: 0, bad: 0 };
  const spanMs = counts === null ? 0 : counts.endMs - counts.fromMs;
  const query = evidence.queries.get(rail.id);
  const value = rail.of === 'query' ? (query?.value ?? null) : requests === 0 ? null : bad / requests;
  const result = (verdict: RailResult['verdict'], sentence: string): RailResult => ({
    checkId: rail.id,
    verdict,
    sentence,
    value,
    limit: rail.max,
    requests,
    bad,
    spanMs,
  });
  const problem = problemOf(rail, { evidence, counts, now: at.now });
  if (problem !== null) return result('noEvidence', `Not decided: ${problem}.`);
  if (value === null) return result('noEvidence', 'Not decided: no request was answered lately.');
  const text = (figure: number) => (rail.of === 'query' ? figureText(figure) : shareText(figure));
  const seen =
    rail.of === 'query'
      ? `the rail's query gives ${text(value)}`
      : `${text(value)} of ${countOf(requests, 'request')} in ${durationText(spanMs)} ${badWords(rail)}`;
  if (value <= rail.max) return result('pass', `The rail holds: ${seen}; it is at ${text(rail.max)}.`);
  if (requests < rail.minimumSamples)
    return result(
      'noEvidence',
      `Not decided: ${seen}, above ${text(rail.max)}, but the rail breaks only from ${countOf(rail.minimumSamples, 'request')}.`,
    );
  return result('fail', `Rail broken: ${seen}, above ${text(rail.max)}.`);
}

type Known = {
  readonly evidence: RailEvidence;
  readonly counts: Counts | null;
  readonly now: Date;
};

function problemOf(rail: Rail, { evidence, counts, now }: Known): string | null {
  if (evidence.sourceProblem !== null) return evidence.sourceProblem;
  if (rail.of === 'query') {
    const problem = evidence.queries.get(rail.id)?.problem ?? null;
    if (problem !== null) return problem;
  }
  if (counts !== null && now.getTime() - counts.endMs <= staleAfterMs) return null;
  return rail.of === 'slow' && evidence.bars.length > 0 && counts === null
    ? `the metrics have no bucket at ${rail.slowerThanMs ?? 0} ms, or nothing was measured since 100 %`
    : 'nothing has been measured lately';
}

function badWords(rail: Rail): string {
  return rail.of === 'slow' ? `took longer than ${rail.slowerThanMs ?? 0} ms` : 'had errors';
}

/** All rails in the plan's order. */
export function judgeRunningRails(rails: readonly Rail[], evidence: RailEvidence, at: At): RailResult[] {
  return rails.map((rail) => judgeRunningRail(rail, evidence, at));
}
