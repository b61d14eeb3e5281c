import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';

const processSchema = z.object({
  name: z.string(),
  command: z.string(),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  log: z.string(),
  pid: z.number(),
  /** Kernel clock ticks at which the process began: a reused pid has another. */
  startTicks: z.string(),
});

const stateSchema = z.object({
  name: z.string(),
  ownerPid: z.number(),
  ownerStartTicks: z.string(),
  /** Paths of the command-line tools, so that a process inside the lab need not ask the build. */
  tools: z.object({ kubectl: z.string(), helm: z.string() }),
  processes: z.array(processSchema),
});

export type LabProcess = z.infer<typeof processSchema>;
export type LabState = z.infer<typeof stateSchema>;

/** What to start, before it has a pid. */
export interface ProcessPlan {
  name: string;
  command: string;
  args: string[];
  env?: Record<string, string>;
}

/** When the process began, in kernel ticks; null when there is no such process or only its remains. */
export function startTicksOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

export function readState(path: string): LabState | null {
  if (!existsSync(path)) return null;
  return stateSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
}

export function writeState(path: string, state: LabState): void {
  writeFileSync(`${path}.new`, JSON.stringify(state, null, 2));
  renameSync(`${path}.new`, path);
}

/** Starts a part in a session of its own, so that Ctrl-C reaches the lab and not its parts, and records it. */
export function startProcess(folder: { logs: string; state: string }, plan: ProcessPlan): LabProcess {
  const log = join(folder.logs, `${plan.name}.log`);
  const output = openSync(log, 'a');
  const env = plan.env ?? {};
  const child = spawn(plan.command, plan.args, {
    detached: true,
    stdio: ['ignore', output, output],
    env: { NODE_ENV: 'production', PATH: process.env.PATH, HOME: process.env.HOME, ...env },
  });
  child.on('error', () => undefined);
  if (child.pid === undefined) throw new Error(`${plan.command} cannot be started.`);
  child.unref();
  const started: LabProcess = {
    name: plan.name,
    command: plan.command,
    args: plan.args,
    env,
    log,
    pid: child.pid,
    startTicks: startTicksOf(child.pid) ?? '0',
  };
  const state = readState(folder.state);
  if (state === null) throw new Error(`There is no lab at ${folder.state}.`);
  const others = state.processes.filter((other) => other.name !== plan.name);
  writeState(folder.state, { ...state, processes: [...others, started] });
  return started;
}

export function isRunning(process: Pick<LabProcess, 'pid' | 'startTicks'>): boolean {
  return startTicksOf(process.pid) === process.startTicks;
}

/** Kills a recorded process and waits until it is gone; another process under a reused pid is left alone. */
export async function killProcess(recorded: LabProcess, signal: NodeJS.Signals): Promise<void> {
  if (!isRunning(recorded)) return;
  process.kill(recorded.pid, signal);
  for (let attempt = 0; attempt < 500 && isRunning(recorded); attempt += 1) {
    if (attempt === 200) process.kill(recorded.pid, 'SIGKILL');
    await delay(10);
  }
}

/** The last lines of a log, for the message that says why a part did not come up. */
function logTail(path: string, lines = 8): string {
  if (!existsSync(path)) return '';
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

/** Waits until `check` is true; ends early with the log's tail when the process behind it has died. */
export async function waitForPart(
  started: LabProcess,
  limitMs: number,
  check: () => Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline) {
    if (await check().catch(() => false)) return;
    if (!isRunning(started)) throw new Error(`${started.name} ended:\n${logTail(started.log)}`);
    await delay(50);
  }
  throw new Error(`${started.name} was not ready after ${limitMs / 1000} s:\n${logTail(started.log)}`);
}

/** Resolves with the exit code of a child, a signal counting as 1. */
export function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
