import * as z from 'zod';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What failed outside any test: a file that cannot be loaded, a runner that died. Each counts as one failure. */
  readonly problems: readonly string[];
}

const vitestReport = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ status: z.string() })),
    }),
  ),
});

/** A file that fails to load has no test in Vitest's report, and its own failed count stays 0. */
export function countVitest(report: unknown): Counts {
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = vitestReport.parse(report);
  const problems = testResults
    .filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
    )
    .map(({ name }) => `${name} failed outside its tests`);
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests, problems };
}

const playwrightReport = z.object({
  stats: z.object({ expected: z.int(), unexpected: z.int(), flaky: z.int(), skipped: z.int() }),
  errors: z.array(z.object({ message: z.string().optional() })),
});

export function countPlaywright(report: unknown): Counts {
  const { stats, errors } = playwrightReport.parse(report);
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected,
    skipped: stats.skipped,
    problems: errors.map(({ message }) => message?.split('\n', 1)[0] ?? 'Playwright reports an error'),
  };
}

export interface Finished {
  readonly name: string;
  /** Undefined when the runner left no report that can be read. */
  readonly counts: Counts | undefined;
  /** Exit code or signal. */
  readonly outcome: number | string;
}

/** The two closing lines' numbers; a runner that crashed, said no, or ran nothing at all is a failure of its own. */
export function sumUp(suites: readonly Finished[]): Counts {
  const problems = suites.flatMap(({ name, counts, outcome }) => {
    if (counts === undefined) {
      return [`${name} ended with ${outcome} and left no report`];
    }
    const said = counts.problems.map((problem) => `${name}: ${problem}`);
    if (counts.passed + counts.failed === 0 && said.length === 0) {
      return [`${name} ran no test`];
    }
    const explained = counts.failed > 0 || said.length > 0;
    return outcome !== 0 && !explained ? [`${name} ended with ${outcome} although no test failed`] : said;
  });
  const total = (of: 'passed' | 'failed' | 'skipped') =>
    suites.reduce((sum, { counts }) => sum + (counts?.[of] ?? 0), 0);
  return {
    passed: total('passed'),
    failed: total('failed') + problems.length,
    skipped: total('skipped'),
    problems,
  };
}
