import { describe, expect, it } from 'vitest';
import { afterRun, type FailingSuite } from './suite-course.ts';
import { expectationText, validationRun, validationSchema } from './validation.ts';

const failed = { unexpected_percent: 4.1666667, unexpected_count: 5, partial_unexpected_list: ['secret'] };

describe('a validation result', () => {
  it('of 1.x is read without any value of a row', () => {
    const run = validationRun(
      validationSchema.parse({
        success: false,
        suite_name: 'payments',
        id: 'f3a1',
        results: [
          { success: true, expectation_config: { type: 'expect_table_row_count_to_be_between', kwargs: {} } },
          {
            success: false,
            expectation_config: { type: 'expect_column_values_to_not_be_null', kwargs: { column: 'amount' } },
            result: failed,
          },
          {
            success: false,
            expectation_config: { type: 'expect_column_to_exist', kwargs: { column: 'iban' } },
            exception_info: { "('column', 'x')": { raised_exception: true, exception_message: 'boom' } },
          },
        ],
        meta: {
          run_id: { run_name: 'nightly', run_time: '2026-11-25T10:15:00+00:00' },
          validation_time: '2026-11-25T10:16:00.5+00:00',
        },
      }),
    );
    expect(run).toMatchObject({ suite: 'payments', runKey: 'f3a1', evaluated: 3, failed: 2 });
    expect(run.ranAt?.toISOString()).toBe('2026-11-25T10:16:00.500Z');
    expect(run.failing.map(expectationText)).toEqual([
      'expect_column_values_to_not_be_null of amount: 4.17 % unexpected',
      'expect_column_to_exist of iban could not be judged',
    ]);
    expect(JSON.stringify(run)).not.toContain('secret');
  });

  it('of 0.18 names its expectations, suite and time otherwise', () => {
    const run = validationRun(
      validationSchema.parse({
        success: false,
        results: [
          {
            success: false,
            expectation_config: {
              expectation_type: 'expect_column_max_to_be_between',
              kwargs: { column: 'age' },
            },
            result: { observed_value: 212 },
            exception_info: { raised_exception: false },
          },
        ],
        meta: {
          expectation_suite_name: 'people.warning',
          run_id: { run_name: null, run_time: '2026-11-25T10:15:00+00:00' },
          validation_time: '20261125T101501.123456Z',
        },
        statistics: {},
      }),
    );
    expect(run).toMatchObject({ suite: 'people.warning', runKey: '2026-11-25T10:15:00+00:00', failed: 1 });
    expect(run.ranAt?.toISOString()).toBe('2026-11-25T10:15:01.123Z');
    expect(run.failing.map(expectationText)).toEqual(['expect_column_max_to_be_between of age']);
  });
});

describe('a suite', () => {
  const run = (ranMs: number, bad: number, suite = 'a') => ({
    suite,
    ranMs,
    evaluated: 3,
    failed: bad,
    failing: [],
  });
  const course = (...runs: ReturnType<typeof run>[]) =>
    runs.reduce<readonly FailingSuite[]>((suites, one) => afterRun(suites, one), []);

  it('fails from its first failed run until two runs in a row succeed', () => {
    expect(course(run(1, 0))).toEqual([]);
    expect(course(run(1, 2), run(2, 0))).toMatchObject([{ sinceMs: 1, lastMs: 2, calm: 1, failed: 2 }]);
    expect(course(run(1, 2), run(2, 0), run(3, 1))).toMatchObject([{ sinceMs: 1, calm: 0, failed: 1 }]);
    expect(course(run(1, 2), run(2, 0), run(3, 0))).toEqual([]);
  });

  it('is not changed by a run that came late, nor by another suite', () => {
    expect(course(run(5, 1), run(4, 0), run(3, 0))).toMatchObject([{ lastMs: 5, calm: 0 }]);
    expect(course(run(1, 1), run(2, 0, 'b'), run(3, 0, 'b'))).toMatchObject([{ suite: 'a', calm: 0 }]);
  });
});
