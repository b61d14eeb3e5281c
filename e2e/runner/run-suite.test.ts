import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { countPlaywright, countVitest } from './count-results.ts';
import { runSuite } from './run-suite.ts';

let root: string;
let reportFile: string;
const modules = resolve(import.meta.dirname, '../../node_modules');

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'suite-'));
  reportFile = join(root, 'report.json');
  await symlink(modules, join(root, 'node_modules'));
  await mkdir(join(root, 'tests'));
});
afterEach(() => rm(root, { recursive: true }));

const write = (name: string, text: string) => writeFile(join(root, 'tests', name), text);

test('the counts agree with what a real Vitest ran', async () => {
  await write(
    'green.test.js',
    `import { test } from 'vitest'; test('a', () => {}); test('b', () => {}); test.skip('c', () => {});`,
  );
  await write('red.test.js', `import { expect, test } from 'vitest'; test('d', () => expect(1).toBe(2));`);
  await write('broken.test.js', `throw new Error('cannot be loaded')`);
  const args = [
    join(modules, 'vitest/vitest.mjs'),
    'run',
    '--silent',
    '--reporter=json',
    `--outputFile.json=${reportFile}`,
  ];
  const { counts, outcome } = await runSuite(
    { name: 'vitest', args, environment: { VITEST: '' }, reportFile, quiet: true, count: countVitest },
    root,
  );
  expect(outcome).toBe(1);
  expect(counts).toMatchObject({ passed: 2, failed: 1, skipped: 1 });
  expect(counts?.problems).toEqual([expect.stringContaining('broken.test.js failed outside its tests')]);
});

test('the counts agree with what a real Playwright ran', async () => {
  await write(
    'some.spec.js',
    `const { test, expect } = require('@playwright/test');
    test('a', () => {}); test('b', () => {}); test.skip('c', () => {}); test('d', () => expect(1).toBe(2));`,
  );
  const args = [join(modules, '@playwright/test/cli.js'), 'test', '--reporter=json', join(root, 'tests')];
  const environment = { PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile };
  const { counts, outcome } = await runSuite(
    { name: 'playwright', args, environment, reportFile, quiet: true, count: countPlaywright },
    root,
  );
  expect({ counts, outcome }).toEqual({
    outcome: 1,
    counts: { passed: 2, failed: 1, skipped: 1, problems: [] },
  });
});

test('a runner that is killed leaves its signal and no counts', async () => {
  const args = ['-e', `process.kill(process.pid, 'SIGKILL')`];
  expect(await runSuite({ name: 'dead', args, reportFile, quiet: true, count: countVitest }, root)).toEqual({
    name: 'dead',
    counts: undefined,
    outcome: 'SIGKILL',
  });
});

test('a report of another shape is no report', async () => {
  const args = ['-e', `require('fs').writeFileSync(${JSON.stringify(reportFile)}, '{}')`];
  expect(
    (await runSuite({ name: 'odd', args, reportFile, quiet: true, count: countVitest }, root)).counts,
  ).toBeUndefined();
});
