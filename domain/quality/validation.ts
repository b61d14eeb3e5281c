import * as z from 'zod';

/** Expectations of one run; a longer one is cut up into several suites by whoever writes it. */
const mostExpectations = 5_000;
/** Failed expectations of one run that are kept one by one. */
const mostKept = 50;

const text = (most: number) => z.string().max(most);

const expectationSchema = z.looseObject({
  success: z.boolean().nullable(),
  expectation_config: z
    .looseObject({
      /** 1.x names it `type`, 0.x `expectation_type`. */
      type: text(200).optional(),
      expectation_type: text(200).optional(),
      kwargs: z.looseObject({ column: z.unknown().optional() }).default({}),
    })
    .optional(),
  result: z
    .looseObject({ unexpected_percent: z.number().nullish(), unexpected_count: z.number().nullish() })
    .nullish(),
  exception_info: z.unknown().optional(),
});

const runIdSchema = z.looseObject({ run_name: text(500).nullish(), run_time: text(100).nullish() });

/** A validation result of Great Expectations, 0.18 or 1.x, as `to_json_dict()` gives it. */
export const validationSchema = z.looseObject({
  success: z.boolean(),
  results: z
    .array(expectationSchema)
    .max(mostExpectations, `A run has at most ${mostExpectations} expectations: split the suite.`),
  suite_name: text(200).optional(),
  id: text(200).nullish(),
  meta: z
    .looseObject({
      expectation_suite_name: text(200).optional(),
      run_id: z.union([runIdSchema, text(500)]).nullish(),
      validation_time: z.union([text(100), z.unknown()]).optional(),
      validation_id: text(200).nullish(),
    })
    .default({}),
});
export type Validation = z.output<typeof validationSchema>;

export const failedExpectationSchema = z.object({
  /** `expect_column_values_to_not_be_null`. */
  type: z.string(),
  column: z.string().nullable(),
  unexpectedPercent: z.number().nullable(),
  /** It could not be judged at all. */
  raised: z.boolean(),
});
export type FailedExpectation = z.output<typeof failedExpectationSchema>;

/** What is kept of a run: no value of any row is among it. */
export type ValidationRun = {
  readonly suite: string;
  /** The run's own name of itself; null when it has none, and then its content names it. */
  readonly runKey: string | null;
  /** Null when the run does not say. */
  readonly ranAt: Date | null;
  readonly evaluated: number;
  readonly failed: number;
  readonly failing: readonly FailedExpectation[];
};

const raisedSchema = z.looseObject({ raised_exception: z.boolean() });

/** 1.x nests what was raised by metric. */
function hasRaised(info: unknown): boolean {
  if (raisedSchema.safeParse(info).data?.raised_exception === true) return true;
  if (typeof info !== 'object' || info === null) return false;
  return Object.values(info).some((each) => raisedSchema.safeParse(each).data?.raised_exception === true);
}

function instant(value: unknown): Date | null {
  if (typeof value !== 'string') return null;
  // 0.x writes 20261125T101500.123456Z.
  const compact = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\.\d{1,9})?Z$/.exec(value);
  const iso =
    compact === null
      ? value
      : `${compact[1]}-${compact[2]}-${compact[3]}T${compact[4]}:${compact[5]}:${compact[6]}${(compact[7] ?? '').slice(0, 4)}Z`;
  const at = new Date(/(Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso}Z`);
  return Number.isNaN(at.getTime()) ? null : at;
}

/** Reads a run; a suite without a name is called `default`. */
export function validationRun({ results, suite_name, id, meta }: Validation): ValidationRun {
  const run = typeof meta.run_id === 'string' ? { run_name: meta.run_id } : (meta.run_id ?? {});
  const failing = results
    .filter(({ success }) => success !== true)
    .map(({ expectation_config: config, result, exception_info: info }): FailedExpectation => {
      const column = config?.kwargs.column;
      return {
        type: config?.type ?? config?.expectation_type ?? 'an expectation',
        column: typeof column === 'string' ? column.slice(0, 200) : null,
        unexpectedPercent: result?.unexpected_percent ?? null,
        raised: hasRaised(info),
      };
    });
  const names = [run.run_name, 'run_time' in run ? run.run_time : null].filter((part) => part != null);
  return {
    suite: suite_name ?? meta.expectation_suite_name ?? 'default',
    runKey: id ?? meta.validation_id ?? (names.length === 0 ? null : names.join(' ')),
    ranAt: instant(meta.validation_time) ?? instant('run_time' in run ? run.run_time : null),
    evaluated: results.length,
    failed: failing.length,
    failing: failing.slice(0, mostKept),
  };
}

/** `expect_column_values_to_not_be_null of amount: 4.2 % unexpected`. */
export function expectationText({ type, column, unexpectedPercent, raised }: FailedExpectation): string {
  const of = column === null ? '' : ` of ${column}`;
  if (raised) return `${type}${of} could not be judged`;
  const percent =
    unexpectedPercent === null ? '' : `: ${Number(unexpectedPercent.toPrecision(3))} % unexpected`;
  return `${type}${of}${percent}`;
}
