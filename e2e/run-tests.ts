import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { countPlaywright, countVitest, type Finished, sumUp } from './runner/count-results.ts';
import { type Browser, findChromium, machineFinder } from './runner/find-chromium.ts';
import { runSuite } from './runner/run-suite.ts';

// `npm test`: everything that a fresh machine can run, closed by one line with the sums.
const root = resolve(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
const reports = await mkdtemp(join(tmpdir(), 'fairlead-reports-'));

async function runVitest(): Promise<Finished> {
  const reportFile = join(reports, 'vitest.json');
  const runner = join(dirname(require.resolve('vitest/package.json')), 'vitest.mjs');
  const args = [runner, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  return runSuite({ name: 'vitest', args, reportFile, count: countVitest }, root);
}

async function runJourneys(): Promise<Finished> {
  const name = 'playwright';
  let browser: Browser;
  try {
    browser = await findChromium(machineFinder(root));
  } catch (error) {
    return { name, counts: undefined, outcome: error instanceof Error ? error.message : String(error) };
  }
  console.log(`\nThe journeys run in ${browser.description}.`);
  const reportFile = join(reports, 'playwright.json');
  const environment = {
    PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile,
    FAIRLEAD_CHROMIUM_ARGS: JSON.stringify(browser.args),
    ...(browser.executablePath === undefined ? {} : { FAIRLEAD_CHROMIUM: browser.executablePath }),
  };
  const args = [require.resolve('@playwright/test/cli'), 'test', '--reporter=list,json'];
  return runSuite({ name, args, environment, reportFile, count: countPlaywright }, root);
}

try {
  const sum = sumUp([await runVitest(), await runJourneys()]);
  for (const problem of sum.problems) {
    console.log(problem);
  }
  if (sum.skipped > 0) {
    console.log(`${sum.skipped} skipped`);
  }
  console.log(`${sum.passed} passed, ${sum.failed} failed`);
  process.exitCode = sum.failed > 0 ? 1 : 0;
} finally {
  await rm(reports, { recursive: true, force: true });
}
