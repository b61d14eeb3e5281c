import { describe, expect, test } from 'vitest';
import { burnLimit, burnPolicies } from '../../domain/objective.ts';
import { draftOfObjectives, noticedText, objectivesOfDraft } from './objectives-draft.ts';
import { burnChart, goodText, type Promised, promiseFacts, whyNoFigure } from './prepare-objectives.ts';

const hourMs = 3_600_000;
const counts = { requests: 1_000_000, bad: 400, coveredMs: 28 * 24 * hourMs };

function promised(change: Partial<Promised> = {}): Promised {
  return {
    kind: 'errors',
    targetPercent: 99.9,
    slowerThanMs: null,
    budgetPpm: 1_000,
    attainment: { counts, goodShare: 0.9996, budgetLeft: 0.6, isMet: true },
    burns: burnPolicies.map((policy) => ({
      policy,
      limit: burnLimit(policy),
      long: counts,
      longRate: 0.4,
      shortRate: 0.2,
      verdict: 'calm' as const,
      sentence: 'calm',
    })),
    series: burnPolicies.map(({ key, longMs }) => ({
      key,
      windowMs: longMs,
      points: [[hourMs, 0.4] as const],
    })),
    ...change,
  };
}

describe('the figures of a promise', () => {
  test('are what was kept, what is left, and how fast it goes', () => {
    expect(promiseFacts(promised())).toMatchObject({
      good: '99.96 %',
      goodTone: 'ok',
      basis: '1,000,000 requests, all of 28 days measured',
      budget: '60 % left',
      burn: '0.4×',
      burnHint: 'over 1 h, alerts from 13.4×',
    });
  });

  test('never round a missed target up to a kept one', () => {
    expect(goodText(0.998_999_9)).toBe('99.899 %');
    expect(goodText(0.999)).toBe('99.9 %');
    expect(goodText(1)).toBe('100 %');
  });

  test('say by how much a budget is overspent, and how little was measured', () => {
    const attainment = {
      counts: { ...counts, coveredMs: 76 * hourMs },
      goodShare: 0.9986,
      budgetLeft: -0.4,
      isMet: false,
    };
    expect(promiseFacts(promised({ attainment }))).toMatchObject({
      goodTone: 'bad',
      basis: '1,000,000 requests, 3 d 4 h of 28 days measured',
      budget: '40 % over',
    });
  });

  test('are none without requests, and the page says why', () => {
    const none = { requests: 0, bad: 0, coveredMs: 0 };
    const attainment = { counts: none, goodShare: null, budgetLeft: null, isMet: null };
    expect(promiseFacts(promised({ attainment }))).toBeNull();
    expect(whyNoFigure(promised({ attainment }))).toContain('no request was measured');
    const slow = promised({ kind: 'latency', slowerThanMs: 250, attainment });
    expect(whyNoFigure(slow)).toContain('a bucket that ends at 250 ms');
    const quiet = promised({ attainment: { ...attainment, counts: { ...none, coveredMs: hourMs } } });
    expect(whyNoFigure(quiet)).toContain('nobody asked anything');
  });

  test('are charted window by window, each with its own limit', () => {
    expect(burnChart(promised(), 'slow')).toMatchObject({
      series: [{ label: 'Burn rate over 3 d' }],
      thresholds: [{ label: 'Alerts from 0.933×', tone: 'warn' }],
    });
    expect(burnChart(promised(), 'fast').thresholds[0]).toMatchObject({
      label: 'Alerts from 13.4×',
      tone: 'bad',
    });
  });
});

describe('the form of objectives', () => {
  test('gives back what was set', () => {
    const set = {
      schema: 1 as const,
      errors: { targetPercent: 99.9 },
      latency: { targetPercent: 99, slowerThanMs: 250 },
    };
    expect(objectivesOfDraft(draftOfObjectives(set))).toEqual({ objectives: set });
    const none = { schema: 1 as const, errors: null, latency: null };
    expect(objectivesOfDraft(draftOfObjectives(null))).toEqual({ objectives: none });
  });

  test.each([
    [{ errorsPercent: '100' }, 'Without an error: A target is at most 99.999 %'],
    [{ errorsPercent: 'much' }, 'Without an error: A target is a number like 99.9.'],
    [{ latencyPercent: '99' }, 'Choose the boundary that "in time" means'],
    [{ latencyPercent: '12', slowerThanMs: '250' }, 'Answered in time: A target is at least 50 %.'],
  ])('says what is wrong with %o', (change, words) => {
    const found = objectivesOfDraft({ errorsPercent: '', latencyPercent: '', slowerThanMs: '', ...change });
    expect('problem' in found && found.problem).toContain(words);
  });

  test('says after how long a total outage calls somebody', () => {
    expect(noticedText('99.9')).toBe('If every request is bad, it alerts after 1 min.');
    expect(noticedText('99')).toBe('If every request is bad, it alerts after 8 min 4 s.');
    expect(noticedText('')).toBeUndefined();
    expect(noticedText('nonsense')).toBeUndefined();
  });
});
