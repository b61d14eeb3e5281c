import { expect, test } from 'vitest';
import { countPlaywright, countVitest, type Finished, sumUp } from './count-results.ts';

const vitest = (changes: object = {}) => ({
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 1,
  testResults: [{ name: 'a.test.ts', status: 'passed', assertionResults: [{ status: 'passed' }] }],
  ...changes,
});
const none = { passed: 0, failed: 0, skipped: 0, problems: [] };
const done = (changes: Partial<Finished>): Finished => ({
  name: 'runner',
  outcome: 0,
  counts: { ...none, passed: 1 },
  ...changes,
});

test('passed, failed and skipped are taken from the reports', () => {
  expect(countVitest(vitest())).toEqual({ passed: 3, failed: 0, skipped: 1, problems: [] });
  const stats = { expected: 5, unexpected: 2, flaky: 1, skipped: 4 };
  expect(countPlaywright({ stats, errors: [] })).toEqual({ passed: 6, failed: 2, skipped: 4, problems: [] });
});

test('a test file that cannot be loaded is a problem, one with a failed test is not a second one', () => {
  const testResults = [
    { name: 'broken.test.ts', status: 'failed', assertionResults: [] },
    { name: 'red.test.ts', status: 'failed', assertionResults: [{ status: 'failed' }] },
  ];
  expect(countVitest(vitest({ numFailedTests: 1, testResults })).problems).toEqual([
    'broken.test.ts failed outside its tests',
  ]);
});

test('an error outside the journeys is a problem', () => {
  const stats = { expected: 0, unexpected: 0, flaky: 0, skipped: 0 };
  expect(countPlaywright({ stats, errors: [{ message: 'Error: no server\n at x' }] }).problems).toEqual([
    'Error: no server',
  ]);
});

test('green suites add up', () => {
  const counts = { ...none, passed: 2, skipped: 1 };
  expect(sumUp([done({}), done({ counts })])).toEqual({ passed: 3, failed: 0, skipped: 1, problems: [] });
});

test.each<[string, Partial<Finished>, string]>([
  [
    'that left no report',
    { counts: undefined, outcome: 'SIGKILL' },
    'runner ended with SIGKILL and left no report',
  ],
  ['that says no although all is green', { outcome: 1 }, 'runner ended with 1 although no test failed'],
  ['that ran nothing', { counts: none }, 'runner ran no test'],
])('a runner %s is one failure', (_what, changes, problem) => {
  expect(sumUp([done({}), done(changes)])).toMatchObject({ failed: 1, problems: [problem] });
});

test('a failed test is counted once, not again for the exit code that it causes', () => {
  const counts = { ...none, passed: 1, failed: 2 };
  expect(sumUp([done({ counts, outcome: 1 })])).toMatchObject({ failed: 2, problems: [] });
});
