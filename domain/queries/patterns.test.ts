import { describe, expect, it } from 'vitest';
import { type QueryHour, queryVerdict, sentQueriesSchema } from './patterns.ts';

const hour = (busiestRows: number, repeated = 100, compared = 1_000): QueryHour => ({
  startMs: 0,
  clients: 5,
  busiestRows,
  compared,
  repeated,
});
const usual = Array.from({ length: 24 }, (_, index) => hour(90 + (index % 3) * 10));
const of = (one: QueryHour, before = usual) => queryVerdict(one, before).verdict.verdict;

describe('an hour of queries', () => {
  it('is not judged before a day of hours is there', () => {
    expect(of(hour(9_000), usual.slice(1))).toBe('insufficientData');
  });

  it('is unusual when its busiest client asks three times as much, or when inputs repeat otherwise', () => {
    expect(of(hour(299))).toBe('steady');
    expect(of(hour(300))).toBe('drifted');
    expect(of(hour(100, 399))).toBe('steady');
    expect(of(hour(100, 400))).toBe('drifted');
    expect(of(hour(100, 0))).toBe('steady');
  });

  it('is not called unusual on few rows', () => {
    const quiet = Array.from({ length: 24 }, () => hour(2, 0, 10));
    expect(of(hour(99, 0, 99), quiet)).toBe('steady');
    expect(of(hour(100, 0, 100), quiet)).toBe('drifted');
    expect(queryVerdict(hour(50, 150, 150), quiet)).toMatchObject({ share: null, usualShare: null });
  });

  it('is compared with what most hours had, so that one scraper does not become the usual', () => {
    const withPeaks = [...usual.slice(0, 18), ...Array.from({ length: 6 }, () => hour(50_000))];
    expect(of(hour(1_000), withPeaks)).toBe('drifted');
  });
});

it('a key that is no hash is refused', () => {
  const sent = (key: string) => ({
    hour: '2026-11-25T10:00:00Z',
    keys: [{ key, rows: 1, compared: 0, repeated: 0 }],
  });
  expect(sentQueriesSchema.safeParse(sent('customer-7')).success).toBe(false);
  expect(sentQueriesSchema.safeParse(sent('0af3'.repeat(8))).success).toBe(true);
});
