import { describe, expect, it } from 'vitest';
import { after, exampleStart } from './example-rollout.ts';
import type { MetricBar } from './metric-series.ts';
import type { Rail } from './rollout-plan.ts';
import { judgeRunningRail, type RailEvidence } from './running-rail.ts';

const rail: Rail = { kind: 'threshold', id: 'rail', of: 'errors', max: 0.1, minimumSamples: 50 };

/** Intervals of ten seconds that ended at the given second. */
function bars(from: number, to: number, each: Partial<MetricBar>): MetricBar[] {
  const found: MetricBar[] = [];
  for (let second = from + 10; second <= to; second += 10)
    found.push({
      endMs: after(second).getTime(),
      intervalMs: 10_000,
      requests: 10,
      errors: 0,
      buckets: {},
      ...each,
    });
  return found;
}

const evidence = (own: readonly MetricBar[], change: Partial<RailEvidence> = {}): RailEvidence => ({
  bars: own,
  queries: new Map(),
  sourceProblem: null,
  ...change,
});

describe('a rail after 100 %', () => {
  it('looks at the newest five minutes, so that good hours do not hide what is broken now', () => {
    const own = [...bars(0, 3_300, { requests: 100 }), ...bars(3_300, 3_600, { requests: 100, errors: 20 })];
    const found = judgeRunningRail(rail, evidence(own), { now: after(3_600), since: exampleStart });
    expect(found).toMatchObject({ verdict: 'fail', requests: 3_000, bad: 600, spanMs: 300_000 });
    expect(found.sentence).toBe('Rail broken: 20 % of 3,000 requests in 5 min had errors, above 10 %.');
  });

  it('looks further back where five minutes have too few requests, but never before 100 %', () => {
    const own = bars(0, 3_600, { requests: 1, errors: 1 });
    const wide = judgeRunningRail(rail, evidence(own), { now: after(3_600), since: exampleStart });
    expect(wide).toMatchObject({ verdict: 'fail', requests: 50, spanMs: 500_000 });
    const late = judgeRunningRail(rail, evidence(own), { now: after(3_600), since: after(3_400) });
    expect(late).toMatchObject({ verdict: 'noEvidence', requests: 20 });
    expect(late.sentence).toContain('breaks only from 50 requests');
  });

  it.each([
    ['nothing was measured', [], {}, 'nothing has been measured lately'],
    [
      'the newest interval is older than two minutes',
      bars(0, 3_400, {}),
      {},
      'nothing has been measured lately',
    ],
    [
      'the source is silent',
      bars(3_000, 3_600, { errors: 9 }),
      { sourceProblem: 'it times out' },
      'it times out',
    ],
    ['nobody asked anything', bars(3_000, 3_600, { requests: 0 }), {}, 'no request'],
  ] as const)('has no evidence when %s', (_, own, change, words) => {
    const found = judgeRunningRail(rail, evidence(own, change), { now: after(3_600), since: null });
    expect(found.verdict).toBe('noEvidence');
    expect(found.sentence).toContain(words);
  });

  it('of slow requests counts only intervals whose bucket ends there', () => {
    const slow: Rail = { ...rail, of: 'slow', slowerThanMs: 250 };
    const at = { now: after(600), since: exampleStart };
    const own = bars(300, 600, { requests: 10, buckets: { 250: 8 } });
    expect(judgeRunningRail(slow, evidence(own), at)).toMatchObject({
      verdict: 'fail',
      requests: 300,
      bad: 60,
    });
    const other = bars(300, 600, { requests: 10, buckets: { 500: 8 } });
    const found = judgeRunningRail(slow, evidence(other), at);
    expect(found).toMatchObject({ verdict: 'noEvidence', requests: 0 });
    expect(found.sentence).toContain('no bucket at 250 ms');
  });

  it('by a query takes its value, and its problem is no verdict', () => {
    const query: Rail = { ...rail, of: 'query', query: 'up', max: 3 };
    const at = { now: after(600), since: exampleStart };
    const own = bars(300, 600, {});
    const told = (value: number | null, problem: string | null) =>
      judgeRunningRail(query, evidence(own, { queries: new Map([['rail', { value, problem }]]) }), at);
    expect(told(4, null)).toMatchObject({ verdict: 'fail', value: 4 });
    expect(told(2, null).verdict).toBe('pass');
    expect(told(null, 'it times out')).toMatchObject({ verdict: 'noEvidence' });
  });
});
