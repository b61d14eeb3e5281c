import { execFile } from 'node:child_process';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** 0.7.23 does not run on pandas 3. */
const packages = ['evidently==0.7.23', 'pandas<3'];
const home = fileURLToPath(new URL('../../.drift-bench/', import.meta.url));
const script = fileURLToPath(new URL('its_defaults.py', import.meta.url));

export type Side = { readonly file: string; readonly rows: number };
export type EvidentlyColumn = { readonly name: string; readonly kind: 'numeric' | 'category' };
export type Job =
  | {
      readonly kind: 'rates';
      readonly columns: readonly EvidentlyColumn[];
      readonly windows: readonly { readonly reference: Side; readonly current: Side }[];
    }
  | {
      readonly kind: 'report';
      readonly columns: readonly EvidentlyColumn[];
      readonly reference: Side;
      readonly current: Side;
    }
  | { readonly kind: 'categories'; readonly sides: readonly (readonly number[])[] }
  | { readonly kind: 'numbers'; readonly sides: readonly string[] };

/** What a default test said of one column in one window. */
export type Said = { readonly method: string; readonly value: number; readonly drifted: boolean };

export type Evidently = {
  /** A folder for rows, gone when it is closed. */
  readonly folder: string;
  /** Answers in the order of the jobs, each started after the one before has ended. */
  ask(jobs: readonly Job[]): Promise<unknown[]>;
  close(): Promise<void>;
};

/** Evidently in an environment of its own, installed once below an ignored folder; needs Python 3.10 or newer. */
export async function startEvidently(): Promise<Evidently> {
  const python = join(home, 'venv', 'bin', 'python');
  if (!(await exists(join(home, 'installed')))) await install(python);
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-bench-drift-'));
  let last: Promise<unknown> = Promise.resolve();
  let asked = 0;
  return {
    folder,
    ask(jobs) {
      asked += 1;
      const [job, answer] = [join(folder, `job-${asked}.json`), join(folder, `answer-${asked}.json`)];
      const next = last.then(async () => {
        await writeFile(job, JSON.stringify(jobs));
        await run(python, ['-W', 'ignore', script, job, answer], { maxBuffer: 1 << 26 });
        return JSON.parse(await readFile(answer, 'utf8')) as unknown[];
      });
      last = next.catch(() => undefined);
      return next;
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function install(python: string): Promise<void> {
  await rm(join(home, 'venv'), { recursive: true, force: true });
  try {
    await run('python3', ['-m', 'venv', join(home, 'venv')]);
    await run(python, ['-m', 'pip', 'install', '--quiet', ...packages], { maxBuffer: 1 << 26 });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `Evidently could not be installed with python3 (3.10 or newer, with venv and pip): ${why}`,
    );
  }
  await writeFile(join(home, 'installed'), packages.join('\n'));
}
