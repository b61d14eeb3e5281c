import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { labFolder, labRoot, networkVariable } from './folders.ts';
import { exitOf, isRunning, killProcess, readState, startTicksOf } from './processes.ts';

const namePattern = /^fairlead-lab-\d+$/;

function ip(...args: string[]): string {
  const result = spawnSync('ip', args, { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`ip ${args.join(' ')}: ${result.stderr.trim()}`);
  return result.stdout;
}

/** Makes the network in which all pod and service addresses are local: EndpointSlices refuse loopback ones. */
function createNetwork(name: string): void {
  ip('netns', 'add', name);
  ip('-n', name, 'link', 'set', 'lo', 'up');
  ip('-n', name, 'addr', 'add', '10.88.0.1/32', 'dev', 'lo');
  for (const range of ['10.244.0.0/16', '10.96.0.0/16'])
    ip('-n', name, 'route', 'add', 'local', range, 'dev', 'lo');
}

/** Ends whatever still runs inside the network (it is ours alone) and removes it. */
async function removeNetwork(name: string): Promise<void> {
  const pids = ip('netns', 'pids', name).trim().split('\n').filter(Boolean).map(Number);
  for (const pid of pids) {
    const startTicks = startTicksOf(pid) ?? '0';
    await killProcess({ name: 'rest', command: '', args: [], env: {}, log: '', pid, startTicks }, 'SIGTERM');
  }
  ip('netns', 'del', name);
}

function networks(): string[] {
  const names = ip('netns', 'list')
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '');
  return names.filter((name) => namePattern.test(name));
}

function labsOfThisCheckout(): string[] {
  try {
    return readdirSync(labRoot).filter((name) => namePattern.test(name));
  } catch {
    return [];
  }
}

/** Ends what crashed runs of this checkout left behind: recorded processes, their network and their data. */
export async function removeStaleLabs(): Promise<void> {
  for (const name of networks()) {
    const maker = Number(name.split('-').at(-1));
    // A maker that died early left an empty network behind.
    if (startTicksOf(maker) === null && ip('netns', 'pids', name).trim() === '') ip('netns', 'del', name);
  }
  for (const name of labsOfThisCheckout()) {
    const folder = labFolder(name);
    const state = readState(folder.state);
    if (state !== null && isRunning({ pid: state.ownerPid, startTicks: state.ownerStartTicks })) continue;
    for (const recorded of state?.processes ?? []) await killProcess(recorded, 'SIGKILL');
    if (networks().includes(name)) await removeNetwork(name);
    rmSync(folder.path, { recursive: true, force: true });
  }
}

/** The network this process lives in when a lab put it there, else null. */
export function ownNetwork(): string | null {
  return process.env[networkVariable] ?? null;
}

/** The name of the network, and so of the lab, that this process makes. */
export function networkName(): string {
  return `fairlead-lab-${process.pid}`;
}

/** Runs a script of the lab again inside a fresh network and resolves with its exit code; the network goes with it. */
export async function runInNetwork(script: string, args: string[]): Promise<number> {
  const name = networkName();
  createNetwork(name);
  const child = spawn('ip', ['netns', 'exec', name, process.execPath, script, ...args], {
    stdio: 'inherit',
    env: { ...process.env, [networkVariable]: name },
  });
  // The child stops the lab in order; this process stays to remove the network.
  const forward = (): void => void child.kill('SIGTERM');
  process.on('SIGINT', forward);
  process.on('SIGTERM', forward);
  try {
    return await exitOf(child);
  } finally {
    process.off('SIGINT', forward);
    process.off('SIGTERM', forward);
    await removeNetwork(name);
  }
}
