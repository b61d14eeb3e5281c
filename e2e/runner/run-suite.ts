import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Counts, Finished } from './count-results.ts';

export interface Suite {
  readonly name: string;
  /** Arguments of Node: the runner's script and its own arguments. */
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly reportFile: string;
  /** Keeps the runner's output to itself. */
  readonly quiet?: boolean;
  readonly count: (report: unknown) => Counts;
}

/** Runs one test runner with its output on ours (unless quiet) and reads the JSON report that it leaves. */
export async function runSuite(suite: Suite, root: string): Promise<Finished> {
  const child = spawn(process.execPath, suite.args, {
    cwd: root,
    stdio: suite.quiet === true ? 'ignore' : 'inherit',
    env: { ...process.env, ...suite.environment },
  });
  const outcome = await new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? code ?? 'no exit code'));
  });
  return { name: suite.name, counts: await readCounts(suite), outcome };
}

async function readCounts(suite: Suite): Promise<Counts | undefined> {
  try {
    return suite.count(JSON.parse(await readFile(suite.reportFile, 'utf8')));
  } catch {
    return undefined;
  }
}
