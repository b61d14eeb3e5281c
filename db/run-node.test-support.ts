import { type ChildProcess, spawn } from 'node:child_process';

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface NodeRun {
  readonly args: string[];
  readonly environment?: Record<string, string>;
  readonly program?: string;
  readonly cwd?: string;
}

export interface Started {
  readonly child: ChildProcess;
  /** The first line of stdout that the pattern matches. */
  line(pattern: RegExp): Promise<RegExpMatchArray>;
  readonly finished: Promise<Finished>;
}

const plainEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
} as Partial<NodeJS.ProcessEnv> as NodeJS.ProcessEnv;

/** Starts a real process of this Node (or of `program`) without inheriting a test runner's settings. */
export function startNode({ args, environment = {}, program = process.execPath, cwd }: NodeRun): Started {
  const child = spawn(program, args, {
    env: { ...plainEnvironment, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  let stdout = '';
  let stderr = '';
  let look = () => {};
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  const line = (pattern: RegExp) =>
    new Promise<RegExpMatchArray>((resolve, reject) => {
      look = () => {
        const match = stdout.match(pattern);
        if (match !== null) {
          resolve(match);
        }
      };
      look();
      finished.then(() => reject(new Error(`it ended without ${pattern}: ${stdout}${stderr}`)), reject);
    });
  return { child, line, finished };
}

export function runNode(args: string[], environment: Record<string, string> = {}): Promise<Finished> {
  return startNode({ args, environment }).finished;
}
